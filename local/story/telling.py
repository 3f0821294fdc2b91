"""What the story is made of: chapters on a bench, and steps with what must come of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from local.bench import GRANTED, Bench, Grant, Outcome, RefusedByCognitoError


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the story."""

    chapter: str
    what: str
    expected: Outcome
    actual: Outcome

    @property
    def is_as_told(self) -> bool:
        """Whether it went as the story says."""
        return self.expected == self.actual


@dataclass(frozen=True, slots=True)
class Chapter:
    """A part of the story, on one bench."""

    bench: Bench
    title: str

    def step(self, what: str, expected: Outcome, actual: Outcome) -> Step:
        """A step of this chapter."""
        return Step(self.title, what, expected, actual)

    def call(
        self, what: str, token: str, status: int, reason: str, *, path: str = "/hello"
    ) -> Step:
        """A call of the API, and what must come of it."""
        return self.step(what, Outcome(status, reason), self.bench.call(path, token))

    def check_plainly(self, what: str, token: str, status: int, reason: str) -> Step:
        """What an authorizer says that looks at the JWT alone."""
        return self.step(what, Outcome(status, reason), self.bench.check_plainly(token))

    def call_each(
        self, whats: Sequence[str], token: str, status: int, reason: str
    ) -> Iterator[Step]:
        """One call to each sandbox, and what must come of every one."""
        outcomes = self.bench.call_each("/hello", token)
        for what, actual in zip(whats, outcomes, strict=True):
            yield self.step(what, Outcome(status, reason), actual)

    def call_at_once(self, what: str, token: str, *, times: int, questions: int) -> Step:
        """Calls in parallel that must all be granted, at the cost of so many questions."""
        before = self.bench.session_checks()
        statuses = self.bench.call_at_once("/hello", token, times)
        asked = self.bench.session_checks() - before
        actual = Outcome(max(statuses), _cost(statuses[200], asked))
        return self.step(what, Outcome(200, _cost(times, questions)), actual)

    def refresh_in_vain(self, what: str, grant: Grant, reason: str) -> Step:
        """A refresh that Cognito must refuse."""
        try:
            self.bench.refresh(grant)
        except RefusedByCognitoError as refused:
            actual = refused.outcome
        else:
            actual = Outcome(200, GRANTED)
        return self.step(what, Outcome(400, reason), actual)


def _cost(granted: int, asked: int) -> str:
    return f"{granted} granted, {asked} GetUser"
