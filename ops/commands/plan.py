"""``plan``: which settings to choose for a load."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ops.answers import Answer, Exit, OpsError, UsageError
from ops.command import command
from ops.commands.plan_view import plan_data, plan_view
from ops.plan.planning import propose
from ops.plan.quotas import DEFAULTS, QUOTA_NEEDS, Category, Quota, Source, read_quota
from ops.run import Run
from simulation import Limits, Load, SessionMode

_QUOTAS = "Quotas, requests a second; asked of AWS if they are not given"
_PEOPLE = "People"


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(
        app,
        "plan",
        example="plan --requests-per-second 800 --sessions 20000 --sandboxes 60 --delay 20",
        needs=QUOTA_NEEDS,
    )(plan)


def plan(
    run: Run,
    *,
    requests_per_second: Annotated[
        float, typer.Option(min=0.01, help="Calls of the API, at peak.")
    ],
    sessions: Annotated[int, typer.Option(min=1, help="Active sessions, at peak.")],
    sandboxes: Annotated[int, typer.Option(min=1, help="The authorizer's copies, at peak.")],
    delay: Annotated[
        int,
        typer.Option(
            metavar="SECONDS",
            min=0,
            help="How late a revocation may bite that Cognito alone knows.",
        ),
    ],
    session_mode: Annotated[
        SessionMode, typer.Option(help="Who leaves a user one session.")
    ] = SessionMode.HOOK,
    session_hours: Annotated[
        float, typer.Option(min=0.01, help="How long sessions live.", rich_help_panel=_PEOPLE)
    ] = 8.0,
    calls_per_page: Annotated[
        int, typer.Option(min=1, help="Calls that a page fires at once.", rich_help_panel=_PEOPLE)
    ] = 15,
    mean_requests_per_second: Annotated[
        float | None,
        typer.Option(min=0, help="Of a month, for its bill; the peak's.", rich_help_panel=_PEOPLE),
    ] = None,
    getuser_quota: Annotated[
        float | None, typer.Option(min=1, help="UserRead.", rich_help_panel=_QUOTAS)
    ] = None,
    sign_out_quota: Annotated[
        float | None, typer.Option(min=1, help="UserUpdate.", rich_help_panel=_QUOTAS)
    ] = None,
    chart: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Draw delay, calls and cost as a PNG.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the simulation.")] = 1,
) -> Answer:
    """Choose settings for a load: what they delay, ask of Cognito, and cost a month.

    The fleet is simulated with the authorizer's own code, under the account's actual quotas; where
    AWS cannot be asked, its defaults are taken, and that is said. Exits with 1 if the wished delay
    takes more quota than there is; then it says what can be had, and what more costs.
    """
    mean = requests_per_second if mean_requests_per_second is None else mean_requests_per_second
    if mean > requests_per_second:
        raise UsageError("mean_requests_per_second", "the mean cannot be above the peak")
    load = Load(
        requests_per_second,
        sessions,
        sandboxes,
        calls_per_page=calls_per_page,
        session_hours=session_hours,
    )
    quotas = (
        _quota(run, Category.USER_READ, getuser_quota),
        _quota(run, Category.USER_UPDATE, sign_out_quota),
    )
    limits = Limits(
        getuser_per_second=quotas[0].per_second, user_updates_per_second=quotas[1].per_second
    )
    # Reading in what draws takes longer than other commands take to run.
    from ops.plan.chart import draw, terminal_charts  # noqa: PLC0415

    with run.progress() as bar:
        task = bar.add_task("simulations", total=None)
        proposal = propose(
            load,
            limits,
            delay,
            session_mode=session_mode,
            mean_requests_per_second=mean,
            seed=seed,
            told=lambda done, of: bar.update(task, completed=done, total=of),
        )
    if chart is not None:
        draw(proposal, chart)
    return Answer(
        data=plan_data(proposal, quotas, mean, chart),
        view=[*plan_view(proposal, quotas), *terminal_charts(proposal, run.console.width)],
        exit_code=Exit.FINE if proposal.plan.is_possible else Exit.FINDING,
        warnings=[_default_warning(quota) for quota in quotas if not quota.is_known],
    )


def _quota(run: Run, category: Category, typed: float | None) -> Quota:
    if typed is not None:
        return Quota(category, typed, Source.TYPED)
    try:
        return read_quota(run.aws, category)
    except OpsError as error:
        # Without a Region or a profile there is nobody to ask; a plan can be made all the same.
        return Quota(category, DEFAULTS[category], Source.DEFAULT, str(error))


def _default_warning(quota: Quota) -> str:
    return (
        f"the account's quota for {quota.category} is not known ({quota.reason}): AWS's default of"
        f" {quota.per_second:.0f} a second is taken"
    )
