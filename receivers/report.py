"""What became of one request: built up as it passes the stages, then answered and reported."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Outcome(StrEnum):
    """How a request ended. Values are stable: metrics are named after them."""

    SIGNED_OUT = "signed_out"
    """Everything that it names is marked, and signed out at Cognito if it maps to it."""
    IGNORED = "ignored"
    """A good message about something else: nothing is to be ended."""
    VERIFICATION = "verification"
    """A stream's transmitter shows that it is there."""
    REPEATED = "repeated"
    """It was carried out before, or comes with other contents than before."""
    NOT_ACTIONABLE = "not_actionable"
    """It names nobody in a way that this deployment can find."""
    USER_UNKNOWN = "user_unknown"
    """Marked, and Cognito has no such user."""
    NOT_SIGNED_OUT = "not_signed_out"
    """Marked, and Cognito will not sign the user out however often it is asked."""
    REFUSED = "refused"
    """Not a message that a stated transmitter has made for this deployment."""
    UNAVAILABLE = "unavailable"
    """Not all that was to be done is done. The transmitter should repeat it."""


class Refusal(StrEnum):
    """Why a message is refused. Values are stable; those of :mod:`jose.faults` are among them."""

    REQUEST_MALFORMED = "request_malformed"
    TOKEN_MALFORMED = "token_malformed"
    HEADER_NOT_ALLOWED = "header_not_allowed"
    ALGORITHM_NOT_ALLOWED = "algorithm_not_allowed"
    ISSUER_NOT_ALLOWED = "issuer_not_allowed"
    KEY_UNKNOWN = "key_unknown"
    SIGNATURE_INVALID = "signature_invalid"
    CLAIM_MISSING = "claim_missing"
    CLAIM_MALFORMED = "claim_malformed"
    CLAIM_NOT_ALLOWED = "claim_not_allowed"
    AUDIENCE_NOT_ALLOWED = "audience_not_allowed"
    CLIENT_NOT_ALLOWED = "client_not_allowed"
    TOKEN_EXPIRED = "token_expired"
    TOKEN_NOT_YET_VALID = "token_not_yet_valid"
    LIFETIME_TOO_LONG = "lifetime_too_long"
    TOKEN_TOO_OLD = "token_too_old"
    EVENT_MISSING = "event_missing"
    SECRET_INVALID = "secret_invalid"
    SUBJECT_MALFORMED = "subject_malformed"
    SUBJECT_FOREIGN = "subject_foreign"
    """It names a user of somebody else's than the transmitter's."""
    SUBJECTS_DIFFER = "subjects_differ"
    """Its events are not one: each names somebody else."""


class RefusedError(Exception):
    """A message that is not carried out. Carries nothing that it says."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


class UnavailableError(Exception):
    """Nobody can say that it is done. ``code`` is one of our own or of AWS's."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Step(StrEnum):
    """What became of one step of an ending."""

    DONE = "done"
    UNKNOWN = "unknown"
    """There is no such user."""
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(slots=True)
class Report:
    """One request, as far as it got."""

    outcome: Outcome = Outcome.REFUSED
    reason: str = ""
    """A refusal, or the code of an outage."""
    refusal: Refusal | None = None
    transmitter: str = ""
    """As it is stated in the settings, once a signature has proven it."""
    event: str = ""
    """A known event's short name."""
    subject: str = ""
    session: str = ""
    steps: dict[str, Step] = field(default_factory=dict)

    def refuse(self, refusal: Refusal) -> None:
        """It is not carried out."""
        self.outcome, self.refusal, self.reason = Outcome.REFUSED, refusal, refusal.value
