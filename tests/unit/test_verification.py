"""From an unverified token to a verified one: signature first, required claims, then values."""

from __future__ import annotations

from typing import Any

import pytest

from authorizer.choices import TokenUse
from authorizer.errors import DecisionError, Reason
from authorizer.settings import Settings
from authorizer.tokens import VerifiedToken
from authorizer.verification import Verifier
from jose.keys import KeyStore
from local.clock import MovableClock
from tests.cognito import FakeCognito
from tests.sandbox import ENVIRONMENT
from tests.tokens import (
    ADMIN_SCOPE,
    CLIENT_ID,
    ISSUER,
    ISSUER_NEW_FORM,
    MACHINE_CLIENT_ID,
    NOW,
    SessionMaker,
    sign,
)
from transport import Deadline

_BOTH_USES = {"TOKEN_USES": "access,id"}
_MACHINES = {"MACHINE_CLIENT_IDS": MACHINE_CLIENT_ID}


def _verify(token: str, at: float = NOW, **changes: str) -> VerifiedToken:
    settings = Settings.from_env(ENVIRONMENT | changes)
    now = MovableClock(NOW)
    now.advance(at - NOW)
    stores = {
        issuer: KeyStore(
            f"{issuer}/.well-known/jwks.json",
            settings.keys,
            transport=FakeCognito(),
            clock=now,
        )
        for issuer in settings.issuers
    }
    return Verifier(settings, stores, clock=now).verify(token, Deadline.after(1, now))


def _reason(claims: dict[str, Any], **changes: str) -> Reason:
    with pytest.raises(DecisionError) as raised:
        _verify(sign(claims), NOW, **changes)
    return raised.value.reason


def test_an_access_token_is_verified() -> None:
    """Every claim that is used later comes from the token as its issuer wrote it."""
    claims = SessionMaker().access(
        scope=f"{ADMIN_SCOPE} openid  openid", **{"cognito:groups": ["staff", "admin"]}
    )
    text = sign(claims)
    assert _verify(text) == VerifiedToken(
        text=text,
        issuer=ISSUER,
        subject=claims["sub"],
        token_use=TokenUse.ACCESS,
        client_id=CLIENT_ID,
        is_machine=False,
        username="ada",
        scopes=frozenset({ADMIN_SCOPE, "openid"}),
        groups=("staff", "admin"),
        issued_at=NOW,
        authenticated_at=NOW,
        expires_at=NOW + 3600,
        token_id=claims["jti"],
        session_id=claims["origin_jti"],
    )


def test_an_id_token_is_verified_where_it_is_let_in() -> None:
    """An ID token names its client by ``aud`` and its user by ``cognito:username``."""
    claims = SessionMaker().identity(username="not this one")
    token = _verify(sign(claims), NOW, **_BOTH_USES)
    assert (token.token_use, token.client_id, token.username) == (TokenUse.ID, CLIENT_ID, "ada")
    assert (token.token_id, token.session_id) == (claims["jti"], claims["origin_jti"])
    assert (token.scopes, token.is_machine) == (frozenset(), False)


def test_a_machine_token_is_verified_where_its_client_is_listed() -> None:
    """A client-credentials token has no user: its subject is its client, its session its own id."""
    claims = SessionMaker().machine()
    token = _verify(sign(claims), NOW, **_MACHINES)
    assert (token.is_machine, token.username, token.subject) == (True, "", MACHINE_CLIENT_ID)
    assert token.session_id == token.token_id == claims["jti"]


@pytest.mark.parametrize("issuer", [ISSUER, ISSUER_NEW_FORM])
def test_both_issuer_forms_are_known(issuer: str) -> None:
    """A pool's tokens are let in under each of its issuer forms that is listed."""
    token = _verify(sign(SessionMaker().access(iss=issuer)), ISSUERS=f"{ISSUER},{ISSUER_NEW_FORM}")
    assert token.issuer == issuer


def test_an_issuer_form_that_is_not_listed_is_foreign() -> None:
    """Neither form stands for the other unless both are listed."""
    assert _reason(SessionMaker().access(iss=ISSUER_NEW_FORM)) is Reason.ISSUER_NOT_ALLOWED
    old = SessionMaker().access()
    assert _reason(old, ISSUERS=ISSUER_NEW_FORM) is Reason.ISSUER_NOT_ALLOWED


def test_the_session_falls_back_to_the_token() -> None:
    """Without ``origin_jti`` a token's own ``jti`` names its session."""
    claims = SessionMaker().access(origin_jti=None)
    token = _verify(sign(claims))
    assert token.session_id == token.token_id == claims["jti"]


def test_the_token_falls_back_to_the_session() -> None:
    """An ID token without ``jti`` is known by its session."""
    claims = SessionMaker().identity(jti=None)
    token = _verify(sign(claims), NOW, **_BOTH_USES)
    assert token.token_id == token.session_id == claims["origin_jti"]


def test_a_token_of_no_session_is_refused() -> None:
    """Without ``jti`` and ``origin_jti`` nobody could ever end the session."""
    claims = SessionMaker().identity(jti=None, origin_jti=None)
    assert _reason(claims, **_BOTH_USES) is Reason.CLAIM_MISSING


@pytest.mark.parametrize("claim", ["sub", "token_use", "iat", "exp", "auth_time"])
def test_a_missing_claim_comes_before_a_malformed_one(claim: str) -> None:
    """Which claims there are is checked before what they hold."""
    claims = SessionMaker().access(iat="x", exp="x", auth_time="x", sub=1, token_use=1)
    del claims[claim]
    assert _reason(claims) is Reason.CLAIM_MISSING
    assert _reason(claims | {claim: 1}) is Reason.CLAIM_MALFORMED


