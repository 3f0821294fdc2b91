"""One trial: a sandbox in some state, faults, one request, and another one when all is well."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from authorizer.choices import TokenUse
from authorizer.errors import ANSWERS, Reason
from ledger.judgement import THROTTLE_MS
from tests.faults.fault import Component, Fault, Stage, State, expected, stage_of
from tests.faults.routed import HURRY_SECONDS
from tests.faults.world import Seen, World

#: No decision takes longer, whatever happens.
PROMISED_SECONDS = 3.0

#: Longer than verdicts and rows are used, shorter than an idle connection is trusted.
_LAPSE_SECONDS = 16.0
_AGES = {
    State.COLD: 0.0,
    State.WARM: _LAPSE_SECONDS,
    State.AGED: 3601.0,
    State.SPENT: 18_001.0,
}
#: What a busy machine may add.
_NOISE_SECONDS = 1.5


@dataclass(frozen=True)
class Trial:
    """What is done to a world, and what came of it."""

    world: World
    faults: Sequence[Fault]
    state: State
    use: TokenUse

    def run(self) -> None:
        """Do it, and hold every answer to what is expected."""
        token = self._token()
        self._prepare(token)
        for fault in self.faults:
            self.world.begin(fault)
        is_malformed = any(fault.is_malformed for fault in self.faults)
        seen = self.world.send({"Records": []}) if is_malformed else self.world.call(token)
        self._check(seen)
        self._mend()
        self._check_recovery(token, seen)

    def _token(self) -> str:
        is_access = self.use is TokenUse.ACCESS
        return self.world.access_token() if is_access else self.world.id_token()

    @property
    def _state_at_request(self) -> State:
        """The sandbox's faults may bring it from one state into another."""
        left = [f.leaves for f in self.faults if f.component is Component.SANDBOX]
        order = list(State)
        return max([self.state, *left], key=order.index)

    @property
    def expected(self) -> Reason | None:
        """By the rule in ``fault.py``."""
        return expected(self.faults, self._state_at_request, self.use)

    def _prepare(self, token: str) -> None:
        if self.state is not State.COLD:
            assert self.world.call(token).reason is None
            self.world.advance(_AGES[self.state])

    def _check(self, seen: Seen) -> None:
        reason = self.expected
        assert seen.reason == reason
        assert seen.status == (200 if reason is None else ANSWERS[reason].status)
        assert seen.seconds < min(PROMISED_SECONDS, self._bound_seconds)
        assert "fault" not in seen.line or reason is Reason.INTERNAL_FAULT
        if self._reaches(Stage.LEDGER):
            assert seen.line.get("ledger") == ("down" if self._is_ledger_out else "read")

    @property
    def _bound_seconds(self) -> float:
        return _NOISE_SECONDS + HURRY_SECONDS * sum(fault.is_slow for fault in self.faults)

    def _reaches(self, stage: Stage) -> bool:
        """Whether a request gets to a stage, and through it without an exception."""
        state = self._state_at_request
        return not any(
            fault.bites(state, self.use)
            and (stage_of(fault) < stage or fault.answer is Reason.INTERNAL_FAULT)
            for fault in self.faults
        )

    @property
    def _is_ledger_out(self) -> bool:
        return any(
            fault.component is Component.LEDGER
            and fault.answer is not None
            and not (fault.spares_reads and self.use is TokenUse.ID)
            for fault in self.faults
        )

    def _mend(self) -> None:
        self.world.mend(*self.faults)
        self.world.advance(max(map(_lasts_seconds, self.faults), default=0))

    def _check_recovery(self, token: str, seen: Seen) -> None:
        """The next good request is granted, of this session if nothing was said of it."""
        world = self.world
        if any(f.answer is self.expected and not f.is_outage for f in self.faults):
            world.renew_session()
            token = self._token()
        next_seen = world.call(token)
        assert next_seen.reason is None
        assert next_seen.line.get("ledger") in ("read", "memory")
        assert all(side.has_at_most(1) for side in world.far.sides.values())
        if self.use is TokenUse.ACCESS:
            self._check_revocation(token)

    def _check_revocation(self, token: str) -> None:
        """No fault leaves a session immune: what Cognito revokes afterwards is refused in time."""
        self.world.far.issuer.revoked.add(self.world.session.origin_jti)
        self.world.advance(_LAPSE_SECONDS)
        assert self.world.call(token).reason == Reason.SESSION_REVOKED


def _lasts_seconds(fault: Fault) -> float:
    """How long a fault is felt: no outage of Cognito's is remembered but a throttle, by all."""
    if fault.component is not Component.COGNITO:
        return fault.lasts_seconds
    return THROTTLE_MS / 1000 if fault.answer is Reason.ISSUER_THROTTLED else 0
