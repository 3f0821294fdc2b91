"""``probe``: measures what AWS does not document."""

from __future__ import annotations

from typing import Annotated

import typer

from ops.answers import Answer, Exit, NotConfirmedError
from ops.command import command
from ops.commands.probe_view import probe_data, probe_view
from ops.probe.measuring import MANAGED_LOGIN, PROBE_NEEDS, USERS, Report, Wanted, measure
from ops.probe.place import PREFIX
from ops.run import Run

#: A monthly active user in the tier Essentials beyond the free ones, in November 2026:
#: https://aws.amazon.com/cognito/pricing/
_USD_PER_USER = 0.015


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(app, "probe", example="probe --tries 200 --revocations 50", needs=PROBE_NEEDS)(probe)


def probe(
    run: Run,
    *,
    tries: Annotated[int, typer.Option(min=1, max=5000, help="Sign-ins of each flow.")] = 200,
    revocations: Annotated[
        int, typer.Option(min=1, max=1000, help="Sessions to revoke in each way.")
    ] = 25,
    turns_per_second: Annotated[
        float,
        typer.Option(min=0.1, max=8, help="Each takes at most two calls of one of the quotas."),
    ] = 4,
    events: Annotated[
        bool,
        typer.Option("--events", help="Wait for EventBridge, too; takes a CloudTrail trail."),
    ] = False,
    gateway: Annotated[
        bool,
        typer.Option("--gateway", help="Make an API, too: which answers does its cache repeat?"),
    ] = False,
    keep: Annotated[bool, typer.Option("--keep", help="Delete nothing of it afterwards.")] = False,
    confirmed: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> Answer:
    """Measure in this account what AWS does not document, on a pool made for it and deleted.

    Whether a sign-out inside the trigger ends the session that is being made; which sources the
    trigger is told; whether `origin_jti` outlives refreshes; how long GetUser takes, also to
    refuse a revoked session, and its exact texts; with --gateway, whether API Gateway repeats a 401
    from its cache. Nothing that exists is touched. Exits with 3 if something that was asked for
    could not be measured, with 5 if something could not be deleted.
    """
    wanted = Wanted(tries, revocations, turns_per_second, has_events=events, has_gateway=gateway)
    _confirm(run, wanted, confirmed=confirmed)
    run.may_have_changed = True
    with run.progress() as bar:
        task = bar.add_task("measuring", total=wanted.turns)
        report = measure(
            run, wanted, is_kept=keep, told=lambda done: bar.update(task, completed=done)
        )
    return Answer(
        data=probe_data(run, report),
        view=probe_view(report),
        exit_code=_exit_code(report, is_kept=keep),
        warnings=[
            *(f"not measured: {what}: {why}" for what, why in report.unmeasured),
            *(f"still there: {what}" for what in report.left),
        ],
    )


def _exit_code(report: Report, *, is_kept: bool) -> Exit:
    if report.left and not is_kept:
        return Exit.PARTLY
    is_missing = any(why != MANAGED_LOGIN for _, why in report.unmeasured)
    return Exit.UNAVAILABLE if is_missing else Exit.FINE


def _confirm(run: Run, wanted: Wanted, *, confirmed: bool) -> None:
    account, region = run.aws.caller().account, run.aws.region
    made = (
        f"This makes in the account {account}, {region}, all named {PREFIX}…: a user pool with"
        f" {2 * USERS} users, a Lambda function with its role"
        + (", a queue and a rule of EventBridge" if wanted.has_events else "")
        + (", a REST API that anybody can reach and its authorizer" if wanted.has_gateway else "")
        + f". It takes some {wanted.turns / wanted.per_second / 60:.0f} minutes, up to"
        f" {2 * wanted.per_second:.0f} sign-outs a second of the account's 25, and about"
        f" {2 * USERS * _USD_PER_USER:.2f} USD if the free monthly active users are spent."
    )
    if confirmed:
        return
    if not run.world.is_terminal():
        raise NotConfirmedError(f"nobody is there to confirm it: --yes does. {made}")
    run.console.print(made, markup=False, highlight=False)
    if run.world.ask('Type "yes": ').strip().lower() != "yes":
        raise NotConfirmedError("not confirmed; nothing was done")
