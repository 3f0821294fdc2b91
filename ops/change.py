"""How something is changed: confirmed, written down, done layer by layer, written down again."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from ledger.rows import LedgerError
from ops.answers import Exit, NotConfirmedError, OpsError, UnavailableError, UsageError
from ops.audit import WITHOUT, Entry, Phase, Trail
from ops.aws import answering
from ops.run import Run
from ops.token_input import looks_like_token, redacted

_MAX_REASON_CHARS = 500
_CONFIRMED = "yes"


class Outcome(StrEnum):
    """What came of one step."""

    DONE = "done"
    FAILED = "failed"
    NOT_DONE = "not done"
    """There is nothing to do at this layer, or no operation for it."""


@dataclass(frozen=True, slots=True)
class Step:
    """What was done at one layer."""

    layer: str
    what: str
    outcome: Outcome
    error: str = ""
    exit_code: Exit = Exit.FINE
    """What the error alone comes to: the answer no, or the lack of one."""


@dataclass(frozen=True, slots=True)
class Action:
    """What to do at one layer. ``do`` is None if there is nothing to do; ``what`` says why."""

    layer: str
    what: str
    do: Callable[[], object] | None = None


@dataclass(frozen=True, slots=True)
class Changed:
    """What came of a change.

    Attributes:
        at: when the steps were done but for further ones, in seconds since the epoch.
        steps: in the order in which they were done.
        warnings: what else is to be said.
    """

    at: float
    steps: tuple[Step, ...]
    warnings: tuple[str, ...] = ()

    @property
    def exit_code(self) -> Exit:
        """Fine, done in part, or not at all."""
        done = any(step.outcome is Outcome.DONE for step in self.steps)
        failed = any(step.outcome is Outcome.FAILED for step in self.steps)
        if not failed:
            return Exit.FINE
        return Exit.PARTLY if done else Exit.UNAVAILABLE

    def was_done(self, layer: str) -> bool:
        """Whether anything was done there, and nothing failed."""
        outcomes = [step.outcome for step in self.steps if step.layer == layer]
        return Outcome.DONE in outcomes and Outcome.FAILED not in outcomes


def carry_out(
    run: Run,
    action: str,
    target: Mapping[str, Any],
    actions: Sequence[Action],
    *,
    question: str | None,
    further: Callable[[], Sequence[Action]] = tuple,
) -> Changed:
    """Confirm, write down, do, write down.

    Every step is tried, whatever became of those before: each one that is done leaves less open.

    Args:
        run: the invocation, with what the command line says of confirmation, reason and trail.
        action: the command's name.
        target: what it is about; no token.
        actions: in the order in which a failure half-way does the least harm.
        question: what somebody has to say yes to; None for what signs nobody out.
        further: called when those are done, for what is to be done then.

    Raises:
        NotConfirmedError: nobody said yes.
        UsageError: there is no reason.
        UnavailableError: the trail cannot be written. Nothing was done.
    """
    reason = approve(run, question)
    trail = _open_trail(run)
    entry = Entry(uuid.uuid4().hex, run.place.stack, action, target, reason)
    run.may_have_changed = True
    if trail is not None:
        trail.write(entry, Phase.INTENDED)
    # Cognito's texts are its own, and a trigger's are whoever's.
    done = [do(each) for each in actions]
    at = run.aws.now()
    done += [do(each) for each in further()]
    steps = tuple(replace(step, error=redacted(step.error, run.secrets)) for step in done)
    changed = Changed(at, steps)
    if trail is None:
        return changed
    try:
        trail.write(entry, _phase(changed), [f"{s.layer}: {s.what}: {s.outcome}" for s in steps])
    except OpsError as error:
        said = f"what came of it is not in the trail: {error}"
        return replace(changed, warnings=(said,))
    return changed


def approve(run: Run, question: str | None) -> str:
    """Have a change confirmed, once for a command: the reason, if there is a trail to write it in.

    Args:
        question: what somebody has to say yes to; None for what signs nobody out.

    Raises:
        NotConfirmedError: nobody said yes.
        UsageError: there is no reason.
    """
    reason = "" if run.approval.without_audit else _reason(run)
    if question is not None:
        _confirm(run, question)
    return reason


def do(action: Action) -> Step:
    """Do one thing. A failure is a step like any other."""
    if action.do is None:
        return Step(action.layer, action.what, Outcome.NOT_DONE)
    try:
        with answering():
            action.do()
    except (OpsError, LedgerError) as error:
        code = error.exit_code if isinstance(error, OpsError) else Exit.UNAVAILABLE
        return Step(action.layer, action.what, Outcome.FAILED, str(error), code)
    return Step(action.layer, action.what, Outcome.DONE)


def _phase(changed: Changed) -> Phase:
    phases = {Exit.FINE: Phase.DONE, Exit.PARTLY: Phase.PARTLY}
    return phases.get(changed.exit_code, Phase.FAILED)


def _reason(run: Run) -> str:
    reason = run.approval.reason
    if reason is None and run.world.is_terminal() and not run.approval.yes:
        reason = run.world.ask("Why? It goes into the trail: ")
    text = " ".join((reason or "").split())
    if not text:
        raise UsageError("reason", "say why with --reason: it goes into the trail")
    if len(text) > _MAX_REASON_CHARS or looks_like_token(text) or not text.isprintable():
        raise UsageError("reason", "a reason is a sentence of at most 500 characters")
    # Asked for once, though a command may change something twice.
    run.approval = replace(run.approval, reason=text)
    return text


def _confirm(run: Run, question: str) -> None:
    if run.approval.yes:
        return
    if not run.world.is_terminal():
        raise NotConfirmedError("nobody is there to confirm it: --yes does")
    run.console.print(question, markup=False, highlight=False)
    if run.world.ask(f'Type "{_CONFIRMED}": ').strip().lower() != _CONFIRMED:
        raise NotConfirmedError("not confirmed; nothing was done")
    run.approval = replace(run.approval, yes=True)


def _open_trail(run: Run) -> Trail | None:
    if run.approval.without_audit:
        return None
    log_group = run.deployment.operator_log_group
    if log_group is None:
        raise UnavailableError(
            "trail_unavailable", f"the deployment has no trail: deploy it anew; {WITHOUT}"
        )
    return Trail(run.aws, log_group)
