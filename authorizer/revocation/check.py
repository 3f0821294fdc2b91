"""Asks about a session: memory first, then the source that can judge, then the outage rule."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import NamedTuple, Protocol

from authorizer.choices import OutageRule, UncheckedSessionRule
from authorizer.errors import Reason
from authorizer.revocation.memory import VerdictMemory
from authorizer.revocation.verdict import ACTIVE, Concerns, Outcome, SessionSource, Verdict
from authorizer.settings import Settings
from authorizer.tokens import VerifiedToken
from transport import Deadline, MonotonicClock, WallClock


class FoundBy(StrEnum):
    """How a finding came about, beside the names of the sources themselves."""

    MEMORY = "memory"
    LEDGER = "ledger"
    """A mark, a verdict that another sandbox has asked for, or that it was throttled."""
    STALE = "stale"
    """The issuer did not answer; the last active verdict was served (OUTAGE_RULE=stale)."""
    OUTAGE_RULE = "outage_rule"
    """The issuer did not answer; let in unchecked (OUTAGE_RULE=allow)."""
    UNCHECKED_RULE = "unchecked_rule"
    """No source can judge this token (UNCHECKED_SESSION_RULE)."""
    MACHINE_RULE = "machine_rule"
    """A machine's token that nobody has a word on (MACHINE_CLIENT_IDS)."""


class Asked(NamedTuple):
    """A question that was put to a source: what came of it, and after how many milliseconds."""

    source: str
    verdict: Verdict
    elapsed_ms: float


class LedgerUse(StrEnum):
    """What part the session ledger had in a finding."""

    OFF = "off"
    MEMORY = "memory"
    """Its rows, as this sandbox remembers them."""
    READ = "read"
    DOWN = "down"
    """It did not answer; what was found was found without it."""


class Finding(NamedTuple):
    """What holds for a session now, how that was found, and what was asked on the way."""

    verdict: Verdict
    found_by: str
    asked: Asked | None = None
    ledger: LedgerUse = LedgerUse.OFF
    evicted: int = 0
    """How many sessions of the user lost their place to this one."""
    is_shared: bool = True
    """False if the verdict could not be written to the ledger for the others."""


class SessionCheck(Protocol):
    """Finds out whether a session lives."""

    def find(self, token: VerifiedToken, deadline: Deadline, device: str = "") -> Finding:
        """The finding for ``token``. An outage is part of the answer, not an exception."""
        ...


def ask(
    source: SessionSource, token: VerifiedToken, deadline: Deadline, monotonic: MonotonicClock
) -> Asked:
    """Put the question to a source, and take the time."""
    started = monotonic()
    verdict = source.ask(token, deadline)
    return Asked(source.name, verdict, (monotonic() - started) * 1000)


def judge_of(token: VerifiedToken, sources: Sequence[SessionSource]) -> SessionSource | None:
    """The first source that has a say about the token."""
    for source in sources:
        if source.can_judge(token):
            return source
    return None


def under_outage_rule(
    rule: OutageRule, finding: Finding, *, is_stale_servable: Callable[[], bool]
) -> Finding:
    """What the outage rule makes of a finding that nobody could say."""
    if rule is OutageRule.ALLOW:
        return finding._replace(verdict=ACTIVE, found_by=FoundBy.OUTAGE_RULE)
    if rule is OutageRule.STALE and is_stale_servable():
        return finding._replace(verdict=ACTIVE, found_by=FoundBy.STALE)
    return finding


def under_unchecked_rule(rule: UncheckedSessionRule) -> Verdict:
    """The verdict on a token that no source can judge."""
    if rule is UncheckedSessionRule.ALLOW:
        return ACTIVE
    return Verdict.rejected(Reason.SESSION_NOT_CHECKABLE, Concerns.TOKEN)


class RevocationCheck:
    """Decides whether the session of a verified token lives."""

    def __init__(
        self,
        settings: Settings,
        sources: Sequence[SessionSource],
        memory: VerdictMemory,
        *,
        clock: WallClock,
        monotonic: MonotonicClock,
    ) -> None:
        """
        Args:
            settings: the outage rule and the rule for tokens nobody can judge.
            sources: in the order of preference.
            memory: this sandbox's verdicts.
            clock: wall-clock time, seconds since the epoch.
            monotonic: for durations.
        """
        self._settings = settings
        self._sources = tuple(sources)
        self._memory = memory
        self._clock = clock
        self._monotonic = monotonic

    def find(self, token: VerifiedToken, deadline: Deadline, device: str = "") -> Finding:  # noqa: ARG002  # nobody keeps a roster here
        """See :class:`SessionCheck`."""
        return self.find_within(token, deadline, max_age_seconds=None)

    def find_within(
        self, token: VerifiedToken, deadline: Deadline, *, max_age_seconds: int | None
    ) -> Finding:
        """As :meth:`find`, with active verdicts of at most that age; None for the TTL's own."""
        source = judge_of(token, self._sources)
        if source is None and token.is_machine:
            return Finding(ACTIVE, FoundBy.MACHINE_RULE)
        if source is None:
            unchecked = under_unchecked_rule(self._settings.unchecked_session_rule)
            return Finding(unchecked, FoundBy.UNCHECKED_RULE)
        asked_at = self._clock()
        remembered = self.recall(token, asked_at, max_age_seconds=max_age_seconds)
        if remembered is not None:
            return Finding(remembered, FoundBy.MEMORY)
        asked = ask(source, token, deadline, self._monotonic)
        self._memory.keep(token, asked.verdict, asked_at=asked_at)
        finding = Finding(asked.verdict, source.name, asked)
        if asked.verdict.outcome is not Outcome.UNAVAILABLE:
            return finding
        return under_outage_rule(
            self._settings.outage_rule,
            finding,
            is_stale_servable=lambda: self._memory.is_stale_servable(
                token, self._clock(), max_age_seconds=max_age_seconds
            ),
        )

    def recall(
        self, token: VerifiedToken, now: float, *, max_age_seconds: int | None
    ) -> Verdict | None:
        """What this sandbox was told of the token and may still use."""
        return self._memory.recall(token, now, max_age_seconds=max_age_seconds)
