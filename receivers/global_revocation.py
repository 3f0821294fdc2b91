"""Global token revocation: draft-parecki-oauth-global-token-revocation-06, as Okta's Universal
Logout sends it.

``POST {"sub_id": …}`` as JSON (section 3.2), and a signed JWT as bearer token (section 3.5):
``iss`` of a stated transmitter, ``aud`` this very endpoint and nothing else, ``sub`` the client
that we are there (if it is stated), ``jti`` never used before, ``iat``, ``exp``, and a short life.
The draft names no type; Okta's ``global-token-revocation+jwt`` is asked for unless the settings say
otherwise. https://developer.okta.com/docs/guides/oin-universal-logout-overview

The JWT does not cover the body. So a body is tied to the first request that its ``jti`` came with,
before anything of it is read: the same may be sent again after an outage, and another one never,
not even after a body that names nobody.

Answers are those of section 3.4: 204; 400, also for identifiers that name nobody here; 401 for the
JWT; 403 for another client, or somebody else's user; 404 for a user that Cognito does not have; 422
if Cognito will not sign the user out. In outages 503.
"""

from __future__ import annotations

import json
from collections.abc import Callable

from jose.compact import is_text
from ledger.replay import Message
from proxy_integration.answer import HttpAnswer
from proxy_integration.request import ProxyRequest
from receivers.ending import Order
from receivers.lifetimes import short_life
from receivers.report import Outcome, Refusal, RefusedError, Report
from receivers.settings import Settings
from receivers.subjects import Subject, read_subject
from receivers.transmitters import Transmitter
from receivers.verification import SignedClaims, Verifier
from transport import Deadline, WallClock

TOKEN_TYPE = "global-token-revocation+jwt"

#: RFC 6750, section 2.1.
_STATUS = {
    Outcome.SIGNED_OUT: 204,
    Outcome.NOT_ACTIONABLE: 400,
    Outcome.REPEATED: 401,
    Outcome.USER_UNKNOWN: 404,
    Outcome.NOT_SIGNED_OUT: 422,
    Outcome.UNAVAILABLE: 503,
}
#: What is not here is wrong with the JWT: 401.
_STATUS_OF_REFUSAL = {
    Refusal.REQUEST_MALFORMED: 400,
    Refusal.SUBJECT_MALFORMED: 400,
    Refusal.CLIENT_NOT_ALLOWED: 403,
    Refusal.SUBJECT_FOREIGN: 403,
}
_HEADERS = {
    401: {"WWW-Authenticate": 'Bearer error="invalid_token"'},
    503: {"Retry-After": "2"},
}


class GlobalRevocation:
    """See :class:`receivers.flow.Route`."""

    def __init__(
        self,
        settings: Settings,
        verifier: Verifier,
        begin: Callable[[Message, Deadline], bool],
        *,
        clock: WallClock,
    ) -> None:
        """
        Args:
            settings: address and leeway.
            verifier: of callers' JWTs.
            begin: see :meth:`receivers.ending.Ending.begin`.
            clock: wall-clock time, seconds since the epoch.
        """
        self._settings = settings
        self._verifier = verifier
        self._begin = begin
        self._clock = clock

    def read(self, request: ProxyRequest, report: Report, deadline: Deadline) -> Order | None:
        """See :class:`receivers.flow.Route`."""
        token = request.bearer_token
        if token is None:
            raise RefusedError(Refusal.TOKEN_MALFORMED)
        signed = self._verifier.verify(token, deadline)
        transmitter, claims = signed.transmitter, signed.claims
        report.transmitter, report.event = transmitter.issuer, "revocation"
        claims.require("iss", "sub", "aud", "jti", "iat", "exp")
        if claims.audiences() != {self._settings.endpoint_url}:
            raise RefusedError(Refusal.AUDIENCE_NOT_ALLOWED)
        now, settings = self._clock(), self._settings
        life = short_life(
            claims, now=now, leeway=settings.leeway_seconds, at_most=settings.max_lifetime_seconds
        )
        message = Message(transmitter.issuer, claims.name("jti"), life.forget_at, request.body)
        _hold_to_client(signed)
        if not self._begin(message, deadline):
            report.outcome = Outcome.REPEATED
            return None
        subject = _subject(request, transmitter)
        report.subject = subject.user
        return Order(
            transmitter,
            message,
            subject,
            moment=max(int(now), life.issued_at) + 1,
            is_begun=True,
        )

    def answer(self, report: Report) -> HttpAnswer:
        """See :class:`receivers.flow.Route`."""
        if report.refusal is not None:
            status = _STATUS_OF_REFUSAL.get(report.refusal, 401)
        else:
            status = _STATUS[report.outcome]
        return HttpAnswer(status, headers=_HEADERS.get(status, {}))


def _hold_to_client(signed: SignedClaims) -> None:
    client_id, allowed = signed.claims.name("sub"), signed.transmitter.client_ids
    if allowed and client_id not in allowed:
        raise RefusedError(Refusal.CLIENT_NOT_ALLOWED)


def _subject(request: ProxyRequest, transmitter: Transmitter) -> Subject:
    """A user's: the draft knows no sessions, and so no transmitter of its names any."""
    if request.media_type != "application/json":
        raise RefusedError(Refusal.REQUEST_MALFORMED)
    try:
        document = json.loads(request.body)
    except (ValueError, RecursionError):
        raise RefusedError(Refusal.REQUEST_MALFORMED) from None
    if not isinstance(document, dict) or "sub_id" not in document or not is_text(document):
        raise RefusedError(Refusal.REQUEST_MALFORMED)
    return read_subject(document["sub_id"], transmitter)
