"""Chases of what the Lambdas behind routes are asked for: the sign-out endpoint and receivers."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from tests.delay.chases import wait
from tests.delay.drawn import Drawn
from tests.delay.messages import EVENTS
from tests.delay.sign_outs import SHOWN
from tests.delay.steps import Step

_EVERYWHERE = [how for how, shown in enumerate(SHOWN) if shown.is_everywhere]
_ALONE = [how for how in range(len(SHOWN)) if how not in _EVERYWHERE]


def ordered(random: Random, drawn: Drawn, seed: int) -> list[Step]:
    """Sessions that orders end, asked about as late as their delays allow, and after that.

    Which orders is not drawn: by turns, every one comes as often as any other.
    """
    ends = _ends(random, drawn)
    turns = 0 if not ends else 1 if drawn.profile is None else 2
    steps = []
    for turn in range(turns):
        end = ends[(turns * seed + turn) % len(ends)]
        steps += [Step(f"{what} answers") for what in ("Cognito", "ledger", "provider")]
        steps += [Step("keys answer"), Step("keys answer there"), Step("AdminEnableUser", (0,))]
        steps += [wait(6, 0), *_CHASES[end.name](random, drawn, end)]
    return steps


def _ends(random: Random, drawn: Drawn) -> list[Step]:
    """What can end a session in this deployment, the pool's or the provider's."""
    hows = [*_ALONE, *(random.choice(_EVERYWHERE) for _ in range(3))]
    user = random.randrange(2, EVENTS - 1)
    ends = [
        *(Step("sign out", (0, how)) for how in hows),
        *(Step("log out", (0, how)) for how in (0, 1, 2, 2)),
        *(Step("tell", (0, how)) for how in (0, 1, user, random.choice([user, EVENTS - 1]))),
        Step("tell", (0, random.randrange(EVENTS), 1)),
        *[Step("revoke globally", (0,))] * 2,
    ]
    if not drawn.has_ledger:
        ends = []
    if drawn.profile is not None:
        if drawn.has_ledger:
            ends += [Step("mark session", (0,))] * 2 + [Step("mark user there", (0, 2))]
            ends += [Step("mark client there", (2,)), Step("mark everyone there", (2,))]
        ends += [Step("revoke there", (0, random.randrange(2)))] * drawn.profile.is_asked
        ends += [Step("rotate there", (1,))]
    return ends


def _sign_in(random: Random, drawn: Drawn) -> list[Step]:
    """A session of two refreshes, of the pool or of the provider."""
    if drawn.profile is None or random.random() < 0.25:
        return [Step("sign in", (0, random.randrange(2))), Step("refresh", (0,))]
    return [Step("sign in there", (0, 0)), *[Step("refresh there", (0,))] * 3]


def _signed_out(random: Random, drawn: Drawn, end: Step) -> list[Step]:
    how = end.numbers[1]
    is_asked = drawn.profile is not None and drawn.profile.is_asked
    if is_asked and not SHOWN[how].token:
        return _revoked(random, drawn, end)
    if how in _EVERYWHERE:
        # By another session, whose token may have expired: then nothing else ends.
        pause = random.choice([0, 0, 0, 1, drawn.token_life + drawn.leeway])
        last = _sign_in(random, drawn)
        steps, end = [last[0], wait(pause, 0), *last], Step(end.name, (1, how))
    else:
        steps = _sign_in(random, drawn)
    steps += _asked_late(random, drawn, end)
    if SHOWN[how].refresh_token:
        # Where nothing else was shown, the issuer knows, and nobody else.
        steps += [wait(drawn.declared, 0), *[Step("request", (0, n, 0)) for n in (0, 1)]]
    return steps


def _pushed(random: Random, drawn: Drawn, end: Step) -> list[Step]:
    """By a message, which may come again after the user has signed in anew; and one beside it."""
    steps = _sign_in(random, drawn)
    again = [wait(random.choice([0, 1, 2, 130]), 0), steps[0], Step("push again", (0,))]
    steps = [steps[0], *steps, *_asked_late(random, drawn, end), *again, wait(drawn.memory, 0)]
    return [*steps, Step("request", (0, 1, 0)), Step("request", (2, 0, 0))]


def _told(random: Random, drawn: Drawn, end: Step) -> list[Step]:
    """By an event, which may be delivered when the user has signed in anew."""
    if len(end.numbers) == 2:
        return _pushed(random, drawn, end)
    steps = _sign_in(random, drawn)
    again = [wait(random.choice([0, 1, 60]), 0), steps[0], Step("request", (0, 1, 0))]
    steps += [end, *again, wait(drawn.memory, 0)]
    steps += _asked_late(random, drawn, Step("push again", (0,)), which=1)
    return [*steps, Step("request", (0, 1, 0))]


def _marked(random: Random, drawn: Drawn, end: Step) -> list[Step]:
    """By an operator, at the provider."""
    steps = [Step("sign in there", (0, 0)), *[Step("refresh there", (0,))] * 3]
    return [*steps, *_asked_late(random, drawn, end)]


def _revoked(random: Random, drawn: Drawn, end: Step) -> list[Step]:
    """At the provider, which is asked, and may fail to answer while a verdict may be served."""
    assert drawn.profile is not None
    little = 2 + 20 * drawn.latency_ms
    one, other = random.sample(range(3), 2)
    # Whoever asks about tokens alone shares nothing.
    is_shared = drawn.has_ledger and not drawn.profile.names_sessions
    last = other if is_shared else one
    ahead = drawn.box_skews_ms[one] - drawn.box_skews_ms[other] if is_shared else 0
    late = random.choice([0, 0, 3 * little]) + max(0, ahead)
    steps = [
        Step("sign in there", (0, 0)),
        Step("refresh there", (0,)),
        Step("request", (0, 0, one)),
    ]
    steps += [end, wait(drawn.verdict, little - late)]
    if drawn.grace and random.random() < 0.6:
        steps += [Step("provider fails", (0,)), wait(drawn.grace, 0)]
    steps += [Step("request", (0, 0, last))]
    if is_shared:
        steps += [wait(drawn.memory, little), Step("request", (0, 0, last))]
    steps += [wait(drawn.gateway, little), Step("request", (0, 0, last)), Step("provider answers")]
    steps += [wait(drawn.memory, -2 * little), *[Step("request", (0, 0, last))] * 2]
    return [*steps, Step("request", (0, 1, last))]


def _withdrawn(random: Random, drawn: Drawn, end: Step) -> list[Step]:
    """A token whose key the provider publishes no longer, or nobody can say."""
    little = 2 + 20 * drawn.latency_ms
    box = random.randrange(3)
    steps = [Step("sign in there", (0, 0)), Step("new sandbox", (box,))]
    steps += [Step("request", (0, 0, box)), end]
    if random.random() < 0.3:
        steps += [Step("keys fail there", (0,)), wait(drawn.key_age, 0)]
        steps += [Step("request", (0, 0, box)), wait(drawn.key_stale, little)]
    else:
        steps += [wait(drawn.key_age, little)]
    steps += [Step("request", (0, 0, box)), wait(drawn.gateway, little)]
    steps += [Step("request", (0, 0, box)), wait(1, 0), *[Step("request", (0, 0, box))] * 2]
    return [*steps, Step("keys answer there")]


def _asked_late(random: Random, drawn: Drawn, end: Step, which: int = 0) -> list[Step]:
    """By a token that the gateway answers for, or by one that it does not.

    Sessions count from the newest.
    """
    little = 2 + 20 * drawn.latency_ms
    one, other = random.sample(range(3), 2)
    # Marks compare whole seconds.
    first = random.choice([1, 3]) if drawn.gateway else 3
    steps = [wait(random.choice([0, 0, 1]), 0), Step("request", (which, first, one)), end]
    steps += [wait(drawn.memory, little), Step("request", (which, 3, one))]
    steps += [
        wait(drawn.gateway, little),
        Step("request", (which, 3, one)),
        Step("wait", (2 * little,)),
    ]
    steps += [Step("request", (which, 3, one)), Step("request", (which, 0, other))]
    return steps


_CHASES: dict[str, Callable[[Random, Drawn, Step], list[Step]]] = {
    "sign out": _signed_out,
    "log out": _pushed,
    "tell": _told,
    "revoke globally": _pushed,
    "mark session": _marked,
    "mark user there": _marked,
    "mark client there": _marked,
    "mark everyone there": _marked,
    "revoke there": _revoked,
    "rotate there": _withdrawn,
}
