"""A policy says what the rules say, for any rules, any grants and any route."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from authorizer.policy import MAX_POLICY_CHARS, Grants, PolicyTooLongError
from authorizer.route_rules import MAX_RESOURCE_CHARS, RouteRulesError, read_route_rules
from tests.events import STAGE_ARN
from tests.sandbox import policy_allows

Needs = Mapping[str, list[str]]

_NAMES = ["read", "write", "admin"]
_LISTS = st.lists(st.sampled_from(_NAMES), min_size=1, max_size=3)
_NEEDS = st.dictionaries(
    st.sampled_from(["any_scope", "all_scopes", "any_group", "all_groups"]), _LISTS, min_size=1
)
_METHODS = st.sampled_from(["GET", "POST", "*"])
_PATTERN_PATHS = st.text("ab/*?", max_size=5).map("/{}".format)
_ROUTES = st.one_of(
    st.builds("{} {}".format, _METHODS, _PATTERN_PATHS), st.sampled_from(["$connect"])
)
_DOCUMENTS = st.fixed_dictionaries(
    {
        "default": st.sampled_from(["open", "closed"]),
        "rules": st.dictionaries(_ROUTES, _NEEDS, max_size=5),
    }
)
_GRANTS = st.builds(
    Grants, st.frozensets(st.sampled_from(_NAMES)), st.frozensets(st.sampled_from(_NAMES))
)
_CALLED = st.one_of(
    st.builds(
        "{}{}".format,
        st.sampled_from(["GET", "POST", "DELETE"]),
        st.text("ab/:%.-", max_size=6).map("/{}".format),
    ),
    st.sampled_from(["$connect", "GET/*", "GET/?", "GET/a\nb", "GET/\u00fc"]),
)


def _matches(route: str, resource: str) -> bool:
    """The evaluator's own idea of a wildcard; that of a method is about methods only.

    What is called with a slash at its end is what is called without it, too.
    """
    method, _, path = route.partition(" ")
    if method == "*":
        method = resource.partition("/")[0]
    patterns = [f"{method}{path}"]
    if path and not path.endswith("/"):
        patterns.append(f"{method}{path}/")
    return policy_allows({"Statement": [{"Effect": "Allow", "Resource": patterns}]}, resource)


def _meets(needs: Needs, grants: Grants) -> bool:
    """The rule's promise, written anew: one of any, and all of all."""
    held = {"scope": grants.scopes, "group": grants.groups}
    return all(
        any(name in held[kind] for name in names) if quantity == "any" else held[kind] >= set(names)
        for member, names in needs.items()
        for quantity, kind in [(member.split("_")[0], member.split("_")[1].rstrip("s"))]
    )


def _model(document: Mapping[str, Any], resource: str, grants: Grants) -> bool:
    """A request must meet every rule that matches; where none does the default holds."""
    matching = [needs for route, needs in document["rules"].items() if _matches(route, resource)]
    if not matching:
        return bool(document["default"] == "open")
    return all(_meets(needs, grants) for needs in matching)


@settings(max_examples=250)
@given(_DOCUMENTS, _GRANTS, _CALLED, st.sampled_from([None, 1_795_176_000]))
@example(
    {"default": "closed", "rules": {"GET /*": {"any_scope": ["read"]}}},
    Grants(frozenset({"read"}), frozenset()),
    "GET/",
    None,
)
def test_a_policy_says_what_the_rules_say(
    document: Mapping[str, Any], grants: Grants, resource: str, expires_at: int | None
) -> None:
    """What the gateway makes of a policy is what the rules say, never more and never less."""
    rules = read_route_rules(json.dumps(document))
    policy = rules.compile(STAGE_ARN, grants, expires_at=expires_at)
    expected = _model(document, resource, grants)
    assert rules.allows(resource, grants) is expected
    assert policy_allows(policy, f"{STAGE_ARN}/{resource}") is expected


@given(_DOCUMENTS, _GRANTS, _GRANTS, _CALLED)
def test_more_grants_never_allow_less(
    document: Mapping[str, Any], grants: Grants, further: Grants, resource: str
) -> None:
    """A scope or group more opens routes and closes none."""
    rules = read_route_rules(json.dumps(document))
    both = Grants(grants.scopes | further.scopes, grants.groups | further.groups)
    assert rules.allows(resource, both) >= rules.allows(resource, grants)


