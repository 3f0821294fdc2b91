"""Parts of explaining that are held against the authorizer's own."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from authorizer import wiring
from authorizer.policy import Grants
from authorizer.route_rules import read_route_rules
from authorizer.settings import Settings
from ops.explanation.explain import key_set_url, sources
from ops.explanation.route_check import check_route
from tests.tokens import CLIENT_ID, ISSUER, ISSUER_NEW_FORM
from transport.https import HttpsTransport

_ENVIRONS = [
    {},
    {"LOCAL_ENDPOINT": "http://localhost:5000"},
    {"USERINFO_URL": "https://login.example.com/oauth2/userInfo"},
]


def _settings(environ: dict[str, str]) -> Settings:
    return Settings.from_env(
        {"ISSUERS": f"{ISSUER},{ISSUER_NEW_FORM}", "CLIENT_IDS": CLIENT_ID} | environ
    )


@dataclass
class _Asked:
    name: str
    url: str


@pytest.mark.parametrize("environ", _ENVIRONS)
def test_the_same_is_asked_at_the_same_addresses(environ: dict[str, str]) -> None:
    """Keys and sessions are asked for where the authorizer asks for them."""
    settings = _settings(environ)
    transport = HttpsTransport(connect_timeout_ms=50, read_timeout_ms=50, clock=lambda: 0.0)
    for issuer in settings.issuers:
        assert key_set_url(issuer, settings) == wiring._key_set_url(issuer, settings)
    ours = [_Asked(s.name, s._url) for s in sources(settings, transport)]  # type: ignore[attr-defined]
    theirs = [_Asked(s.name, s._url) for s in wiring._sources(settings, transport)]  # type: ignore[attr-defined]
    assert ours == theirs


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
