"""What a check can say."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ops.doctor.site import Site


class Severity(StrEnum):
    """How bad it is; the worst first."""

    HIGH = "high"
    """Revoked sessions get in, or living ones do not, or would as soon as something happens."""
    MEDIUM = "medium"
    """A layer of protection is missing, or a failure would not be seen."""
    LOW = "low"
    """Worth mending when there is time."""

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True)
class Kind:
    """Something that can be found.

    Attributes:
        code: a stable word for scripts, and for ``--accept``.
        why: why it matters.
        mend: what to do.
        docs: where more is said: an address, or a path in this repository.
    """

    code: str
    severity: Severity
    why: str
    mend: str
    docs: str

    def at(self, where: str, what: str) -> Finding:
        """Found at a place: ``where`` names the thing, ``what`` says what is so."""
        return Finding(self, where, what)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that was found."""

    kind: Kind
    where: str
    what: str


class DoesNotApplyError(Exception):
    """There is nothing to look at, and why."""


@dataclass(frozen=True, slots=True)
class Check:
    """One look at one thing.

    Attributes:
        name: a stable word for scripts.
        title: what is looked at, for people.
        look: finds; raises :class:`DoesNotApplyError`, or OpsError if it cannot be known.
        needs: the IAM actions that it calls, beside finding the deployment.
        kinds: what it can find.
    """

    name: str
    title: str
    look: Callable[[Site], Iterable[Finding]]
    needs: tuple[str, ...]
    kinds: tuple[Kind, ...]


class State(StrEnum):
    """What came of a check."""

    FINE = "fine"
    FOUND = "found"
    UNKNOWN = "unknown"
    """It could not be made, or not to the end."""
    NOT_APPLICABLE = "not applicable"
    """There is nothing that it could look at."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What came of a check; ``reason`` says why it is not known, or does not apply."""

    check: Check
    state: State
    findings: tuple[Finding, ...] = ()
    reason: str = ""
