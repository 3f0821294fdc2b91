"""Parts of ``probe``, on clocks and answers that are written down."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable
from datetime import UTC, datetime
from types import ModuleType, SimpleNamespace
from typing import Any, cast

import boto3
import pytest
from botocore.exceptions import ClientError
from rich.console import Console

from ops.answers import UnavailableError
from ops.probe import authorizer_function, trigger_function
from ops.probe.asking import Asking, Pace, Said, percentile
from ops.probe.events import EventResult, _receive
from ops.probe.place import Place, _zipped
from ops.probe.revocations import LONGEST_SECONDS, LOOKS_AFTER, Way, WayResult, _watch
from ops.probe.trigger_function import CLAIM, handle
from ops.run import Place as Where
from ops.run import Run
from ops.world import World
from tests.ops.scripted_aws import REGION, ScriptedAws

_REFUSED = Said("NotAuthorizedException: Access Token has been revoked")
_ACCEPTED = Said()
_THROTTLED = Said("TooManyRequestsException: Rate exceeded", is_answer=False)


class _Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds


def _run(clock: _Clock) -> Run:
    world = World(monotonic=clock, pause=clock.advance)
    return Run(world, Where("stack", None, None, None), Console())


def _asking(clock: _Clock, answers: Iterable[Said]) -> Asking:
    said = iter(answers)

    def get_user(_token: str) -> Said:
        clock.advance(0.025)
        return next(said)

    return cast(
        "Asking",
        SimpleNamespace(
            run=_run(clock), get_user=get_user, polls_per_second=Asking.polls_per_second
        ),
    )


def _watched(answers: Iterable[Said]) -> WayResult:
    result = WayResult(Way.REVOKE_TOKEN)
    _watch(_asking(_Clock(), answers), result, "token")
    return result


@pytest.mark.parametrize("polls", [0, 1, 80])
def test_how_long_a_revocation_takes(polls: int) -> None:
    """The time is that of the first refused question; throttled ones are no refusal."""
    answers = [_ACCEPTED, _THROTTLED] * (polls // 2) + [_ACCEPTED] * (polls % 2)
    result = _watched([*answers, *[_REFUSED] * (1 + LOOKS_AFTER)])
    assert result.seconds == [pytest.approx(polls / 8)]
    assert result.texts == {_REFUSED.text: 1}
    assert (result.came_back, result.never) == (0, 0)


def test_one_that_comes_back() -> None:
    """A token that is accepted after a refusal is counted, once."""
    assert _watched([_REFUSED, _REFUSED, _ACCEPTED]).came_back == 1


def test_one_that_is_never_refused() -> None:
    """Nobody waits for ever."""
    result = _watched([_ACCEPTED] * int(8 * (LONGEST_SECONDS + 2)))
    assert (result.never, result.seconds) == (1, [])


def test_the_pace() -> None:
    """No more calls a second than are allowed, and no waiting where a call took its time."""
    clock = _Clock()
    pace = Pace(_run(clock), 4)
    moments = []
    for _ in range(5):
        pace.wait()
        moments.append(clock.now)
    assert moments == [0, 0.25, 0.5, 0.75, 1.0]
    clock.advance(10)
    pace.wait()
    assert clock.now == 11


@pytest.mark.parametrize(
    ("values", "percent", "expected"),
    [([], 50, None), ([3.0], 99, 3), ([4.0, 1, 3, 2], 50, 2), (list(range(1, 101)), 99, 99)],
)
def test_percentiles(values: list[float], percent: float, expected: float | None) -> None:
    """The smallest value that so many percent do not exceed."""
    assert percentile(values, percent) == expected


@pytest.mark.parametrize(("name", "count"), [("out-1", 1), ("plain-1", 0)])
def test_the_trigger(name: str, count: int) -> None:
    """The trigger signs out those whose name says so, and tells what it was called for."""
    signed_out: list[dict[str, Any]] = []
    event = {"userName": name, "userPoolId": "pool", "triggerSource": "source", "response": {}}
    answer = handle(event, lambda **whom: signed_out.append(whom))
    assert signed_out == [{"UserPoolId": "pool", "Username": name}] * count
    added = answer["response"]["claimsOverrideDetails"]["claimsToAddOrOverride"]
    assert added == {CLAIM: "source"}


def _deployed(function: ModuleType) -> dict[str, Any]:
    """A new sandbox of it: the names in its one file."""
    with zipfile.ZipFile(io.BytesIO(_zipped(function))) as zipped:
        (name,) = zipped.namelist()
        assert name == "function.py"
        module: dict[str, Any] = {}
        exec(compile(zipped.read(name), name, "exec"), module)
    return module


@pytest.mark.parametrize("function", [trigger_function, authorizer_function])
def test_the_zip(function: ModuleType) -> None:
    """What is deployed is the module that is tested, alone, with its handler."""
    assert callable(_deployed(function)["handler"])


def test_the_triggers_entry_point(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sandbox makes one SDK client, however often it is called: that takes its time."""
    made: list[str] = []
    signed_out: list[str] = []

    def client(service: str) -> SimpleNamespace:
        made.append(service)
        return SimpleNamespace(
            admin_user_global_sign_out=lambda **whom: signed_out.append(whom["Username"])
        )

    monkeypatch.setattr(boto3, "client", client)
    handler = _deployed(trigger_function)["handler"]
    for name in ("out-1", "out-2"):
        handler({"userName": name, "userPoolId": "pool", "triggerSource": "source"}, None)
    assert (made, signed_out) == (["cognito-idp"], ["out-1", "out-2"])


