"""The checks, in the order of the validation flow, and what can come of one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from authorizer.errors import Reason


class Check(StrEnum):
    """One check. The order is that of the flow (``README.md``, "Validation flow")."""

    PLACE = "place"
    FORM = "form"
    HEADER = "header"
    ISSUER = "issuer"
    KEY = "key"
    SIGNATURE = "signature"
    CLAIMS = "claims"
    TOKEN_USE = "token_use"
    TIMES = "times"
    CLIENT = "client"
    AUDIENCE = "audience"
    MARKS = "marks"
    ROSTER = "roster"
    SESSION = "session"
    ROUTE = "route"


TITLES: dict[Check, str] = {
    Check.PLACE: "fits where the API looks for it",
    Check.FORM: "is a JWT in its one canonical spelling",
    Check.HEADER: "has a header and an algorithm that are allowed",
    Check.ISSUER: "is of an issuer whose tokens are taken",
    Check.KEY: "names a key that the issuer publishes",
    Check.SIGNATURE: "is signed by that key",
    Check.CLAIMS: "has every claim, each of its type",
    Check.TOKEN_USE: "is of a kind that is accepted",
    Check.TIMES: "is valid now",
    Check.CLIENT: "is of an app client that is let in",
    Check.AUDIENCE: "is bound to no other resource",
    Check.MARKS: "is ended by no mark in the ledger",
    Check.ROSTER: "is of a session within the user's limit",
    Check.SESSION: "is of a session that lives, by the issuer's word",
    Check.ROUTE: "grants what the route's rules ask for",
}

#: What the verifier refuses with, by the check that it belongs to.
VERIFIER_REASONS: dict[Check, frozenset[Reason]] = {
    Check.FORM: frozenset({Reason.TOKEN_MALFORMED}),
    Check.HEADER: frozenset({Reason.ALGORITHM_NOT_ALLOWED, Reason.HEADER_NOT_ALLOWED}),
    Check.ISSUER: frozenset({Reason.ISSUER_NOT_ALLOWED}),
    Check.KEY: frozenset({Reason.KEY_UNKNOWN, Reason.KEYS_UNAVAILABLE, Reason.KEY_LOOKUP_LIMITED}),
    Check.SIGNATURE: frozenset({Reason.SIGNATURE_INVALID}),
    Check.CLAIMS: frozenset({Reason.CLAIM_MISSING, Reason.CLAIM_MALFORMED}),
    Check.TOKEN_USE: frozenset({Reason.TOKEN_USE_NOT_ALLOWED}),
    Check.TIMES: frozenset({Reason.TOKEN_EXPIRED, Reason.TOKEN_NOT_YET_VALID}),
    Check.CLIENT: frozenset({Reason.CLIENT_NOT_ALLOWED, Reason.MACHINE_TOKEN_NOT_ALLOWED}),
    Check.AUDIENCE: frozenset({Reason.AUDIENCE_NOT_ALLOWED}),
}


class State(StrEnum):
    """What came of a check."""

    PASSED = "passed"
    FAILED = "failed"
    UNAVAILABLE = "unavailable"
    """Nobody could say."""
    NOT_CHECKED = "not checked"
    """Something before it failed, without which it means nothing; or nobody asked for it."""


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one check.

    Args:
        reason: of what is not passed, as in the authorizer's log.
        detail: what was found, in words; no token and no unverified text.
    """

    check: Check
    state: State
    reason: Reason | None = None
    detail: str = ""


def check_of(reason: Reason) -> Check:
    """The check of the verifier's that ends with this reason."""
    return next(check for check, reasons in VERIFIER_REASONS.items() if reason in reasons)
