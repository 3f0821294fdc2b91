"""Chases: short stories that use each delay to the full."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from session_feed.events import EFFECTS, Effect
from tests.delay.drawn import Drawn
from tests.delay.steps import ENDS, TTLS, WAYS_OF_COGNITO, WAYS_OF_SESSION, Step

#: Operations by their effect.
OPERATIONS = {
    effect: [name for name, (its, _) in EFFECTS.items() if its is effect] for effect in Effect
}


def _chase(random: Random, drawn: Drawn) -> list[Step]:
    """One session, asked about as late as each cache allows, and once after that."""
    little = 2 + 20 * drawn.latency_ms
    who, by = random.randrange(2), random.randrange(2)
    first, second = random.choice([(3, 1), (1, 3), (2, 0)])
    if not drawn.has_ledger:
        first, second = 0, 1
    one, other = random.sample(range(3), 2)
    is_pushed = drawn.has_ledger and random.random() < 0.5
    way = random.choice(WAYS_OF_SESSION if is_pushed else WAYS_OF_COGNITO)
    if drawn.mode == "hook" and random.random() < 0.3:
        way = "sign in"
    which = 1 if way == "sign in" else 0
    end = Step(
        way,
        {"sign in": (who, 0), "mark client": (by, 2), "mark everyone": (2,)}.get(
            way, (who, 2) if way == "mark user" else (who if _is_of_user(way) else 0,)
        ),
    )
    steps = [Step("sign in", (who, by)), Step("refresh", (0,))]
    if is_pushed:
        # Marks compare whole seconds.
        steps += [wait(random.choice([0, 1, 1]), 0), Step("request", (0, first, one)), end]
        if not way.startswith("mark"):
            steps.append(Step("deliver", (0, 0)))
    else:
        steps += [Step("request", (0, first, one)), end]
        # A clock that is behind thinks an answer younger than it is.
        ahead = drawn.box_skews_ms[one] - drawn.box_skews_ms[other]
        late = random.choice([0, 0, 3 * little])
        late += max(0, ahead) if drawn.has_ledger else 0
        steps += [wait(drawn.verdict, little - late)]
        if drawn.grace and random.random() < 0.6:
            over = random.choice([0, drawn.memory * 1000 + 3 * little])
            steps += [Step("Cognito fails", (0,)), wait(drawn.grace, -over)]
        if not drawn.has_ledger:
            other = one
        steps.append(Step("request", (which, second, other)))
    last = other if not is_pushed else one
    if drawn.has_ledger:
        kept = first if not is_pushed else second
        steps += [wait(drawn.memory, little), Step("request", (which, kept, last))]
    else:
        kept = second
    steps += [wait(drawn.gateway, little), Step("request", (which, kept, last))]
    steps += [Step("Cognito answers"), Step("wait until due", (0, 1))]
    steps += [Step("request", (which, kept, last)), Step("wait", (5,))]
    return [*steps, Step("request", (which, random.randrange(4), last))]


def _chase_place(random: Random, drawn: Drawn) -> list[Step]:
    """A session whose place newer ones take."""
    # Who finds the places taken asks once more, for each of up to three newcomers.
    little = 2 + 30 * drawn.latency_ms
    who, (one, other) = random.randrange(2), random.sample(range(3), 2)
    oldest = drawn.limit
    steps = [Step("sign in", (who, 0)), Step("refresh", (0,)), Step("wait", (1000,))]
    steps += [Step("sign in", (who, 0))] * drawn.limit
    steps += [Step("request", (oldest, 1, one))]
    steps += [Step("request", (n, 1, other)) for n in range(drawn.limit)]
    steps += [wait(drawn.memory, little), Step("request", (oldest, 3, one))]
    steps += [wait(drawn.gateway, little), Step("request", (oldest, 3, one))]
    return [*steps, wait(1, 0), *(Step("request", (oldest, n, one)) for n in (1, 2, 3))]


def _chase_key(random: Random, drawn: Drawn) -> list[Step]:
    """A token whose key is withdrawn, and perhaps nobody can be asked about keys any more."""
    little = 2 + 20 * drawn.latency_ms
    box = random.randrange(3)
    first, second = (3, 1) if drawn.has_ledger else (0, 1)
    steps = [Step("sign in", (random.randrange(2), 0)), Step("refresh", (0,))]
    steps += [Step("new sandbox", (box,)), Step("request", (0, first, box)), Step("rotate", (1,))]
    if random.random() < 0.3:
        steps += [Step("keys fail", (0,))]
        steps += [wait(drawn.key_age, 0), Step("request", (0, first, box))]
        steps += [wait(drawn.key_stale, little)]
    else:
        steps += [wait(drawn.key_age, little)]
    steps += [Step("request", (0, second, box)), wait(drawn.gateway, little)]
    steps += [Step("request", (0, second, box)), wait(1, 0), Step("request", (0, second, box))]
    return [*steps, Step("keys answer")]


def _chase_outage(random: Random, drawn: Drawn) -> list[Step]:
    """A session that a sandbox has refused, and then asks about without the ledger or Cognito."""
    box, token = random.randrange(3), random.choice([0, 1, 3, 3])
    way = random.choice(["mark session", "mark session", "RevokeToken"])
    steps = [Step("ledger answers"), Step("Cognito answers"), wait(6, 0)]
    steps += [Step("sign in", (0, 0)), Step("request", (0, 1, box)), Step(way, (0,))]
    late = random.choice([drawn.memory, drawn.declared])
    steps += [wait(late, 0), Step("request", (0, token, box))]
    how = random.choice([0, 0, 1, 1, 2, 3, 4])
    lost = [Step("ledger fails", (how,)), Step("Cognito fails", (0,))]
    if random.random() < 0.3:
        lost.reverse()
    for one in lost[: random.randint(1, 2)]:
        steps += [one, Step("request", (0, token, box))]
        steps += [wait(random.choice([1, drawn.memory, drawn.memory]), 0)]
        steps += [Step("request", (0, token, box))]
    back = [Step("ledger answers"), Step("Cognito answers")]
    random.shuffle(back)
    for one in back:
        steps += [one, Step("request", (0, 1, box))]
    return steps


def _chase_refusal(random: Random, drawn: Drawn) -> list[Step]:
    """A refusal that could not be shared, and then Cognito is gone while the grace still runs."""
    box, how = random.randrange(3), random.randrange(5)
    steps = [Step("sign in", (0, 0)), Step("request", (0, 1, box)), Step("ledger fails", (how,))]
    steps += [Step("RevokeToken", (0,)), wait(max(drawn.verdict, drawn.gateway), -1)]
    steps += [Step("request", (0, 1, box)), Step("ledger answers"), wait(5, 0)]
    steps += [Step("Cognito fails", (random.randrange(5),)), Step("request", (0, 1, box))]
    return [*steps, Step("Cognito answers"), Step("request", (0, 1, box))]


def _chase_end(random: Random, drawn: Drawn) -> list[Step]:
    """A token that expires while the gateway keeps the answer to it."""
    one, box = random.randrange(4), random.randrange(3)
    steps = [Step("sign in", (0, 0)), wait(drawn.token_life, 3000)]
    steps += [Step("request", (0, one, box)), wait(drawn.leeway, 0), wait(6, 0)]
    return [*steps, Step("request", (0, one, box)), Step("request", (0, one + 2, box))]


def _chase_tightened(random: Random, drawn: Drawn) -> list[Step]:
    """A session that ends while an operator lets verdicts be used for a short time only."""
    box, ttl = random.randrange(3), random.randrange(len(TTLS))
    steps = [Step("sign in", (0, 0)), Step("request", (0, 1, box)), Step("tighten", (ttl,))]
    steps += [Step("RevokeToken", (0,)), wait(drawn.memory + TTLS[ttl], 2)]
    steps += [Step("request", (0, 1, box)), wait(drawn.gateway + 6, 0)]
    return [*steps, Step("request", (0, 1, box)), Step("loosen")]


def overtaken(random: Random, drawn: Drawn) -> list[Step]:
    """A session that ends while a sandbox is told that it lives: it must not come back by that."""
    if not drawn.has_ledger:
        return []
    little = 2 + 20 * drawn.latency_ms
    box, other = random.sample(range(3), 2)
    way = random.choice(OPERATIONS[random.choice(list(Effect))])
    if drawn.mode == "hook":
        way = "sign in"
    which = 1 if way == "sign in" else 0
    steps = [Step("Cognito answers"), Step("ledger answers"), Step("keys answer")]
    steps += [Step("AdminEnableUser", (0,)), wait(6, 0), Step("sign in", (0, 0))]
    # The gateway keeps the answer to one token; the other one meets the sandboxes.
    # Three tokens, for the gateway keeps the answer to each. A changed password concerns who signed
    # in in an earlier second.
    steps += [Step("refresh", (0,))] * 2 + [wait(random.choice([0, 1, 1]), 0)]
    # After four or five steps, or two more where keys are fetched, Cognito has answered and nobody
    # has written that yet.
    steps += [Step("overtake", (random.randint(2, 8), ENDS.index(way), box))]
    steps += [wait(drawn.memory, little), Step("request", (which, 3, box))]
    steps += [Step("wait", (little,)), Step("request", (which, 5, other))]
    steps += [wait(drawn.gateway, 2 * little), Step("request", (which, 3, box))]
    return [*steps, Step("wait", (2 * little,)), Step("request", (which, 1, box))]


def _is_of_user(way: str) -> bool:
    return way.endswith(("SignOut", "User", "UserPassword"))


def wait(seconds: int, less_ms: int) -> Step:
    return Step("wait", (max(0, seconds * 1000 - less_ms),))


CHASES: list[Callable[[Random, Drawn], list[Step]]] = [
    *(_chase, _chase_place, _chase_key, _chase_outage, _chase_refusal),
    *(_chase_end, _chase_tightened),
]
BY_WEIGHT = [9, 2, 1, 3, 1, 1, 1]
