"""What route rules mean, and the policy that they become."""

from __future__ import annotations

import json
from typing import Any

import pytest

from authorizer.policy import Grants, PolicyTooLongError, RouteRules
from authorizer.route_rules import read_route_rules
from tests.events import STAGE_ARN
from tests.sandbox import policy_allows

_NOTHING = Grants(frozenset(), frozenset())


def _rules(rules: dict[str, Any], *, default: str = "open") -> RouteRules:
    return read_route_rules(json.dumps({"default": default, "rules": rules}))


def _needing(*routes: str, default: str = "open") -> RouteRules:
    """Rules for these routes, each in need of a scope named after its place in the list."""
    rules = {route: {"any_scope": [f"scope{n}"]} for n, route in enumerate(routes)}
    return _rules(rules, default=default)


def _scopes(*names: str) -> Grants:
    return Grants(frozenset(names), frozenset())


@pytest.mark.parametrize(
    ("needs", "grants", "is_met"),
    [
        ({"any_scope": ["a", "b"]}, _scopes("b"), True),
        ({"any_scope": ["a", "b"]}, _scopes("c"), False),
        ({"all_scopes": ["a", "b"]}, _scopes("a", "b", "c"), True),
        ({"all_scopes": ["a", "b"]}, _scopes("a"), False),
        ({"any_group": ["a", "b"]}, Grants(frozenset(), frozenset("a")), True),
        ({"any_group": ["a", "b"]}, _scopes("a", "b"), False),
        ({"all_groups": ["a", "b"]}, Grants(frozenset(), frozenset("ab")), True),
        ({"all_groups": ["a", "b"]}, Grants(frozenset(), frozenset("b")), False),
        ({"any_scope": ["a"], "any_group": ["b"]}, Grants(frozenset("a"), frozenset("b")), True),
        ({"any_scope": ["a"], "any_group": ["b"]}, _scopes("a", "b"), False),
        ({"any_scope": ["a"]}, _scopes("A"), False),
        ({"any_scope": ["a"]}, _NOTHING, False),
    ],
)
def test_needs(needs: dict[str, list[str]], grants: Grants, is_met: bool) -> None:
    """One of any, all of all, scopes for scopes and groups for groups, letter by letter."""
    rules = _rules({"GET /": needs})
    assert rules.allows("GET/", grants) is is_met


@pytest.mark.parametrize(
    ("route", "matching", "others"),
    [
        ("GET /a", ["GET/a", "GET/a/"], ["GET/a//", "GET/ab", "GET/A", "POST/a", "GET/x/a"]),
        ("GET /a", ["GET/a"], ["GET/a\n", "GET/a/\n", "GET/a/b"]),
        ("GET /a/", ["GET/a/"], ["GET/a", "GET/a//"]),
        ("GET /", ["GET/"], ["GET//", "GET/a"]),
        ("GET /a*", ["GET/a", "GET/a/b/c", "GET/ab", "GET/a\nb"], ["GET/b/a", "GET/"]),
        ("GET /*/a", ["GET//a", "GET/b/a", "GET/b/c/a", "GET/b/a/"], ["GET/a", "GET/b/a/c"]),
        ("GET /a?", ["GET/ab", "GET/a/", "GET/a?", "GET/ab/"], ["GET/a", "GET/abc"]),
        ("* /a", ["GET/a", "DELETE/a", "DELETE/a/"], ["GET/b", "GET/x/a"]),
        ("GET /a.b", ["GET/a.b"], ["GET/axb"]),
        ("GET /a+(b)", ["GET/a+(b)"], ["GET/aab"]),
        ("$connect", ["$connect"], ["GET/$connect", "connect"]),
    ],
)
def test_wildcards(route: str, matching: list[str], others: list[str]) -> None:
    """``*`` is any run of characters and ``?`` any one; all others stand for themselves."""
    rule = _needing(route).rules[0]
    assert [one for one in [*matching, *others] if rule.matches(one)] == matching


def test_the_most_restrictive_of_overlapping_rules_wins() -> None:
    """A request must meet every rule that matches, in whatever order they stand."""
    for routes in (("GET /*", "GET /admin*"), ("GET /admin*", "GET /*")):
        for default in ("open", "closed"):
            rules = _needing(*routes, default=default)
            wide = _scopes(f"scope{routes.index('GET /*')}")
            policy = rules.compile(STAGE_ARN, wide)
            assert policy_allows(policy, f"{STAGE_ARN}/GET/hello")
            assert not policy_allows(policy, f"{STAGE_ARN}/GET/admin/x")
            assert rules.allows("GET/hello", wide)
            assert not rules.allows("GET/admin/x", wide)
            both = rules.compile(STAGE_ARN, _scopes("scope0", "scope1"))
            assert policy_allows(both, f"{STAGE_ARN}/GET/admin/x")


def _statement(effect: str, *resources: str) -> dict[str, Any]:
    return {
        "Action": "execute-api:Invoke",
        "Effect": effect,
        "Resource": [f"{STAGE_ARN}/{resource}" for resource in resources],
    }


_A = ["GET/a", "GET/a/"]
_ANY_B = [f"{method}/b*" for method in ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]]

_END = _statement("Deny", "*") | {
    "Condition": {"DateGreaterThan": {"aws:CurrentTime": "2026-11-20T12:00:00Z"}}
}


@pytest.mark.parametrize(
    ("default", "scopes", "expected"),
    [
        ("open", (), [_statement("Allow", "*"), _statement("Deny", *_A, *_ANY_B), _END]),
        ("open", ("scope0",), [_statement("Allow", "*"), _statement("Deny", *_ANY_B), _END]),
        ("open", ("scope0", "scope1"), [_statement("Allow", "*"), _END]),
        ("closed", (), [_statement("Deny", *_A, *_ANY_B)]),
        ("closed", ("scope0",), [_statement("Allow", *_A), _statement("Deny", *_ANY_B), _END]),
        ("closed", ("scope0", "scope1"), [_statement("Allow", *_A, *_ANY_B), _END]),
    ],
)
def test_policies(default: str, scopes: tuple[str, ...], expected: list[dict[str, Any]]) -> None:
    """Met rules are allowed where the default is closed, unmet ones denied, and all of it ends."""
    rules = _needing("GET /a", "* /b*", default=default)
    policy = rules.compile(STAGE_ARN, _scopes(*scopes), expires_at=1_795_176_000)
    assert policy == {"Version": "2012-10-17", "Statement": expected}


def test_a_policy_too_long_for_its_stage_is_not_made() -> None:
    """Rules that fit most stages make no policy for one whose name is too long for them."""
    rules = _needing(*(f"GET /{number}" for number in range(34)))
    assert rules.compile(f"{STAGE_ARN}{'d' * 20}", _NOTHING)
    with pytest.raises(PolicyTooLongError):
        rules.compile(f"{STAGE_ARN}{'d' * 124}", _NOTHING)


def test_a_closed_stage_without_rules_is_denied() -> None:
    """A policy without statements is refused by the gateway, so nothing is said as a Deny."""
    policy = _rules({}, default="closed").compile(STAGE_ARN, _NOTHING, expires_at=1)
    assert policy["Statement"] == [_statement("Deny", "*")]
