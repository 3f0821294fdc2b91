"""The feed while the ledger fails: an event is never lost for it, and never written half."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from ledger.rows import LedgerError, user_name
from tests.faults.bystanders import Bystander, Neighbour
from tests.faults.certificates import Authority
from tests.faults.far_side import Mood, Turn, good
from tests.faults.misbehaviour import BROKEN, REDIRECTS, SLOW, STRANGE, UNUSUAL
from tests.faults.moods import TELLTALE, answering, failing
from tests.faults.places import Place
from tests.tokens import ISSUER
from tests.unit.session_feed.bench import SUBJECT, event

MakeFeed = Callable[..., Bystander]

_QUICK = {"WRITE_TIMEOUT_MS": "200"}
#: One write time-out as deployed, for both writes, and what a busy machine adds.
_LONGEST_SECONDS = 3.5
_FAILURES: dict[str, Mood] = {
    **SLOW,
    **BROKEN,
    **STRANGE,
    **{
        f"redirects with {number}": answering(b"", f"{number} {phrase}", fields="Location: /x\r\n")
        for number, phrase in REDIRECTS.items()
    },
    **{
        f"answers {code}": failing(f"x#{code}")
        for code in (
            "ProvisionedThroughputExceededException",
            "ThrottlingException",
            "ResourceNotFoundException",
            "ValidationException",
            "AccessDeniedException",
            "ExpiredTokenException",
            "TransactionConflictException",
            TELLTALE,
            "FarSidesOwnWords" * 100,
        )
    },
}


@pytest.fixture(scope="module")
def neighbour(authority: Authority) -> Iterator[Neighbour]:
    """The ledger for this module."""
    made = Neighbour(authority)
    yield made
    made.close()


@pytest.fixture
def make_feed(neighbour: Neighbour) -> Iterator[MakeFeed]:
    """Makes feeds whose connections are counted when they end."""
    neighbour.table.rows.clear()
    made = []

    def make(place: Place | None = None, **environment: str) -> Bystander:
        made.append(Bystander.feed(neighbour, place=place, **environment))
        return made[-1]

    yield make
    neighbour.side.be(good)
    for feed in made:
        feed.close()
    assert neighbour.is_left()


def _check_failed(feed: Bystander) -> None:
    handled = feed.send(event())
    assert isinstance(handled.error, LedgerError)
    assert (handled.line, handled.says("FarSidesOwnWords")) == ({}, [])
    assert handled.seconds < _LONGEST_SECONDS


@pytest.mark.parametrize("name", _FAILURES)
def test_a_mark_that_is_not_written_fails_the_event(
    make_feed: MakeFeed, neighbour: Neighbour, name: str
) -> None:
    """Lambda hears of it and tries again; the second try writes all that the first should have,
    whether or not the first had written something when its answer was lost.
    """
    feed = make_feed(**(_QUICK if name in SLOW else {}))
    neighbour.side.be(_FAILURES[name])
    _check_failed(feed)
    neighbour.side.be(good)
    assert feed.send(event()).line["outcome"] == "marked"
    written = neighbour.table.rows[user_name(ISSUER, SUBJECT)]
    assert {"issued_not_before", "generation"} <= set(written)


@pytest.mark.parametrize("place", list(Place))
def test_a_ledger_that_cannot_be_reached_fails_the_event(make_feed: MakeFeed, place: Place) -> None:
    """No name, no port, no proof of who it is."""
    _check_failed(make_feed(place, **(_QUICK if place is Place.MUTE_HANDSHAKE else {})))


@pytest.mark.parametrize("name", UNUSUAL)
def test_an_unusual_answer_is_an_answer(
    make_feed: MakeFeed, neighbour: Neighbour, name: str
) -> None:
    """What HTTP allows, DynamoDB may do."""
    neighbour.side.be(UNUSUAL[name])
    assert make_feed().send(event()).line["outcome"] == "marked"


def test_half_a_mark_is_made_whole(make_feed: MakeFeed, neighbour: Neighbour) -> None:
    """When the second of two writes fails the event fails, and its repetition does no harm."""

    def fail_the_second(turn: Turn) -> bool:
        if turn.number == 2:
            return failing("x#ThrottlingException")(turn)
        turn.send_good()
        return True

    feed = make_feed()
    neighbour.side.be(fail_the_second)
    _check_failed(feed)
    name = user_name(ISSUER, SUBJECT)
    assert neighbour.table.number(name, "generation") == 0
    assert feed.send(event()).line["outcome"] == "marked"
    assert feed.send(event()).line["outcome"] == "marked"
    assert neighbour.table.number(name, "generation") == 2


def test_something_else_in_between_asks_nobody(make_feed: MakeFeed, neighbour: Neighbour) -> None:
    """An event that can't be acted on is dropped, though the ledger is down."""
    neighbour.side.be(BROKEN["resets"])
    neighbour.side.asked = 0
    feed = make_feed()
    outcomes = [feed.send(other).line["outcome"] for other in (None, {}, event("Unheard_Of"))]
    assert (outcomes, neighbour.side.asked) == (["unusable"] * 3, 0)
