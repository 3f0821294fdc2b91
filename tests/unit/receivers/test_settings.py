"""What a receiver can be told, and what it can't."""

from __future__ import annotations

import json
from typing import Any

import pytest

from environment import SettingsError
from receivers.settings import Settings
from receivers.transmitters import CognitoNames, Kind
from tests.tokens import POOL_ID
from tests.unit.receivers.bench import CLIENT, ENDPOINT, ISSUER, OTHER, TRANSMITTER

KINDS = pytest.mark.parametrize("kind", list(Kind))


def read(kind: Kind, *transmitters: Any, **environment: str) -> Settings:
    """Read settings of these transmitters, or of one good one."""
    stated = transmitters or ({"issuer": ISSUER} | TRANSMITTER[kind],)
    good = {"TRANSMITTERS": json.dumps(stated), "LEDGER_TABLE": "t", "ENDPOINT_URL": ENDPOINT}
    return Settings.from_env(good | environment, kind)


def problems(kind: Kind, *transmitters: Any, **environment: str) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as raised:
        read(kind, *transmitters, **environment)
    return raised.value.problems


@KINDS
def test_the_least_that_must_be_stated(kind: Kind) -> None:
    """Who sends, and where marks go; the rest is strict."""
    settings = read(kind)
    [transmitter] = settings.transmitters
    assert transmitter.requires_type
    assert transmitter.sessions_of == ISSUER
    assert [a.value for a in transmitter.algorithms] == ["RS256"]
    assert transmitter.cognito is None
    assert (settings.max_lifetime_seconds, settings.leeway_seconds) == (600, 30)
    assert settings.user_pool_id == ""


@KINDS
def test_everything_that_is_wrong_is_said_at_once(kind: Kind) -> None:
    """Each problem names its variable."""
    said = problems(
        kind,
        {"issuer": "http://x"},
        {"issuer": ISSUER, "audience": "x"},
        LEDGER_TABLE="",
        DEPLOYMENT_NAME="a b",
        LEEWAY_SECONDS="121",
        MAX_LIFETIME_SECONDS="59",
        EVENT_MAX_AGE_SECONDS="x",
        ENDPOINT_URL="http://x",
        USER_POOL_ID="pool",
        TOKEN_MAX_BYTES="1",
        TIMEOUT_MS="1",
        BUDGET_MS="1",
        JWKS_MAX_AGE_SECONDS="1",
        LOCAL_ENDPOINT="https://x",
    )
    named = {problem.partition(":")[0] for problem in said}
    expected = {"TRANSMITTERS", "LEDGER_TABLE", "DEPLOYMENT_NAME", "LEEWAY_SECONDS"}
    expected |= {"MAX_LIFETIME_SECONDS", "EVENT_MAX_AGE_SECONDS", "USER_POOL_ID", "TIMEOUT_MS"}
    expected |= {"BUDGET_MS", "TOKEN_MAX_BYTES", "JWKS_MAX_AGE_SECONDS", "LOCAL_ENDPOINT"}
    assert named == expected | ({"ENDPOINT_URL"} if kind is Kind.GLOBAL_REVOCATION else set())
    assert sum(problem.startswith("TRANSMITTERS") for problem in said) >= 3


@KINDS
@pytest.mark.parametrize("raw", ["", "[]", "{}", "x"])
def test_nobody_is_no_transmitter(kind: Kind, raw: str) -> None:
    """An empty list is never anybody."""
    said = problems(kind, TRANSMITTERS=raw)
    assert any("at least one transmitter" in problem for problem in said)


@KINDS
@pytest.mark.parametrize(
    "changes",
    [
        {"issuer": None},
        {"sessionsOf": "x"},
        {"algorithms": ["HS256"]},
        {"keySetUrl": "http://x"},
        {"requireType": "yes"},
        {"cognitoUser": "Okta"},
        {"cognitoUser": "provider:"},
        {"cognitoUser": "provider:a_b_c"},
        {"cognitoUser": "provider:Okta_EU"},
        {"clientSecret": "x"},
    ],
)
def test_what_can_not_be_stated(kind: Kind, changes: dict[str, Any]) -> None:
    """Each problem names the transmitter by its place in the list."""
    stated = {"issuer": ISSUER} | TRANSMITTER[kind] | changes
    document = {name: value for name, value in stated.items() if value is not None}
    said = problems(kind, document, USER_POOL_ID=POOL_ID)
    assert all(problem.startswith("TRANSMITTERS: transmitter 1 ") for problem in said)


