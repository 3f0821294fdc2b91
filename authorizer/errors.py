"""Everything the authorizer can answer instead of "granted": a closed catalogue.

::

    DecisionError                     a request that gets no policy, or a policy that denies
    ├── CredentialError      401      the credential is missing, malformed, expired or revoked
    ├── NotAllowedError      403      the credential is good, but not for this
    └── UnavailableError     503      we could not find out; never cached, never a refusal

Wrong settings are not answers: they stop the start-up (:class:`environment.SettingsError`).

Each :class:`Reason` is one stable code: it is what the log line, the metric and the
operator's table in ``README.md`` call it. No error carries a token, or any text that came
with the request; ``reason`` is all that leaves this process.
"""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """Why a request was not simply granted. Values are stable: dashboards are built on them."""

    # The request (authorizer.request)
    EVENT_MALFORMED = "event_malformed"
    TOKEN_MISSING = "token_missing"
    TOKEN_AMBIGUOUS = "token_ambiguous"
    TOKEN_TOO_LONG = "token_too_long"

    # The token's form and header (authorizer.verification, RFC 7515)
    TOKEN_MALFORMED = "token_malformed"
    HEADER_NOT_ALLOWED = "header_not_allowed"
    ALGORITHM_NOT_ALLOWED = "algorithm_not_allowed"
    KEY_UNKNOWN = "key_unknown"
    SIGNATURE_INVALID = "signature_invalid"

    # The token's claims (authorizer.verification, RFC 7519)
    CLAIM_MISSING = "claim_missing"
    CLAIM_MALFORMED = "claim_malformed"
    ISSUER_NOT_ALLOWED = "issuer_not_allowed"
    TOKEN_USE_NOT_ALLOWED = "token_use_not_allowed"
    CLIENT_NOT_ALLOWED = "client_not_allowed"
    AUDIENCE_NOT_ALLOWED = "audience_not_allowed"
    TOKEN_EXPIRED = "token_expired"
    TOKEN_NOT_YET_VALID = "token_not_yet_valid"
    MACHINE_TOKEN_NOT_ALLOWED = "machine_token_not_allowed"

    # The session (authorizer.revocation)
    SESSION_REVOKED = "session_revoked"
    USER_NOT_FOUND = "user_not_found"
    USER_DISABLED = "user_disabled"
    USER_NOT_CONFIRMED = "user_not_confirmed"
    PASSWORD_RESET_REQUIRED = "password_reset_required"
    REFUSED_BY_ISSUER = "refused_by_issuer"
    SESSION_NOT_CHECKABLE = "session_not_checkable"
    SIGNED_IN_ELSEWHERE = "signed_in_elsewhere"
    SESSION_LIMIT_REACHED = "session_limit_reached"

    # The route (authorizer.policy)
    ROUTE_NOT_ALLOWED = "route_not_allowed"

    # We could not find out
    KEYS_UNAVAILABLE = "keys_unavailable"
    KEY_LOOKUP_LIMITED = "key_lookup_limited"
    ISSUER_THROTTLED = "issuer_throttled"
    ISSUER_UNREACHABLE = "issuer_unreachable"
    ISSUER_FAULT = "issuer_fault"
    ISSUER_MISCONFIGURED = "issuer_misconfigured"
    LEDGER_UNAVAILABLE = "ledger_unavailable"
    INTERNAL_FAULT = "internal_fault"


class DecisionError(Exception):
    """A request that is not granted. Carries a :class:`Reason`, and nothing else."""

    status: int

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


class CredentialError(DecisionError):
    """The credential is not good: 401 (RFC 6750, section 3.1, ``invalid_token``)."""

    status = 401


class NotAllowedError(DecisionError):
    """The credential is good but not allowed here: 403 (RFC 6750, ``insufficient_scope``)."""

    status = 403


class UnavailableError(DecisionError):
    """Nobody could say whether the credential is good: 503, and nothing is remembered."""

    status = 503


ANSWERS: dict[Reason, type[DecisionError]] = {
    Reason.EVENT_MALFORMED: UnavailableError,
    Reason.TOKEN_MISSING: CredentialError,
    Reason.TOKEN_AMBIGUOUS: CredentialError,
    Reason.TOKEN_TOO_LONG: CredentialError,
    Reason.TOKEN_MALFORMED: CredentialError,
    Reason.HEADER_NOT_ALLOWED: CredentialError,
    Reason.ALGORITHM_NOT_ALLOWED: CredentialError,
    Reason.KEY_UNKNOWN: CredentialError,
    Reason.SIGNATURE_INVALID: CredentialError,
    Reason.CLAIM_MISSING: CredentialError,
    Reason.CLAIM_MALFORMED: CredentialError,
    Reason.ISSUER_NOT_ALLOWED: CredentialError,
    Reason.TOKEN_USE_NOT_ALLOWED: CredentialError,
    Reason.CLIENT_NOT_ALLOWED: CredentialError,
    Reason.AUDIENCE_NOT_ALLOWED: CredentialError,
    Reason.TOKEN_EXPIRED: CredentialError,
    Reason.TOKEN_NOT_YET_VALID: CredentialError,
    Reason.MACHINE_TOKEN_NOT_ALLOWED: CredentialError,
    Reason.SESSION_REVOKED: CredentialError,
    Reason.USER_NOT_FOUND: CredentialError,
    Reason.USER_DISABLED: CredentialError,
    Reason.USER_NOT_CONFIRMED: CredentialError,
    Reason.PASSWORD_RESET_REQUIRED: CredentialError,
    Reason.REFUSED_BY_ISSUER: CredentialError,
    Reason.SESSION_NOT_CHECKABLE: CredentialError,
    Reason.SIGNED_IN_ELSEWHERE: CredentialError,
    Reason.SESSION_LIMIT_REACHED: CredentialError,
    Reason.ROUTE_NOT_ALLOWED: NotAllowedError,
    Reason.KEYS_UNAVAILABLE: UnavailableError,
    Reason.KEY_LOOKUP_LIMITED: UnavailableError,
    Reason.ISSUER_THROTTLED: UnavailableError,
    Reason.ISSUER_UNREACHABLE: UnavailableError,
    Reason.ISSUER_FAULT: UnavailableError,
    Reason.ISSUER_MISCONFIGURED: UnavailableError,
    Reason.LEDGER_UNAVAILABLE: UnavailableError,
    Reason.INTERNAL_FAULT: UnavailableError,
}
"""The one table that says which reason gets which status."""


def refusal(reason: Reason) -> DecisionError:
    """The error to raise for ``reason``, of the family that :data:`ANSWERS` gives it."""
    return ANSWERS[reason](reason)
