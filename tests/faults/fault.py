"""What a fault is, and the rule by which several at once are answered.

**The rule.** A request passes the stages below in this order, and the first fault that *bites*
gives the answer; if none bites, the request is granted. What bites:

- a fault of the **keys** while keys are needed: always in a new sandbox; in one whose keys are
  past their age only if it is no outage, for an outage is bridged by the keys that are there; and
  never in one whose keys are fresh, which asks nobody;
- an outage of the **ledger** for tokens that only the ledger can judge (ID tokens); for access
  tokens ``GetUser`` is asked instead (LEDGER_OUTAGE_RULE=getuser);
- a fault of **Cognito** for access tokens, as ID tokens are not asked about;
- a fault of the **sandbox** at its own stage, whoever calls.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum, IntEnum, StrEnum
from typing import TYPE_CHECKING

from authorizer.choices import TokenUse
from authorizer.errors import Reason
from tests.faults.far_side import Mood, good
from tests.faults.places import Place

if TYPE_CHECKING:
    from tests.faults.world import World


class Component(StrEnum):
    """Whose fault it is."""

    COGNITO = "Cognito"
    KEYS = "keys"
    LEDGER = "ledger"
    SANDBOX = "sandbox"


class Stage(IntEnum):
    """In the order of a request's way."""

    EVENT = 0
    KEYS = 1
    CLAIMS = 2
    LEDGER = 3
    CALL = 4
    CONNECTION = 5
    COGNITO = 6


class State(Enum):
    """What the sandbox knows when the fault begins."""

    COLD = "new"
    WARM = "whose verdicts and rows have lapsed"
    """Its keys are fresh and its connections open."""
    AGED = "whose keys are past their age"
    SPENT = "whose keys are past all use"


class Squeeze(StrEnum):
    """Where memory runs out."""

    IN_THE_CALL = "in the call"
    IN_THE_ANSWER = "in parsing the answer"


_STAGES = {
    Component.COGNITO: Stage.COGNITO,
    Component.KEYS: Stage.KEYS,
    Component.LEDGER: Stage.LEDGER,
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One row of the table of expectations.

    ``answer`` is the catalogued reason for a new sandbox and a token that this component has to
    judge; None if the request is granted all the same.
    """

    component: Component
    name: str
    answer: Reason | None
    mood: Mood = good
    place: Place | None = None
    squeeze: Squeeze | None = None
    is_outage: bool = True
    """False if it says something about the token, or the authorizer itself fails."""
    is_slow: bool = False
    """It ends by time-out."""
    spares_reads: bool = False
    """Of the ledger: only writes fail."""
    lasts_seconds: float = 6.0
    """How long it is felt when it is over: longer than any cool-down after a failure."""
    in_pairs: bool = True
    """False for a variant of another row."""
    happens: Callable[[World], object] | None = None
    mends: Callable[[World], object] | None = None
    stage: Stage = Stage.COGNITO
    leaves: State = State.WARM
    """Of the sandbox's faults: the state that it brings a warm sandbox into."""
    is_malformed: bool = False

    def __str__(self) -> str:
        return f"{self.component}: {self.name}"

    def bites(self, state: State, use: TokenUse) -> bool:
        """Whether it decides about a request that has come to its stage."""
        if self.answer is None:
            return False
        if self.component is Component.KEYS:
            return state in (State.COLD, State.SPENT) or (
                state is State.AGED and not self.is_outage
            )
        if self.component is Component.LEDGER:
            is_judged_elsewhere = self.is_outage and use is TokenUse.ACCESS
            is_spared = self.spares_reads and use is TokenUse.ID
            return not is_judged_elsewhere and not is_spared
        return self.stage not in (Stage.CONNECTION, Stage.COGNITO) or use is TokenUse.ACCESS


def stage_of(fault: Fault) -> Stage:
    """Where on a request's way the fault stands."""
    if fault.component is Component.COGNITO and fault.squeeze is Squeeze.IN_THE_CALL:
        return Stage.CALL
    return _STAGES.get(fault.component, fault.stage)


def expected(faults: Iterable[Fault], state: State, use: TokenUse) -> Reason | None:
    """What a request is answered while all of these hold; None if it is granted."""
    for fault in sorted(faults, key=stage_of):
        if fault.bites(state, use):
            return fault.answer
    return None
