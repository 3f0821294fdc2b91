"""The authorizer's settings: safe defaults, ranges, and every problem at once."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from authorizer.choices import Enforcement, OutageRule, TokenPlace, TokenUse, UncheckedSessionRule
from authorizer.policy import RouteDefault
from authorizer.settings import Settings
from authorizer.token_source import TokenSource
from authorizer.wiring import wire
from environment import SettingsError
from jose.key_set import KeySetError
from tests.cognito import FakeCognito
from tests.sandbox import Sandbox
from tests.tokens import CLIENT_ID, ISSUER, ISSUER_NEW_FORM, NOW, SessionMaker, key_set

NEEDED = {"ISSUERS": ISSUER, "CLIENT_IDS": CLIENT_ID}


def read(**changes: str) -> Settings:
    return Settings.from_env(NEEDED | changes)


def problems(**changes: str) -> list[str]:
    """The names of the variables that are complained about."""
    with pytest.raises(SettingsError) as caught:
        read(**changes)
    return [problem.split(":")[0] for problem in caught.value.problems]


def test_defaults_are_safe() -> None:
    """What is not said is refused, checked, enforced, and short."""
    settings = read()
    assert settings.token_uses == {TokenUse.ACCESS}
    assert settings.token_source == TokenSource(TokenPlace.AUTHORIZATION)
    assert settings.machine_client_ids == frozenset()
    assert settings.outage_rule is OutageRule.REFUSE
    assert settings.stale_grace_seconds == 0
    assert settings.unchecked_session_rule is UncheckedSessionRule.REFUSE
    assert settings.enforcement is Enforcement.ENFORCE
    assert settings.gateway_ttl_seconds == 0
    assert settings.verdict_ttl_seconds == 15
    assert settings.unsafe_choices == ()


def test_every_problem_is_reported_at_once() -> None:
    """An operator sees the whole list, each problem by its variable's name."""
    found = problems(
        ISSUERS="https://example.com",
        CLIENT_IDS="a,,b",
        TOKEN_USES="access,refresh",
        TOKEN_SOURCE="header:X",
        VERDICT_TTL_SECONDS="15s",
        OUTAGE_RULE="open",
        ROUTE_RULES="[]",
        LOCAL_ENDPOINT="http://example.com",
        USERINFO_URL="http://login.example.com",
    )
    assert found == [
        "ISSUERS",
        "CLIENT_IDS",
        "CLIENT_IDS",
        "LOCAL_ENDPOINT",
        "TOKEN_USES",
        "TOKEN_SOURCE",
        "VERDICT_TTL_SECONDS",
        "OUTAGE_RULE",
        "ROUTE_RULES",
        "USERINFO_URL",
    ]


def test_issuer_and_clients_are_needed() -> None:
    """Without issuer and clients there is nothing to verify."""
    assert problems(ISSUERS="", CLIENT_IDS="") == ["ISSUERS", "CLIENT_IDS"]


@pytest.mark.parametrize("clients", ["", " ", ",", "a,", "a b"])
def test_an_empty_allow_list_is_an_error(clients: str) -> None:
    """No list of clients never means any client."""
    assert "CLIENT_IDS" in problems(CLIENT_IDS=clients)


def test_the_deployment_has_a_name() -> None:
    """A deployment that is not named is called default; a name that is no label is a problem."""
    assert read().deployment_name == "default"
    assert read(DEPLOYMENT_NAME="blue-2").deployment_name == "blue-2"
    assert problems(DEPLOYMENT_NAME="blue 2") == ["DEPLOYMENT_NAME"]


def test_machines_alone_are_enough() -> None:
    """An API for machines only needs no user's client."""
    settings = read(CLIENT_IDS="", MACHINE_CLIENT_IDS="machine")
    assert settings.client_ids == frozenset()


