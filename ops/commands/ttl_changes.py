"""``ttl tighten``, ``loosen``, ``void``: what can be changed without a deployment."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Annotated

import typer

from authorizer.provider_tokens import provider_of
from ops.answers import Answer, Exit, OpsError, UsageError
from ops.change import Action, Changed, Outcome, Step, carry_out
from ops.commands.revoke import Gone, Issuer, UserName
from ops.ledger_table import LedgerTable, need_ledger
from ops.moments import read_duration
from ops.revocation import LEDGER
from ops.run import Run
from ops.settling import pass_seconds
from ops.users import User, the_user

_QUOTA = (
    "Cognito is asked more often: it answers 120 a second for the whole account, unless that was"
    " raised, and 10 for one user"
)
_STAYS = "verdicts stay tightened until `ttl loosen`"
_JUDGED_ALONE = (
    "this issuer is asked about each token by itself, and each sandbox remembers by itself what it"
    " said: a row cannot void that; `revoke user --issuer` ends the user's sessions, and `ttl"
    " tighten` shortens what all are remembered for"
)
_NOT_DONE = "Nothing was changed: the ledger did not take it."
_PARTLY_DONE = "Not every issuer's verdicts were changed: repeat the command."


def tighten(
    run: Run,
    *,
    verdict_ttl: Annotated[
        int, typer.Option(metavar="SECONDS", min=0, help="What verdicts are used for at most.")
    ],
    for_: Annotated[
        str | None,
        typer.Option("--for", metavar="TIME", help="Stay, and end it after so long: 90s, 15m, 1h."),
    ] = None,
) -> Answer:
    """Shorten the verdict TTL now, for everyone of every issuer, without a deployment.

    Sandboxes obey within the memory TTL. It can tighten only: the deployed TTL stays the most. With
    --for this program stays and ends it; when it is interrupted, verdicts stay tightened until
    `ttl loosen`. Cognito is asked more often: mind its quota.
    """
    deployed = run.deployment.settings.verdict_ttl_seconds
    if verdict_ttl >= deployed:
        raise UsageError("verdict_ttl", f"the deployed TTL is {deployed} s: it can only be shorter")
    seconds = None if for_ is None else read_duration(for_)
    table = need_ledger(run)
    changed = _set(run, table, "ttl tighten", verdict_ttl)
    tightened, is_ended = changed, False
    if seconds is not None and tightened.exit_code is Exit.FINE:
        _stay(run, seconds)
        ended = _end(run, table)
        is_ended = ended.exit_code is Exit.FINE
        changed = Changed(
            ended.at, (*changed.steps, *ended.steps), (*changed.warnings, *ended.warnings)
        )
    return Answer(
        data={
            "verdict_ttl_seconds": {
                "deployed": deployed,
                # The pool's row comes first.
                "tightened_to": verdict_ttl if tightened.steps[0].outcome is Outcome.DONE else None,
            },
            "obeyed_within_seconds": _memory_ttl(run),
            "ended": is_ended,
            "context": permanent_context(verdict_ttl),
            "layers": _steps_data(changed.steps),
        },
        view=(
            _said(tightened, _tightened(run, verdict_ttl, is_ended=is_ended)),
            "To make it permanent, in cdk.json:",
            json.dumps({"context": permanent_context(verdict_ttl)}, indent=2),
            f"or once: npx --no-install cdk deploy -c authorizer:verdictTtlSeconds={verdict_ttl}",
            "(of a stage of cdk.json's, with its -c environment=NAME before that)",
        ),
        exit_code=changed.exit_code,
        warnings=(
            *changed.warnings,
            *_errors(changed.steps),
            *([_STAYS] if changed.exit_code is Exit.PARTLY else []),
            _QUOTA,
        ),
    )


def loosen(run: Run) -> Answer:
    """End the tightening: verdicts are used for as long as deployed."""
    changed = _set(run, need_ledger(run), "ttl loosen", None)
    deployed = run.deployment.settings.verdict_ttl_seconds
    return Answer(
        data={
            "verdict_ttl_seconds": {"deployed": deployed, "tightened_to": None},
            "obeyed_within_seconds": _memory_ttl(run),
            "layers": _steps_data(changed.steps),
        },
        view=[_said(changed, f"Verdicts are used for {deployed} s, as deployed.")],
        exit_code=changed.exit_code,
        warnings=(*changed.warnings, *_errors(changed.steps)),
    )


def void(run: Run, user: UserName, *, gone: Gone = False, issuer: Issuer = "") -> Answer:
    """Void what is remembered of a user's sessions: Cognito is asked anew about each.

    Nobody is signed out. For everyone at once, `ttl tighten --verdict-ttl 0`. Providers whose
    tokens are asked about one by one are refused: those verdicts are nobody's to void.
    """
    found = the_user(run, user, is_gone=gone, issuer=issuer)
    if found.provider is not None and provider_of(found.provider).judges_tokens_alone:
        raise UsageError("judged_alone", _JUDGED_ALONE)
    table = need_ledger(run)
    changed = carry_out(
        run,
        "ttl void",
        {"user": found.subject},
        [
            Action(
                LEDGER,
                "verdicts on the user's sessions are void",
                lambda: table.writer.void_verdicts(found.issuer, found.subject, table.deadline()),
            )
        ],
        question=None,
    )
    return Answer(
        data={
            "user": found.subject,
            "username": found.username or None,
            "obeyed_within_seconds": _memory_ttl(run),
            "layers": _steps_data(changed.steps),
        },
        view=[*found.found_lines, _said(changed, _voided(run, found))],
        exit_code=changed.exit_code,
        warnings=(*changed.warnings, *_errors(changed.steps)),
    )


def permanent_context(verdict_ttl: int) -> dict[str, dict[str, int]]:
    """What to write into ``cdk.json`` to make a verdict TTL the deployed one."""
    return {"authorizer": {"verdictTtlSeconds": verdict_ttl}}


def _set(run: Run, table: LedgerTable, name: str, seconds: int | None) -> Changed:
    target = {"pool": run.deployment.user_pool_id, "verdict_ttl_seconds": seconds}
    # Tokens are judged by the row of their own issuer.
    actions = [_write(run, table, issuer, seconds) for issuer in run.deployment.issuers]
    return carry_out(run, name, target, actions, question=None)


def _write(run: Run, table: LedgerTable, issuer: str, seconds: int | None) -> Action:
    whose = "" if issuer == run.deployment.issuer else f" of {issuer}"
    ended, limited = f"the tightening{whose} has ended", f"verdicts{whose}: {seconds} s at most"
    return Action(
        LEDGER,
        ended if seconds is None else limited,
        lambda: table.writer.tighten_verdicts(issuer, seconds, table.deadline()),
    )


def _end(run: Run, table: LedgerTable) -> Changed:
    """End a tightening. A trail that cannot be written leaves it as it is, like any failure."""
    try:
        return _set(run, table, "ttl loosen", None)
    except OpsError as error:
        step = Step(LEDGER, "the tightening has ended", Outcome.FAILED, str(error), error.exit_code)
        return Changed(run.aws.now(), (step,))


def _said(changed: Changed, done: str) -> str:
    texts = {Exit.FINE: done, Exit.PARTLY: _PARTLY_DONE}
    return texts.get(changed.exit_code, _NOT_DONE)


def _tightened(run: Run, verdict_ttl: int, *, is_ended: bool) -> str:
    said = f"Verdicts are used for {verdict_ttl} s at most, from {_memory_ttl(run)} s from now on."
    return f"{said} That has ended again." if is_ended else said


def _voided(run: Run, user: User) -> str:
    if user.provider is not None and provider_of(user.provider).is_judged_by_marks:
        return f"Nobody is asked: tokens of {user.issuer} are judged by marks alone."
    asked = "Cognito" if user.provider is None else user.issuer
    return f"{asked} is asked anew, from {_memory_ttl(run)} s from now on."


def _memory_ttl(run: Run) -> int:
    ledger = run.deployment.settings.ledger
    return 0 if ledger is None else ledger.memory_ttl_seconds


def _steps_data(steps: Sequence[Step]) -> list[dict[str, object]]:
    return [{"what": s.what, "outcome": s.outcome.value, "error": s.error or None} for s in steps]


def _errors(steps: Sequence[Step]) -> list[str]:
    return [f"{step.what}: {step.error}" for step in steps if step.error]


def _stay(run: Run, seconds: int) -> None:
    with run.progress() as bar:
        task = bar.add_task("tightened; Ctrl-C leaves it so", total=seconds)
        try:
            pass_seconds(run, seconds, lambda done: bar.update(task, completed=done))
        except KeyboardInterrupt:
            raise OpsError("interrupted", _STAYS, Exit.INTERRUPTED) from None
