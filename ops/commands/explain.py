"""``explain``: which checks a token passes and fails, and what to do."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

import typer

from ops.answers import Answer, Exit, bound_text, moment_text, printable
from ops.command import DEPLOYMENT_NEEDS, command
from ops.explanation.advice import advice_on
from ops.explanation.checks import TITLES, Result, State
from ops.explanation.explain import Explanation, explain
from ops.explanation.parameter_secrets import SECRET_NEEDS
from ops.run import Run
from ops.tables import UncutTable
from ops.token_input import STANDARD_INPUT

TokenFile = Annotated[
    str,
    typer.Option("--token-file", metavar="FILE", help="Where the token is; - for standard input."),
]

_STYLES = {State.PASSED: "green", State.FAILED: "bold red", State.UNAVAILABLE: "yellow"}
_MOMENTS = ("auth_time", "iat", "nbf", "exp")


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(
        app,
        "explain",
        example="explain --route 'GET /orders' < token.txt",
        needs=(
            *DEPLOYMENT_NEEDS,
            *SECRET_NEEDS,
            "dynamodb:BatchGetItem",
            "sts:GetCallerIdentity",
        ),
    )(explain_token)


def explain_token(
    run: Run,
    *,
    token_file: TokenFile = STANDARD_INPUT,
    route: Annotated[
        str | None, typer.Option(help='Hold it against the rules of "GET /orders", too.')
    ] = None,
) -> Answer:
    """Explain a token: every check it passes and fails, in the order of the validation flow.

    First what the token says by itself, then its issuer's keys, the ledger's marks, the issuer's
    own word (one call: GetUser, or the provider's introspection or USERINFO) and the rules of a
    route; each with the deployed settings and by the authorizer's own code. It goes on after a
    failure wherever that still means something. Claims are shown only if the signature holds.
    Nothing is written, and no session takes a place.
    """
    found = explain(run, run.read_token(token_file), route)
    exit_code = Exit.FINE if found.is_known else Exit.UNAVAILABLE
    if found.decisive is not None:
        exit_code = Exit.FINDING
    return Answer(_data(found), _view(found), exit_code, found.warnings)


def _data(found: Explanation) -> dict[str, Any]:
    decisive = found.decisive
    return {
        "status": found.status,
        "reason": decisive.reason.value if decisive and decisive.reason else None,
        "checks": [_result_data(result) for result in found.results],
        "signature_holds": found.claims is not None,
        "claims": None if found.claims is None else dict(found.claims),
        "session": None if found.token is None else found.token.session_id,
        "shared_verdict": None
        if found.verdict is None
        else {
            "asked_at": moment_text(found.verdict.asked_at),
            "used_until": bound_text(found.verdict.fresh_until),
        },
    }


def _result_data(result: Result) -> dict[str, Any]:
    advice = None if result.reason is None else advice_on(result.reason)
    return {
        "check": result.check.value,
        "state": result.state.value,
        "reason": None if result.reason is None else result.reason.value,
        "detail": result.detail or None,
        "what_happened": advice.happened if advice else None,
        "what_to_do": advice.what_to_do if advice else None,
    }


def _view(found: Explanation) -> list[Any]:
    table = UncutTable("", "check", "reason", "found", title="The token")
    for result in found.results:
        reason = "" if result.reason is None else result.reason.value
        style = _STYLES.get(result.state, "dim")
        table.add_row(result.state.value, TITLES[result.check], reason, result.detail, style=style)
    parts: list[Any] = [table]
    to_do = _to_do(found.results)
    if to_do.row_count:
        parts.append(to_do)
    if found.claims is None:
        parts.append("No claims are shown: without a good signature anybody may have written them.")
    else:
        parts.append(_claims(found.claims))
    if found.status is None:
        parts.append("It is not known what the API answers.")
    else:
        parts.append(f"The API answers {found.status}, as far as was checked.")
    return parts


def _to_do(results: Iterable[Result]) -> UncutTable:
    table = UncutTable("reason", "what happened", "what to do", title="What to do")
    for reason in dict.fromkeys(r.reason for r in results if r.reason is not None):
        advice = advice_on(reason)
        table.add_row(reason.value, advice.happened, advice.what_to_do)
    return table


def _claims(claims: Any) -> UncutTable:
    table = UncutTable("claim", "value", title="Claims, verified by the signature")
    for name, value in claims.items():
        shown = f"{value}"
        if name in _MOMENTS and isinstance(value, int):
            shown = f"{value} ({moment_text(value)})"
        table.add_row(printable(str(name)), printable(shown))
    return table
