"""What became of one request: built up as it passes the stages, then reported."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from sign_out.session import Session


class Outcome(StrEnum):
    """How a request ended. Values are stable: metrics are named after them."""

    SIGNED_OUT = "signed_out"
    NOTHING = "nothing"
    """No token that names a session or could be revoked. The caller is not told."""
    FOREIGN_SITE = "foreign_site"
    """403: a cookie carries the token, and none of the app's pages has sent the request."""
    MALFORMED = "malformed"
    """400: no POST of a proxy integration, or one that lacks what it takes or can't be read."""
    UNAVAILABLE = "unavailable"
    """503: not all that was to be done is done. The caller should repeat it."""


class Step(StrEnum):
    """What became of one step."""

    DONE = "done"
    REFUSED = "refused"
    """Cognito does not know the token, or no longer."""
    FAILED = "failed"


@dataclass(slots=True)
class Report:
    """One request, as far as it got."""

    outcome: Outcome = Outcome.NOTHING
    session: Session | None = None
    steps: dict[str, Step] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    """Codes of our own or of AWS, one for each step that failed."""

    def fail(self, step: str, code: str) -> None:
        """A step of which nobody can say that it is done."""
        self.steps[step] = Step.FAILED
        self.failures.append(code)
