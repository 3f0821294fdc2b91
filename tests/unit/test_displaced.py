"""A device whose session was displaced learns why, as far as API Gateway lets it."""

from __future__ import annotations

import pytest

from authorizer.errors import Reason
from authorizer.flow import Authorizer
from authorizer.revocation.check import Finding, FoundBy
from authorizer.revocation.verdict import Concerns, Verdict
from authorizer.tokens import VerifiedToken
from tests.events import STAGE_ARN, Event, http_v1, http_v2, rest_request, rest_token
from tests.sandbox import Sandbox, Seen, new_token
from tests.unit.test_appsync import appsync
from transport import Deadline

EXPLAIN = {"DISPLACED_ANSWER": "explain"}


class Displacing:
    """A check that finds every session displaced."""

    def __init__(self, reason: Reason) -> None:
        self._verdict = Verdict.rejected(reason, Concerns.SESSION)

    def find(self, token: VerifiedToken, deadline: Deadline, device: str = "") -> Finding:
        """See :class:`authorizer.revocation.check.SessionCheck`."""
        assert token.session_id
        assert deadline.remaining_seconds() > 0
        return Finding(self._verdict, FoundBy.LEDGER)


def displaced(event: Event, reason: Reason, **environment: str) -> Seen:
    """Send an event to an authorizer that finds its session displaced."""
    sandbox = Sandbox(environment)
    authorizer: Authorizer = sandbox.authorizer
    authorizer._revocation = Displacing(reason)
    return sandbox.send(event)


@pytest.mark.parametrize("reason", [Reason.SIGNED_IN_ELSEWHERE, Reason.SESSION_LIMIT_REACHED])
@pytest.mark.parametrize("shape", [rest_request, rest_token, http_v1, http_v2])
def test_explaining_denies_every_route_and_says_why(reason: Reason, shape: object) -> None:
    """DISPLACED_ANSWER=explain: a denying policy whose context holds the reason and no more."""
    assert callable(shape)
    seen = displaced(shape(f"Bearer {new_token()}"), reason, **EXPLAIN)
    assert (seen.status, seen.reason) == (403, reason)
    assert seen.answer is not None
    assert seen.answer["context"] == {"reason": reason.value}
    (statement,) = seen.answer["policyDocument"]["Statement"]
    assert (statement["Effect"], statement["Resource"]) == ("Deny", [f"{STAGE_ARN}/*"])


def test_a_simple_response_says_why_too() -> None:
    """HTTP APIs with simple responses get a no, with the reason for their access log."""
    event = http_v2(f"Bearer {new_token()}")
    environment = EXPLAIN | {"HTTP_API_RESPONSE": "simple"}
    seen = displaced(event, Reason.SIGNED_IN_ELSEWHERE, **environment)
    assert seen.answer == {"isAuthorized": False, "context": {"reason": "signed_in_elsewhere"}}


def test_appsync_has_no_room_for_a_reason() -> None:
    """AppSync's no carries none, and is not cached."""
    seen = Sandbox(EXPLAIN)
    seen.authorizer._revocation = Displacing(Reason.SIGNED_IN_ELSEWHERE)
    answer = seen.authorizer.handle(appsync(new_token()))
    assert answer == {"isAuthorized": False, "ttlOverride": 0}
    assert seen.lines()[-1]["reason"] == Reason.SIGNED_IN_ELSEWHERE


def test_by_default_a_displaced_session_is_unauthorized() -> None:
    """Without that setting a displaced session is 401, like any other that has ended."""
    seen = displaced(rest_request(f"Bearer {new_token()}"), Reason.SIGNED_IN_ELSEWHERE)
    assert (seen.status, seen.reason) == (401, Reason.SIGNED_IN_ELSEWHERE)


def test_other_refusals_are_not_explained() -> None:
    """A revoked session is 401 whatever the setting: nobody else took its place."""
    seen = displaced(rest_request(f"Bearer {new_token()}"), Reason.SESSION_REVOKED, **EXPLAIN)
    assert seen.status == 401


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X)", "ios"),
        ("Mozilla/5.0 (iPad; CPU OS 19_0 like Mac OS X)", "ios"),
        ("Mozilla/5.0 (Linux; Android 16)", "android"),
        ("Mozilla/5.0 (Windows NT 10.0)", "windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 15)", "macos"),
        ("Mozilla/5.0 (X11; Linux x86_64)", "linux"),
        ("curl/8", "other"),
        ("", "other"),
    ],
)
def test_devices_are_told_apart_coarsely(agent: str, device: str) -> None:
    """Of a caller's device a roster keeps one of a few words of our own; nobody else is told."""
    seen: list[str] = []

    class Noting(Displacing):
        def find(self, token: VerifiedToken, deadline: Deadline, device: str = "") -> Finding:
            seen.append(device)
            return super().find(token, deadline, device)

    ledger = {"LEDGER_TABLE": "table", "AWS_REGION": "eu-west-1"}
    for environment in (ledger | {"SESSION_POLICY": "evict_oldest"}, ledger, {}):
        sandbox = Sandbox(environment)
        sandbox.authorizer._revocation = Noting(Reason.SESSION_REVOKED)
        sandbox.send(rest_request(f"Bearer {new_token()}", headers={"User-Agent": [agent]}))
    assert seen == [device, "", ""]