@pytest.mark.parametrize("kind", [Kind.BACKCHANNEL_LOGOUT, Kind.SECURITY_EVENTS])
def test_an_audience_is_stated(kind: Kind) -> None:
    """A message for somebody else must not end anything here."""
    assert "audiences" in problems(kind, {"issuer": ISSUER})[0]


@pytest.mark.parametrize(
    ("kind", "member"),
    [
        (Kind.BACKCHANNEL_LOGOUT, {"clientIds": [CLIENT]}),
        (Kind.BACKCHANNEL_LOGOUT, {"authorizationParameter": "/x"}),
        (Kind.BACKCHANNEL_LOGOUT, {"cognitoEmail": True}),
        (Kind.GLOBAL_REVOCATION, {"audiences": [CLIENT]}),
        (Kind.GLOBAL_REVOCATION, {"sessionClaim": "sid"}),
        (Kind.SECURITY_EVENTS, {"clientIds": [CLIENT]}),
    ],
)
def test_what_belongs_to_another_kind(kind: Kind, member: dict[str, Any]) -> None:
    """A setting that would do nothing is a slip."""
    said = problems(kind, {"issuer": ISSUER} | TRANSMITTER[kind] | member)
    assert "has no setting" in said[0]


@KINDS
def test_an_issuer_is_named_once(kind: Kind) -> None:
    """Two statements about one issuer could contradict each other."""
    one = {"issuer": ISSUER} | TRANSMITTER[kind]
    assert problems(kind, one, one) == ("TRANSMITTERS: must name each issuer once",)
    assert len(read(kind, one, one | {"issuer": OTHER}).transmitters) == 2


@KINDS
def test_cognito_users_need_a_pool(kind: Kind) -> None:
    """And a pool without them is not used."""
    stated = {"issuer": ISSUER, "cognitoUser": "provider:Okta"} | TRANSMITTER[kind]
    assert problems(kind, stated) == ("USER_POOL_ID: must name the user pool with cognitoUser",)
    settings = read(kind, stated, USER_POOL_ID=POOL_ID)
    assert (settings.user_pool_id, settings.region) == (POOL_ID, "eu-west-1")
    assert settings.transmitters[0].cognito == CognitoNames("Okta", takes_email=False)
    assert read(kind, USER_POOL_ID=POOL_ID).user_pool_id == ""


def test_an_email_needs_a_user() -> None:
    """An address names nobody in the ledger."""
    stated = {"issuer": ISSUER, "cognitoEmail": True}
    assert "cognitoUser with cognitoEmail" in problems(Kind.GLOBAL_REVOCATION, stated)[0]


def test_names_at_cognito() -> None:
    """The pool's own users by their name, federated ones behind their provider's."""
    assert CognitoNames("", takes_email=False).username("ada") == "ada"
    assert CognitoNames("Okta", takes_email=False).username("ada") == "Okta_ada"


def test_an_endpoints_address_is_taken_as_it_stands() -> None:
    """It is compared byte for byte; a local stack's may be plain."""
    kind = Kind.GLOBAL_REVOCATION
    assert read(kind, ENDPOINT_URL=f"{ENDPOINT}/").endpoint_url == f"{ENDPOINT}/"
    assert "ENDPOINT_URL" in problems(kind, ENDPOINT_URL="")[0]
    assert "ENDPOINT_URL" in problems(kind, ENDPOINT_URL=f"{ENDPOINT}?x")[0]
    local = {"LOCAL_ENDPOINT": "http://localhost:1", "ENDPOINT_URL": "http://localhost:2/x"}
    assert read(kind, **local).endpoint_url == "http://localhost:2/x"
    assert "ENDPOINT_URL" in problems(kind, **(local | {"ENDPOINT_URL": "http://x/x"}))[0]


@KINDS
def test_local_transmitters(kind: Kind) -> None:
    """Plain addresses of this machine are for local stacks."""
    stated = TRANSMITTER[kind] | {"issuer": "http://localhost:1"}
    assert problems(kind, stated)
    settings = read(kind, stated, LOCAL_ENDPOINT="http://localhost:2")
    assert settings.transmitters[0].issuer == "http://localhost:1"