@pytest.mark.parametrize(
    "issuer",
    [
        "",
        "http://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Pool1",
        "https://cognito-idp.eu-west-1.amazonaws.com/us-east-1_Pool1",
        "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Pool1/",
        "https://cognito-idp.eu-west-1.amazonaws.com.evil.example/eu-west-1_Pool1",
        "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_",
        "https://evil-cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Pool1",
        f"{ISSUER},https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Pool2",
    ],
)
def test_issuers_are_forms_of_one_pool(issuer: str) -> None:
    """An issuer is one of Cognito's two forms, and all of them name the same pool."""
    assert set(problems(ISSUERS=issuer)) == {"ISSUERS"}


@pytest.mark.parametrize(
    ("issuer", "endpoint"),
    [
        (ISSUER, "https://cognito-idp.eu-west-1.amazonaws.com/"),
        (ISSUER_NEW_FORM, "https://cognito-idp.eu-west-1.amazonaws.com/"),
    ],
)
def test_both_issuer_forms_are_taken(issuer: str, endpoint: str) -> None:
    """Each form is verified with its own key set, and sessions are asked for at one endpoint."""
    cognito = FakeCognito()
    seen: list[str] = []
    request = cognito.request

    def note(method: str, url: str, **rest: Any) -> Any:
        seen.append(url)
        return request(method, url, **rest)

    cognito.request = note  # type: ignore[method-assign]
    sandbox = Sandbox({"ISSUERS": f"{ISSUER},{ISSUER_NEW_FORM}"}, cognito=cognito)
    assert sandbox.call_with(SessionMaker().access(iss=issuer)).status == 200
    assert seen == [f"{issuer}/.well-known/jwks.json", endpoint]


def test_chinas_endpoints_are_their_own() -> None:
    """The issuer's domain is the endpoint's."""
    settings = read(ISSUERS="https://cognito-idp.cn-north-1.amazonaws.com.cn/cn-north-1_Pool1")
    assert (settings.region, settings.endpoint_domain) == ("cn-north-1", "amazonaws.com.cn")


@pytest.mark.parametrize(
    ("name", "just_enough", "just_too_much", "value"),
    [
        ("TOKEN_MAX_BYTES", "10240", "10241", lambda s: s.token_max_bytes),
        ("TOKEN_MEMORY_MAX_ENTRIES", "100000", "100001", lambda s: s.token_memory_max_entries),
        ("LEEWAY_SECONDS", "60", "61", lambda s: s.leeway_seconds),
        ("VERDICT_TTL_SECONDS", "3600", "3601", lambda s: s.verdict_ttl_seconds),
        ("GATEWAY_TTL_SECONDS", "3600", "3601", lambda s: s.gateway_ttl_seconds),
        ("VERDICT_MAX_ENTRIES", "1", "0", lambda s: s.verdict_max_entries),
        ("JWKS_MAX_AGE_SECONDS", "86400", "86401", lambda s: s.keys.max_age_seconds),
        ("JWKS_MAX_STALE_SECONDS", "86400", "86401", lambda s: s.keys.max_stale_seconds),
        ("JWKS_UNKNOWN_KID_BURST", "10", "11", lambda s: s.keys.unknown_kid_burst),
        ("CONNECT_TIMEOUT_MS", "2000", "2001", lambda s: s.connect_timeout_ms),
        ("READ_TIMEOUT_MS", "2500", "2501", lambda s: s.read_timeout_ms),
        ("DECISION_BUDGET_MS", "2900", "2901", lambda s: s.decision_budget_ms),
    ],
)
def test_numbers_have_limits(
    name: str, just_enough: str, just_too_much: str, value: Callable[[Settings], int]
) -> None:
    """The limit itself is taken, one more is a problem."""
    assert value(read(**{name: just_enough})) == int(just_enough)
    assert problems(**{name: just_too_much}) == [name]


