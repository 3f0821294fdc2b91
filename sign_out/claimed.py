"""Whose token it claims to be, for the answer alone: nothing else is done on this word.

The answer is the same for a token that verifies and for one that does not, so it can't be made of
what was verified. What is claimed counts only if it is on the lists of what is allowed.
"""

from __future__ import annotations

from dataclasses import dataclass

from issuers.access_tokens import CLIENT_CLAIMS
from issuers.profile import Algorithm, OidcIssuer
from jose.compact import ACCESS_TOKENS, HeaderRule, UnverifiedToken
from jose.faults import JoseError
from sign_out.credentials import SignOutRequest
from sign_out.settings import Settings


@dataclass(frozen=True, slots=True)
class Claimed:
    """An issuer and a client of the allow-lists."""

    provider: OidcIssuer | None
    """None for the user pool."""
    client_id: str
    is_guessed: bool = False
    """It is one of several, and nobody has named it."""


def read_claimed(wanted: SignOutRequest, settings: Settings) -> Claimed:
    """By the access token's own words, else the request's, else the first that is allowed."""
    issuer, client_id = _of_token(wanted.access_token or "", settings)
    issuer = issuer or wanted.issuer
    provider = next((p for p in settings.providers if p.issuer == issuer), None)
    allowed = settings.client_ids if provider is None else provider.client_ids
    named = next((name for name in (client_id, wanted.client_id) if name in allowed), "")
    return Claimed(provider, named or min(allowed), is_guessed=not named and len(allowed) > 1)


def _of_token(text: str, settings: Settings) -> tuple[str, str]:
    types = [provider.token_types for provider in settings.providers]
    rule = HeaderRule(
        frozenset(algorithm.value for algorithm in Algorithm), ACCESS_TOKENS.types.union(*types)
    )
    try:
        token = UnverifiedToken.parse(text, rule)
    except JoseError:
        return "", ""
    client_id = next(filter(None, map(token.payload.get, CLIENT_CLAIMS)), "")
    return token.claimed_issuer, client_id if isinstance(client_id, str) else ""
