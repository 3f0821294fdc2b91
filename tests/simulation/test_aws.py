"""Cognito and DynamoDB as sandboxes meet them."""

from __future__ import annotations

import pytest

from simulation.api import Answered
from simulation.cognito import READ_TIMEOUT_SECONDS, Cognito
from simulation.load import LEVELS, Limits, Load, Settings
from simulation.world import BEGIN
from tests.simulation.bench import call_each, world
from tests.simulation.test_quotas import Now


def text(subject: str = "u", session: str = "s", expires_at: int = BEGIN + 3600) -> str:
    """A token as sessions make it."""
    return f"{subject}/{session}/{BEGIN}/{expires_at}"


def cognito(sampled_one_in: int = 1, now: Now | None = None) -> Cognito:
    """With the quotas that every account has."""
    clock = now or Now()
    return Cognito(
        Limits(),
        sampled_one_in=sampled_one_in,
        is_overloaded=False,
        has_too_many_sign_ins=False,
        now=clock,
        clock=lambda: BEGIN + clock(),
    )


def test_one_user_gets_ten_answers_a_second() -> None:
    """The eleventh is throttled, and does not count against the account."""
    there = cognito()
    answers = [there.getuser(text()) for _ in range(11)]
    assert [answer.status for answer in answers] == [200] * 10 + [400]
    assert b"TooManyRequestsException" in answers[-1].body
    assert there.reads.take(110)
    assert not there.reads.take()


def test_the_account_gets_120_answers_a_second() -> None:
    """Whoever asks; and of a sample of one in ten, a tenth of that in the long run."""
    there = cognito()
    answered = [there.getuser(text(f"user-{n}")).status for n in range(121)]
    assert answered == [200] * 120 + [400]
    now = Now()
    sampled = cognito(10, now)
    for n in range(120):
        sampled.getuser(text(f"user-{n}"))
    now.seconds = 1.0
    answered = [sampled.getuser(text(f"late-{n}")).status for n in range(13)]
    assert answered == [200] * 12 + [400]


def test_revoked_and_expired_are_told_apart() -> None:
    """In Cognito's words."""
    now = Now()
    there = cognito(now=now)
    there.revoke_token("s")
    assert b"revoked" in there.getuser(text()).body
    assert there.getuser(text(session="other")).status == 200
    now.seconds = 3600
    assert b"expired" in there.getuser(text(session="other")).body


def test_25_users_are_signed_out_in_a_second() -> None:
    """The 26th is not, and its sessions live."""
    there = cognito()
    done = [there.sign_out(f"user-{n}", [f"session-{n}"]) for n in range(26)]
    assert done == [True] * 25 + [False]
    assert there.getuser(text(session="session-24")).status == 400
    assert there.getuser(text(session="session-25")).status == 200


def test_a_slow_answer_is_a_timeout() -> None:
    """The authorizer's transport waits for a second, and the answer is 503."""
    done = list[Answered]()
    with world(LEVELS["none"]) as there:
        there.transport._getuser_seconds = lambda: READ_TIMEOUT_SECONDS + 0.001
        call_each(there, there.population.member(0), seconds=10, times=1, done=done)
    assert [(one.status, one.found_by) for one in done] == [(503, "issuer_unreachable")]
    assert done[0].answered_at - done[0].asked_at > READ_TIMEOUT_SECONDS


def test_a_first_decision_reads_four_rows_and_writes_two() -> None:
    """User, session, pool and client; the lease and the verdict. The next is made from memory."""
    done = list[Answered]()
    with world(Settings()) as there:
        session = there.population.member(0)
        call_each(there, session, seconds=1, times=2, done=done)
        table = there.dynamodb
        assert (table.read_units, table.shared_read_units, table.write_units) == (2, 2, 2)
    assert [one.found_by for one in done] == ["getuser", "memory"]


def test_a_table_that_is_throttled_leaves_the_question_to_cognito() -> None:
    """The ledger's outage rule, and a throttled call is counted."""
    done = list[Answered]()
    limits = Limits(partition_read_units_per_second=1, partitions=1)
    with world(Settings(), Load(10, 10, 1), limits=limits) as there:
        call_each(there, there.population.member(0), seconds=1, times=1, done=done)
        assert there.dynamodb.throttled == 1
        assert there.dynamodb.write_units == 0
    assert [(one.status, one.found_by) for one in done] == [(200, "getuser")]


@pytest.mark.parametrize("seconds", [0.301, 5.0])
def test_a_slow_table_is_not_waited_for(seconds: float) -> None:
    """The authorizer gives up on it after 300 ms."""
    done = list[Answered]()
    with world(Settings()) as there:
        there.dynamodb._seconds = lambda: seconds
        call_each(there, there.population.member(0), seconds=1, times=1, done=done)
    assert [(one.status, one.found_by) for one in done] == [(200, "getuser")]
    assert done[0].answered_at - done[0].asked_at < 1.5
