"""The resources of one stack: created, updated and deleted in the order of their dependencies.

moto creates in the order of the template, ignores ``DependsOn`` for what is created on the way,
replaces nothing, forgets resources whose type cannot be updated, and deletes at random.
"""

from __future__ import annotations

from typing import Any

from moto.cloudformation.parsing import (
    ResourceMap,
    parse_and_update_resource,
    parse_resource_and_generate_name,
)

from local.aws.deployed_resource import DeployedResource
from local.aws.resource_type import ReplacementError
from local.aws.template import depends_on, in_order


class OrderedResourceMap(ResourceMap):  # type: ignore[misc]
    """The same, in order."""

    _resource_json_map: dict[str, Any]

    def __getitem__(self, key: str) -> Any:
        resources = self._resource_json_map
        if key not in self._parsed_resources and key in resources:
            for needed in sorted(depends_on(resources, key)):
                _ = self[needed]
        return super().__getitem__(key)

    def parse_ssm_parameter(self, value: str, value_type: str) -> str:
        """The parameter's value; of an update, which names the value itself, that value."""
        try:
            resolved: str = super().parse_ssm_parameter(value, value_type)
        except AttributeError:
            return value
        return resolved

    def update(self, template: dict[str, Any], parameters: dict[str, Any] | None = None) -> None:
        """Bring the stack to a template: what is new or changed first, what is left over last."""
        before: dict[str, Any] = self._resource_json_map
        self._template = template
        if parameters:
            self.input_parameters = parameters
        self.load_mapping()
        self.load_parameters()
        self.load_conditions()
        now = self._resource_json_map = template["Resources"]
        gone = [name for name in in_order(before) if name not in now]
        kept = {name for name in gone if before[name].get("DeletionPolicy") == "Retain"}
        left_over = [
            resource
            for name in gone
            if (resource := self._parsed_resources.pop(name, None)) is not None
            if name not in kept
        ]
        for name in in_order(now):
            existing = self._parsed_resources.get(name)
            if existing is None:
                _ = self[name]
            elif isinstance(existing, DeployedResource):
                left_over += self._renew(name, existing)
            elif before.get(name) != now[name]:
                # One of moto's own types, which has its own way.
                self._parsed_resources[name] = parse_and_update_resource(
                    name, now[name], self, self._account_id, self._region_name
                )
        for resource in reversed(left_over):
            resource.delete(self._account_id, self._region_name)

    def delete(self) -> None:
        """Delete what the template does not retain, dependents before what they depend on."""
        for name in reversed(in_order(self._resource_json_map)):
            resource = self._parsed_resources.get(name)
            template = self._resource_json_map[name]
            if resource is None or template.get("DeletionPolicy") == "Retain":
                continue
            if isinstance(resource, DeployedResource):
                resource.delete(self._account_id, self._region_name)
            else:
                self._delete_resource(resource, template)
            del self._parsed_resources[name]

    def _renew(self, name: str, existing: DeployedResource) -> list[DeployedResource]:
        """Give a resource its new properties; what a replacement leaves over."""
        _, template, _ = parse_resource_and_generate_name(name, self._resource_json_map[name], self)
        if template["Properties"] == existing.properties:
            return []
        try:
            existing.change(template["Properties"])
        except ReplacementError:
            del self._parsed_resources[name]
            _ = self[name]
            return [existing]
        return []
