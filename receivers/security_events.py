"""Shared signals: security event tokens (RFC 8417), pushed as RFC 8935 has it.

A token is held to RFC 8417, section 2 and to the Shared Signals Framework 1.0, section 4.1: type
``secevent+jwt`` (unless the settings say otherwise), ``iss`` of a stated transmitter, ``aud`` of
ours, ``iat``, ``jti``, ``events``; and neither ``sub`` nor ``exp``, which keep it apart from ID
tokens. What never expires is taken up to a stated age.

Carried out are ``session-revoked`` and ``credential-change`` (CAEP 1.0, sections 3.1 and 3.3; not
the enrolment of a further credential), ``account-disabled`` and ``account-purged`` (RISC 1.0).
``verification`` and everything else is acknowledged, and ends nothing.

Several events in one token are aspects of one (RFC 8417, section 2.2; the framework allows only
alternative names of one type). Where two of them end something for different subjects the token is
refused: what was carried out for one of them would be acknowledged for both.

A token that comes again is **acknowledged again**, and not carried out again: RFC 8935 is there so
that events are not lost (section 4), and a transmitter that missed the first answer would send it
for ever. A logout token and a revocation that come again are refused: their specifications ask for
that.

Answers: 202 (section 2.2), also where an event names nobody that can be found: errors are about
the token, not about what becomes of it. 400 with a code of section 2.4, and 503 in outages, upon
which transmitters keep the token (section 2.3).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ledger.replay import Message
from proxy_integration.answer import HttpAnswer
from proxy_integration.request import ProxyRequest
from receivers.ending import Order
from receivers.lifetimes import Lifetime, age
from receivers.report import Outcome, Refusal, RefusedError, Report
from receivers.settings import Settings
from receivers.stream_secret import StreamSecret
from receivers.subjects import Subject, read_subject
from receivers.verification import SignedClaims, Verifier
from transport import Deadline, WallClock

TOKEN_TYPE = "secevent+jwt"

_MEDIA_TYPE = "application/secevent+jwt"
_BASE = "https://schemas.openid.net/secevent"
SESSION_REVOKED = f"{_BASE}/caep/event-type/session-revoked"
CREDENTIAL_CHANGE = f"{_BASE}/caep/event-type/credential-change"
#: What is carried out, by its short name.
_ENDING = {
    SESSION_REVOKED: "session-revoked",
    CREDENTIAL_CHANGE: "credential-change",
    f"{_BASE}/risc/event-type/account-disabled": "account-disabled",
    f"{_BASE}/risc/event-type/account-purged": "account-purged",
    # Google's: https://developers.google.com/identity/protocols/risc
    f"{_BASE}/risc/event-type/sessions-revoked": "sessions-revoked",
    f"{_BASE}/oauth/event-type/tokens-revoked": "tokens-revoked",
}
_OTHERS = {
    f"{_BASE}/ssf/event-type/verification": "verification",
    f"{_BASE}/risc/event-type/verification": "verification",
    f"{_BASE}/ssf/event-type/stream-updated": "stream-updated",
}
#: RFC 8935, section 2.4. What is not here is the token's form: invalid_request.
_CODES = {
    Refusal.ISSUER_NOT_ALLOWED: "invalid_issuer",
    Refusal.AUDIENCE_NOT_ALLOWED: "invalid_audience",
    Refusal.KEY_UNKNOWN: "invalid_key",
    Refusal.ALGORITHM_NOT_ALLOWED: "invalid_key",
    Refusal.SIGNATURE_INVALID: "authentication_failed",
    Refusal.SECRET_INVALID: "authentication_failed",
    Refusal.SUBJECT_FOREIGN: "access_denied",
}


class SecurityEvents:
    """See :class:`receivers.flow.Route`."""

    def __init__(
        self,
        settings: Settings,
        verifier: Verifier,
        secrets: Mapping[str, StreamSecret],
        *,
        clock: WallClock,
    ) -> None:
        """
        Args:
            settings: ages and leeway.
            verifier: of security event tokens.
            secrets: of those transmitters whose streams have one, by issuer.
            clock: wall-clock time, seconds since the epoch.
        """
        self._settings = settings
        self._verifier = verifier
        self._secrets = secrets
        self._clock = clock

    def read(self, request: ProxyRequest, report: Report, deadline: Deadline) -> Order | None:
        """See :class:`receivers.flow.Route`."""
        if request.media_type != _MEDIA_TYPE:
            raise RefusedError(Refusal.REQUEST_MALFORMED)
        # Another character than ASCII's is none of a token's.
        signed = self._verifier.verify(request.body.decode("ascii", "replace"), deadline)
        transmitter = signed.transmitter
        report.transmitter = transmitter.issuer
        life = self._hold_to_profile(signed)
        secret = self._secrets.get(transmitter.issuer)
        if secret and not secret.matches(request.header("authorization"), deadline):
            raise RefusedError(Refusal.SECRET_INVALID)
        events = _events(signed)
        ending = {uri: event for uri, event in events.items() if _ends_something(uri, event)}
        if not ending:
            report.event, report.outcome = _acknowledged(events)
            return None
        report.event = _ENDING[next(iter(ending))]
        subject = _subject(signed, ending)
        report.subject, report.session = subject.user, subject.session
        return Order(
            transmitter,
            Message(transmitter.issuer, signed.claims.name("jti"), life.forget_at),
            subject,
            # What is delivered late ends nothing that was signed in since.
            moment=life.issued_at + 1,
        )

    def _hold_to_profile(self, signed: SignedClaims) -> Lifetime:
        claims = signed.claims
        claims.require("iss", "aud", "iat", "jti", "events")
        if claims.has("sub") or claims.has("exp"):
            raise RefusedError(Refusal.CLAIM_NOT_ALLOWED)
        if not claims.audiences() & signed.transmitter.audiences:
            raise RefusedError(Refusal.AUDIENCE_NOT_ALLOWED)
        claims.name("jti")
        return age(
            claims,
            now=self._clock(),
            leeway=self._settings.leeway_seconds,
            at_most=self._settings.event_max_age_seconds,
        )

    def answer(self, report: Report) -> HttpAnswer:
        """See :class:`receivers.flow.Route`."""
        if report.outcome is Outcome.UNAVAILABLE:
            return HttpAnswer(503, headers={"Retry-After": "2"})
        if report.refusal is None:
            return HttpAnswer(202)
        document = {
            "err": _CODES.get(report.refusal, "invalid_request"),
            "description": report.refusal.value.replace("_", " "),
        }
        # Section 2.3: the description's language must be said.
        return HttpAnswer(400, document, headers={"Content-Language": "en"})


def _events(signed: SignedClaims) -> Mapping[str, Mapping[str, Any]]:
    """RFC 8417, section 2.2: an object of objects, by URI; one at least."""
    events = signed.payload["events"]
    if not isinstance(events, dict) or not events:
        raise RefusedError(Refusal.EVENT_MISSING)
    if not all(isinstance(event, dict) for event in events.values()):
        raise RefusedError(Refusal.CLAIM_MALFORMED)
    return events


def _subject(signed: SignedClaims, ending: Mapping[str, Mapping[str, Any]]) -> Subject:
    """The framework's section 3.1: ``sub_id`` at the top, and in older events a subject inside."""
    inside = [event["subject"] for event in ending.values() if "subject" in event]
    named = [signed.payload["sub_id"]] if "sub_id" in signed.payload else inside or [None]
    subjects = {read_subject(value, signed.transmitter) for value in named}
    if set(ending) != {SESSION_REVOKED}:
        subjects = {subject.whole_user for subject in subjects}
    if len(subjects) > 1:
        raise RefusedError(Refusal.SUBJECTS_DIFFER)
    return subjects.pop()


def _ends_something(uri: str, event: Mapping[str, Any]) -> bool:
    """A credential that is added takes no other away. What changes may have been stolen."""
    if uri == CREDENTIAL_CHANGE:
        return event.get("change_type") != "create"
    return uri in _ENDING


def _acknowledged(events: Mapping[str, Any]) -> tuple[str, Outcome]:
    known = sorted({_OTHERS.get(uri) or _ENDING.get(uri, "") for uri in events} - {""})
    if known == ["verification"]:
        return "verification", Outcome.VERIFICATION
    return known[0] if known else "unknown", Outcome.IGNORED
