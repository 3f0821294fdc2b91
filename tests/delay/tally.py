"""What schedules have exercised, so that a proof by them is not an empty one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass
class Tally:
    """Adds up over schedules. ``share`` is the longest delay seen over the declared one."""

    schedules: int = 0
    steps: Counter[str] = field(default_factory=Counter)
    ways: Counter[str] = field(default_factory=Counter)
    answers: Counter[int] = field(default_factory=Counter)
    within: Counter[str] = field(default_factory=Counter)
    beyond: Counter[str] = field(default_factory=Counter)
    used: Counter[str] = field(default_factory=Counter)
    share: dict[str, float] = field(default_factory=dict)

    def answer(self, status: int) -> None:
        """One answer to a genuine token."""
        self.answers[status] += 1

    def after(self, way: str, delay: float, declared: float, *, is_let_in: bool) -> None:
        """A request so long after a revocation of its token."""
        (self.within if delay < declared else self.beyond)[way] += 1
        if is_let_in and declared > 0:
            self.share[way] = max(self.share.get(way, 0.0), delay / declared)

    def add(self, other: Tally) -> None:
        """Take another's numbers in."""
        self.schedules += other.schedules
        for name in ("steps", "ways", "answers", "within", "beyond", "used"):
            getattr(self, name).update(getattr(other, name))
        for way, share in other.share.items():
            self.share[way] = max(self.share.get(way, 0.0), share)

    def lines(self) -> Iterator[str]:
        """As a table."""
        yield f"{self.schedules} schedules, {self.steps.total()} steps"
        yield f"answers: {dict(sorted(self.answers.items()))}; exceptions: {dict(self.used)}"
        yield f"steps: {dict(self.steps.most_common())}"
        yield f"{'way':32}{'times':>8}{'asked within':>14}{'beyond':>8}{'longest / declared':>20}"
        for way in sorted({*self.ways, *self.within, *self.beyond}):
            share = f"{self.share[way]:.4f}" if way in self.share else "-"
            yield (
                f"{way:32}{self.ways[way]:>8}{self.within[way]:>14}{self.beyond[way]:>8}{share:>20}"
            )
