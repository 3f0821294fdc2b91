"""Draws schedules: a random walk, with chases in it."""

from __future__ import annotations

from random import Random

from session_feed.events import Effect
from tests.delay.chases import BY_WEIGHT, CHASES, OPERATIONS, overtaken
from tests.delay.drawn import Drawn, draw
from tests.delay.order_chases import ordered
from tests.delay.steps import Step

#: What a random step is, by weight, and how many numbers it takes.
_WEIGHTS: dict[str, tuple[int, int]] = {
    "sign in": (8, 4),
    "machine": (1, 0),
    "refresh": (6, 1),
    "request": (44, 3),
    "crowd": (2, 3),
    "wait": (18, 1),
    "wait until due": (8, 2),
    "RevokeToken": (3, 1),
    "GlobalSignOut": (1, 1),
    "AdminUserGlobalSignOut": (1, 1),
    "AdminDisableUser": (1, 1),
    "AdminEnableUser": (1, 1),
    "AdminDeleteUser": (1, 1),
    "DeleteUser": (1, 1),
    "AdminSetUserPassword": (2, 1),
    "mark session": (2, 1),
    "mark user": (2, 2),
    "mark client": (1, 2),
    "mark everyone": (1, 1),
    "sign out": (2, 2),
    "log out": (1, 2),
    "tell": (1, 3),
    "revoke globally": (1, 1),
    "push again": (2, 1),
    "tighten": (1, 1),
    "loosen": (1, 0),
    "deliver": (4, 2),
    "lose events": (1, 0),
    "Cognito fails": (2, 1),
    "Cognito answers": (3, 0),
    "keys fail": (1, 1),
    "keys answer": (2, 0),
    "ledger fails": (2, 1),
    "ledger answers": (3, 0),
    "rotate": (1, 1),
    "new sandbox": (2, 1),
    "freeze": (2, 1),
    "forge": (1, 1),
    "flush": (1, 0),
    "forget rows": (1, 0),
}
#: What happens at the provider, and is drawn where its tokens are let in.
_THERE: dict[str, tuple[int, int]] = {
    "sign in there": (7, 2),
    "refresh there": (4, 1),
    "revoke there": (2, 2),
    "mark user there": (1, 2),
    "mark client there": (1, 1),
    "mark everyone there": (1, 1),
    "provider fails": (1, 1),
    "provider answers": (2, 0),
    "keys fail there": (1, 1),
    "keys answer there": (2, 0),
    "rotate there": (1, 1),
}
_NUMBERS = {name: count for name, (_, count) in (_WEIGHTS | _THERE).items()}

#: Those that differ in nothing but their name, by the one that stands for them.
_ALIKE = {
    "RevokeToken": OPERATIONS[Effect.ASK_AGAIN],
    "AdminSetUserPassword": OPERATIONS[Effect.END_SESSIONS],
}


def generate(seed: int) -> tuple[Drawn, list[Step]]:
    """The settings and the steps of one schedule; the same for the same seed."""
    random = Random(seed)
    drawn = draw(random)
    steps = [_step(random, drawn, "sign in"), _step(random, drawn, "request")]
    for _ in range(2):
        steps += [_any_step(random, drawn) for _ in range(random.randint(2, 14))]
        steps += random.choices(CHASES, BY_WEIGHT)[0](random, drawn)
    steps += ordered(random, drawn, seed)
    steps += [_step(random, drawn, "request") for _ in range(2)]
    steps += overtaken(random, drawn)
    # By another generator, so that names alone depend on how many there are.
    names = Random(f"names of {seed}")
    return drawn, [_named(names, step) for step in steps]


def _named(random: Random, step: Step) -> Step:
    """Any operation that does the same."""
    alike = _ALIKE.get(step.name)
    return Step(random.choice(alike), step.numbers) if alike else step


def _any_step(random: Random, drawn: Drawn) -> Step:
    weights = _WEIGHTS if drawn.profile is None else _WEIGHTS | _THERE
    by_weight = [weight for weight, _ in weights.values()]
    return _step(random, drawn, random.choices(list(weights), by_weight)[0])


def _step(random: Random, drawn: Drawn, name: str) -> Step:
    if name == "wait":
        return Step(name, (_milliseconds(random, drawn),))
    # Small numbers mean the newest, which is where things happen.
    numbers = (min(random.randrange(6), random.randrange(6)) for _ in range(_NUMBERS[name]))
    if name == "crowd":
        return Step(name, (random.randrange(2), random.randrange(99), random.randrange(10**6)))
    return Step(name, tuple(numbers))


def _milliseconds(random: Random, drawn: Drawn) -> int:
    """Lengths at which something may change, a little less, and a little more."""
    seconds = random.choice(
        [
            *(0, 1, 3, 5, drawn.gateway, drawn.memory, drawn.verdict, drawn.grace),
            *(drawn.declared, drawn.declared_pushed, drawn.verdict + drawn.memory),
            *(drawn.verdict + drawn.grace, random.choice([drawn.key_age, drawn.token_life, 600])),
        ]
    )
    return max(0, seconds * 1000 + random.choice([-1000, -1, -1, 0, 0, 1, 500]))