@pytest.mark.parametrize(
    ("rule", "grace"), [("stale", "0"), ("refuse", "30"), ("allow", "30"), ("stale", "")]
)
def test_the_grace_belongs_to_the_stale_rule(rule: str, grace: str) -> None:
    """A grace without its rule, or the rule without a grace, is a mistake and said to be one."""
    assert problems(OUTAGE_RULE=rule, STALE_GRACE_SECONDS=grace) == ["STALE_GRACE_SECONDS"]


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"OUTAGE_RULE": "stale", "STALE_GRACE_SECONDS": "30"}, "OUTAGE_RULE=stale"),
        ({"OUTAGE_RULE": "allow"}, "OUTAGE_RULE=allow"),
        ({"UNCHECKED_SESSION_RULE": "allow"}, "UNCHECKED_SESSION_RULE=allow"),
        ({"ENFORCEMENT": "shadow"}, "ENFORCEMENT=shadow"),
        ({"MACHINE_CLIENT_IDS": "machine"}, "MACHINE_CLIENT_IDS"),
        ({"TOKEN_USES": "access,id"}, "TOKEN_USES=id"),
        ({"TOKEN_SOURCE": "query:token"}, "TOKEN_SOURCE=query"),
        ({"LOCAL_ENDPOINT": "http://localhost:5000"}, "LOCAL_ENDPOINT"),
    ],
)
def test_unsafe_choices_are_named(changes: dict[str, str], name: str) -> None:
    """Each setting that loosens something is listed by name."""
    assert read(**changes).unsafe_choices == (name,)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("authorization", TokenSource(TokenPlace.AUTHORIZATION)),
        ("cookie:__Host-access", TokenSource(TokenPlace.COOKIE, "__Host-access")),
        ("query:token", TokenSource(TokenPlace.QUERY, "token")),
    ],
)
def test_token_sources(source: str, expected: TokenSource) -> None:
    """One place, and for cookies and parameters one name."""
    assert read(TOKEN_SOURCE=source).token_source == expected


@pytest.mark.parametrize(
    "source", ["cookie", "cookie:", "cookie:a b", "query:a=b", "authorization:x", "header:X"]
)
def test_bad_token_sources(source: str) -> None:
    """Anything else is a problem."""
    assert problems(TOKEN_SOURCE=source) == ["TOKEN_SOURCE"]


def test_route_rules_are_read() -> None:
    """Rules come as JSON, and each problem in them is reported under the variable's name."""
    assert read(ROUTE_RULES='{"default": "closed"}').route_rules.default is RouteDefault.CLOSED
    bad = '{"default": "ajar", "rules": {"/admin": {"any_scope": []}}}'
    assert problems(ROUTE_RULES=bad) == ["ROUTE_RULES"] * 3


def test_a_local_endpoint_replaces_keys_and_sessions() -> None:
    """LOCAL_ENDPOINT sends both calls to this machine, and leaves the issuer's name as it is."""
    seen: list[str] = []

    class Local(FakeCognito):
        def request(self, method: str, url: str, **rest: Any) -> Any:
            seen.append(url)
            real = "https://cognito-idp.eu-west-1.amazonaws.com"
            return super().request(method, url.replace("http://localhost:5000", real), **rest)

    sandbox = Sandbox({"LOCAL_ENDPOINT": "http://localhost:5000"}, cognito=Local())
    assert sandbox.call_with(SessionMaker().access()).status == 200
    assert seen == [
        "http://localhost:5000/eu-west-1_Pool1/.well-known/jwks.json",
        "http://localhost:5000/",
    ]


def test_bundled_keys_are_used(tmp_path: Path) -> None:
    """JWKS_FILE saves the first fetch; a broken one stops the start."""
    path = tmp_path / "keys.json"
    path.write_text(json.dumps({"fetched_at": NOW, "issuers": {ISSUER: key_set("key1")}}))
    sandbox = Sandbox({"JWKS_FILE": str(path)})
    assert sandbox.call_with(SessionMaker().access()).status == 200
    assert sandbox.cognito.key_set_fetches == 0
    path.write_text("{}")
    with pytest.raises(KeySetError):
        Sandbox({"JWKS_FILE": str(path)})


def test_wiring_needs_nothing_but_an_environment() -> None:
    """Without arguments the real clock, network and standard output are used."""
    authorizer = wire(NEEDED, service="authorizer-wired")
    assert authorizer is not None
