"""Runs one world: first the load, which is measured; after it, on an idle fleet, the revocations.
In another world of the same seed sessions are revoked while the load runs, if that is wished.

**Sampling.** Of many sessions every n-th is simulated, at its true pace; all sandboxes are. A share
of the sandboxes would not do: a session's calls would then meet in fewer memories, and hit more
often than they do. The account's quotas are divided by n.

**Beginning.** Verdicts in the ledger, in sandboxes and in the gateway's cache are of such ages as
they have when the load has lasted for long (:mod:`simulation.past`), so that hours of verdict TTL
need no hours to settle. Rows remembered in sandboxes do: for ``WARM_UP_SECONDS``.
"""

from __future__ import annotations

from functools import partial

from simpy import Environment

from simulation.build import Assumptions, World
from simulation.closed_forms import estimate
from simulation.cost import Usage, cost_per_million
from simulation.effort import Effort, sampled_under_load
from simulation.load import Limits, Load, Settings
from simulation.outcome import Delay, Outcome, Way
from simulation.rates import Counts, rates_of
from simulation.revocations import declared_seconds, ways
from simulation.suspension import Suspension
from simulation.tally import Tally
from simulation.under_load import UnderLoad, watch_under_load
from simulation.watching import Watch, summary, watch_one
from simulation.world import chance

WARM_UP_SECONDS = 10.0
#: Long enough for the last request to be answered.
_DRAIN_SECONDS = 5.0
#: Within which watched sessions begin to call.
_SPREAD_SECONDS = 30.0
#: Sandboxes that are left when the load has ended: so few that a watched session meets each of them
#: again before what it remembers has ended.
_FEW_SANDBOXES = 4
#: Half of the watched sessions are revoked when a verdict on them is so young, as it should last
#: longest then. The rest come so much later than memories end.
_YOUNG_SECONDS = 1.0
_LATER_SECONDS = 3.0


def simulate(
    name: str,
    load: Load,
    limits: Limits,
    settings: Settings,
    *,
    seed: int = 1,
    effort: Effort | None = None,
    assumptions: Assumptions | None = None,
) -> Outcome:
    """Simulate one load under one choice of settings. The same arguments give the same outcome."""
    effort, assumptions = effort or Effort(), assumptions or Assumptions()
    step, window = effort.sampled_one_in(load), effort.window_seconds(load)
    begin = 0.0 if effort.begins_cold else WARM_UP_SECONDS
    build = partial(
        World,
        load,
        limits,
        settings,
        seed=seed,
        begins_cold=effort.begins_cold,
        assumptions=assumptions,
    )
    env = Environment()
    with Suspension(env, tries_first=effort.tries_first) as suspension:
        world = build(suspension, env=env, sampled_one_in=step)
        tally = Tally(begin, begin + window)
        before, after = _measure(world, tally)
        delays = _revoke(world, effort.watched)
    assert world.api.asked == world.api.answered
    under_load = UnderLoad()
    if effort.watched_under_load:
        env = Environment()
        with Suspension(env, tries_first=effort.tries_first) as suspension:
            # Another world, so that the watched leave no trace in what was measured.
            beside = build(suspension, env=env, sampled_one_in=sampled_under_load(load))
            under_load = watch_under_load(beside, effort.watched_under_load, begin)
    rates = rates_of(world, tally, before, after)
    usage = Usage(
        tally.billed_seconds * step / window,
        settings.lambda_memory_mb,
        assumptions.watching,
    )
    return Outcome(
        name=name,
        load=load,
        limits=limits,
        settings=settings,
        seed=seed,
        sampled_one_in=step,
        measured_seconds=window,
        simulated_requests=tally.requests,
        most_sandboxes=world.fleet.most,
        rates=rates,
        answers=tally.answers(),
        delays=delays,
        delays_under_load=under_load.delays,
        watched_share=under_load.share,
        cost=cost_per_million(load, limits, rates, usage),
        getuser_estimated_per_second=estimate(load, limits, settings).getuser_per_second,
    )


def _measure(world: World, tally: Tally) -> tuple[Counts, Counts]:
    """Run the load, and return the counts at both ends of the measured time."""
    env, time = world.env, world.time

    def asked(text: str, is_throttled: bool) -> None:
        session = world.population.by_name[text.split("/")[1]]
        if tally.is_open(time.now()) and not session.is_watched:
            tally.getuser_asked += 1
            tally.getuser_throttled += is_throttled

    def signed_in() -> None:
        tally.sign_ins += tally.is_open(time.now())

    world.cognito.on_getuser = asked
    world.start_load(until=tally.end, done=tally.record, signed_in=signed_in)
    if tally.begin:
        env.run(until=tally.begin)
    before = Counts.of(world)
    env.run(until=tally.end)
    after = Counts.of(world)
    env.run(until=tally.end + _DRAIN_SECONDS)
    return before, after


def _revoke(world: World, watched: int) -> tuple[Delay, ...]:
    """Revoke so many sessions in each way, and watch them."""
    world.stop_sampling()
    world.fleet.shrink(_FEW_SANDBOXES)
    random, settings = chance(world.seed, "revocations"), world.settings
    watches: dict[Way, list[Watch]] = {way: [] for way in ways(settings) if watched}
    memory = settings.memory_ttl_seconds if settings.ledger else 0
    for way, ones in watches.items():
        for i in range(watched):
            # Half of the tokens are fresh, too young for a mark on when they were issued.
            session = world.population.watched(age_seconds=120 * (i % 2))
            watch = Watch(way, session, declared_seconds(way, settings), memory)
            ones.append(watch)
            world.env.process(
                watch_one(
                    watch,
                    world.revoker,
                    world.api,
                    world.time,
                    random,
                    begin_seconds=random.random() * _SPREAD_SECONDS,
                    ahead_seconds=_YOUNG_SECONDS if i // 2 % 2 == 0 else memory + _LATER_SECONDS,
                )
            )
    world.env.run()
    return tuple(summary(way, ones) for way, ones in watches.items())
