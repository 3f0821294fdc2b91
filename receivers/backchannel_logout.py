"""OpenID Connect Back-Channel Logout 1.0: ``POST logout_token=…`` as a form.

The logout token is held to all of section 2.6: signed by the provider with an algorithm that is
stated for it, of type ``logout+jwt``; ``iss``, ``aud``, ``iat``, ``exp`` and ``jti``; the logout
event; ``sub``, ``sid`` or both; no ``nonce``; and not carried out before. What the specification
leaves to choose is chosen strictly: the type is asked for (unless the settings say otherwise), and
a token that lives for long is refused (section 4).

Answers are those of section 2.8, which knows two: 200, and 400 for a request that is invalid **or
a logout that failed**. So an outage is a 400 as well, with an ``error`` of its own and
``Retry-After``; it can be sent again as it is (section 2.5).
"""

from __future__ import annotations

from urllib.parse import parse_qsl

from jose.claims import Claims
from ledger.replay import Message
from proxy_integration.answer import HttpAnswer
from proxy_integration.request import ProxyRequest
from receivers.ending import Order
from receivers.lifetimes import short_life
from receivers.report import Outcome, Refusal, RefusedError, Report
from receivers.settings import Settings
from receivers.subjects import Subject
from receivers.verification import Verifier
from transport import Deadline, WallClock

TOKEN_TYPE = "logout+jwt"
EVENT = "http://schemas.openid.net/event/backchannel-logout"

_FORM = "application/x-www-form-urlencoded"
_MAX_FIELDS = 20
_SUCCESS = frozenset({Outcome.SIGNED_OUT, Outcome.USER_UNKNOWN})


class BackchannelLogout:
    """See :class:`receivers.flow.Route`."""

    def __init__(self, settings: Settings, verifier: Verifier, *, clock: WallClock) -> None:
        self._settings = settings
        self._verifier = verifier
        self._clock = clock

    def read(self, request: ProxyRequest, report: Report, deadline: Deadline) -> Order:
        """See :class:`receivers.flow.Route`."""
        signed = self._verifier.verify(_logout_token(request), deadline)
        transmitter, claims = signed.transmitter, signed.claims
        report.transmitter, report.event = transmitter.issuer, "logout"
        claims.require("iss", "aud", "iat", "exp", "jti", "events")
        # As of an ID token (OpenID Connect Core 1.0, section 3.1.3.7): ours, and nobody's beside.
        if not claims.audiences() or not claims.audiences() <= transmitter.audiences:
            raise RefusedError(Refusal.AUDIENCE_NOT_ALLOWED)
        now, settings = self._clock(), self._settings
        life = short_life(
            claims, now=now, leeway=settings.leeway_seconds, at_most=settings.max_lifetime_seconds
        )
        events = signed.payload["events"]
        if not isinstance(events, dict) or not isinstance(events.get(EVENT), dict):
            raise RefusedError(Refusal.EVENT_MISSING)
        if claims.has("nonce"):
            # An ID token has one, and must not sign anybody out.
            raise RefusedError(Refusal.CLAIM_NOT_ALLOWED)
        subject = _subject(claims)
        report.subject, report.session = subject.user, subject.session
        return Order(
            transmitter,
            Message(transmitter.issuer, claims.name("jti"), life.forget_at),
            subject,
            # The provider's clock may be ahead of ours, and its sessions are timed by it.
            moment=max(int(now), life.issued_at) + 1,
        )

    def answer(self, report: Report) -> HttpAnswer:
        """See :class:`receivers.flow.Route`."""
        if report.outcome in _SUCCESS:
            # Section 2.7: who is signed out already is signed out successfully.
            return HttpAnswer(200)
        if report.outcome is Outcome.UNAVAILABLE:
            return HttpAnswer(
                400, {"error": "temporarily_unavailable"}, headers={"Retry-After": "2"}
            )
        return HttpAnswer(400, {"error": "invalid_request"})


def _logout_token(request: ProxyRequest) -> str:
    """The one of that name; other members are ignored (section 2.5)."""
    if request.media_type != _FORM:
        raise RefusedError(Refusal.REQUEST_MALFORMED)
    try:
        pairs = parse_qsl(
            request.body.decode("ascii"), keep_blank_values=True, max_num_fields=_MAX_FIELDS
        )
    except ValueError:
        raise RefusedError(Refusal.REQUEST_MALFORMED) from None
    tokens = [value for name, value in pairs if name == "logout_token"]
    if len(tokens) != 1:
        raise RefusedError(Refusal.REQUEST_MALFORMED)
    return tokens[0]


def _subject(claims: Claims) -> Subject:
    if not claims.has("sub") and not claims.has("sid"):
        raise RefusedError(Refusal.CLAIM_MISSING)
    return Subject(user=claims.optional_name("sub"), session=claims.optional_name("sid"))
