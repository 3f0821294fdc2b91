"""Nothing a caller wrote, and nothing of a token, leaves the authorizer in any output."""

from __future__ import annotations

import traceback
from typing import Any

import pytest

from authorizer.response import Unauthorized, Unavailable
from tests.attacks.hostile_requests import (
    HOSTILE_REQUESTS,
    MARK,
    FaultyTransport,
    hostile_event,
    segments_of,
)
from tests.attacks.leaks import leaked, observe
from tests.cognito import FakeCognito
from tests.events import rest_request
from tests.sandbox import Sandbox, new_token
from tests.tokens import CLIENT_ID, SessionMaker, sign
from transport import Answer


@pytest.mark.parametrize("name", list(HOSTILE_REQUESTS))
def test_nothing_of_the_request_comes_out(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """No twelve characters of the token or of the caller's words reach log line or answer."""
    case = HOSTILE_REQUESTS[name]()
    box = Sandbox(case.environment, cognito=case.cognito)
    outputs = observe(box, case.event, capsys)
    assert outputs.log
    assert not outputs.printed
    assert outputs.error or outputs.answer != "null"
    assert case.secrets
    assert leaked(case.secrets, outputs.everything) == []


def test_the_search_for_leaks_finds_one(capsys: pytest.CaptureFixture[str]) -> None:
    """The search would find a verified subject, which does stand in the log on purpose."""
    session = SessionMaker()
    box = Sandbox()
    outputs = observe(box, rest_request(f"Bearer {sign(session.access())}"), capsys)
    assert leaked([session.subject], outputs.log)
    assert leaked([session.subject], outputs.answer)
    assert leaked([f"{session.subject[4:16]}!"], outputs.log)


@pytest.mark.parametrize("error", [RuntimeError, KeyError, OSError, MemoryError, RecursionError])
def test_a_fault_of_ours_tells_its_class_and_place_only(error: type[Exception]) -> None:
    """An unexpected error is logged by class and line, is never an Allow, and ends with itself."""
    box = Sandbox(cognito=FaultyTransport(error))
    seen = box.call(new_token())
    assert (seen.status, seen.reason, seen.answer) == (503, "internal_fault", None)
    assert seen.line["fault"].startswith(f"{error.__name__} at hostile_requests.py:")


@pytest.mark.parametrize(
    ("token", "kind", "text"),
    [("forged", Unauthorized, "Unauthorized"), (None, Unavailable, "Unavailable")],
)
def test_the_error_that_is_raised_stands_alone(
    token: str | None, kind: type[Exception], text: str
) -> None:
    """The gateway's error has one word, no cause and no context, so no trace tells of the token."""
    box = Sandbox(cognito=FaultyTransport(RuntimeError))
    with pytest.raises(kind) as raised:
        box.authorizer.handle(rest_request(f"Bearer {token or new_token()}"), "request-1")
    error = raised.value
    assert (str(error), error.args) == (text, (text,))
    assert error.__cause__ is None
    assert error.__context__ is None
    assert MARK not in "".join(traceback.format_exception(error))


def test_representations_tell_nothing() -> None:
    """What a debugger or a log line prints of a request or a token has no secret in it."""
    verified: list[Any] = []

    class Watching(FakeCognito):
        def request(self, method: str, url: str, **rest: Any) -> Answer:
            frame_locals = [
                value
                for frame, _ in traceback.walk_stack(None)
                for name, value in frame.f_locals.items()
                if name in {"token", "request", "decision"}
            ]
            verified.extend(frame_locals)
            return super().request(method, url, **rest)

    token = new_token()
    Sandbox(cognito=Watching()).send(hostile_event(token))
    kinds = {type(value).__name__ for value in verified}
    assert {"VerifiedToken", "GatewayRequest", "UnverifiedToken"} <= kinds
    texts = [
        repr(value)
        for value in verified
        if type(value).__name__ in {"VerifiedToken", "GatewayRequest"}
    ]
    assert leaked([*segments_of(token), MARK], "\n".join(texts)) == []


def test_settings_at_start_tell_names_only(capsys: pytest.CaptureFixture[str]) -> None:
    """The start-up line names unsafe choices, not the clients that they are about."""
    box = Sandbox({"MACHINE_CLIENT_IDS": MARK, "OUTAGE_RULE": "allow"})
    line = box.lines()[0]
    assert line["unsafe_choices"] == ["OUTAGE_RULE=allow", "MACHINE_CLIENT_IDS"]
    assert leaked([MARK, CLIENT_ID], box.log.getvalue() + capsys.readouterr().out) == []
