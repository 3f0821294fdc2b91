"""OpenID providers beside Cognito, several at once, at the authorizer."""

from __future__ import annotations

import base64
import io
import itertools
import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from authorizer.wiring import wire
from environment import SettingsError
from ledger.judgement import MarkReason
from ledger.rows import LedgerError, session_name
from ledger.writer import Writer
from local.clock import MovableClock
from tests.dynamodb import TABLE, FakeDynamoDb
from tests.events import rest_request
from tests.providers import (
    API,
    AUTH0,
    OKTA,
    SECRET_PARAMETER,
    FakeProvider,
    FakeWorld,
    access_claims,
    auth0_keys,
    ec_jwk,
    sign_by,
)
from tests.sandbox import ENVIRONMENT, Seen, new_token
from tests.tokens import CLIENT_ID, ISSUER, NOW, sign
from transport import Answer, Deadline, TransportError

#: Auth0 names no session in its access tokens; this one is asked by introspection.
AUTH0_PROFILE = {
    "issuer": AUTH0,
    "audiences": [API],
    "permissionsClaim": "permissions",
    "sessionCheck": "introspection",
    "introspectionUrl": f"{AUTH0}introspect",
    "introspectionClientId": "the+api",
    "introspectionSecretParameter": SECRET_PARAMETER,
}
#: Signs by ES256, types its tokens, names its sessions; marks alone judge them.
OKTA_PROFILE = {
    "issuer": OKTA,
    "audiences": [API],
    "algorithms": ["ES256"],
    "tokenTypes": ["at+jwt", "application/at+jwt"],
    "sessionClaim": "sid",
    "groupsClaim": "groups",
    "clientIds": ["web"],
}

_NUMBERS = itertools.count()


def deadline() -> Deadline:
    return Deadline(at=1.0, clock=lambda: 0.0)


@dataclass
class Bench:
    """An authorizer that takes Cognito's tokens and those of two providers."""

    profiles: list[dict[str, Any]] = field(default_factory=lambda: [AUTH0_PROFILE, OKTA_PROFILE])
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.auth0 = FakeProvider(AUTH0, auth0_keys("auth0"))
        self.okta = FakeProvider(OKTA, [ec_jwk("okta", alg="ES256")])
        self.world = FakeWorld(self.auth0, self.okta)
        self.clock = MovableClock(NOW)
        self.table = FakeDynamoDb()
        self.log = io.StringIO()
        self.authorizer = wire(
            ENVIRONMENT
            | {
                "OIDC_ISSUERS": json.dumps(self.profiles),
                "LEDGER_TABLE": TABLE,
                "AWS_REGION": "eu-west-1",
                "AWS_ACCESS_KEY_ID": "AKID",
                "AWS_SECRET_ACCESS_KEY": "secret",
                "MEMORY_TTL_SECONDS": "0",
            }
            | self.environment,
            clock=self.clock,
            monotonic=self.clock,
            transport=self.world,
            ledger_calls=self.table,
            log_stream=self.log,
            service=f"providers-{next(_NUMBERS)}",
        )
        self.writer = Writer(TABLE, self.table)

    def call(self, token: str) -> Seen:
        status, answer = 200, None
        try:
            answer = self.authorizer.handle(rest_request(f"Bearer {token}"), "request-1")
        except Exception as error:  # the gateway sees its text only
            status = {"Unauthorized": 401, "Unavailable": 503}[str(error)]
        return Seen(status, json.loads(self.log.getvalue().splitlines()[-1]), answer)

    def call_auth0(self, **changes: Any) -> Seen:
        return self.call(self.auth0_token(**changes))

    def call_okta(self, **changes: Any) -> Seen:
        return self.call(self.okta_token(**changes))

    def auth0_token(self, **changes: Any) -> str:
        return sign_by("RS256", access_claims(AUTH0, **changes), key="auth0")

    def okta_token(self, typ: str | None = "at+jwt", **changes: Any) -> str:
        claims = access_claims(OKTA, **changes)
        return sign_by("ES256", claims, key="okta", header={"typ": typ})


