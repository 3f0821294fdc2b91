"""The hook while Cognito or the ledger fail. The table says what becomes of a sign-in."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator

import botocore.session
import pytest

from pre_token_hook.hook import SignInRefused
from pre_token_hook.settings import TRIGGER_LIMIT_MS
from tests.dynamodb import TABLE
from tests.faults.bystanders import Bystander, Neighbour
from tests.faults.certificates import Authority
from tests.faults.far_side import Mood, good
from tests.faults.misbehaviour import BROKEN, REDIRECTS, SLOW, STRANGE, UNUSUAL
from tests.faults.moods import (
    TELLTALE,
    answering,
    every_other_time,
    failing,
    only_for,
    saying_json,
)
from tests.faults.places import Place
from tests.unit.pre_token_hook.triggers import SUBJECT, USERNAME, version_1

MakeHook = Callable[..., Bystander]

_SIGN_OUT, _MARK = "AdminUserGlobalSignOut", "UpdateItem"
_QUICK = {"MAX_ATTEMPTS": "1", "CONNECT_TIMEOUT_MS": "300", "READ_TIMEOUT_MS": "200"}
_PATIENT = {"MAX_ATTEMPTS": "1", "CONNECT_TIMEOUT_MS": "500", "READ_TIMEOUT_MS": "2000"}
_WITH_LEDGER = {"MAX_ATTEMPTS": "1", "LEDGER_TABLE": TABLE}

#: By what the log line calls it.
_BROKEN = {
    "connection lost": (
        "closes without a word",
        "half-closes without a word",
        "resets",
        "resets in mid-answer",
    ),
    "not understood": (
        "does not speak HTTP",
        "says no status",
        "sends a field without end",
        "sends fields without end",
        "chunks without a size",
        "closes in mid-chunk",
        "closes before the last chunk",
    ),
    "answer cut short": ("drops the last byte", "announces more than it sends"),
    "answer too long": (
        "says too much",
        "says too much, unannounced",
        "says too much in chunks",
    ),
}
#: What Cognito does, and what the log line calls it. With FAILURE_RULE=refuse the sign-in fails,
#: with admit it goes on.
_SIGN_OUT_FAILS: dict[str, tuple[Mood, str]] = {
    **{name: (SLOW[name], "timed out") for name in SLOW},
    **{name: (BROKEN[name], said) for said, names in _BROKEN.items() for name in names},
    **{
        name: (STRANGE[name], f"status {status}")
        for name, status in {
            "is a proxy's page with 502": 502,
            "is a proxy that wants a password": 407,
            "says 204": 204,
            "says 206": 206,
            "says 304": 304,
            "says 404": 404,
            "says 500": 500,
            "says 503": 503,
            "says 504": 504,
        }.items()
    },
    **{
        name: (STRANGE[name], "not an answer of Cognito's")
        for name in (
            "is a proxy's page with 200",
            "answers nothing",
            "answers null",
            "answers a list",
            "answers a text",
            "answers another object",
            "answers nested without end",
            "answers in no encoding",
            "announces less than it sends",
        )
    },
    "closes in mid-head": (STRANGE["closes in mid-head"], "not an answer of Cognito's"),
    "answers an empty object": (answering(b"{}"), "not an answer of Cognito's"),
    "names an error in many words": (failing(f"Bearer {TELLTALE} and more"), "status 400"),
    "names an error of its own": (failing(f"x#{'TheirOwnWords' * 100}"), "status 400"),
    "names an error by a number": (saying_json({"__type": 1}, "400 Bad Request"), "status 400"),
    **{
        f"redirects with {number}": (
            answering(b"", f"{number} {phrase}", fields="Location: /elsewhere\r\n"),
            f"status {number}",
        )
        for number, phrase in REDIRECTS.items()
    },
    **{
        f"answers {shape.name} with {status[:3]}": (failing(shape.name, status=status), shape.name)
        for shape in botocore.session.get_session()
        .get_service_model("cognito-idp")
        .operation_model(_SIGN_OUT)
        .error_shapes
        for status in ("400 Bad Request", "500 Internal Server Error")
    },
}
_PLACES = {
    place: "timed out" if place is Place.MUTE_HANDSHAKE else "could not connect" for place in Place
}
#: What the ledger does while Cognito is well: the sign-in goes on, and nobody was told.
_MARK_FAILS: dict[str, Mood] = {
    **SLOW,
    **BROKEN,
    **STRANGE,
    "answers ThrottlingException": failing("x#ThrottlingException"),
    "answers AccessDeniedException": failing("x#AccessDeniedException"),
    "answers ResourceNotFoundException": failing("x#ResourceNotFoundException"),
}


@pytest.fixture(scope="module")
def neighbour(authority: Authority) -> Iterator[Neighbour]:
    """Cognito and the ledger for this module."""
    made = Neighbour(authority)
    yield made
    made.close()


@pytest.fixture
def make_hook(neighbour: Neighbour) -> Iterator[MakeHook]:
    """Makes hooks whose connections are counted when they end."""
    made = []

    def make(place: Place | None = None, **environment: str) -> Bystander:
        made.append(Bystander.hook(neighbour, place=place, **environment))
        return made[-1]

    yield make
    neighbour.side.be(good)
    for hook in made:
        hook.close()
    assert neighbour.is_left()


def _check_failed(hook: Bystander, rule: str, failure: str) -> None:
    event = version_1()
    handled = hook.send(event)
    outcome = {"refuse": "refused", "admit": "admitted"}[rule]
    assert (handled.line["outcome"], handled.line["failure"]) == (outcome, failure)
    if rule == "refuse":
        assert isinstance(handled.error, SignInRefused)
    else:
        assert handled.returned is event
    assert event == version_1()
    assert handled.seconds < TRIGGER_LIMIT_MS / 1000
    assert handled.says(USERNAME, SUBJECT) == []


@pytest.mark.parametrize("rule", ["refuse", "admit"])
@pytest.mark.parametrize("name", _SIGN_OUT_FAILS)
def test_a_failed_sign_out_is_answered_by_the_failure_rule(
    make_hook: MakeHook, neighbour: Neighbour, name: str, rule: str
) -> None:
    """One attempt, one line that names the failure; the next sign-in is handled."""
    mood, failure = _SIGN_OUT_FAILS[name]
    hook = make_hook(**(_QUICK if name in SLOW else _PATIENT), FAILURE_RULE=rule)
    neighbour.side.asked = 0
    neighbour.side.be(mood)
    _check_failed(hook, rule, failure)
    assert neighbour.side.asked == 1
    neighbour.side.be(good)
    assert hook.send(version_1()).line["outcome"] == "signed_out"


@pytest.mark.parametrize("rule", ["refuse", "admit"])
@pytest.mark.parametrize("place", _PLACES)
def test_a_cognito_that_cannot_be_reached_is_a_failure(
    make_hook: MakeHook, place: Place, rule: str
) -> None:
    """Nobody is signed out by a server that can't prove to be Cognito."""
    times = _QUICK if place is Place.MUTE_HANDSHAKE else _PATIENT
    _check_failed(make_hook(place, **times, FAILURE_RULE=rule), rule, _PLACES[place])


