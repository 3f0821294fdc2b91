"""A fleet of sandboxes under load, simulated with the project's own caches, key store and ledger.

What is called from outside, all of it deterministic by its seed:

* :func:`simulation.plan` ``(load, limits, settings) -> Outcome``: one load under one choice of
  settings, in seconds.
* :func:`simulation.choose` ``(load, limits, wished_delay_seconds) -> Plan``: the settings to take,
  with the outcome that confirms them, or plain words about what is not possible.
* :func:`simulation.estimate` ``(load, limits, settings) -> Estimate``: the closed forms alone, in
  milliseconds, for curves.
* :func:`simulation.scenarios.run_all` ``(progress) -> list[Outcome]``: the published grid and the
  target, about three minutes. ``progress`` is called with (done, of, name).
* :func:`simulation.charts.draw` ``(outcomes, folder) -> list[Path]``: SVG files.

Their shapes are :mod:`simulation.load` (what goes in: ``Load``, ``Limits``, ``Settings``, and
``LEVELS`` by name), :mod:`simulation.outcome` (what comes out: ``Outcome`` with ``rates``,
``answers``, ``delays`` on an idle fleet, ``delays_under_load``, ``cost``; ``to_json()`` makes plain
JSON of it) and :mod:`simulation.planner` (``Plan``).

How it is built, from the inside out:

1. :mod:`simulation.suspension` lets synchronous code wait on the simulation's clock.
2. :mod:`simulation.quotas`, :mod:`simulation.latency`, :mod:`simulation.cognito`,
   :mod:`simulation.table` (:mod:`simulation.expressions`), :mod:`simulation.dynamodb` and
   :mod:`simulation.gateway` are AWS's parts.
3. :mod:`simulation.sandbox` is one sandbox with the project's code in it; :mod:`simulation.fleet`
   starts and ends them.
   :mod:`simulation.api` is the way of a request through the gateway and a sandbox.
4. :mod:`simulation.sessions`, :mod:`simulation.traffic`, :mod:`simulation.sign_ins` and
   :mod:`simulation.revocations` are people; :mod:`simulation.past` is what is remembered of them.
5. :mod:`simulation.build` puts a world (:mod:`simulation.world`) together, :mod:`simulation.run`
   runs it, with as much :mod:`simulation.effort` as is wished; :mod:`simulation.watching` waits for
   the last 200 on an idle fleet, :mod:`simulation.under_load` while the load runs;
   :mod:`simulation.tally` and :mod:`simulation.rates` count, and :mod:`simulation.cost` prices what
   was counted.
6. :mod:`simulation.closed_forms` estimates; :mod:`simulation.planner` (:mod:`simulation.advice`),
   :mod:`simulation.scenarios`, :mod:`simulation.charts` and :mod:`simulation.findings` ask the
   questions.

``docs/decisions/0011-what-a-fleet-asks.md`` has the findings, and what the model leaves out.
"""

from simulation.closed_forms import Estimate, estimate
from simulation.effort import Effort
from simulation.load import LEVELS, Limits, Load, SessionMode, Settings
from simulation.outcome import Outcome, Way
from simulation.planner import Plan, choose, plan
from simulation.run import simulate

__all__ = [
    "LEVELS",
    "Effort",
    "Estimate",
    "Limits",
    "Load",
    "Outcome",
    "Plan",
    "SessionMode",
    "Settings",
    "Way",
    "choose",
    "estimate",
    "plan",
    "simulate",
]
