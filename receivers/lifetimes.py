"""What the clock says about a token. Times are whole seconds since the epoch."""

from __future__ import annotations

from dataclasses import dataclass

from jose.claims import Claims
from receivers.report import Refusal, RefusedError

#: Beyond the moment from which a message is refused for its age: clocks differ.
_MARGIN_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Lifetime:
    """Of a token that is neither too old nor too young."""

    issued_at: int
    forget_at: int
    """From when on nobody takes it any more, whatever their clock says."""


def short_life(claims: Claims, *, now: float, leeway: int, at_most: int) -> Lifetime:
    """Of a token that must expire, and soon.

    Raises:
        jose.faults.JoseError: CLAIM_MALFORMED.
        RefusedError: it is expired, not valid yet, or lives for more than ``at_most`` seconds.
    """
    issued_at, expires_at = claims.moment("iat"), claims.moment("exp")
    if now >= expires_at + leeway:
        raise RefusedError(Refusal.TOKEN_EXPIRED)
    if max(issued_at, claims.moment_or_none("nbf") or 0) > now + leeway:
        raise RefusedError(Refusal.TOKEN_NOT_YET_VALID)
    if expires_at - issued_at > at_most:
        raise RefusedError(Refusal.LIFETIME_TOO_LONG)
    return Lifetime(issued_at, expires_at + leeway + _MARGIN_SECONDS)


def age(claims: Claims, *, now: float, leeway: int, at_most: int) -> Lifetime:
    """Of a token that does not expire: when it was issued is all that there is.

    Raises:
        jose.faults.JoseError: CLAIM_MALFORMED.
        RefusedError: it is of the future, or older than ``at_most`` seconds.
    """
    issued_at = claims.moment("iat")
    if issued_at > now + leeway:
        raise RefusedError(Refusal.TOKEN_NOT_YET_VALID)
    if now - issued_at > at_most:
        raise RefusedError(Refusal.TOKEN_TOO_OLD)
    return Lifetime(issued_at, issued_at + at_most + _MARGIN_SECONDS)