def test_each_issuers_tokens_are_let_in() -> None:
    """Cognito's, and each provider's, by its own algorithm and its own keys."""
    bench = Bench()
    assert bench.call(new_token()).status == 200
    assert bench.call_auth0().status == 200
    assert bench.call_okta().status == 200


def test_scopes_permissions_and_groups_reach_the_backend() -> None:
    """Each from the claim that is stated for it."""
    bench = Bench()
    seen = bench.call_auth0(permissions=["write:orders"])
    assert seen.answer is not None
    assert seen.answer["context"]["scope"] == "openid read:orders write:orders"
    assert seen.answer["context"]["issuer"] == AUTH0
    seen = bench.call_okta(groups=["staff"])
    assert seen.answer is not None
    assert seen.answer["context"]["groups"] == "staff"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"aud": "https://other.example.com"}, "audience_not_allowed"),
        ({"aud": None}, "claim_missing"),
        ({"client_id": "other"}, "client_not_allowed"),
        ({"sub": "web"}, "machine_token_not_allowed"),
        ({"exp": NOW - 5}, "token_expired"),
        ({"nbf": NOW + 6}, "token_not_yet_valid"),
        ({"sid": None}, "claim_missing"),
        ({"typ": None}, "header_not_allowed"),
        ({"typ": "JWT"}, "header_not_allowed"),
        ({"groups": "staff"}, "claim_malformed"),
    ],
)
def test_what_a_provider_is_stated_to_write(changes: dict[str, Any], reason: str) -> None:
    """A token that differs from the profile is refused."""
    assert Bench().call_okta(**changes).reason == reason


def test_an_algorithm_of_another_issuer_is_not_taken() -> None:
    """ES256 is Okta's here; a token that claims to be Cognito's or Auth0's can't use it."""
    bench = Bench()
    for issuer in (AUTH0, ISSUER):
        forged = sign_by("ES256", access_claims(issuer), key="okta", header={"typ": "at+jwt"})
        assert bench.call(forged).reason == "header_not_allowed"
    rs256 = sign_by("RS256", access_claims(OKTA), key="okta", header={"typ": "at+jwt"})
    assert bench.call(rs256).reason == "header_not_allowed"


def test_a_key_that_is_stated_for_one_algorithm_verifies_no_other() -> None:
    """An RSA key of RS256 does not verify PS256, although it could."""
    bench = Bench([AUTH0_PROFILE | {"algorithms": ["RS256", "PS256"]}])
    token = sign_by("PS256", access_claims(AUTH0), key="auth0")
    assert bench.call(token).reason == "algorithm_not_allowed"
    del bench.auth0.keys[0]["alg"]
    assert Bench.call(_with_keys(bench, bench.auth0.keys), token).status == 200


def _with_keys(bench: Bench, keys: list[dict[str, Any]]) -> Bench:
    fresh = Bench(bench.profiles)
    fresh.auth0.keys[:] = keys
    return fresh


def test_a_pinned_key_set_is_not_discovered() -> None:
    """Where its address is stated, nobody is asked for it."""
    bench = Bench([AUTH0_PROFILE | {"keySetUrl": f"{AUTH0}keys"}])
    assert bench.call_auth0().status == 200
    assert not any("openid-configuration" in url for url, _ in bench.auth0.asked)


def test_introspection_ends_a_token() -> None:
    """What the provider no longer calls active is refused; another token of the user lives."""
    bench = Bench()
    token, other = bench.auth0_token(), bench.auth0_token()
    assert bench.call(token).status == 200
    bench.auth0.end(token)
    bench.clock.advance(1)
    assert bench.call(token).reason == "session_revoked"
    assert bench.call(other).status == 200


@pytest.mark.parametrize("ledger", [{}, {"MEMORY_TTL_SECONDS": "5"}, {"LEDGER_TABLE": ""}])
def test_tokens_of_one_session_are_judged_each_by_itself(ledger: dict[str, str]) -> None:
    """A token that was revoked alone is not let in for another's sake: RFC 7009 revokes tokens."""
    remembering = {"VERDICT_TTL_SECONDS": "15"} | ledger
    bench = Bench([AUTH0_PROFILE | {"sessionClaim": "sid"}], remembering)
    revoked, other = bench.auth0_token(), bench.auth0_token()
    assert bench.call(revoked).status == 200
    bench.auth0.end(revoked)
    longest = 15 + int(ledger.get("MEMORY_TTL_SECONDS", 0))
    for second in range(1, 3 * longest):
        bench.clock.advance(1)
        assert bench.call(other).status == 200
        assert second < longest or bench.call(revoked).reason == "session_revoked"


