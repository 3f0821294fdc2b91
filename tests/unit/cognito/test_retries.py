"""When a call of Cognito is made again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from cognito.calls import Calls
from cognito.errors import CognitoError
from cognito.retries import Retrying
from tests.unit.cognito.line import DONE, THROTTLED, Line
from transport import Answer, Deadline, TransportError


class _Cognito:
    """Fails as often as it is told, on a line's clock."""

    def __init__(self, line: Line, failures: int, *, may_pass: bool) -> None:
        self.line = line
        self.failures = failures
        self.may_pass = may_pass
        self.left: list[float] = []

    def __call__(
        self, operation: str, arguments: Mapping[str, Any], deadline: Deadline
    ) -> Mapping[str, Any]:
        """See :class:`cognito.calls.Calls`."""
        self.left.append(deadline.remaining_seconds())
        self.line.now += self.line.seconds_each
        if len(self.left) <= self.failures:
            raise CognitoError(f"failure {len(self.left)}", may_pass=self.may_pass)
        return {"of": operation, **arguments}


def call(cognito: Calls, line: Line, max_attempts: int, chance: float = 0.5) -> Any:
    """Call by a deadline of three seconds."""
    calls = Retrying(cognito, max_attempts=max_attempts, pause=line.pause, chance=lambda: chance)
    return calls("Operation", {"user": "ada"}, Deadline.after(3, line.monotonic))


def test_what_may_pass_is_tried_again() -> None:
    """A second attempt that succeeds is a success."""
    line = Line([])
    assert call(_Cognito(line, 1, may_pass=True), line, 2) == {"of": "Operation", "user": "ada"}
    assert line.pauses == [0.5]


def test_what_will_not_pass_is_not_tried_again() -> None:
    """Asking again would only spend the account's quota."""
    line = Line([])
    with pytest.raises(CognitoError, match="failure 1"):
        call(_Cognito(line, 1, may_pass=False), line, 3)
    assert line.pauses == []


@pytest.mark.parametrize("attempts", [1, 2, 3])
def test_there_are_no_more_attempts_than_allowed(attempts: int) -> None:
    """The pauses between them double, and chance says how much of each is made."""
    line = Line([])
    cognito = _Cognito(line, 9, may_pass=True)
    with pytest.raises(CognitoError, match=f"failure {attempts}"):
        call(cognito, line, attempts)
    assert (len(cognito.left), line.pauses) == (attempts, [0.5, 1.0][: attempts - 1])


def test_all_attempts_share_one_deadline() -> None:
    """What an attempt takes longer than it may, the next has less."""
    line = Line([], seconds_each=1.75)
    cognito = _Cognito(line, 1, may_pass=True)
    call(cognito, line, 2, chance=1.0)
    assert cognito.left == [3.0, 0.25]
    slow = Line([], seconds_each=2.75)
    cognito = _Cognito(slow, 1, may_pass=True)
    call(cognito, slow, 2, chance=1.0)
    assert (cognito.left, slow.pauses) == ([3.0, 0.0], [0.25])


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("eu-west-1", "cognito-idp.eu-west-1.amazonaws.com"),
        ("cn-north-1", "cognito-idp.cn-north-1.amazonaws.com.cn"),
    ],
)
def test_a_lambda_calls_the_pools_region(region: str, host: str) -> None:
    """With its own credentials, and no longer than it takes."""
    line = Line([TransportError("timed out"), DONE])
    calls = line.calls(region, max_attempts=2)
    calls("AdminGetUser", {}, Deadline.after(3, line.monotonic))
    assert [sent["url"] for sent in line.sent] == [f"https://{host}/"] * 2
    assert all("Credential=AKID/" in sent["headers"]["authorization"] for sent in line.sent)


def test_callers_do_not_come_back_together() -> None:
    """Those that met the quota at one moment pause for different times."""
    line = Line([Answer(200, b"<html>"), THROTTLED])
    calls = line.calls("eu-west-1", max_attempts=2)
    for _ in range(6):
        with pytest.raises(CognitoError):
            calls("AdminGetUser", {}, Deadline.after(3, line.monotonic))
    assert len(set(line.pauses)) == len(line.pauses) == 5
    assert all(0 <= seconds <= 1 for seconds in line.pauses)
