"""Verifies access tokens of OpenID providers: JWTs as RFC 9068 has them, and near it.

What is required: a signature by one of the algorithms that are stated for the issuer, ``iss``,
``sub``, ``aud`` with one of the API's own names, ``exp`` and ``iat``. Tokens of types, clients and
audiences that are not stated are refused, whatever else they say. What the clock says is the
caller's to judge.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from issuers.profile import OidcIssuer
from jose.claims import Claims
from jose.compact import UnverifiedToken

#: RFC 9068, section 2.2; what Auth0 and others call it; Okta; Entra's first version.
CLIENT_CLAIMS = ("client_id", "azp", "cid", "appid")


class Refusal(StrEnum):
    """Why a well-signed token is not taken. The authorizer has a reason of each name."""

    AUDIENCE_NOT_ALLOWED = "audience_not_allowed"
    CLIENT_NOT_ALLOWED = "client_not_allowed"
    MACHINE_TOKEN_NOT_ALLOWED = "machine_token_not_allowed"


class RefusedError(Exception):
    """A token of this issuer that is not for this API, or from another client."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class AccessToken:
    """What a verified token says. Times are seconds since the epoch."""

    subject: str
    client_id: str
    is_machine: bool
    scopes: frozenset[str]
    groups: tuple[str, ...]
    issued_at: int
    authenticated_at: int
    starts_at: int
    """No moment of the token's past lies after this one."""
    expires_at: int
    token_id: str
    session_id: str
    """Empty if the token names no session."""


def read_claims(token: UnverifiedToken, issuer: OidcIssuer) -> AccessToken:
    """Read and check the claims of a token whose signature holds.

    Raises:
        jose.faults.JoseError: CLAIM_MISSING or CLAIM_MALFORMED.
        RefusedError: the token is not for this API, or from another client.
    """
    claims = Claims(token.payload)
    claims.require("iss", "sub", "aud", "exp", "iat")
    subject, expires_at, issued_at = claims.name("sub"), claims.moment("exp"), claims.moment("iat")
    # A provider that does not say when the user signed in gets each refresh taken for a sign-in.
    authenticated_at = claims.moment_or_none("auth_time") or issued_at
    if not claims.audiences() & issuer.audiences:
        raise RefusedError(Refusal.AUDIENCE_NOT_ALLOWED)
    client_id = next(filter(None, map(claims.optional_name, CLIENT_CLAIMS)), "")
    is_machine = _is_machine(subject, client_id)
    if is_machine and client_id not in issuer.machine_client_ids:
        raise RefusedError(Refusal.MACHINE_TOKEN_NOT_ALLOWED)
    if not is_machine and issuer.client_ids and client_id not in issuer.client_ids:
        raise RefusedError(Refusal.CLIENT_NOT_ALLOWED)
    return AccessToken(
        subject=subject,
        client_id=client_id,
        is_machine=is_machine,
        scopes=_scopes(claims, issuer),
        groups=claims.names(issuer.groups_claim) if issuer.groups_claim else (),
        issued_at=issued_at,
        authenticated_at=authenticated_at,
        starts_at=max(issued_at, authenticated_at, claims.moment_or_none("nbf") or 0),
        expires_at=expires_at,
        token_id=claims.optional_name("jti") or _fingerprint(token),
        session_id=claims.optional_name(issuer.session_claim) if issuer.session_claim else "",
    )


def _is_machine(subject: str, client_id: str) -> bool:
    """A client that acts for itself: RFC 9068, section 2.2, and Auth0's ``<client>@clients``."""
    return bool(client_id) and subject in {client_id, f"{client_id}@clients"}


def _scopes(claims: Claims, issuer: OidcIssuer) -> frozenset[str]:
    """Scopes, a text or a list of names, and permissions, a list of names."""
    scopes = frozenset(claims.words(issuer.scope_claim))
    if issuer.permissions_claim:
        scopes |= frozenset(claims.names(issuer.permissions_claim))
    return scopes


def _fingerprint(token: UnverifiedToken) -> str:
    """A name for a token that has none: of what was signed, which has one spelling only."""
    return f"sha256:{hashlib.sha256(token.signing_input).hexdigest()}"