def test_a_name_that_does_not_resolve_is_a_failure(
    make_hook: MakeHook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No address, no sign-out."""

    def resolve(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "unknown")

    hook = make_hook(**_PATIENT)
    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    _check_failed(hook, "refuse", "could not connect")


@pytest.mark.parametrize("name", UNUSUAL)
def test_an_unusual_answer_is_an_answer(
    make_hook: MakeHook, neighbour: Neighbour, name: str
) -> None:
    """What HTTP allows, Cognito may do."""
    neighbour.side.be(UNUSUAL[name])
    assert make_hook(**_PATIENT).send(version_1()).line["outcome"] == "signed_out"


@pytest.mark.parametrize("name", _MARK_FAILS)
def test_a_mark_that_is_not_written_holds_nobody_up(
    make_hook: MakeHook, neighbour: Neighbour, name: str
) -> None:
    """Cognito has signed the user out: the sign-in goes on, within the ledger's time-outs."""
    timeout_ms = "150" if name in SLOW else "1000"
    hook, event = make_hook(**_WITH_LEDGER, LEDGER_TIMEOUT_MS=timeout_ms), version_1()
    neighbour.side.be(only_for(_MARK, _MARK_FAILS[name]))
    handled = hook.send(event)
    assert handled.line["outcome"] == "signed_out_unmarked"
    assert (handled.returned is event, handled.error) == (True, None)
    assert handled.seconds < TRIGGER_LIMIT_MS / 1000
    assert handled.says(USERNAME) == []
    neighbour.side.be(good)
    assert hook.send(event).line["outcome"] == "signed_out"


@pytest.mark.parametrize("name", ["keeps silent", "closes without a word"])
def test_when_both_fail_cognito_has_the_word(
    make_hook: MakeHook, neighbour: Neighbour, name: str
) -> None:
    """Without a sign-out there is no mark, and the failure rule decides."""
    mood = {**SLOW, **BROKEN}[name]
    hook = make_hook(**(_WITH_LEDGER | (_QUICK if name in SLOW else _PATIENT)))
    neighbour.table.rows.clear()
    neighbour.side.be(mood)
    _check_failed(hook, "refuse", _SIGN_OUT_FAILS[name][1])
    assert neighbour.table.rows == {}


def test_a_fault_that_passes_is_not_noticed(make_hook: MakeHook, neighbour: Neighbour) -> None:
    """The second attempt counts, too: as deployed there are two."""
    neighbour.side.asked = 0
    neighbour.side.be(every_other_time(BROKEN["resets"]))
    assert make_hook().send(version_1()).line["outcome"] == "signed_out"
    assert neighbour.side.asked == 2


def test_everything_slow_at_once_ends_before_cognito_gives_up(
    make_hook: MakeHook, neighbour: Neighbour
) -> None:
    """With default settings: two silent attempts, and the answer."""
    neighbour.side.be(SLOW["keeps silent"])
    hook = make_hook(LEDGER_TABLE=TABLE)
    handled = hook.send(version_1())
    assert (handled.line["outcome"], handled.line["failure"]) == ("refused", "timed out")
    assert 2 * 1.0 <= handled.seconds < 3.5
