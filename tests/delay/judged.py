"""One decision of a sandbox, and what could be seen around it."""

from __future__ import annotations

from dataclasses import dataclass

from tests.delay.sandbox import KeysHeld, Seen
from tests.delay.sessions import Token


@dataclass(frozen=True)
class Judged:
    """One decision of a sandbox, and what could be seen around it. Times are the true time."""

    token: Token
    started_at: float
    answered_at: float
    status: int
    skew: float
    seen: Seen
    keys_before: KeysHeld
    is_cooling: bool
    """The ledger had failed it less than the cool-down ago when it began."""
    has_refused: bool
    """It had refused this token for good before."""
    is_alone: bool
    """Nobody else's waiting has moved the clock meanwhile."""
    order: int
    """How many revocations were in force when it came."""
    are_places_taken: bool
    """By others who had come first, and lived."""

    @property
    def is_ledger_out(self) -> bool:
        return self.is_cooling or self.seen.ledger_failed
