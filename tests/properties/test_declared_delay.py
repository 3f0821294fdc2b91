"""No 200 later than the declared delay, on random histories of everything that can happen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from ledger.judgement import MarkReason
from tests.tokens import CLIENT_ID, ISSUER, NOW
from tests.unit.ledger.bench import DOWN, SUBJECT, THROTTLED, names
from tests.unit.ledger.world import NEVER, Delays, Session, World

MARGIN_SECONDS = 15


def _operator_session(world: World, session: Session, _: int) -> None:
    reason = MarkReason.SESSION_REVOKED
    name = names(session.tokens[0]).session
    world.bench.writer.end_session(name, reason, now=int(world.now), deadline=world.bench.deadline)
    session.is_marked = True
    world.end_by_mark(lambda about: about.session_id == session.name)


def _watermark(which: str) -> Callable[[World, Session, int], None]:
    def end(world: World, _: Session, back: int) -> None:
        moment = int(world.now) - back
        writer, deadline = world.bench.writer, world.bench.deadline
        if which == "pool":
            writer.end_everyone_before(ISSUER, moment, deadline)
        elif which == "client":
            writer.end_client_before(ISSUER, CLIENT_ID, moment, deadline)
        else:
            writer.end_user_before(ISSUER, SUBJECT, moment, deadline)
        world.watermark = max(world.watermark, moment)
        world.end_by_mark(lambda about: about.authenticated_at < moment)

    return end


def _global_sign_out(world: World, _: Session, __: int) -> None:
    """The feed tells of it at once, here; what CloudTrail takes is Cognito's own delay."""
    world.end_at_cognito(world.sessions, is_told=True)
    world.feed("AdminUserGlobalSignOut")


def _revoke_token(world: World, session: Session, _: int) -> None:
    world.end_at_cognito([session], is_told=True)
    world.feed("RevokeToken")


def _hook(world: World, _: Session, cookie_age: int) -> None:
    """A sign-in with the hook: everything else is signed out, marked, and then the tokens made."""
    world.end_at_cognito(world.sessions, is_told=True)
    moment = int(world.now) - MARGIN_SECONDS
    world.bench.writer.end_tokens_issued_before(
        ISSUER, SUBJECT, moment, MarkReason.SIGNED_IN_ELSEWHERE, world.bench.deadline
    )
    world.end_by_mark(lambda about: about.issued_at < moment)
    world.sign_in(cookie_age)


ACTIONS: dict[str, Callable[[World, Session, int], None]] = {
    "sign in": lambda world, _, age: world.sign_in(age),
    "refresh": lambda world, session, _: world.refresh(session),
    "revoke at Cognito": lambda world, session, _: world.end_at_cognito([session]),
    "sign out at Cognito": lambda world, _, __: world.end_at_cognito(world.sessions),
    "operator ends session": _operator_session,
    "everyone before": _watermark("pool"),
    "client before": _watermark("client"),
    "user before": _watermark("user"),
    "sign-out and feed": _global_sign_out,
    "revocation and feed": _revoke_token,
    "hook": _hook,
    "Cognito down": lambda world, _, __: setattr(world.bench.issuer, "failure", DOWN),
    "Cognito throttles": lambda world, _, __: setattr(world.bench.issuer, "failure", THROTTLED),
    "Cognito up": lambda world, _, __: setattr(world.bench.issuer, "failure", None),
}

_DELAYS = st.builds(
    Delays,
    gateway=st.sampled_from([0, 7]),
    memory=st.sampled_from([0, 5]),
    verdict=st.sampled_from([0, 1, 20]),
    grace=st.sampled_from([0, 9]),
)
_CALL = st.tuples(st.just("call"), st.integers(0, 3), st.integers(0, 11), st.integers(0, 1))
_ACT = st.tuples(
    st.sampled_from(sorted(ACTIONS)), st.integers(0, 3), st.sampled_from([0, 1, 3]), st.just(0)
)
_WAIT = st.tuples(
    st.sampled_from(["wait"]),
    st.just(0),
    st.sampled_from([1, 4_999, 5_000, 7_000, 12_000, 20_000, 500]),
    st.just(0),
)
SCHEDULE = st.lists(st.one_of(_CALL, _CALL, _WAIT, _ACT), min_size=5, max_size=40)


def play(world: World, schedule: list[tuple[str, int, int, int]]) -> None:
    """Each step is what happens, to which session, how (milliseconds if waiting), and where."""
    for what, number, how, box in schedule:
        session = world.sessions[number % len(world.sessions)]
        if what == "wait":
            world.bench.clock.advance(how / 1000)
        elif what == "call":
            world.call(session, how, box)
        else:
            ACTIONS[what](world, session, how)


@hypothesis_settings(max_examples=400)
@given(_DELAYS, SCHEDULE)
def test_nobody_is_let_in_later_than_declared(delays: Delays, schedule: Any) -> None:
    """What Cognito alone knows bites within all delays together, a mark within gateway and memory;
    and nobody is refused whom nobody has ended.
    """
    play(World(delays), schedule)


@hypothesis_settings(max_examples=150)
@given(_DELAYS, SCHEDULE)
def test_when_all_delays_are_over_everybody_agrees(delays: Delays, schedule: Any) -> None:
    """After any history each sandbox refuses whoever has ended and lets in whoever has not."""
    world = World(delays)
    play(world, schedule)
    world.bench.issuer.failure = None
    world.bench.clock.advance(world.known_by_cognito)
    for session in world.sessions:
        for about in session.tokens:
            for box in world.boxes:
                if about.text in world.must_end:
                    assert not box.lets_in(about)
                elif session.ended_at == NEVER:
                    assert box.lets_in(about)


def test_the_bounds_are_tight() -> None:
    """A history that uses each delay to the full is let in until just before their sum is over."""
    world = World(Delays(gateway=7, memory=5, verdict=20, grace=0))
    [session] = world.sessions
    world.call(session, 0, 0)
    world.end_at_cognito([session])
    world.bench.clock.advance(19.999)
    world.boxes[1].find(session.tokens[0])
    world.bench.clock.advance(4.999)
    world.call(session, 0, 1)
    assert world.cache[session.tokens[0].text] == NOW + 24.998 + 7
