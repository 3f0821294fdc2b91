"""Parts of explaining that are held against the authorizer's own."""

from __future__ import annotations

import pytest

from authorizer.policy import Grants
from authorizer.route_rules import read_route_rules
from ops.explanation.route_check import check_route

_RULES = read_route_rules(
    '{"default": "closed", "rules": {'
    '"GET /orders*": {"any_scope": ["orders/read", "orders/write"], "all_groups": ["staff"]},'
    '"$connect": {"any_group": ["chat"]}, "Query.secret": {"all_scopes": ["deep"]}}}'
)


@pytest.mark.parametrize(
    ("route", "scopes", "groups", "missing"),
    [
        ("GET /orders/17", {"orders/read"}, {"staff"}, ""),
        ("GET /orders/17", {"orders/read"}, set(), "the groups staff"),
        ("GET /orders/17", set(), set(), "one of the scopes orders/read, orders/write and"),
        ("GET /else", {"orders/read"}, {"staff"}, "no rule opens it"),
        ("$connect", set(), {"chat"}, ""),
        ("$connect", set(), set(), "one of the groups chat"),
        ("Query.secret", {"deep"}, set(), ""),
        ("Query.secret", set(), set(), "the scopes deep"),
    ],
)
def test_what_a_route_lacks(route: str, scopes: set[str], groups: set[str], missing: str) -> None:
    """A route is allowed or not as its policy will be, and what is missing is named."""
    result = check_route(_RULES, route, Grants(frozenset(scopes), frozenset(groups)))
    assert (result.reason is None) == (missing == "")
    assert missing in result.detail