@pytest.mark.parametrize("claim", ["client_id", "jti"])
def test_claims_that_every_access_token_needs(claim: str) -> None:
    """An access token names its client and itself."""
    assert _reason(SessionMaker().access(**{claim: None})) is Reason.CLAIM_MISSING
    assert _reason(SessionMaker().machine(**{claim: None}), **_MACHINES) is Reason.CLAIM_MISSING


@pytest.mark.parametrize("claim", ["aud", "cognito:username"])
def test_claims_that_every_id_token_needs(claim: str) -> None:
    """An ID token names its client and its user."""
    claims = SessionMaker().identity(**{claim: None})
    assert _reason(claims, **_BOTH_USES) is Reason.CLAIM_MISSING


def test_an_empty_list_of_audiences_binds_to_nothing() -> None:
    """An access token whose ``aud`` names nobody is bound to no resource; one that names, is."""
    assert _verify(sign(SessionMaker().access(aud=[]))).client_id == CLIENT_ID
    assert _reason(SessionMaker().access(aud=["other"])) is Reason.AUDIENCE_NOT_ALLOWED


def test_a_users_access_token_names_its_user() -> None:
    """Only a machine's token may lack a user name."""
    assert _reason(SessionMaker().access(username=None)) is Reason.CLAIM_MISSING


def test_claims_are_not_looked_at_before_the_signature() -> None:
    """A forged token gets to know nothing about which of its claims were wrong."""
    token = sign(SessionMaker().access(exp="x"), key="attacker", header={"kid": "key1"})
    with pytest.raises(DecisionError) as raised:
        _verify(token)
    assert raised.value.reason is Reason.SIGNATURE_INVALID


@pytest.mark.parametrize("uses", ["access", "id", "access,id"])
def test_uses_are_those_of_the_setting(uses: str) -> None:
    """A token is let in for its use only if that use is listed."""
    for use, claims in (("access", SessionMaker().access()), ("id", SessionMaker().identity())):
        if use in uses.split(","):
            assert _verify(sign(claims), TOKEN_USES=uses).token_use == use
        else:
            assert _reason(claims, TOKEN_USES=uses) is Reason.TOKEN_USE_NOT_ALLOWED


def test_groups_and_scopes_may_be_missing() -> None:
    """A token without scope and groups grants nothing, and is not malformed."""
    token = _verify(sign(SessionMaker().access(scope=None)))
    assert (token.scopes, token.groups) == (frozenset(), ())


def test_nbf_is_optional_but_counts() -> None:
    """Cognito sends no ``nbf``; where there is one it is obeyed, leeway included."""
    claims = SessionMaker().access(nbf=NOW + 6)
    assert _reason(claims) is Reason.TOKEN_NOT_YET_VALID
    assert _verify(sign(claims), NOW + 1).subject == claims["sub"]


def test_an_expired_token_is_called_expired() -> None:
    """Of a token that is both expired and not yet valid the first is said."""
    claims = SessionMaker().access(exp=NOW - 5, iat=NOW + 6)
    assert _reason(claims) is Reason.TOKEN_EXPIRED


def test_fractions_of_a_second_count() -> None:
    """The clock's fractions are not rounded away at the edge of a token's life."""
    claims = SessionMaker().access(exp=NOW + 10)
    assert _verify(sign(claims), NOW + 14.999).expires_at == NOW + 10
    with pytest.raises(DecisionError) as raised:
        _verify(sign(claims), NOW + 15)
    assert raised.value.reason is Reason.TOKEN_EXPIRED


def test_a_client_is_checked_before_its_user_name() -> None:
    """A token of another client is refused as such, whatever else it lacks."""
    claims = SessionMaker().access(client_id="client2web", username=None)
    assert _reason(claims) is Reason.CLIENT_NOT_ALLOWED


@pytest.mark.parametrize(
    ("machines", "reason"),
    [("", "machine_token_not_allowed"), ("another", "machine_token_not_allowed")],
)
def test_a_machine_that_is_not_listed(machines: str, reason: str) -> None:
    """A machine's client must be listed by its own name."""
    claims = SessionMaker().machine()
    assert _reason(claims, MACHINE_CLIENT_IDS=machines) == reason


def test_keys_that_cannot_be_had_are_no_refusal() -> None:
    """While the issuer's keys can't be fetched nothing is said about the token."""
    settings, clock = Settings.from_env(ENVIRONMENT), MovableClock(NOW)
    cognito = FakeCognito()
    cognito.keys = {}
    store = KeyStore(
        f"{ISSUER}/.well-known/jwks.json", settings.keys, transport=cognito, clock=clock
    )
    verifier = Verifier(settings, {ISSUER: store}, clock=clock)
    with pytest.raises(DecisionError) as raised:
        verifier.verify(sign(SessionMaker().access()), Deadline.after(1, clock))
    assert (raised.value.reason, raised.value.status) == (Reason.KEYS_UNAVAILABLE, 503)


def test_a_token_that_is_bound_to_a_resource() -> None:
    """It is let in where the resource is one of ours, and where it is bound to none."""
    claims = SessionMaker().access(aud=["https://api.example.com", "another"])
    assert _reason(claims) is Reason.AUDIENCE_NOT_ALLOWED
    assert _verify(sign(claims), AUDIENCES="https://api.example.com").subject == claims["sub"]
    assert _verify(sign(claims | {"aud": []})).subject == claims["sub"]
