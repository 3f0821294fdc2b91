"""Sessions of OpenID providers beside the user pool end at the same endpoint."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from environment import SettingsError
from ledger.rows import SessionRow, UserRow, session_name, user_name
from sign_out.settings import Settings
from tests.providers import (
    API,
    AUTH0,
    OKTA,
    FakeProvider,
    FakeWorld,
    access_claims,
    auth0_keys,
    ec_jwk,
    sign_by,
)
from tests.tokens import CLIENT_ID, NOW
from tests.unit.sign_out.bench import APP, ENVIRONMENT, REFRESH_TOKEN, Bench
from transport import Answer, TransportError

#: Names its sessions; its app is public.
OKTA_PROFILE = {
    "issuer": OKTA,
    "audiences": [API],
    "algorithms": ["ES256"],
    "sessionClaim": "sid",
    "clientIds": ["web", "mobile"],
    "machineClientIds": ["robot"],
    "revocationUrl": f"{OKTA}/revoke",
    "logoutUrl": f"{OKTA}/logout",
}
#: Names no sessions; its app has a secret.
AUTH0_PROFILE = {
    "issuer": AUTH0,
    "audiences": [API],
    "clientIds": ["web"],
    "revocationUrl": f"{AUTH0}revoke",
    "clientSecretParameter": "/app/secret",
}


class ProviderBench(Bench):
    """The endpoint with two providers."""

    def __init__(self) -> None:
        self.okta = FakeProvider(OKTA, [ec_jwk("okta")])
        self.auth0 = FakeProvider(AUTH0, auth0_keys("auth0"))
        self.world = FakeWorld(self.okta, self.auth0)
        profiles = json.dumps([OKTA_PROFILE, AUTH0_PROFILE])
        super().__init__({"OIDC_ISSUERS": profiles}, issuer=self.world)

    def row(self) -> SessionRow:
        """Of the session that the provider calls sid1."""
        return SessionRow.read(self.table.rows.get(session_name(OKTA, "", "sid1"), {}))

    def user_of(self, issuer: str) -> UserRow:
        """Ada's row at that issuer."""
        return UserRow.read(self.table.rows.get(user_name(issuer, "ada"), {}))


def okta_token(key: str = "okta", **changes: Any) -> str:
    return sign_by("ES256", access_claims(OKTA, **changes), key=key, header={"kid": "okta"})


def auth0_token(**changes: Any) -> str:
    return sign_by("RS256", access_claims(AUTH0, **changes), key="auth0")


def test_a_providers_session_is_marked_and_revoked() -> None:
    """The ledger by the session's own name, the refresh token at the provider, none at Cognito."""
    bench = ProviderBench()
    answer = bench.send({"refresh_token": REFRESH_TOKEN}, bearer=okta_token())
    assert bench.row().revoked_at == NOW + 60
    assert bench.okta.revoked == [
        {"token": [REFRESH_TOKEN], "token_type_hint": ["refresh_token"], "client_id": ["web"]}
    ]
    assert bench.operations == []
    target = "post_logout_redirect_uri=https%3A%2F%2Fapp.example.com%2F"
    assert json.loads(answer["body"])["logout_url"] == f"{OKTA}/logout?client_id=web&{target}"


def test_everywhere_ends_all_of_the_users_sessions_at_that_issuer() -> None:
    """A user of the same name at another issuer is another user."""
    bench = ProviderBench()
    bench.send({"everywhere": True}, bearer=okta_token())
    assert bench.user_of(OKTA).not_before == NOW + 61
    assert bench.user_of(AUTH0).not_before == 0


def test_where_sessions_have_no_name_all_of_the_users_end() -> None:
    """Nobody could end just the one."""
    bench = ProviderBench()
    answer = bench.send(bearer=auth0_token())
    assert bench.user_of(AUTH0).not_before == NOW + 61
    assert json.loads(answer["body"])["logout_url"] is None


@pytest.mark.parametrize(
    ("auth_time", "exp", "not_before"),
    [
        (NOW, NOW + 55, NOW + 1),
        (NOW, NOW + 56, NOW + 61),
        (NOW + 63, NOW + 600, NOW + 64),
    ],
)
def test_how_far_a_token_without_a_session_reaches(
    auth_time: int, exp: int, not_before: int
) -> None:
    """To its own sign-in, even by a clock that is ahead; beyond that, while it has not expired."""
    bench = ProviderBench()
    bench.send({"everywhere": True}, bearer=auth0_token(auth_time=auth_time, exp=exp))
    assert bench.user_of(AUTH0).not_before == not_before


@pytest.mark.parametrize("claim", ["client_id", "azp", "cid"])
def test_the_logout_address_names_the_tokens_own_client(claim: str) -> None:
    """Whatever its provider calls the client: another's may not go to the return address."""
    changes: dict[str, Any] = {"client_id": None} | {claim: "web"}
    answer = ProviderBench().send(bearer=okta_token(**changes))
    assert "client_id=web&" in json.loads(answer["body"])["logout_url"]


def test_a_confidential_app_authenticates_itself() -> None:
    """By its name and its secret, which comes from a parameter."""
    bench = ProviderBench()
    bench.send({"refresh_token": REFRESH_TOKEN}, bearer=auth0_token())
    _, headers = bench.auth0.asked[-1]
    pair = base64.b64decode(headers["Authorization"].removeprefix("Basic ")).decode()
    assert pair == "web:the%20secret"
    assert "client_id" not in bench.auth0.revoked[0]


