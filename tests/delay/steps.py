"""Everything that can happen, by name and small numbers, so that any part of a schedule is one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from random import Random

from session_feed.events import EFFECTS, Effect
from tests.delay.drawn import BACKS, COOKIE_AGES, MACHINE_CLIENT, PLAIN_CLIENT, ROTATING_CLIENT
from tests.delay.endpoints import Endpoints
from tests.delay.marks import Marks
from tests.delay.orders import Orders
from tests.delay.outages import Outages
from tests.delay.provider_steps import ProviderSteps
from tests.delay.pushes import Pushes
from tests.delay.sessions import Session, Token, from_newest
from tests.delay.sign_outs import SignOuts
from tests.delay.ways import Ways
from tests.delay.world import USERS, World
from tests.tokens import NOW

CLIENTS = (PLAIN_CLIENT, ROTATING_CLIENT)
TTLS = (0, 1, 5, 30)

#: What happens around a session, by one number that says to which: its user, client or itself.
#: Where operations do the same, one of them stands for all (``generator.py`` draws which).
WAYS_OF_COGNITO = (
    "RevokeToken",
    "GlobalSignOut",
    "AdminUserGlobalSignOut",
    "AdminDisableUser",
    "AdminDeleteUser",
    "DeleteUser",
)
WAYS_OF_SESSION = (
    *WAYS_OF_COGNITO,
    "AdminSetUserPassword",
    "mark session",
    "mark user",
    "mark client",
    "mark everyone",
    "sign in",
)
#: What the Lambdas behind routes are asked for.
ORDERS = ("sign out", "log out", "tell", "revoke globally")
#: All of them, with each operation by its own name.
ENDS = tuple(dict.fromkeys((*WAYS_OF_SESSION, *EFFECTS, *ORDERS)))


@dataclass(frozen=True)
class Step:
    """One step. Numbers choose among what there is, and are never out of range."""

    name: str
    numbers: tuple[int, ...] = ()

    def __str__(self) -> str:
        """As it stands in a story."""
        return f"{self.name} {' '.join(map(str, self.numbers))}".strip()


class Player:
    """Plays steps in a world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.ways = Ways(world)
        ways, marks, outages = self.ways, Marks(world), Outages(world)
        orders = Orders(world, ways)
        endpoints = Endpoints(world, orders)
        sign_outs, pushes = SignOuts(world, endpoints), Pushes(world, endpoints)
        self._named: dict[str, Callable[..., object]] = {
            "sign in": lambda who, by, age=0, calls=0: ways.sign_in(
                who % USERS,
                CLIENTS[by % 2],
                COOKIE_AGES[age % len(COOKIE_AGES)],
                calls=1 + calls % 2,
            ),
            "machine": self._machine,
            "refresh": lambda which: self._with_session(ways.refresh, which),
            "request": self._request,
            "crowd": self._crowd,
            "overtake": self._overtake,
            "AdminEnableUser": lambda who: ways.enable(who % USERS),
            "mark session": lambda which: self._with_any(marks.mark_session, which),
            "mark user": lambda who, back=0: marks.mark_before(
                "a user", BACKS[back % len(BACKS)], index=who % USERS
            ),
            "mark client": lambda by, back=0: marks.mark_before(
                "a client",
                BACKS[back % len(BACKS)],
                client_id=(*CLIENTS, MACHINE_CLIENT)[by % 3],
            ),
            "mark everyone": lambda back=0: marks.mark_before("everyone", BACKS[back % len(BACKS)]),
            "sign out": lambda which, how=0: self._with_people(
                lambda session: sign_outs.sign_out(session, how), which
            ),
            "log out": lambda which, how=0: self._with_people(
                lambda session: pushes.log_out(session, how), which
            ),
            "tell": lambda which, how=0, late=0: self._with_people(
                lambda session: pushes.tell(session, how, is_late=late % 6 == 1), which
            ),
            "revoke globally": lambda which: self._with_people(pushes.revoke, which),
            "push again": pushes.send_again,
            "tighten": lambda which: marks.tighten(TTLS[which % len(TTLS)]),
            "loosen": lambda: marks.tighten(None),
            "deliver": lambda order=0, times=0: ways.deliver(
                newest_first=bool(order % 2), times=1 + times % 2
            ),
            "lose events": self._lose_events,
            "Cognito fails": partial(outages.fail, world.cognito),
            "Cognito answers": partial(outages.answer, world.cognito),
            "keys fail": partial(outages.fail_keys, world.cognito),
            "keys answer": partial(outages.answer_keys, world.cognito),
            "ledger fails": outages.ledger_fails,
            "ledger answers": outages.ledger_answers,
            "rotate": partial(outages.rotate, world.cognito),
            "new sandbox": lambda which: self.world.new_box(self._box(which)),
            "freeze": lambda which: self.world.boxes[self._box(which)].freeze(),
            "forge": lambda which: self.world.forge(self._box(which)),
            "flush": world.flush,
            "forget rows": lambda: world.table.expire(world.now),
            "wait": lambda milliseconds: world.clock.advance(milliseconds / 1000),
            "wait until due": self._wait_until_due,
        }
        self._named |= ProviderSteps(world, marks, outages).named
        self._named |= {operation: self._act(operation) for operation in EFFECTS}

    def _act(self, operation: str) -> Callable[[int], object]:
        """What an operation does in Cognito, whose event says no more than its effect."""
        ways, (effect, _) = self.ways, EFFECTS[operation]
        if effect is Effect.ASK_AGAIN:
            return partial(self._with_session, partial(ways.revoke, operation))
        if effect is Effect.END_SESSIONS:
            return partial(self._by_user, partial(ways.change_password, operation))
        if operation == "AdminDisableUser":
            return partial(self._by_user, ways.disable)
        act = ways.delete if operation.endswith("DeleteUser") else ways.sign_out
        return partial(self._by_user, partial(act, operation))

    @property
    def names(self) -> list[str]:
        """Of all steps."""
        return sorted(self._named)

    def play(self, step: Step) -> None:
        """Let it happen.

        Raises:
            WrongAnswer: a request was answered what it may not be.
        """
        self.world.tally.steps[step.name] += 1
        self.world.say(str(step))
        self._named[step.name](*step.numbers)

    def _by_user(self, act: Callable[[int], object], who: int) -> None:
        act(who % USERS)

    def _with_session(self, act: Callable[[Session], object], which: int) -> None:
        """A session of the pool's users. They count from the newest."""
        _pick(act, [s for s in self.world.sessions if s.client_id in CLIENTS], which)

    def _with_people(self, act: Callable[[Session], object], which: int) -> None:
        """A session of anybody's who is no machine."""
        _pick(act, [s for s in self.world.sessions if s.client_id != MACHINE_CLIENT], which)

    def _with_any(self, act: Callable[[Session], object], which: int) -> None:
        """A provider's session, too, or a machine's."""
        _pick(act, self.world.sessions, which)

    def _machine(self) -> None:
        cognito = self.world.cognito
        if self.world.drawn.has_ledger:
            user = cognito.new_user()
            user.subject = MACHINE_CLIENT
            cognito.sign_in(user, MACHINE_CLIENT, "", 0)

    def _request(self, which: int, token: int, box: int) -> None:
        self._with_any(lambda s: self.world.call(self._token(s, token), self._box(box)), which)

    def _token(self, session: Session, which: int) -> Token:
        """Tokens count from the newest; without a ledger ID tokens are not taken."""
        has_ledger = self.world.drawn.has_ledger
        tokens = [token for token in session.tokens if has_ledger or token.use == "access"]
        return from_newest(tokens, which)

    def _box(self, which: int) -> int:
        return which % len(self.world.boxes)

    def _crowd(self, which: int, way: int, seed: int) -> None:
        """Each sandbox gets a request of one session, and somebody ends it meanwhile."""
        random = Random(seed)
        works: list[Callable[[], object]] = [
            partial(self._request, which + random.randrange(2), random.randrange(4), box)
            for box in range(len(self.world.boxes))
        ]
        ways = WAYS_OF_SESSION + ORDERS
        works.append(partial(self.play, _end(ways[way % len(ways)], which)))
        self.world.crowd(works, [random.randrange(len(works)) for _ in range(40)])

    def _overtake(self, after: int, way: int, box: int) -> None:
        """A sandbox goes some steps into a request of the newest session, which ends meanwhile.

        What the feed hears of is delivered before the sandbox goes on.
        """
        end = _end(ENDS[way % len(ENDS)], 0)

        def overtaker() -> None:
            self.play(end)
            if end.name != "sign in":
                # The hook's mark is to be seen alone.
                self.play(Step("deliver", (0, 0)))

        works: list[Callable[[], object]] = [partial(self._request, 0, 1, box), overtaker]
        # Ten steps are enough to end a session; who is done is not picked any more.
        self.world.crowd(works, [*[0] * after, *[1] * 10])

    def _lose_events(self) -> None:
        """Delivery is best effort."""
        self.world.events.clear()

    def _wait_until_due(self, which: int, early: int) -> None:
        """Until a declared delay is just not over, or just over."""
        world = self.world
        due = sorted(
            moment
            for one in world.history.revocations
            if world.now < (moment := one.at + world.oracle.declared(one)) < NOW * 2
        )
        if due:
            world.clock.advance(max(0.0, due[which % len(due)] - world.now - early % 4 / 1000))


def _pick(act: Callable[[Session], object], sessions: list[Session], which: int) -> None:
    if sessions:
        act(from_newest(sessions, which))


def _end(name: str, which: int) -> Step:
    """Of a session, its user or its client, by one number."""
    numbers = (which, 0) if name == "sign in" else (0 if name == "mark everyone" else which,)
    return Step(name, numbers)
