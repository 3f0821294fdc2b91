"""One request from event to answer: the stages of the package, in order."""

from __future__ import annotations

from typing import Any, Protocol

from jose.faults import JoseError
from proxy_integration.answer import HttpAnswer
from proxy_integration.request import EventError, PayloadFormat, ProxyRequest, read_request
from receivers.ending import Ending, Order
from receivers.report import Outcome, Refusal, RefusedError, Report, UnavailableError
from receivers.telemetry import Telemetry
from transport import Deadline, MonotonicClock

#: A longer body is not looked at.
MAX_BODY_BYTES = 32_768


class Route(Protocol):
    """What one specification asks for."""

    def read(self, request: ProxyRequest, report: Report, deadline: Deadline) -> Order | None:
        """What is to be ended; None if nothing is, and then the report has the outcome.

        Raises:
            jose.faults.JoseError: claims are missing or malformed.
            RefusedError: it is not a message that is carried out.
            UnavailableError: nobody can say.
        """
        ...

    def answer(self, report: Report) -> HttpAnswer:
        """What the transmitter is told."""
        ...


class Receiver:
    """Takes pushed sign-outs. Everything it needs is given to it; see ``wiring``."""

    def __init__(
        self,
        route: Route,
        ending: Ending,
        *,
        budget_ms: int,
        telemetry: Telemetry,
        monotonic: MonotonicClock,
    ) -> None:
        self._route = route
        self._ending = ending
        self._budget_ms = budget_ms
        self._telemetry = telemetry
        self._monotonic = monotonic

    def handle(self, event: Any, request_id: str = "") -> dict[str, Any]:
        """Answer one event of a proxy integration's."""
        report = Report()
        payload_format = PayloadFormat.V1
        try:
            request = read_request(event, max_body_bytes=MAX_BODY_BYTES)
        except EventError:
            report.refuse(Refusal.REQUEST_MALFORMED)
        else:
            payload_format = request.payload_format
            if request.method == "POST":
                self._receive(request, report)
            else:
                report.refuse(Refusal.REQUEST_MALFORMED)
        self._telemetry.report(report, request_id)
        return self._route.answer(report).render(payload_format)

    def _receive(self, request: ProxyRequest, report: Report) -> None:
        deadline = Deadline.after(self._budget_ms / 1000, self._monotonic)
        try:
            order = self._route.read(request, report, deadline)
            if order is not None:
                report.outcome = self._ending.carry_out(order, report, deadline)
        except RefusedError as error:
            report.refuse(error.refusal)
        except JoseError as error:
            report.refuse(Refusal(error.fault.value))
        except UnavailableError as error:
            report.outcome, report.reason = Outcome.UNAVAILABLE, error.code