@pytest.mark.parametrize(
    "token",
    [
        okta_token(key="attacker"),
        okta_token(aud="https://other.example.com"),
        okta_token(client_id="other"),
        okta_token(sub="web"),
        okta_token(sub="robot", client_id="robot"),
        okta_token(sub=None),
        sign_by("RS256", access_claims(OKTA), key="okta"),
        sign_by("ES256", access_claims(AUTH0), key="okta"),
        sign_by("ES256", access_claims("https://id.example.com"), key="okta"),
    ],
)
def test_a_token_that_is_not_good_ends_nothing(token: str) -> None:
    """Another key, audience, client, algorithm or issuer; a machine; a claim that is missing."""
    bench = ProviderBench()
    assert bench.send({"everywhere": True}, bearer=token)["statusCode"] == 200
    assert bench.table.rows == {}
    assert bench.lines()[-1]["outcome"] == "nothing"


@pytest.mark.parametrize("client_id", ["web", "mobile"])
def test_a_forged_token_gets_the_answer_of_a_good_one(client_id: str) -> None:
    """The address is that of the issuer and client which the token claims."""
    bench = ProviderBench()
    good = bench.send(bearer=okta_token(client_id=client_id))
    assert bench.send(bearer=okta_token(key="attacker", client_id=client_id)) == good
    assert f"client_id={client_id}&" in good["body"]


def test_what_is_claimed_must_be_on_the_lists() -> None:
    """No address is made of an issuer or a client that is not allowed."""
    bench = ProviderBench()
    elsewhere = sign_by("RS256", access_claims("https://evil.example", client_id="evil"), key="x")
    answer = bench.send({"issuer": "https://evil.example", "client_id": "evil"}, bearer=elsewhere)
    assert "evil" not in answer["body"]
    assert f"client_id={CLIENT_ID}&" in answer["body"]


def test_a_refresh_token_alone_goes_to_the_issuer_that_is_named() -> None:
    """And to the user pool if none is; strangers' are rationed there as here."""
    bench = ProviderBench()
    bench.send({"refresh_token": REFRESH_TOKEN, "issuer": OKTA, "client_id": "mobile"})
    bench.send({"refresh_token": REFRESH_TOKEN})
    assert bench.okta.revoked[0]["client_id"] == ["mobile"]
    assert bench.operations == ["RevokeToken"]


@pytest.mark.parametrize(
    "failure",
    [
        TransportError("timed out"),
        Answer(500, b""),
        Answer(429, b""),
        Answer(401, b""),
        Answer(400, b""),
        Answer(400, b'{"error": "invalid_client"}'),
        Answer(400, b'{"error": "unauthorized_client"}'),
        Answer(400, b'{"error": "unsupported_token_type"}'),
    ],
)
def test_a_provider_that_does_not_answer_leaves_the_mark(failure: Any) -> None:
    """What was marked stays marked, and the caller is told to come again."""
    bench = ProviderBench()
    bench.okta.failure = failure
    answer = bench.send({"refresh_token": REFRESH_TOKEN}, bearer=okta_token())
    assert answer["statusCode"] == 503
    assert bench.row().revoked_at == NOW + 60


@pytest.mark.parametrize("error", ["invalid_grant", "invalid_request", "invalid_token"])
def test_a_refused_revocation_is_one_that_came_to_nothing(error: str) -> None:
    """The provider does not take the token: it is of no use to anybody (RFC 7009, section 2.2)."""
    bench = ProviderBench()
    bench.okta.failure = Answer(400, json.dumps({"error": error}).encode())
    assert bench.send({"refresh_token": REFRESH_TOKEN}, bearer=okta_token())["statusCode"] == 200
    assert bench.lines()[-1]["steps"]["revoke_token"] == "refused"


def test_a_secret_that_can_not_be_read_is_an_outage() -> None:
    """Nothing is revoked without it."""
    bench = ProviderBench()
    bench.world.secret = Answer(400, b"{}")
    answer = bench.send({"refresh_token": REFRESH_TOKEN}, bearer=auth0_token())
    assert answer["statusCode"] == 503
    assert bench.auth0.revoked == []


def test_a_provider_without_a_revocation_address() -> None:
    """Its refresh tokens can't be revoked here; the mark refuses what they bring."""
    profile = {name: value for name, value in OKTA_PROFILE.items() if name != "revocationUrl"}
    okta = FakeProvider(OKTA, [ec_jwk("okta")])
    bench = Bench({"OIDC_ISSUERS": json.dumps([profile])}, issuer=FakeWorld(okta))
    answer = bench.send({"refresh_token": REFRESH_TOKEN}, bearer=okta_token())
    assert answer["statusCode"] == 200
    assert bench.lines()[-1]["steps"] == {"ledger": "done", "revoke_token": "refused"}


def test_a_logout_address_needs_somewhere_to_return_to() -> None:
    """A provider's own is refused at the start without one, and not when somebody signs out."""
    environment = ENVIRONMENT | {"LOGOUT_ENDPOINT": "", "RETURN_ADDRESSES": ""}
    with pytest.raises(SettingsError, match="RETURN_ADDRESSES"):
        Settings.from_env(environment | {"OIDC_ISSUERS": json.dumps([OKTA_PROFILE])})
    Settings.from_env(environment | {"OIDC_ISSUERS": json.dumps([AUTH0_PROFILE])})


def test_clients_must_be_stated() -> None:
    """Signing out names a client in an address, and that is never one that a token names alone."""
    profile = OKTA_PROFILE | {"clientIds": []}
    with pytest.raises(SettingsError, match="OIDC_ISSUERS"):
        Settings.from_env(ENVIRONMENT | {"OIDC_ISSUERS": json.dumps([profile])})
    assert APP in Settings.from_env(ENVIRONMENT).allowed_origins
