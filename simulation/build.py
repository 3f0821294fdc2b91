"""Puts one world together: AWS's parts, the fleet, and people."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator
from dataclasses import dataclass, field

from simpy import Environment
from simpy.events import Event

from jose.key_set import parse_key_set
from ledger.writer import Writer
from simulation.api import Answered, Api
from simulation.closed_forms import estimate
from simulation.cognito import Cognito, CognitoTransport
from simulation.cost import Watching
from simulation.dynamodb import DynamoDb
from simulation.fleet import Fleet, LifeCycle
from simulation.gateway import ResultCache
from simulation.latency import Latencies
from simulation.load import Limits, Load, Settings
from simulation.past import Past
from simulation.revocations import Revoker
from simulation.sandbox import Sandbox, Surroundings
from simulation.sessions import Population
from simulation.sign_ins import Counted, Hook, sign_ins
from simulation.suspension import Suspension
from simulation.table import TABLE, Table
from simulation.traffic import Pages
from simulation.world import BEGIN, Time, authorizer_settings, chance, environment, key_set

#: Rows that a decision reads at least, if it is not made from memory: the user's, the session's.
_LEAST_READS = 2
_END_IDLE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What nobody publishes, or what was measured elsewhere."""

    latencies: Latencies = field(default_factory=Latencies)
    cycle: LifeCycle = field(default_factory=LifeCycle)
    watching: Watching = field(default_factory=Watching)


class World:
    """Everything there is in one simulation."""

    def __init__(
        self,
        load: Load,
        limits: Limits,
        settings: Settings,
        suspension: Suspension,
        *,
        env: Environment,
        sampled_one_in: int,
        seed: int,
        begins_cold: bool,
        assumptions: Assumptions,
    ) -> None:
        self.env, self.time = env, Time(env)
        self.settings, self.limits, self.seed = settings, limits, seed
        time, latencies = self.time, assumptions.latencies
        estimated = estimate(load, limits, settings)
        self.cognito = Cognito(
            limits,
            sampled_one_in=sampled_one_in,
            # Without any verdict at the beginning every page asks.
            is_overloaded=estimated.is_overloaded
            or (begins_cold and load.pages_per_second > limits.getuser_per_second),
            has_too_many_sign_ins=(estimated.sign_outs_per_second > limits.user_updates_per_second),
            now=time.now,
            clock=time.clock,
        )
        self.transport = CognitoTransport.over(
            self.cognito, key_set(), suspension, latencies, chance(seed, "cognito")
        )
        table = Table()
        self.dynamodb = DynamoDb(
            table,
            limits,
            suspension,
            sampled_one_in=sampled_one_in,
            is_overloaded=_LEAST_READS * estimated.authorizer_calls_per_second
            > limits.partitions * limits.partition_read_units_per_second,
            seconds=latencies.dynamodb.draws(chance(seed, "dynamodb")),
            now=time.now,
        )
        self.marks = Counted(table)
        cache = ResultCache(settings.gateway_ttl_seconds, time.clock)
        past = Past(
            load,
            settings,
            0.0 if begins_cold else estimated.answered_share,
            table=table,
            cache=cache,
            random=chance(seed, "past"),
        )
        self.fleet = self._fleet(load, suspension, assumptions.cycle)
        self.api = Api(
            self.fleet,
            cache,
            suspension,
            time,
            start_seconds=latencies.start.draws(chance(seed, "start")),
            handler_seconds=latencies.handler.draws(chance(seed, "handler")),
            meet=past.meet,
        )
        self.population = Population(
            load, sampled_one_in, chance(seed, "population"), time.clock, past.prepare
        )
        self.pages = Pages(self.population, self.api, time, chance(seed, "pages"))
        self.hook = Hook(
            self.cognito, self.marks if settings.ledger else None, time, chance(seed, "hook")
        )
        self.revoker = Revoker(
            self.cognito,
            Writer(TABLE, table) if settings.ledger else None,
            self.hook,
            api=self.api,
            population=self.population,
            time=time,
            feed_seconds=latencies.feed.draws(chance(seed, "feed")),
        )

    def start_load(
        self,
        *,
        until: float,
        done: Callable[[Answered], None],
        signed_in: Callable[[], None] = lambda: None,
    ) -> None:
        """Have people load pages and sign in until then, and idle sandboxes die."""
        self.env.process(self.pages.load(until=until, done=done))
        self.env.process(
            sign_ins(
                self.population,
                self.settings.session_mode,
                self.hook,
                self.time,
                chance(self.seed, "sign-ins"),
                until=until,
                done=signed_in,
            )
        )
        self.env.process(self._end_idle(until))

    def _end_idle(self, until: float) -> Generator[Event, None, None]:
        while self.time.now() < until:
            yield self.env.timeout(_END_IDLE_SECONDS)
            self.fleet.end_idle()

    def stop_sampling(self) -> None:
        """From now on each session stands for itself, and the account's quotas are its own."""
        self.cognito.refill(self.limits)
        self.dynamodb.refill()

    def _fleet(self, load: Load, suspension: Suspension, cycle: LifeCycle) -> Fleet[Sandbox]:
        read = authorizer_settings(self.settings)
        around = Surroundings(
            settings=read,
            environ=dict(environment(self.settings)),
            transport=self.transport,
            calls=self.dynamodb,
            suspension=suspension,
            time=self.time,
        )
        if load.sandboxes:
            # They are those that the load keeps warm.
            cycle = LifeCycle(math.inf, cycle.longest_seconds)
        fleet = Fleet(
            lambda: Sandbox(around),
            cycle=cycle,
            now=self.time.now,
            random=chance(self.seed, "fleet"),
        )
        keys, ages = parse_key_set(key_set(), fetched_at=BEGIN), chance(self.seed, "ages")
        longest = read.keys.max_age_seconds
        fleet.warm(
            [
                Sandbox(around, keys=keys, age_seconds=ages.random() * longest)
                for _ in range(load.sandboxes)
            ]
        )
        return fleet
