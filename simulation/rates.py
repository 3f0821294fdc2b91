"""What was counted, as rates of the whole load."""

from __future__ import annotations

from dataclasses import dataclass

from simulation.build import World
from simulation.closed_forms import shared_row_reads
from simulation.outcome import Rates
from simulation.tally import Tally


@dataclass(frozen=True, slots=True)
class Counts:
    """What has been counted up to one moment."""

    read_units: int
    shared_read_units: int
    write_units: int
    failed_conditions: int
    throttled: int
    hook_write_units: int
    sign_outs_asked: int
    sign_ins_refused: int
    key_set_fetches: int
    cold_starts: int

    @classmethod
    def of(cls, world: World) -> Counts:
        """At this moment."""
        table = world.dynamodb
        return cls(
            table.read_units,
            table.shared_read_units,
            table.write_units,
            table.failed_conditions,
            table.throttled,
            world.marks.write_units,
            world.hook.asked,
            world.hook.refused,
            world.transport.key_set_fetches,
            world.fleet.cold_starts,
        )


def rates_of(world: World, tally: Tally, before: Counts, after: Counts) -> Rates:
    """Of the measured time, between two counts."""
    load, step = world.population.load, world.population.sampled_one_in
    window = tally.end - tally.begin

    def rate(attribute: str, *, each: int = step) -> float:
        count: int = getattr(after, attribute) - getattr(before, attribute)
        return count * each / window

    calls = tally.authorizer_calls * step / window
    # Sampled sessions find the shared rows forgotten more often than the whole load would.
    shared = (
        rate("shared_read_units", each=1)
        if step == 1
        else 2 * shared_row_reads(load, world.settings, calls)
    )
    return Rates(
        requests=tally.requests * step / window,
        authorizer_calls=calls,
        getuser_asked=tally.getuser_asked * step / window,
        getuser_throttled=tally.getuser_throttled * step / window,
        sign_ins=tally.sign_ins * step / window,
        sign_outs_asked=rate("sign_outs_asked"),
        sign_ins_refused=rate("sign_ins_refused"),
        ledger_read_units=rate("read_units") + shared,
        ledger_write_units=rate("write_units") + rate("hook_write_units"),
        ledger_failed_conditions=rate("failed_conditions"),
        ledger_throttled=rate("throttled"),
        hottest_row_read_units=shared / 2,
        key_set_fetches=rate("key_set_fetches", each=1),
        cold_starts=rate("cold_starts", each=1),
    )
