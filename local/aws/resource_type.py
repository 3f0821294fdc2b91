"""What CloudFormation has to know of a resource type, in terms of the service's own API.

A type is a row: which operations create, change and delete it, and how its id and attributes
are found. CloudFormation's property names are the API's names in another case, nearly always;
:func:`to_parameters` finds the API's spelling in the SDK's model, and refuses a property that
the operation does not take, so that nothing of a template is lost without a word.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from local.aws.clients import Clients

Properties = Mapping[str, Any]
Parameters = dict[str, Any]


class UnknownPropertyError(Exception):
    """A template has a property that the operation has no parameter for."""


class ReplacementError(Exception):
    """A change that the resource cannot take: it has to be made anew."""


def to_parameters(shape: Any, value: Any) -> Any:
    """A CloudFormation property as a parameter of the SDK's.

    Args:
        shape: the parameter's shape in botocore's model.
        value: the property, without intrinsic functions.

    Raises:
        UnknownPropertyError: nothing there goes by a property's name.
    """
    if shape.type_name == "structure":
        members = {name.lower(): name for name in shape.members}
        unknown = [name for name in value if name.lower() not in members]
        if unknown:
            raise UnknownPropertyError(f"{shape.name} has no {', '.join(unknown)}")
        names = {name: members[name.lower()] for name in value}
        return {
            names[name]: to_parameters(shape.members[names[name]], member)
            for name, member in value.items()
        }
    if shape.type_name == "list":
        return [to_parameters(shape.member, member) for member in value]
    if shape.type_name == "map":
        return {name: to_parameters(shape.value, member) for name, member in value.items()}
    return _scalar(shape.type_name, value)


def _scalar(type_name: str, value: Any) -> Any:
    if type_name == "boolean":
        return value in (True, "true")
    if type_name in ("integer", "long"):
        return int(value)
    if type_name == "string":
        if isinstance(value, bool):
            return str(value).lower()
        return json.dumps(value) if isinstance(value, dict) else str(value)
    return value


@dataclass(frozen=True, kw_only=True, slots=True)
class ResourceType:
    """One type of resource, on three operations of one service.

    Attributes:
        name: as in a template: ``AWS::Service::Thing``.
        service: as the SDK calls it.
        create: the operation, as a method of the SDK's client.
        identify: the physical id, from the operation's answer and its parameters.
        keys: the parameters that name an existing one, from its id and the properties.
        update: the operation for changed properties; "" if any change makes a new one.
        delete: the operation; "" if there is none.
        name_property: what CloudFormation makes a name up for, if the template has none.
        renamed: API names of the properties whose names are really different.
        apart: properties that are not parameters of ``create``; ``follow`` sees to them.
        follow: what is left to do once it is created or updated.
        attributes: for ``Fn::GetAtt``, from the id and the properties.
        fixed: properties that ``update`` does not take: a change of one makes a new resource.
    """

    name: str
    service: str
    create: str
    identify: Callable[[Any, Parameters], str]
    keys: Callable[[str, Properties], Parameters] = lambda _id, _properties: {}
    update: str = ""
    delete: str = ""
    name_property: str = ""
    renamed: Mapping[str, str] = field(default_factory=dict)
    apart: frozenset[str] = frozenset()
    follow: Callable[[Clients, str, Properties], None] | None = None
    attributes: Callable[[Clients, str, Properties], Mapping[str, Any]] = lambda *_: {}
    fixed: frozenset[str] = frozenset()

    def make(self, clients: Clients, properties: Properties, generated_name: str) -> str:
        """Create one; its physical id."""
        named = {self.name_property: generated_name} if self.name_property else {}
        parameters = self.parameters(clients, self.create, {**named, **properties})
        answer = getattr(clients.of(self.service), self.create)(**parameters)
        physical_id = self.identify(answer, parameters)
        if self.follow is not None:
            self.follow(clients, physical_id, properties)
        return physical_id

    def change(self, clients: Clients, physical_id: str, old: Properties, new: Properties) -> None:
        """Give it other properties.

        Raises:
            ReplacementError: it has to be made anew.
        """
        changed = {name for name in {*old, *new} if old.get(name) != new.get(name)}
        if not self.update or changed & self.fixed or self._renames(old, new):
            raise ReplacementError
        properties = {name: new[name] for name in new if name not in self.fixed}
        parameters = self.parameters(clients, self.update, properties)
        getattr(clients.of(self.service), self.update)(
            **{**parameters, **self.keys(physical_id, new)}
        )
        if self.follow is not None:
            self.follow(clients, physical_id, new)

    def remove(self, clients: Clients, physical_id: str, properties: Properties) -> None:
        """Delete it."""
        if self.delete:
            getattr(clients.of(self.service), self.delete)(**self.keys(physical_id, properties))

    def parameters(self, clients: Clients, operation: str, properties: Properties) -> Parameters:
        """The operation's parameters for these properties.

        Raises:
            UnknownPropertyError: the operation does not take one of them.
        """
        client = clients.of(self.service)
        model = client.meta.service_model.operation_model(
            client.meta.method_to_api_mapping[operation]
        )
        wanted = {
            self.renamed.get(name, name): value
            for name, value in properties.items()
            if name not in self.apart
        }
        try:
            parameters: Parameters = to_parameters(model.input_shape, wanted)
        except UnknownPropertyError as error:
            raise UnknownPropertyError(f"{self.name}: {error}") from error
        return parameters

    def _renames(self, old: Properties, new: Properties) -> bool:
        return bool(self.name_property) and old.get(self.name_property) != new.get(
            self.name_property
        )
