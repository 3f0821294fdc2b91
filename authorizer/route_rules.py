"""Reads route rules from JSON, with every problem at once, and within API Gateway's limits."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from authorizer.policy import (
    CONNECT,
    FIELD,
    LONGEST_STAGE_ARN_CHARS,
    MAX_POLICY_CHARS,
    METHODS,
    RouteDefault,
    RouteRule,
    RouteRules,
)

#: Longest resource ARN that a policy of an authorizer may hold.
#: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html
MAX_RESOURCE_CHARS = 512

_PATH = re.compile(r"/[A-Za-z0-9/_.~%:@!&'()+,;=*?-]*")


class RouteRulesError(Exception):
    """The rules cannot be used; ``problems`` lists everything that is wrong with them."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = tuple(problems)


def read_route_rules(text: str) -> RouteRules:
    """Read ``{"default": "open", "rules": {"GET /admin*": {"any_scope": [...]}}}``.

    Raises:
        RouteRulesError: with every problem found, when the text is anything else, or when the
            policy it compiles to could pass API Gateway's limits.
    """
    return _RulesReader().read(text)


class _RulesReader:
    def __init__(self) -> None:
        self.problems: list[str] = []

    def read(self, text: str) -> RouteRules:
        try:
            document = json.loads(text, object_pairs_hook=self._object)
        except (ValueError, RecursionError):
            raise RouteRulesError(["must be a JSON object"]) from None
        if not isinstance(document, dict) or not set(document) <= {"default", "rules"}:
            raise RouteRulesError(["must be a JSON object with the members default and rules"])
        rules = document.get("rules", {})
        if not isinstance(rules, dict):
            raise RouteRulesError(["rules must be an object of routes"])
        read = RouteRules(
            rules=tuple(self._rule(route, needs) for route, needs in rules.items()),
            default=self._default(document.get("default", RouteDefault.OPEN.value)),
        )
        self._check_limits(read)
        if self.problems:
            raise RouteRulesError(self.problems)
        return read

    def _object(self, pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
        members: dict[str, Any] = {}
        for name, value in pairs:
            if name in members:
                self.problems.append(f"names {name!r} twice")
            members[name] = value
        return members

    def _default(self, value: object) -> RouteDefault:
        if value in list(RouteDefault):
            return RouteDefault(str(value))
        self.problems.append("default must be open or closed")
        return RouteDefault.CLOSED

    def _rule(self, route: str, needs: object) -> RouteRule:
        if not _is_route(route):
            self.problems.append(
                f"{route!r} is no route: write METHOD /path, with * and ? as wildcards, $connect,"
                " or Type.field"
            )
        names = ("any_scope", "all_scopes", "any_group", "all_groups")
        if not isinstance(needs, Mapping) or not needs or not set(needs) <= set(names):
            self.problems.append(f"{route!r} must need one or more of: {', '.join(names)}")
            return RouteRule(route)
        for name, values in needs.items():
            if not _is_list_of_names(values):
                self.problems.append(f"{route!r}: {name} must be a list of one or more names")
                return RouteRule(route)
        return RouteRule(route, **{name: frozenset(values) for name, values in needs.items()})

    def _check_limits(self, rules: RouteRules) -> None:
        for rule in rules.rules:
            longest = max((len(resource) for resource in rule.resources), default=0)
            if LONGEST_STAGE_ARN_CHARS + 1 + longest > MAX_RESOURCE_CHARS:
                self.problems.append(f"{rule.route!r} is too long for a policy's resource")
        if rules.longest_policy_chars() > MAX_POLICY_CHARS:
            self.problems.append(
                f"are too many for one policy of {MAX_POLICY_CHARS} characters: use wildcards"
            )


def _is_route(route: str) -> bool:
    if route == CONNECT or FIELD.fullmatch(route) is not None:
        return True
    method, space, path = route.partition(" ")
    return bool(space) and method in {*METHODS, "*"} and _PATH.fullmatch(path) is not None


def _is_list_of_names(values: object) -> bool:
    return (
        isinstance(values, list)
        and bool(values)
        and all(isinstance(value, str) and len(value.split()) == 1 for value in values)
    )