@pytest.mark.parametrize("ledger", [{}, {"LEDGER_TABLE": ""}])
def test_a_verdict_on_one_token_is_remembered(ledger: dict[str, str]) -> None:
    """Each sandbox asks about a token once in the verdict TTL."""
    remembering = {"VERDICT_TTL_SECONDS": "15", "MEMORY_TTL_SECONDS": "5"} | ledger
    bench = Bench([AUTH0_PROFILE | {"sessionClaim": "sid"}], remembering)
    token = bench.auth0_token()
    for _ in range(15):
        assert bench.call(token).status == 200
        bench.clock.advance(0.99)
    assert bench.auth0.introspections == 1


@pytest.mark.parametrize("ledger", [{}, {"LEDGER_TABLE": ""}])
def test_a_machines_token_is_introspected(ledger: dict[str, str]) -> None:
    """Where its provider has a word on it, nobody lets it in without."""
    bench = Bench([AUTH0_PROFILE | {"machineClientIds": ["robot"]}], ledger)
    token = bench.auth0_token(sub="robot", client_id="robot", sid=None)
    bench.auth0.end(token)
    assert bench.call(token).reason == "session_revoked"
    living = bench.auth0_token(sub="robot", client_id="robot", sid=None)
    bench.table.failure = LedgerError("down")
    assert bench.call(living).line["found_by"] == "introspection"


def test_a_key_sets_address_may_have_a_query() -> None:
    """What discovery says is fetched as it is."""
    bench = Bench()
    bench.auth0.key_set_path = "/keys?p=sign-in"
    assert bench.call_auth0().status == 200


def test_the_api_introspects_as_a_client() -> None:
    """Name and secret are form-encoded and joined; the secret is read once."""
    bench = Bench()
    bench.call_auth0()
    bench.call_auth0()
    headers = [asked for url, asked in bench.auth0.asked if url.endswith("/introspect")]
    pair = base64.b64decode(headers[0]["Authorization"].removeprefix("Basic ")).decode()
    assert pair == "the%2Bapi:the%20secret"
    assert len(headers) == 2


@pytest.mark.parametrize(
    ("failure", "reason"),
    [
        (TransportError("timed out"), "issuer_unreachable"),
        (Answer(500, b""), "issuer_fault"),
        (Answer(200, b"<html>"), "issuer_fault"),
        (Answer(200, b'{"active": "yes"}'), "issuer_fault"),
        (Answer(200, b'{"active": true, "sub": "eve"}'), "issuer_fault"),
        (Answer(429, b""), "issuer_throttled"),
        (Answer(401, b""), "issuer_misconfigured"),
        (Answer(400, b""), "issuer_misconfigured"),
        (Answer(403, b""), "issuer_misconfigured"),
    ],
)
def test_an_outage_of_introspection_is_no_refusal(failure: Any, reason: str) -> None:
    """It is 503 with its reason, and forgotten as soon as it is over."""
    bench = Bench()
    bench.auth0.failure = failure
    seen = bench.call_auth0()
    assert (seen.status, seen.reason) == (503, reason)
    bench.auth0.failure = None
    assert bench.call_auth0().status == 200


@pytest.mark.parametrize(
    "secret",
    [
        TransportError("timed out"),
        Answer(400, b'{"__type": "ParameterNotFound"}'),
        Answer(200, b"[]"),
        Answer(500, b'{"Parameter": {"Value": "x"}}'),
        Answer(200, b'{"Parameter": {"Value": ""}}'),
    ],
)
def test_a_secret_that_can_not_be_read_is_an_outage(secret: Any) -> None:
    """Without it nobody can be asked."""
    bench = Bench()
    good, bench.world.secret = bench.world.secret, secret
    seen = bench.call_auth0()
    assert (seen.status, seen.reason) == (503, "issuer_misconfigured")
    bench.world.secret = good
    assert bench.call_auth0().status == 200


