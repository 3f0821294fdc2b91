"""Access tokens of OpenID providers."""

from __future__ import annotations

from typing import Any

import pytest

from issuers.access_tokens import AccessToken, Refusal, RefusedError, read_claims
from jose.compact import UnverifiedToken
from jose.faults import Fault, JoseError
from tests.tokens import NOW, sign
from tests.unit.issuers.profiles import API, AUTH0, profile

#: As Auth0 writes them.
CLAIMS = {
    "iss": AUTH0,
    "sub": "auth0|ada",
    "aud": [API, "https://tenant.eu.auth0.com/userinfo"],
    "iat": NOW,
    "exp": NOW + 3600,
    "azp": "web",
    "scope": "openid read:orders",
    "permissions": ["write:orders"],
}


def token(**changes: Any) -> UnverifiedToken:
    """A token of these claims. A change to None leaves one out."""
    claims = {name: value for name, value in (CLAIMS | changes).items() if value is not None}
    return UnverifiedToken.parse(sign(claims))


def read(stated: dict[str, Any] | None = None, **changes: Any) -> AccessToken:
    return read_claims(token(**changes), profile(**(stated or {})))


def refusal(stated: dict[str, Any] | None = None, **changes: Any) -> Refusal:
    with pytest.raises(RefusedError) as raised:
        read(stated, **changes)
    return raised.value.refusal


def test_a_token_as_auth0_writes_it() -> None:
    """Its client is named by ``azp``; permissions count where they are stated to."""
    found = read(stated={"permissionsClaim": "permissions"})
    assert (found.subject, found.client_id, found.is_machine) == ("auth0|ada", "web", False)
    assert found.scopes == {"openid", "read:orders", "write:orders"}
    assert read().scopes == {"openid", "read:orders"}


def test_a_token_as_rfc_9068_has_it() -> None:
    """Client, token and session have names of their own, and groups where they are stated."""
    stated = {"sessionClaim": "sid", "groupsClaim": "groups", "scopeClaim": "scp"}
    names: dict[str, Any] = {"client_id": "app", "jti": "jti1", "sid": "sid1"}
    lists: dict[str, Any] = {"groups": ["staff"], "scp": ["read", "write"]}
    found = read(stated=stated, auth_time=NOW - 60, **names, **lists)
    assert (found.client_id, found.token_id, found.session_id) == ("app", "jti1", "sid1")
    assert (found.authenticated_at, found.groups) == (NOW - 60, ("staff",))
    assert found.scopes == {"read", "write"}


def test_a_token_without_a_name_gets_one() -> None:
    """Two tokens never have the same, and one always has."""
    assert read().token_id == read().token_id
    assert read().token_id != read(sub="somebody").token_id
    assert read().session_id == ""
    assert read(stated={"sessionClaim": "sid"}).session_id == ""


def test_who_does_not_say_when_they_signed_in_signed_in_when_it_was_issued() -> None:
    """So that a mark on sign-ins concerns such tokens too."""
    assert read().authenticated_at == NOW


@pytest.mark.parametrize("audience", ["https://other.example.com", [], ["other"], ""])
def test_a_token_for_another_api_is_refused(audience: Any) -> None:
    """One of the token's audiences must be one of the API's own names."""
    assert refusal(aud=audience) is Refusal.AUDIENCE_NOT_ALLOWED


def test_one_audience_may_stand_alone() -> None:
    """A text counts as a list of one."""
    assert read(aud=API).subject == "auth0|ada"


def test_times() -> None:
    """The latest of all moments that must have passed is where a token starts."""
    assert (read().starts_at, read().expires_at) == (NOW, NOW + 3600)
    assert read(nbf=NOW + 6).starts_at == NOW + 6
    assert read(auth_time=NOW + 7).starts_at == NOW + 7
    assert read(auth_time=NOW - 7, nbf=NOW - 9).starts_at == NOW


def test_clients() -> None:
    """Where clients are stated, others' tokens are refused, and those that name none."""
    stated = {"clientIds": ["web"]}
    assert read(stated=stated).client_id == "web"
    assert refusal(stated=stated, azp="other") is Refusal.CLIENT_NOT_ALLOWED
    assert refusal(stated=stated, azp=None) is Refusal.CLIENT_NOT_ALLOWED
    assert read(azp=None).client_id == ""


@pytest.mark.parametrize("claim", ["client_id", "azp", "cid", "appid"])
def test_a_client_is_known_by_any_of_its_names(claim: str) -> None:
    """Okta's and Entra's tokens are held to the stated clients, and their machines are machines."""
    web: dict[str, Any] = {"azp": None} | {claim: "web"}
    assert read(stated={"clientIds": ["web"]}, **web).client_id == "web"
    robot: dict[str, Any] = {"azp": None, "sub": "robot"} | {claim: "robot"}
    assert refusal(**robot) is Refusal.MACHINE_TOKEN_NOT_ALLOWED


@pytest.mark.parametrize("subject", ["robot", "robot@clients"])
def test_machines_are_let_in_by_name_only(subject: str) -> None:
    """A client that acts for itself must be stated as one."""
    assert refusal(sub=subject, azp="robot") is Refusal.MACHINE_TOKEN_NOT_ALLOWED
    assert read(stated={"machineClientIds": ["robot"]}, sub=subject, azp="robot").is_machine


@pytest.mark.parametrize("claim", ["sub", "aud", "exp", "iat"])
def test_required_claims(claim: str) -> None:
    """Each must be there."""
    missing: dict[str, Any] = {claim: None}
    with pytest.raises(JoseError) as raised:
        read(**missing)
    assert raised.value.fault is Fault.CLAIM_MISSING


@pytest.mark.parametrize(
    "changes",
    [{"sub": 1}, {"aud": 1}, {"exp": "1"}, {"iat": 1.5}, {"azp": []}, {"scope": 1}, {"jti": ""}],
)
def test_claims_of_another_type(changes: dict[str, Any]) -> None:
    """Each must have the type that its specification gives it."""
    with pytest.raises(JoseError) as raised:
        read(**changes)
    assert raised.value.fault is Fault.CLAIM_MALFORMED
