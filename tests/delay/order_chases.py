"""Chases of what the Lambdas behind routes are asked for: the sign-out endpoint and receivers."""

from __future__ import annotations

from random import Random

from tests.delay.chases import wait
from tests.delay.drawn import Drawn
from tests.delay.messages import EVENTS, LOGOUTS
from tests.delay.sign_outs import SHOWN
from tests.delay.steps import Step


def ordered(random: Random, drawn: Drawn) -> list[Step]:
    """A session that an order ends, asked about as late as its delay allows, and after that."""
    if not drawn.has_ledger:
        return []
    # A deleted or disabled user has nothing that could be ended.
    steps = [Step("Cognito answers"), Step("keys answer"), Step("ledger answers")]
    steps += [Step("AdminEnableUser", (0,)), wait(6, 0)]
    return steps + random.choice([_signed_out, _signed_out_everywhere, _pushed, _told_late])(
        random, drawn
    )


def _signed_out(random: Random, drawn: Drawn) -> list[Step]:
    how = random.randrange(len(SHOWN))
    steps = [Step("sign in", (0, random.randrange(2))), Step("refresh", (0,))]
    return [*steps, *_asked_late(random, drawn, Step("sign out", (0, how)))]


def _signed_out_everywhere(random: Random, drawn: Drawn) -> list[Step]:
    """By another session, whose token may have expired: then nothing else ends."""
    how = random.choice([how for how, shown in enumerate(SHOWN) if shown.is_everywhere])
    pause = drawn.token_life + drawn.leeway if random.random() < 0.3 else random.choice([0, 1])
    steps = [
        Step("sign in", (0, 0)),
        wait(pause, 0),
        Step("sign in", (0, 0)),
        Step("refresh", (0,)),
    ]
    return [*steps, *_asked_late(random, drawn, Step("sign out", (1, how)))]


def _pushed(random: Random, drawn: Drawn) -> list[Step]:
    """By a message, which may come again after the user has signed in anew."""
    ends = [Step("log out", (0, random.randrange(LOGOUTS))), Step("revoke globally", (0,))]
    end = random.choice([*ends, Step("tell", (0, random.randrange(EVENTS)))])
    steps = [Step("sign in", (0, 0)), Step("refresh", (0,)), *_asked_late(random, drawn, end)]
    steps += [wait(random.choice([0, 1, 2, 130]), 0), Step("sign in", (0, 0))]
    return [*steps, Step("push again", (0,)), wait(drawn.memory, 0), Step("request", (0, 1, 0))]


def _told_late(random: Random, drawn: Drawn) -> list[Step]:
    """By an event that is delivered when the user has signed in anew."""
    steps = [Step("sign in", (0, 0)), Step("refresh", (0,))]
    steps += [Step("tell", (0, random.randrange(EVENTS), 1)), wait(random.choice([0, 1, 60]), 0)]
    steps += [Step("sign in", (0, 0)), Step("request", (0, 1, 0)), wait(drawn.memory, 0)]
    return [*steps, *_asked_late(random, drawn, Step("push again", (0,)), which=1)]


def _asked_late(random: Random, drawn: Drawn, end: Step, which: int = 0) -> list[Step]:
    """By a token that the gateway answers for, and by one that it does not.

    Sessions count from the newest. Where an order makes Cognito end one and nobody else knows, it is
    late enough only at times.
    """
    little = 2 + 20 * drawn.latency_ms
    one, other = random.sample(range(3), 2)
    # Marks compare whole seconds.
    steps = [wait(random.choice([0, 0, 1]), 0), Step("request", (which, 1, one)), end]
    steps += [wait(drawn.memory, little), Step("request", (which, 3, one))]
    steps += [
        wait(drawn.gateway, little),
        Step("request", (which, 3, one)),
        Step("wait", (2 * little,)),
    ]
    steps += [Step("request", (which, 3, one)), Step("request", (which, 0, other))]
    if random.random() < 0.4:
        steps += [wait(drawn.declared, 0), Step("request", (which, 1, one))]
    return steps
