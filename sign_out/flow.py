"""One request from event to answer: the stages of the package, in order.

What can be marked is marked before Cognito is asked, and one step's failure does not keep the
next from being tried. Doing all of it twice does no more than doing it once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ledger.rows import LedgerError
from proxy_integration.answer import HttpAnswer
from proxy_integration.request import EventError, PayloadFormat, read_request
from sign_out.allowance import Allowance
from sign_out.claimed import Claimed, read_claimed
from sign_out.cognito import Cognito
from sign_out.credentials import SignOutRequest, read_sign_out
from sign_out.farewell import Farewell
from sign_out.marks import Marker
from sign_out.origin import cors_headers, is_own_site
from sign_out.report import Outcome, Report, Step
from sign_out.revocation import Revocation, RevocationError
from sign_out.session import KeysUnavailableError, SessionReader
from sign_out.settings import Settings
from sign_out.telemetry import Telemetry
from transport import Deadline, MonotonicClock

_MAX_BODY_BYTES = 32_768
_RETRY_AFTER = {"Retry-After": "2"}


class SignOut:
    """Signs callers out. Everything it needs is given to it; see ``wiring``."""

    def __init__(
        self,
        settings: Settings,
        *,
        sessions: SessionReader,
        marker: Marker,
        cognito: Cognito,
        providers: Mapping[str, Revocation],
        allowance: Allowance,
        telemetry: Telemetry,
        monotonic: MonotonicClock,
    ) -> None:
        self._settings = settings
        self._sessions = sessions
        self._marker = marker
        self._cognito = cognito
        self._providers = providers
        self._allowance = allowance
        self._farewell = Farewell(settings)
        self._telemetry = telemetry
        self._monotonic = monotonic

    def handle(self, event: Any, request_id: str = "") -> dict[str, Any]:
        """Answer one event of a proxy integration's."""
        report = Report()
        try:
            request = read_request(event, max_body_bytes=_MAX_BODY_BYTES)
        except EventError:
            request = None
        if request is None or request.method != "POST":
            report.outcome = Outcome.MALFORMED
            answer = HttpAnswer(400, {"message": "Bad request"})
        else:
            wanted = read_sign_out(request, self._settings)
            is_own = is_own_site(request, self._settings.allowed_origins)
            claimed = read_claimed(wanted, self._settings)
            if wanted.is_from_cookie and not is_own:
                report.outcome = Outcome.FOREIGN_SITE
                answer = HttpAnswer(403, {"message": "Forbidden"})
            elif flaw := _flaw(wanted, claimed):
                # Cookies stay, as in an outage.
                report.outcome = Outcome.MALFORMED
                answer = HttpAnswer(400, {"message": f"Bad request: {flaw}"})
            else:
                self._sign_out(wanted, claimed, report)
                answer = self._answer(wanted, claimed, report, is_own_site=is_own)
        self._telemetry.report(report, request_id)
        if request is None:
            return answer.render(PayloadFormat.V1)
        cors = cors_headers(request, self._settings.allowed_origins)
        return answer.with_headers(cors).render(request.payload_format)

    def _sign_out(self, wanted: SignOutRequest, claimed: Claimed, report: Report) -> None:
        deadline = Deadline.after(self._settings.budget_ms / 1000, self._monotonic)
        if wanted.access_token is not None:
            self._end_session(wanted, wanted.access_token, report, deadline)
        if wanted.refresh_token is not None:
            self._revoke(wanted.refresh_token, claimed, report, deadline)
        if report.failures:
            report.outcome = Outcome.UNAVAILABLE
        elif Step.DONE in report.steps.values():
            report.outcome = Outcome.SIGNED_OUT

    def _end_session(
        self, wanted: SignOutRequest, access_token: str, report: Report, deadline: Deadline
    ) -> None:
        try:
            session = report.session = self._sessions.read(access_token, deadline)
        except KeysUnavailableError:
            report.fail("session", "keys_unavailable")
            return
        if session is None:
            return
        is_everywhere = wanted.is_everywhere and not session.is_expired
        if is_everywhere != wanted.is_everywhere:
            report.steps["everywhere"] = Step.REFUSED
        try:
            if is_everywhere or not session.session_id:
                self._marker.end_everywhere(session, deadline)
            if session.session_id:
                self._marker.end_session(session, deadline)
            report.steps["ledger"] = Step.DONE
        except LedgerError:
            report.fail("ledger", "ledger_unavailable")
        if is_everywhere and session.can_sign_out_everywhere:
            try:
                is_known = self._cognito.sign_out_everywhere(access_token, deadline)
                report.steps["global_sign_out"] = Step.DONE if is_known else Step.REFUSED
            except RevocationError as error:
                report.fail("global_sign_out", error.code)

    def _revoke(
        self, refresh_token: str, claimed: Claimed, report: Report, deadline: Deadline
    ) -> None:
        session = report.session
        # Old tokens lie about in logs and backups: one lends no weight to what comes beside it.
        if (session is None or session.is_expired) and not self._allowance.draw():
            report.fail("revoke_token", "too_many_unverified")
            return
        if session is None:
            # Nobody knows whose it is: where it is claimed to be from it does no harm.
            issuer = None if claimed.provider is None else claimed.provider.issuer
            client_id = claimed.client_id
        else:
            issuer, client_id = session.provider, session.client_id
        revocation: Revocation = self._cognito if issuer is None else self._providers[issuer]
        try:
            is_known = revocation.revoke_token(refresh_token, client_id, deadline)
            report.steps["revoke_token"] = Step.DONE if is_known else Step.REFUSED
        except RevocationError as error:
            report.fail("revoke_token", error.code)

    def _answer(
        self, wanted: SignOutRequest, claimed: Claimed, report: Report, *, is_own_site: bool
    ) -> HttpAnswer:
        if report.outcome is Outcome.UNAVAILABLE:
            # Cookies stay: without their tokens nobody could repeat it.
            return HttpAnswer(503, {"message": "Service unavailable"}, headers=_RETRY_AFTER)
        return self._farewell.signed_out(
            claimed, wanted.return_to, is_form=wanted.is_form, is_own_site=is_own_site
        )


def _flaw(wanted: SignOutRequest, claimed: Claimed) -> str:
    """Why the request can't be taken for what it asks: said of its form, of no token's worth."""
    if wanted.flaw:
        return f"{wanted.flaw} can't be read"
    if wanted.refresh_token is None:
        return ""
    if wanted.is_everywhere and wanted.access_token is None:
        return "access_token is needed"
    return "client_id is needed" if claimed.is_guessed else ""
