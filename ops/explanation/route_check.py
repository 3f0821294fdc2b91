"""What the route's rules ask for, and what of it the token does not grant."""

from __future__ import annotations

import re

from authorizer.errors import Reason
from authorizer.policy import CONNECT, FIELD, METHODS, Grants, RouteRule, RouteRules
from ops.answers import UsageError
from ops.explanation.checks import Check, Result, State

_PATH = re.compile(r"/[!-~]*")


def check_route(rules: RouteRules, route: str, grants: Grants) -> Result:
    """Whether a token with these grants may call the route: what the policy will say.

    Args:
        rules: as deployed.
        route: ``GET /orders/17``, ``$connect``, or AppSync's ``Type.field``.

    Raises:
        UsageError: that is no route.
    """
    if FIELD.fullmatch(route):
        matching = [rule for rule in rules.rules if rule.is_field and rule.route == route]
        allowed = route not in rules.denied_fields(grants)
    else:
        resource = _resource(route)
        matching = [rule for rule in rules.rules if rule.matches(resource)]
        allowed = rules.allows(resource, grants)
    if allowed:
        return Result(Check.ROUTE, State.PASSED, detail=_met(matching))
    missing = [_missing(rule, grants) for rule in matching if not rule.is_met_by(grants)]
    said = "; ".join(missing) or "no rule opens it, and the default is closed"
    return Result(Check.ROUTE, State.FAILED, Reason.ROUTE_NOT_ALLOWED, said)


def _resource(route: str) -> str:
    if route == CONNECT:
        return CONNECT
    method, _, path = route.partition(" ")
    if method not in METHODS or _PATH.fullmatch(path) is None:
        raise UsageError("route", 'write a route as "GET /orders/17", $connect or Type.field')
    return f"{method}{path}"


def _met(matching: list[RouteRule]) -> str:
    if not matching:
        return "no rule matches, and the default is open"
    return "met: " + ", ".join(rule.route for rule in matching)


def _missing(rule: RouteRule, grants: Grants) -> str:
    asked = (
        ("one of the scopes", rule.any_scope, bool(rule.any_scope & grants.scopes)),
        ("the scopes", rule.all_scopes - grants.scopes, False),
        ("one of the groups", rule.any_group, bool(rule.any_group & grants.groups)),
        ("the groups", rule.all_groups - grants.groups, False),
    )
    needs = [
        f"{what} {', '.join(sorted(names))}"
        for what, names, is_met in asked
        if names and not is_met
    ]
    return f"{rule.route} needs {' and '.join(needs)}"
