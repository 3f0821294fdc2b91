"""A synthesized template, read without CloudFormation: what refers to what, and what it means."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

_PLACEHOLDER = re.compile(r"\$\{(?P<escaped>!)?(?P<name>[A-Za-z0-9:.]+)\}")

Resources = Mapping[str, Mapping[str, Any]]


class Values(Protocol):
    """What a template's references stand for in one deployment."""

    def ref(self, name: str) -> Any:
        """Of ``Ref``: a resource's physical id, a parameter's or a pseudo parameter's value."""
        ...

    def attribute(self, name: str, attribute: str) -> Any:
        """Of ``Fn::GetAtt``."""
        ...


class UnknownFunctionError(Exception):
    """A template uses an intrinsic function that is not known here."""


def is_custom(resource_type: str) -> bool:
    """Whether a function of the account's own makes such resources."""
    return resource_type.startswith("Custom::") or resource_type == (
        "AWS::CloudFormation::CustomResource"
    )


def references(value: Any) -> Iterator[str]:
    """Every logical id, parameter and pseudo parameter that a part of a template refers to."""
    if isinstance(value, list):
        for item in value:
            yield from references(item)
    if not isinstance(value, dict):
        return
    for key, item in value.items():
        if key == "Ref":
            yield item
        elif key == "Fn::GetAtt":
            yield item[0] if isinstance(item, list) else item.partition(".")[0]
        elif key == "Fn::Sub":
            text, given = (item[0], item[1]) if isinstance(item, list) else (item, {})
            for found in _PLACEHOLDER.finditer(text):
                name = found["name"].partition(".")[0]
                if not found["escaped"] and name not in given:
                    yield name
            yield from references(given)
        else:
            yield from references(item)


def in_order(resources: Resources) -> list[str]:
    """The logical ids, each after those that it refers to or names in ``DependsOn``.

    Raises:
        ValueError: there is no such order, because two need each other.
    """
    ordered: dict[str, None] = {}
    under_way: list[str] = []

    def visit(name: str) -> None:
        if name in ordered:
            return
        if name in under_way:
            raise ValueError(f"circular dependency: {' -> '.join([*under_way, name])}")
        under_way.append(name)
        for needed in sorted(depends_on(resources, name)):
            visit(needed)
        under_way.pop()
        ordered[name] = None

    for name in resources:
        visit(name)
    return list(ordered)


def depends_on(resources: Resources, name: str) -> set[str]:
    """The logical ids that a resource needs to exist before it does."""
    resource = resources[name]
    named = resource.get("DependsOn", [])
    wanted = {named} if isinstance(named, str) else set(named)
    return (wanted | set(references(resource.get("Properties", {})))) & (set(resources) - {name})


def resolve(value: Any, values: Values) -> Any:
    """A part of a template with its intrinsic functions replaced.

    Raises:
        UnknownFunctionError: it uses one that is not known here.
    """
    if isinstance(value, list):
        return [resolve(item, values) for item in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        name, argument = next(iter(value.items()))
        if name == "Ref":
            return values.ref(argument)
        if name.startswith("Fn::"):
            return _call(name, argument, values)
    return {key: resolve(item, values) for key, item in value.items()}


def _call(name: str, argument: Any, values: Values) -> Any:
    if name == "Fn::GetAtt":
        parts = argument if isinstance(argument, list) else argument.split(".", 1)
        return values.attribute(parts[0], parts[1])
    if name == "Fn::Sub":
        text, given = (argument[0], argument[1]) if isinstance(argument, list) else (argument, {})
        return _PLACEHOLDER.sub(lambda found: _substitute(found, given, values), text)
    resolved = resolve(argument, values)
    if name == "Fn::Join":
        return resolved[0].join(str(part) for part in resolved[1])
    if name == "Fn::Split":
        return resolved[1].split(resolved[0])
    if name == "Fn::Select":
        return resolved[1][int(resolved[0])]
    raise UnknownFunctionError(name)


def _substitute(found: re.Match[str], given: Mapping[str, Any], values: Values) -> str:
    name = found["name"]
    if found["escaped"]:
        return f"${{{name}}}"
    if name in given:
        return str(resolve(given[name], values))
    resource, _, attribute = name.partition(".")
    return str(values.attribute(resource, attribute) if attribute else values.ref(name))