@given(_DOCUMENTS, _ROUTES, _NEEDS, _GRANTS, _CALLED)
def test_a_further_rule_never_allows_more_where_the_default_is_open(
    document: dict[str, Any], route: str, needs: Needs, grants: Grants, resource: str
) -> None:
    """With the default open every rule takes away, also where a wider rule gives."""
    assume(route not in document["rules"])
    document |= {"default": "open"}
    more = document | {"rules": document["rules"] | {route: needs}}
    before = read_route_rules(json.dumps(document)).allows(resource, grants)
    after = read_route_rules(json.dumps(more)).allows(resource, grants)
    assert after <= before


@given(_DOCUMENTS, _GRANTS, _CALLED)
def test_a_policy_says_nothing_of_another_stage(
    document: Mapping[str, Any], grants: Grants, resource: str
) -> None:
    """A policy allows nothing on another stage or API, whatever the rules."""
    policy = read_route_rules(json.dumps(document)).compile(STAGE_ARN, grants)
    for other in (STAGE_ARN.replace("prod", "prod2"), STAGE_ARN.replace("abcdef", "bbcdef")):
        assert not policy_allows(policy, f"{other}/{resource}")


@given(_DOCUMENTS, _GRANTS)
def test_a_policy_has_the_form_that_the_gateway_takes(
    document: Mapping[str, Any], grants: Grants
) -> None:
    """Every statement names the action and at least one resource below the stage."""
    policy = read_route_rules(json.dumps(document)).compile(STAGE_ARN, grants, expires_at=1)
    assert policy["Version"] == "2012-10-17"
    assert policy["Statement"]
    for statement in policy["Statement"]:
        assert statement["Action"] == "execute-api:Invoke"
        assert statement["Effect"] in {"Allow", "Deny"}
        assert statement["Resource"]
        assert all(resource.startswith(f"{STAGE_ARN}/") for resource in statement["Resource"])


_STAGE_ARN_OF_32 = "arn:aws-us-gov:execute-api:ap-northeast-1:123456789012:abcdefghij/" + "s" * 32
_LONGEST_STAGE_ARN = _STAGE_ARN_OF_32 + "s" * 96


@settings(max_examples=150)
@given(
    st.integers(min_value=1, max_value=60),
    st.integers(min_value=1, max_value=400),
    st.frozensets(st.sampled_from(_NAMES)),
)
@example(1, 312, frozenset())
@example(1, 313, frozenset())
def test_what_is_accepted_fits_the_limits(count: int, length: int, scopes: frozenset[str]) -> None:
    """Rules that are accepted compile within the gateway's limits, whoever asks, default open."""
    routes = {
        f"GET /{number:03d}{'x' * length}": {"any_scope": [_NAMES[number % 3]]}
        for number in range(count)
    }
    try:
        rules = read_route_rules(json.dumps({"rules": routes}))
    except RouteRulesError:
        return
    for stage_arn in (_STAGE_ARN_OF_32, _LONGEST_STAGE_ARN):
        try:
            policy = rules.compile(stage_arn, Grants(scopes, frozenset()), expires_at=0)
        except PolicyTooLongError:
            # For a stage with so long a name it is not made, and the answer is 503.
            assert stage_arn == _LONGEST_STAGE_ARN
            return
        resources = [one for statement in policy["Statement"] for one in statement["Resource"]]
        assert max(map(len, resources)) <= MAX_RESOURCE_CHARS
        assert len(json.dumps(policy)) <= MAX_POLICY_CHARS


_JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
_NEARLY_RULES = st.one_of(
    _JSON.map(json.dumps),
    st.text(max_size=40),
    st.builds(
        lambda default, routes: json.dumps({"default": default, "rules": routes}),
        st.one_of(st.just("open"), _JSON),
        st.one_of(_JSON, st.dictionaries(st.one_of(_ROUTES, st.text(max_size=8)), _JSON)),
    ),
)


@settings(max_examples=60)
@given(_NEARLY_RULES)
def test_any_text_is_rules_or_a_list_of_problems(text: str) -> None:
    """Whatever stands in the setting is read, or refused with at least one problem."""
    try:
        rules, problems = read_route_rules(text), None
    except RouteRulesError as error:
        rules, problems = None, error.problems
    assert rules is not None or problems
    assert all(problems or ["none"])


@pytest.mark.parametrize("text", ["[" * 100_000, '{"rules":' * 50_000, '{"a":' * 3 + "1" + "}" * 3])
def test_nested_text_is_refused(text: str) -> None:
    """Nesting beyond the parser's depth is a problem like any other."""
    with pytest.raises(RouteRulesError) as raised:
        read_route_rules(text)
    assert raised.value.problems
