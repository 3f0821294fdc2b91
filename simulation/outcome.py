"""What comes out of a simulation. Rates and costs are of the whole load, however it was sampled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from simulation.load import Limits, Load, Settings


class Way(StrEnum):
    """How a session was revoked, and so who knows."""

    COGNITO = "cognito"
    """``RevokeToken``: Cognito alone knows."""
    OPERATOR = "operator"
    """A mark in the ledger."""
    HOOK = "hook"
    """Another sign-in: signed out at Cognito, and marked by the hook."""
    NATIVE = "native"
    """Another sign-in: ended by Cognito's session management, and Cognito alone knows."""
    ROSTER = "roster"
    """Another sign-in: displaced on the ledger's roster by that session's first request."""
    FEED = "feed"
    """Signed out at Cognito, and marked when CloudTrail's event arrives."""


#: Marked at once, where there is a ledger. What the feed brings is as late as CloudTrail is, and
#: bounded as the rest is.
PUSHED = frozenset({Way.OPERATOR, Way.HOOK, Way.ROSTER})


@dataclass(frozen=True, slots=True)
class Rates:
    """Per second of the measured time."""

    requests: float
    authorizer_calls: float
    getuser_asked: float
    getuser_throttled: float
    """Of those asked, the ones that were over a quota."""
    sign_ins: float
    sign_outs_asked: float
    """``AdminUserGlobalSignOut``, with the SDK's retries."""
    sign_ins_refused: float
    ledger_read_units: float
    ledger_write_units: float
    ledger_failed_conditions: float
    """Of the write units, those that wrote nothing: their condition did not hold."""
    ledger_throttled: float
    hottest_row_read_units: float
    """Of the pool's row, which every sandbox reads."""
    key_set_fetches: float
    cold_starts: float


@dataclass(frozen=True, slots=True)
class Answers:
    """Shares of the requests, each between 0 and 1; percentiles of the authorizer's own time."""

    granted: float
    unavailable: float
    """503 for a session that lives: refused by mistake, for want of quota."""
    wrongly_refused: float
    """401 for a session that nobody has ended."""
    found_by: Mapping[str, float]
    latency_p50_ms: float
    latency_p99_ms: float

    @property
    def mistaken(self) -> float:
        """Refused that should have been let in."""
        return self.unavailable + self.wrongly_refused


@dataclass(frozen=True, slots=True)
class Delay:
    """From a revocation to the last 200, over all sessions that were revoked in one way.

    Seconds of the revocation at Cognito or, if there is no such, of the mark. A session's last 200
    counts when it was answered; ``late`` counts requests that were made after ``declared_seconds``
    and let in all the same.
    """

    way: Way
    revocations: int
    p50_seconds: float
    p99_seconds: float | None
    """None of fewer than a hundred revocations: it would be the longest."""
    max_seconds: float
    declared_seconds: int
    late: int


@dataclass(frozen=True, slots=True)
class DelayUnderLoad(Delay):
    """The same while the load runs, on all of its sandboxes and within what it leaves of quotas.

    ``revocations`` counts those who had been let in before: a spent quota may keep somebody out who
    should be let in. What the ledger's outage rule lets in after a pushed revocation is neither a
    delay nor late here, and counted apart.
    """

    given_up: int
    """Watched, and not revoked: nobody let them in, or what ends them was refused itself."""
    requests: int
    """Of all the watched, before and after."""
    unavailable: int
    """Of these, answered 503."""
    by_outage_rule: int
    """Of these, answered 200 after a pushed revocation, without the ledger."""
    late_by_outage_rule: int
    """Of these, made after the declared maximum."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One load under one choice of settings."""

    name: str
    load: Load
    limits: Limits
    settings: Settings
    seed: int
    sampled_one_in: int
    """Of how many sessions one was simulated."""
    measured_seconds: float
    simulated_requests: int
    most_sandboxes: int
    """That there were at any moment."""
    rates: Rates
    answers: Answers
    delays: tuple[Delay, ...]
    """After the load, on an idle fleet of a few sandboxes."""
    delays_under_load: tuple[DelayUnderLoad, ...]
    """Of the ways whose declared maximum is short, if any were watched under load."""
    watched_share: float
    """Requests of those watched under load, as a share of the whole load's in that time."""
    cost: Mapping[str, float]
    """USD for a million requests, by item."""
    getuser_estimated_per_second: float
    """By the closed forms, to hold the simulation against."""

    @property
    def cost_per_million_usd(self) -> float:
        """All items together."""
        return sum(self.cost.values())

    @property
    def is_within_quota(self) -> bool:
        """Whether next to nobody was refused by mistake: fewer than one request in a thousand."""
        return self.answers.mistaken < 0.001

    def delay(self, way: Way) -> Delay | None:
        """The delay of one way, if sessions were revoked in it."""
        return next((delay for delay in self.delays if delay.way is way), None)

    def to_json(self) -> dict[str, Any]:
        """Plain numbers, texts, lists and mappings."""
        document = asdict(self)
        for delay in (*document["delays"], *document["delays_under_load"]):
            if delay["p99_seconds"] is None:
                del delay["p99_seconds"]
        document["answers"]["mistaken"] = self.answers.mistaken
        document["cost_per_million_usd"] = self.cost_per_million_usd
        return document
