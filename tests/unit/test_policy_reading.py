"""How route rules are read: every mistake in them is found before the first request."""

from __future__ import annotations

import json
from typing import Any

import pytest

from authorizer.policy import Grants, RouteDefault, RouteRule, RouteRules
from authorizer.route_rules import RouteRulesError, read_route_rules

_NOTHING = Grants(frozenset(), frozenset())


def _rules(rules: dict[str, Any], *, default: str = "open") -> RouteRules:
    return read_route_rules(json.dumps({"default": default, "rules": rules}))


def _needing(route: str) -> RouteRules:
    return _rules({route: {"any_scope": ["a"]}})


def _problems(document: Any) -> tuple[str, ...]:
    text = document if isinstance(document, str) else json.dumps(document)
    with pytest.raises(RouteRulesError) as raised:
        read_route_rules(text)
    assert str(raised.value) == "; ".join(raised.value.problems)
    return raised.value.problems


def test_no_rules_are_open() -> None:
    """Without rules every route is open to a verified, living session."""
    assert read_route_rules("{}") == RouteRules((), RouteDefault.OPEN)


def test_rules_are_read() -> None:
    """Every need of a rule is read into its own set of names."""
    needs = {"any_scope": ["a", "b"], "all_scopes": ["c"], "any_group": ["d"], "all_groups": ["e"]}
    assert _rules({"GET /a*": needs}, default="closed") == RouteRules(
        (
            RouteRule(
                "GET /a*",
                any_scope=frozenset({"a", "b"}),
                all_scopes=frozenset({"c"}),
                any_group=frozenset({"d"}),
                all_groups=frozenset({"e"}),
            ),
        ),
        RouteDefault.CLOSED,
    )


@pytest.mark.parametrize(
    "text", ["", "{", "null", "[]", "1", '"open"', '{"rules":{}}x', '{"other":1}', "\u00fc"]
)
def test_another_document_is_no_rules(text: str) -> None:
    """Rules are one JSON object with at most the two known members."""
    (problem,) = _problems(text)
    assert problem.startswith("must be a JSON object")


@pytest.mark.parametrize("rules", [[], None, "GET /", 1])
def test_rules_are_an_object(rules: Any) -> None:
    """Rules are an object of routes."""
    assert _problems({"rules": rules}) == ("rules must be an object of routes",)


@pytest.mark.parametrize("default", ["OPEN", "", None, 1, True, [], {}, ["open"]])
def test_another_default_is_a_problem(default: Any) -> None:
    """The default is open or closed, letter by letter."""
    assert _problems({"default": default}) == ("default must be open or closed",)


@pytest.mark.parametrize(
    "route",
    [
        "",
        "/hello",
        "GET",
        "GET ",
        "GET hello",
        "GET  /hello",
        " GET /hello",
        "GET /hello ",
        "get /hello",
        "ANY /hello",
        "TRACE /hello",
        "GET,POST /hello",
        "GET\t/hello",
        "GET /a b",
        "GET /a\n",
        "GET /${aws:username}",
        "GET /{id}",
        'GET /"',
        "GET /\u00fc",
        "GET /a#b",
        "GET /a|b",
        "$default",
        "$connect ",
        "$connect /",
        "$disconnect",
        "*",
    ],
)
def test_another_route_is_a_problem(route: str) -> None:
    """A route that could mean something else in a policy, or nothing at all, is refused."""
    (problem,) = _problems({"rules": {route: {"any_scope": ["a"]}}})
    assert problem.startswith(f"{route!r} is no route")


@pytest.mark.parametrize(
    "route",
    [
        "GET /",
        "* /*",
        "HEAD /a/b.c",
        "PUT /%20",
        "PATCH /a:b@c",
        "DELETE /~a!&'()+,;=?-_",
        "$connect",
    ],
)
def test_routes_that_are_taken(route: str) -> None:
    """Every character that a path may hold unencoded may stand in a route."""
    assert [rule.route for rule in _needing(route).rules] == [route]


@pytest.mark.parametrize(
    "needs", [{}, None, [], "admin", 1, {"scope": ["a"]}, {"any_scope": ["a"], "any": ["b"]}]
)
def test_a_rule_that_needs_nothing_is_a_problem(needs: Any) -> None:
    """A rule with no need, or an unknown one, is a mistake and not an open route."""
    (problem,) = _problems({"rules": {"GET /": needs}})
    assert problem.startswith("'GET /' must need one or more of: any_scope")


@pytest.mark.parametrize(
    "names", [[], None, "admin", {"a": 1}, [""], [" "], ["a b"], ["a", 1], [None], [["a"]]]
)
def test_a_need_for_no_name_is_a_problem(names: Any) -> None:
    """An empty list of scopes is never "any"; a name holds no white space."""
    for member in ("any_scope", "all_scopes", "any_group", "all_groups"):
        problems = _problems({"rules": {"GET /": {member: names}}})
        assert problems == (f"'GET /': {member} must be a list of one or more names",)


def test_a_member_that_stands_twice_is_a_problem() -> None:
    """Of two rules for one route nobody could say which one counts."""
    twice = '{"rules":{"GET /":{"any_scope":["a"]},"GET /":{"any_scope":["b"]}}}'
    assert _problems(twice) == ("names 'GET /' twice",)


def test_every_problem_is_reported_at_once() -> None:
    """The operator sees the whole list, not the first entry."""
    document = {
        "default": "shut",
        "rules": {
            "FETCH /": {"any_scope": ["a"]},
            "GET /": {},
            "GET /a": {"any_scope": []},
            f"GET /{'x' * 400}": {"any_scope": ["a"]},
        },
    }
    problems = _problems(document)
    assert [problem.partition(" must")[0][:20] for problem in problems] == [
        "'FETCH /' is no rout",
        "'GET /'",
        "'GET /a': any_scope",
        "default",
        f"'GET /{'x' * 14}",
    ]


def test_the_longest_resource() -> None:
    """A route of the greatest length fits the gateway's 512 characters on any stage."""
    longest = 512 - (66 + 128) - len("/GET") - len("/")
    assert len(_needing("GET " + "/".ljust(longest, "x")).rules) == 1
    (problem,) = _problems({"rules": {"GET " + "/".ljust(longest + 1, "x"): {"any_scope": ["a"]}}})
    assert problem.endswith("is too long for a policy's resource")


def test_the_largest_policy() -> None:
    """Rules are taken until the longest policy that they can become has 8,192 characters."""

    def document(length: int) -> dict[str, Any]:
        routes = [f"GET /{n:03d}{'x' * 205}" for n in range(11)] + ["GET /" + "y" * length]
        return {"rules": {route: {"any_scope": ["a"]} for route in routes}}

    def size(length: int) -> int:
        rules = read_route_rules(json.dumps(document(length)))
        return rules.longest_policy_chars()

    longest = 1 + (8192 - size(1)) // 2
    assert 1 < longest < 300
    assert size(longest) in (8191, 8192)
    assert _problems(document(longest + 1)) == (
        "are too many for one policy of 8192 characters: use wildcards",
    )
