"""What ``make demo`` and ``make local`` print, and what they exit with."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from local import demo
from local.bench import Outcome
from local.clock import MovableClock
from local.isolation import isolate
from local.serve import instructions
from local.stack import LocalStack
from local.story import Step

GOOD = Step("A chapter", "a call", Outcome(200, "granted"), Outcome(200, "granted"))
BAD = Step("A chapter", "another", Outcome(401, "session_revoked"), Outcome(200, "granted"))


@pytest.mark.parametrize(
    ("steps", "code", "closing"),
    [
        ([GOOD, GOOD], 0, "2 steps, and every one went as told."),
        ([GOOD, BAD], 1, "1 of 2 steps went otherwise than told."),
        ([], 1, "0 of 0 steps"),
    ],
)
def test_exit_code_and_closing_line(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    steps: list[Step],
    code: int,
    closing: str,
) -> None:
    """The demo fails if one step went otherwise than told, or if nothing was told."""

    def tell(_: object) -> Iterator[Step]:
        yield from steps

    monkeypatch.setattr(demo, "tell", tell)
    assert demo.main() == code
    assert closing in capsys.readouterr().out


def test_a_wrong_step_says_what_was_expected(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The line of a wrong step has both answers, in plain text off a terminal."""
    monkeypatch.setattr(demo, "tell", lambda _: iter([BAD]))
    demo.main()
    out = capsys.readouterr().out
    assert "should have been" in out
    assert "session_revoked" in out
    assert "\x1b" not in out


def test_the_callers_settings_stay_out() -> None:
    """Profiles, endpoints and log levels of the caller's are forgotten; the rest stays."""
    environ = {"AWS_PROFILE": "work", "POWERTOOLS_LOG_LEVEL": "ERROR", "PATH": "/bin"}
    isolate(environ)
    assert not {"AWS_PROFILE", "POWERTOOLS_LOG_LEVEL"} & set(environ)
    assert environ["PATH"] == "/bin"
    assert environ["POWERTOOLS_METRICS_DISABLED"] == "true"


def test_instructions_are_complete_and_hold_no_token() -> None:
    """The lines to copy name both endpoints and the client, and print no token."""
    with LocalStack(MovableClock()) as stack:
        stack.create_user("ada")
        text = instructions(stack)
    assert f"{stack.url}/hello" in text
    assert stack.cognito.url in text
    assert stack.table is not None
    assert stack.table.name in text
    assert stack.client_ids["laptop"] in text
    assert "InitiateAuth" in text
    assert "RevokeToken" in text
    assert re.search(r"eyJ[\w-]{10,}", text) is None
