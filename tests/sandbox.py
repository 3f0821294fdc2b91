"""One authorizer as a Lambda sandbox holds it, on a fake Cognito and a clock that is moved."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, field
from typing import Any

from authorizer.response import Unauthorized, Unavailable
from authorizer.wiring import wire
from local.clock import MovableClock
from tests.cognito import FakeCognito
from tests.events import Event, rest_request
from tests.tokens import CLIENT_ID, ISSUER, NOW, SessionMaker, sign

ENVIRONMENT = {"ISSUERS": ISSUER, "CLIENT_IDS": CLIENT_ID, "VERDICT_TTL_SECONDS": "0"}


@dataclass(frozen=True)
class Seen:
    """What the gateway would make of an answer, and what the authorizer logged about it."""

    status: int
    line: dict[str, Any]
    answer: dict[str, Any] | None = None

    @property
    def reason(self) -> str | None:
        """The catalogued reason, None if granted."""
        reason: str = self.line["reason"]
        return None if reason == "granted" else reason


@dataclass
class Sandbox:
    """Wired anew for each test. ``environment`` changes or adds variables."""

    environment: dict[str, str] = field(default_factory=dict)
    cognito: FakeCognito = field(default_factory=FakeCognito)
    clock: MovableClock = field(default_factory=lambda: MovableClock(NOW))
    log: io.StringIO = field(default_factory=io.StringIO)

    def __post_init__(self) -> None:
        self.authorizer = wire(
            ENVIRONMENT | self.environment,
            clock=self.clock,
            monotonic=self.clock,
            transport=self.cognito,
            log_stream=self.log,
        )

    def lines(self) -> list[dict[str, Any]]:
        """Every log line so far."""
        return [json.loads(line) for line in self.log.getvalue().splitlines()]

    def send(self, event: Any) -> Seen:
        """Hand an event to the authorizer, and read the answer as the gateway would."""
        answer: dict[str, Any] | None = None
        try:
            answer = self.authorizer.handle(event, "request-1")
        except Unauthorized:
            status = 401
        except Unavailable:
            status = 503
        else:
            status = _status(answer, event)
        return Seen(status, self.lines()[-1], answer)

    def call(self, token: str, event: Event | None = None) -> Seen:
        """Call ``GET /hello`` of a REST API with a bearer token."""
        return self.send(event or rest_request(f"Bearer {token}"))

    def call_with(self, claims: dict[str, Any]) -> Seen:
        """Call with a token of these claims, well signed."""
        return self.call(sign(claims))


def new_token(**changes: Any) -> str:
    """A good access token of a session of its own."""
    return sign(SessionMaker().access(**changes))


def _status(answer: dict[str, Any], event: Event) -> int:
    if answer == {"errorMessage": "Unauthorized"}:
        return 401
    if "isAuthorized" in answer:
        return 200 if answer["isAuthorized"] else 403
    arn = event.get("routeArn") or event["methodArn"]
    return 200 if policy_allows(answer["policyDocument"], arn) else 403


def policy_allows(policy: dict[str, Any], arn: str) -> bool:
    """IAM's evaluation, statements without conditions only: Deny wins, nothing is allowed unsaid.

    Written anew here, in another way than the authorizer's own matching, to judge it.
    """
    effects = {
        statement["Effect"]
        for statement in policy["Statement"]
        if "Condition" not in statement
        if any(_glob(pattern, arn) for pattern in statement["Resource"])
    }
    return "Allow" in effects and "Deny" not in effects


def _glob(pattern: str, text: str) -> bool:
    """``*`` is any run of characters, ``?`` any one; by remembering the last star."""
    at = star = mark = 0
    have_star = False
    for_text = 0
    while for_text < len(text):
        if at < len(pattern) and pattern[at] == "*":
            have_star, star, mark = True, at, for_text
            at += 1
        elif at < len(pattern) and pattern[at] in {text[for_text], "?"}:
            at += 1
            for_text += 1
        elif have_star:
            mark += 1
            at, for_text = star + 1, mark
        else:
            return False
    return all(character == "*" for character in pattern[at:])