def test_the_authorizers_entry_point() -> None:
    """It counts in the sandbox's own memory, under the sandbox's own name."""
    event = {"headers": {"Authorization": "allow-entry"}, "methodArn": "arn"}
    contexts = [authorizer_function.handler(event, None)["context"] for _ in range(2)]
    assert [json.loads(context["counts"])["allow-entry"] for context in contexts] == [1, 2]
    assert contexts[0]["sandbox"] == contexts[1]["sandbox"]


@pytest.mark.parametrize(("retries", "deleted"), [(0, 0), (1, 1)])
def test_a_refusal_of_a_further_try(retries: int, deleted: int) -> None:
    """A try before may have made it, and its answer was lost: it is deleted all the same."""
    account = ScriptedAws({}, now=0)
    run = Run(World(make_session=account.make_session), Where("s", REGION, None, None), Console())
    place, deletions = Place(run, is_kept=False), list[str]()
    refusal = {
        "Error": {"Code": "EntityAlreadyExists"},
        "ResponseMetadata": {"RetryAttempts": retries},
    }
    with (
        pytest.raises(ClientError),
        place.making("role", lambda: deletions.append("role")),
    ):
        raise ClientError(cast("Any", refusal), "CreateRole")
    place.__exit__(None, None, None)
    assert len(deletions) == deleted
    assert place.left == []


def _message(event_id: str, subject: str, sent: float) -> dict[str, Any]:
    detail = {
        "eventID": event_id,
        "eventName": "RevokeToken",
        "eventTime": "2026-11-20T12:00:00Z",
        "additionalEventData": {"sub": subject},
    }
    return {
        "Body": json.dumps({"detail": detail}),
        "ReceiptHandle": event_id,
        "Attributes": {"SentTimestamp": str(int(sent * 1000))},
    }


def test_when_an_event_came() -> None:
    """It is the queue's own time that counts, and each event once; others' events are none."""
    noon = datetime(2026, 11, 20, 12, tzinfo=UTC).timestamp()
    pages = [
        [_message(f"other-{at}", "eve", noon + 1) for at in range(10)],
        [_message("one", "ada", noon + 2.5), _message("one", "ada", noon + 90)],
        [],
    ]
    asked: list[dict[str, Any]] = []
    deleted: list[str] = []

    def receive(**given: Any) -> dict[str, Any]:
        asked.append(given)
        messages = pages.pop(0)
        return {"Messages": messages} if messages else {}

    sqs = SimpleNamespace(
        receive_message=receive, delete_message=lambda **of: deleted.append(of["ReceiptHandle"])
    )
    result = EventResult(expected=1)
    came = [_receive(sqs, "queue", {"ada"}, result) for _ in range(3)]
    assert came == [True, True, False]
    assert result.seconds == [2.5]
    assert len(deleted) == 12
    # SQS waits, for less time than the SDK waits for SQS.
    assert all(0 < given["WaitTimeSeconds"] < 15 for given in asked)
    assert all(given["MessageSystemAttributeNames"] == ["SentTimestamp"] for given in asked)


def test_another_pool_is_left_alone() -> None:
    """A pool that is not the one that was made is not deleted, whatever its id says."""
    account = ScriptedAws({"cognito-idp:DeleteUserPool": {}}, now=0)
    run = Run(World(make_session=account.make_session), Where("s", REGION, None, None), Console())
    place = Place(run, is_kept=False)
    place.pool_id = f"{REGION}_Pool1"
    account.answers["cognito-idp:DescribeUserPool"] = {"UserPool": {"Name": "customers"}}
    with pytest.raises(UnavailableError):
        place._delete_pool()
    assert "cognito-idp:DeleteUserPool" not in account.called
    account.answers["cognito-idp:DescribeUserPool"] = {"UserPool": {"Name": place.name}}
    place._delete_pool()
    assert account.called["cognito-idp:DeleteUserPool"] == 1
