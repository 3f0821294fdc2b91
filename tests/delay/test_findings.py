"""What random schedules have found, as the shortest schedules that showed it."""

from __future__ import annotations

from tests.delay.drawn import Drawn
from tests.delay.run import play
from tests.delay.steps import ENDS, Step
from tests.delay.tally import Tally


def _play(drawn: Drawn, *steps: str) -> None:
    """Steps are written as in a story: a name, then its numbers."""
    play(drawn, [_step(text.split()) for text in steps], Tally())


def _step(words: list[str]) -> Step:
    numbers = tuple(int(word) for word in words if word.lstrip("-").isdigit())
    return Step(" ".join(words[: len(words) - len(numbers)]), numbers)


def test_memory_lets_nobody_in_without_a_place() -> None:
    """A session that found all places taken is not let in by what was read for its access token
    while Cognito did not answer.
    """
    _play(
        Drawn(mode="refuse_new", limit=1),
        "sign in 0 0",
        "request 0 1 0",
        "sign in 0 1",
        "Cognito fails 0",
        "request 0 1 0",
        "request 0 0 0",
    )


def test_a_clients_mark_costs_other_clients_sessions_no_place() -> None:
    """A mark that ends one client's sessions leaves the places of another client's alone."""
    _play(
        Drawn(mode="refuse_new", limit=1),
        "sign in 0 1",
        "wait 11000",
        "mark client 0 0",
        "request 0 1 0",
        "sign in 0 0",
        "request 0 1 2",
    )


def test_stale_service_is_never_for_a_session_that_was_refused() -> None:
    """Cognito's refusal holds in this sandbox although the ledger could not be told, and Cognito
    then falls silent within the grace of the verdict that stands in the table.
    """
    _play(
        Drawn(verdict=15, grace=30),
        "sign in 0 0",
        "request 0 1 0",
        "ledger fails 2",
        "RevokeToken 0",
        "wait 15001",
        "request 0 1 0",
        "ledger answers",
        "wait 5000",
        "Cognito fails 0",
        "request 0 1 0",
    )


def test_a_place_that_is_freed_meanwhile_may_be_taken() -> None:
    """Whoever held all places when a request came may have ended before it was answered."""
    _play(
        Drawn(mode="refuse_new", limit=1),
        "sign in 0 0",
        "request 0 1 0",
        "wait 1000",
        "sign in 0 0",
        f"overtake 3 {ENDS.index('mark user')} 1",
    )


def test_a_sandbox_whose_clock_is_behind_frees_no_place() -> None:
    """Who signed in after a global sign-out keeps the place, whenever it was first seen."""
    _play(
        Drawn(memory=0, leeway=5, mode="refuse_new", limit=1, cognito_skew_ms=2000),
        "sign in 0 0",
        "AdminUserGlobalSignOut 0",
        "deliver 0 0",
        "sign in 0 0",
        "sign in 0 0",
        "request 1 1 0",
        "request 0 1 0",
    )


def test_a_place_that_one_of_several_sandboxes_gave_is_taken() -> None:
    """A session that was revoked while several sandboxes judged it may have got a place in one."""
    _play(
        Drawn(memory=0, verdict=1, leeway=0, mode="refuse_new", limit=1, has_userinfo=True),
        "sign in 0 0",
        "crowd 0 0 0",
        "sign in 1 0 0 0",
        "sign in 1 0 0 0",
        "crowd 1 0 19",
        "request 0 0 0",
    )