def test_a_secret_that_was_changed_is_read_anew() -> None:
    """A refusal by the provider costs one answer, and the next call reads the secret again."""
    bench = Bench()
    bench.call_auth0()
    bench.world.secret = Answer(200, b'{"Parameter": {"Value": "changed"}}')
    bench.auth0.failure = Answer(401, b"")
    assert bench.call_auth0().status == 503
    bench.auth0.failure = None
    assert bench.call_auth0().status == 200
    _, headers = bench.auth0.asked[-1]
    assert base64.b64decode(headers["Authorization"].split()[1]).decode().endswith(":changed")


def test_userinfo_ends_a_token() -> None:
    """A provider's own USERINFO is asked about its tokens, and no other's."""
    profile = {
        "issuer": AUTH0,
        "audiences": [API],
        "sessionCheck": "userinfo",
        "userinfoUrl": f"{AUTH0}userinfo",
    }
    bench = Bench([profile])
    token = bench.auth0_token()
    assert bench.call(token).status == 200
    bench.auth0.end(token)
    bench.clock.advance(1)
    assert bench.call(token).reason == "session_revoked"
    assert bench.world.userinfo_calls == 0


def test_a_mark_ends_a_providers_session_by_its_name_alone() -> None:
    """All tokens of the session, whoever they are for; another session lives."""
    bench = Bench()
    assert bench.call_okta().status == 200
    bench.writer.end_session(
        session_name(OKTA, "", "sid1"), MarkReason.SESSION_REVOKED, now=NOW, deadline=deadline()
    )
    assert bench.call_okta().reason == "session_revoked"
    assert bench.call_okta(sub="bob").reason == "session_revoked"
    assert bench.call_okta(sid="sid2").status == 200


def test_a_mark_on_the_user_ends_all_of_their_sessions() -> None:
    """At this issuer; a user of the same name at another one lives."""
    bench = Bench()
    bench.writer.end_user_before(OKTA, "ada", NOW + 1, deadline())
    assert bench.call_okta(sid="sid2").reason == "session_revoked"
    assert bench.call_auth0().status == 200


def test_without_the_ledger_marks_are_not_known() -> None:
    """A provider that marks alone judge gets 503 while there is no ledger to ask."""
    bench = Bench()
    bench.table.failure = LedgerError("down")
    assert bench.call_okta().reason == "ledger_unavailable"
    assert bench.call_auth0().status == 200


@pytest.mark.parametrize(
    ("profile", "environment"),
    [
        (OKTA_PROFILE, {"LEDGER_TABLE": ""}),
        (OKTA_PROFILE | {"issuer": ISSUER}, {}),
        (OKTA_PROFILE | {"issuer": "http://localhost:1"}, {}),
    ],
)
def test_what_can_not_be_combined(profile: dict[str, Any], environment: dict[str, str]) -> None:
    """Marks need a ledger, the pool is no provider, plain addresses are for local stacks."""
    with pytest.raises(SettingsError, match="OIDC_ISSUERS"):
        Bench([profile], environment)


def test_sessions_without_a_name_take_no_place() -> None:
    """A limit on sessions counts those that have names: each refresh would be another one."""
    environment = {"SESSION_POLICY": "evict_oldest", "SESSION_LIMIT": "1"}
    bench = Bench(environment=environment)
    first, second = bench.auth0_token(), bench.auth0_token()
    for token in (first, second, first):
        assert bench.call(token).status == 200
    assert bench.call_okta(sid="old", auth_time=NOW - 60).status == 200
    assert bench.call_okta(sid="new").status == 200
    assert bench.call_okta(sid="old", auth_time=NOW - 60).reason == "signed_in_elsewhere"


def test_a_cognito_token_is_no_providers() -> None:
    """A well-signed token of the pool that names a provider as its issuer is refused."""
    forged = sign({**access_claims(AUTH0), "client_id": CLIENT_ID}, key="key1")
    assert Bench().call(forged).reason == "key_unknown"
