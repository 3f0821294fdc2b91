"""``doctor``: what is wrong with a deployment and its pool."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from ops.answers import Answer, printable
from ops.command import DEPLOYMENT_NEEDS, command
from ops.doctor.examine import CHECKS, Examination, examine
from ops.doctor.findings import Finding, Kind, Looked, Severity, State
from ops.doctor.site import Site
from ops.run import Run
from ops.tables import UncutTable

_NEEDS = tuple(dict.fromkeys((*DEPLOYMENT_NEEDS, *(n for check in CHECKS for n in check.needs))))
_STYLES = {
    State.FINE: "green",
    State.FOUND: "bold red",
    State.UNKNOWN: "yellow",
    State.NOT_APPLICABLE: "dim",
}
_SEVERITY_STYLES = {Severity.HIGH: "bold red", Severity.MEDIUM: "yellow", Severity.LOW: ""}


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(
        app,
        "doctor",
        example="doctor --open 'GET /health' --accept unsafe_choice",
        needs=_NEEDS,
    )(doctor)


def doctor(
    run: Run,
    *,
    accept: Annotated[
        list[str] | None,
        typer.Option(metavar="CODE", help="Findings of this code are meant to be so. Repeatable."),
    ] = None,
    open_route: Annotated[
        list[str] | None,
        typer.Option(
            "--open", metavar="ROUTE", help='"GET /health" is open on purpose. Repeatable.'
        ),
    ] = None,
) -> Answer:
    """Look for what is wrong: the pool, its clients, the APIs, the functions, ledger and alarms.

    Each finding says why it matters and how to mend it. Exits with 1 if anything is wrong, with 3
    if nothing is but a check could not be made (it is named, and never counts as fine), with 0
    if all is fine. Nothing is changed.
    """
    site = Site(run, frozenset(open_route or ()))
    # Nothing can be looked at without it.
    _ = run.deployment
    with run.progress() as bar:
        task = bar.add_task("checks", total=len(CHECKS))
        examination = examine(
            site,
            accept or (),
            looked_at=lambda done, title: bar.update(task, completed=done, description=title),
        )
    return Answer(
        data=_data(run, examination),
        view=_view(examination),
        exit_code=examination.exit_code,
        warnings=[f"not known: {u.check.title}: {u.reason}" for u in examination.unknown],
    )


def _data(run: Run, examination: Examination) -> dict[str, Any]:
    return {
        "stack": run.deployment.stack,
        "region": run.deployment.region,
        "checks": [_check_data(looked) for looked in examination.looked],
        "findings": [_finding_data(f, examination) for f in examination.findings],
        "wrong": len(examination.wrong),
        "unknown": [looked.check.name for looked in examination.unknown],
    }


def _check_data(looked: Looked) -> dict[str, Any]:
    return {
        "check": looked.check.name,
        "state": looked.state.value,
        "findings": len(looked.findings),
        "reason": looked.reason or None,
    }


def _finding_data(finding: Finding, examination: Examination) -> dict[str, Any]:
    kind = finding.kind
    return {
        "code": kind.code,
        "severity": kind.severity.value,
        "accepted": kind.code in examination.accepted,
        "where": finding.where,
        "what": finding.what,
        "why": kind.why,
        "mend": kind.mend,
        "docs": kind.docs,
    }


def _view(examination: Examination) -> list[Any]:
    checks = UncutTable("", "check", "", title="Checks")
    for looked in examination.looked:
        said = looked.reason or (str(len(looked.findings)) if looked.findings else "")
        checks.add_row(looked.state, looked.check.title, said, style=_STYLES[looked.state])
    parts: list[Any] = [checks]
    if examination.wrong:
        parts += [_findings_table(examination.wrong), _mending_table(examination.wrong)]
    accepted = len(examination.findings) - len(examination.wrong)
    counted = f"{len(examination.wrong)} findings, {len(examination.unknown)} checks not made"
    parts.append(counted + (f", {accepted} findings accepted." if accepted else "."))
    return parts


def _findings_table(wrong: tuple[Finding, ...]) -> UncutTable:
    table = UncutTable("", "code", "where", "what", title="Wrong")
    for finding in wrong:
        kind = finding.kind
        style = _SEVERITY_STYLES[kind.severity]
        table.add_row(
            kind.severity,
            kind.code,
            printable(finding.where),
            printable(finding.what),
            style=style,
        )
    return table


def _mending_table(wrong: tuple[Finding, ...]) -> UncutTable:
    table = UncutTable("code", "why it matters", "how to mend it", "more", show_lines=True)
    table.title = "What to do"
    kinds: dict[Kind, None] = dict.fromkeys(finding.kind for finding in wrong)
    for kind in kinds:
        table.add_row(kind.code, kind.why, kind.mend, kind.docs)
    return table
