"""What goes wrong around the load, and the upkeep that AWS does by itself."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random

from local.clock import WallClock
from local.cognito.traffic import KEY_SET
from local.dynamodb import EVERYTHING
from local.soak.plan import LEAST_PART, MOST_PART, Plan
from local.soak.tally import Surprise, Tally
from local.stack import LocalStack

#: After an outage a session may still be leased to a sandbox that asked in vain (as long as a
#: decision may take), and a key set that could not be fetched is left alone for five seconds.
_TAIL_SECONDS = 6.5
_OUTAGE_SECONDS = (0.5, 2.0)
_UPKEEP_SECONDS = 3.0
_TICK_SECONDS = 0.1


#: Every kind of outage, by the name that the tally counts it under.
OUTAGES = (
    "GetUser down",
    "GetUser throttled",
    "key set down",
    "ledger down",
    "ledger throttled",
    "ledger does not write",
    "ledger partial",
)


class Weather:
    """Outages of Cognito and the ledger, key rotations, new sandboxes; in a thread of its own.

    Attributes:
        disturbed_until: answers of 503 are no surprise to requests begun before it.
    """

    def __init__(
        self, stack: LocalStack, plan: Plan, tally: Tally, *, random: Random, clock: WallClock
    ) -> None:
        self.disturbed_until = -math.inf
        self._stack = stack
        self._plan = plan
        self._tally = tally
        self._random = random
        self._clock = clock
        self._acting = threading.Lock()
        self._end_outage: Callable[[], None] | None = None
        self._outage_ends = math.inf
        now = clock()
        self._next = {
            self._begin_outage: now + plan.outage_every_seconds,
            self._rotate: now + plan.rotate_every_seconds,
            self._recycle: now + plan.recycle_every_seconds,
            self._keep_up: now + _UPKEEP_SECONDS,
        }
        self._every = {
            self._begin_outage: plan.outage_every_seconds,
            self._rotate: plan.rotate_every_seconds,
            self._recycle: plan.recycle_every_seconds,
            self._keep_up: _UPKEEP_SECONDS,
        }

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Do what is due for the length of a ``with``; an outage ends with it."""
        stop = threading.Event()
        thread = threading.Thread(target=self._go_on, args=(stop,), name="soak-weather")
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()
            self._clear_up()

    @contextmanager
    def still(self) -> Iterator[None]:
        """Nothing is done for the length of a ``with``: what is under way is awaited first."""
        with self._acting:
            yield

    def _go_on(self, stop: threading.Event) -> None:
        try:
            while not stop.wait(_TICK_SECONDS):
                with self._acting:
                    self._tick()
        except Exception as error:  # the load goes on; without weather it proves nothing
            self._tally.surprise(
                Surprise(self._clock(), "the weather itself", repr(error), "no error", "")
            )

    def _tick(self) -> None:
        now = self._clock()
        if now >= self._outage_ends:
            self._clear_up()
        for act, due in self._next.items():
            if now >= due:
                self._next[act] = now + self._every[act] * self._random.uniform(
                    LEAST_PART, MOST_PART
                )
                act()

    def _clear_up(self) -> None:
        if self._end_outage is not None:
            self._end_outage()
            self._end_outage, self._outage_ends = None, math.inf
            self._disturb(_TAIL_SECONDS)

    def _begin_outage(self) -> None:
        if self._end_outage is not None:
            return
        cognito, ledger = self._stack.cognito.traffic, self._stack.dynamodb
        outages: dict[str, tuple[set[str], set[str]]] = {
            "GetUser down": (cognito.down, {"GetUser"}),
            "GetUser throttled": (cognito.throttled, {"GetUser"}),
            "key set down": (cognito.down, {KEY_SET}),
            "ledger down": (ledger.down, {EVERYTHING}),
            "ledger throttled": (ledger.throttled, {EVERYTHING}),
            "ledger does not write": (ledger.down, {"UpdateItem"}),
        }
        name = self._random.choice(OUTAGES)
        self.disturbed_until = math.inf
        if name == "ledger partial":
            ledger.is_partial = True
            self._end_outage = lambda: setattr(ledger, "is_partial", False)
        else:
            which, operations = outages[name]
            which |= operations
            self._end_outage = which.clear
        self._outage_ends = self._clock() + self._random.uniform(*_OUTAGE_SECONDS)
        self._tally.happened(name)

    def _rotate(self) -> None:
        keys, pool_id = self._stack.cognito.keys, self._stack.pool_id
        self._disturb(_TAIL_SECONDS)
        keys.rotate(pool_id)
        keys.withdraw_old(pool_id, keep_pairs=self._plan.kept_key_pairs)
        # By when the first token under the new key may be signed, a moment later.
        self._disturb(_TAIL_SECONDS)
        self._tally.happened("keys rotated")

    def _recycle(self) -> None:
        number = self._random.randrange(len(self._stack.sandboxes.all))
        self._stack.sandboxes.recycle(number)
        self._tally.happened("sandbox replaced")

    def _keep_up(self) -> None:
        """Take the logs, deliver events, let expire what has expired."""
        stack, now = self._stack, self._clock()
        ended_before = now - self._plan.shown_seconds
        for decision in stack.sandboxes.take_decisions():
            self._tally.reasons[decision["reason"]] += 1
        stack.hook.take_lines()
        assert stack.feed is not None
        assert stack.bus is not None
        assert stack.table is not None
        if self._end_outage is None:
            times = self._random.choice([1, 1, 2])
            self._tally.happened("event delivered", stack.bus.deliver(times=times))
            stack.feed.take_lines()
            self._tally.happened("row expired", stack.table.expire(now, ended_before=ended_before))
        stack.cognito.forget_ended(ended_before)
        stack.dynamodb.forget_history()

    def _disturb(self, seconds: float) -> None:
        if self._end_outage is None:
            self.disturbed_until = self._clock() + seconds
