"""``revoke``: a session, a user, a client, everyone before a moment."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Annotated

import typer

from ops.answers import Answer, Exit, OpsError, UsageError
from ops.change import Action, approve, carry_out
from ops.command import DEPLOYMENT_NEEDS, command
from ops.commands.revoke_view import failures, grants_table, revocation_data, steps_table
from ops.gateways import GATEWAY_NEEDS, GuardedApi
from ops.ledger_table import need_ledger, open_ledger
from ops.moments import read_moment
from ops.native import is_native_id
from ops.revocation import (
    LEDGER,
    MARK_NEEDS,
    Plan,
    plan_client,
    plan_everyone,
    plan_native_session,
    plan_session,
    plan_user,
)
from ops.run import Run
from ops.session_ids import doubts_about, need_session_id
from ops.settling import (
    FLUSH_NEEDS,
    GATEWAY,
    FlushedAgain,
    flush_actions,
    flush_again,
    interruption,
    last_grants,
)
from ops.users import USER_NEEDS, the_user

UserName = Annotated[
    str, typer.Argument(metavar="USER", help="User name, sub, or what the pool signs him in by.")
]
Gone = Annotated[bool, typer.Option("--gone", help="The user was deleted; USER is his sub.")]
Issuer = Annotated[
    str,
    typer.Option(
        metavar="URL", help="An OpenID provider beside the pool, as in `iss`; USER is its sub."
    ),
]
ClientsIssuer = Annotated[
    str, typer.Option("--issuer", metavar="URL", help="An OpenID provider beside the pool.")
]
Wait = Annotated[
    bool,
    typer.Option(
        "--wait/--no-wait",
        help="Wait until no sandbox says yes any more, and flush the gateway's cache again.",
    ),
]
Before = Annotated[
    str, typer.Option(metavar="MOMENT", help="Sign-ins before it end: RFC 3339, or now.")
]
Linked = Annotated[
    bool, typer.Option("--linked", help="With a native session, those that belong to it too.")
]

_NEEDS = (*DEPLOYMENT_NEEDS, *GATEWAY_NEEDS, *FLUSH_NEEDS, *MARK_NEEDS)
_OF_USER = (*_NEEDS, *USER_NEEDS)


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(help="End a session, a user's, a client's, or everyone's.")
    for name, function, example, needs in (
        (
            "session",
            session,
            "revoke session ada d6ad69bd-4f71-4391-a759-4f4b1f250744 --reason 'phone stolen'",
            (*_OF_USER, "cognito-idp:AdminRevokeUserSession", "dynamodb:BatchGetItem"),
        ),
        (
            "user",
            user,
            "revoke user ada --reason 'left the company'",
            (*_OF_USER, "cognito-idp:AdminUserGlobalSignOut"),
        ),
        ("client", client, "revoke client 1h57kf5cpq17m0eml12EXAMPLE --reason 'leaked'", _NEEDS),
        (
            "everyone",
            everyone,
            "revoke everyone --before 2026-11-20T13:00:00Z --reason 'incident 42'",
            _NEEDS,
        ),
    ):
        command(group, name, group="revoke", example=example, needs=needs, is_change=True)(function)
    app.add_typer(group, name="revoke")


def session(
    run: Run,
    user: UserName,
    session_id: Annotated[
        str, typer.Argument(metavar="SESSION", help="origin_jti, or a native session's id.")
    ],
    *,
    linked: Linked = False,
    gone: Gone = False,
    issuer: Issuer = "",
    wait: Wait = True,
) -> Answer:
    """End one session of a user, on one device.

    `sessions USER` lists them, and `explain` names the one of a token. A session of the ledger is
    marked; one of Cognito's own (`tkn…`, `sso…`) is revoked there, and what is remembered of the
    user is void.
    """
    if not issuer:
        need_session_id(session_id)
    found = the_user(run, user, is_gone=gone, issuer=issuer)
    table = open_ledger(run)
    if is_native_id(session_id) and found.provider is None:
        if gone:
            raise UsageError("gone", "a user who is gone has no native sessions")
        native = plan_native_session(run, table, found, session_id, is_linked=linked)
        return _revoke(run, "revoke session", lambda _now: native, is_waiting=wait)
    doubts = () if table is None else doubts_about(table, found, session_id)
    plan_at = partial(plan_session, run, table, found, session_id, doubts=doubts)
    return _revoke(run, "revoke session", plan_at, is_waiting=wait)


def user(
    run: Run, user: UserName, *, gone: Gone = False, issuer: Issuer = "", wait: Wait = True
) -> Answer:
    """Sign a user out everywhere, now: all devices, all app clients.

    The ledger is marked first, then Cognito signs the user out, then the gateways' caches are
    flushed. The user can sign in again at once; disable the user first if that is not wanted.
    """
    found = the_user(run, user, is_gone=gone, issuer=issuer)
    plan_at = partial(plan_user, run, open_ledger(run), found)
    return _revoke(run, "revoke user", plan_at, is_waiting=wait)


def client(
    run: Run,
    client_id: Annotated[str, typer.Argument(metavar="CLIENT_ID", help="An app client.")],
    *,
    before: Before = "now",
    issuer: ClientsIssuer = "",
    wait: Wait = True,
) -> Answer:
    """End every session of an app client that was signed in before a moment.

    For a client whose secret or whose users' tokens have leaked, and for machine clients, whose
    tokens nothing else can end.
    """
    if not run.deployment.takes_client(client_id, issuer):
        raise UsageError("no_such_client", "the authorizer lets in no client of that id")
    name, table = run.deployment.ledger_issuer(issuer), need_ledger(run)
    return _revoke(
        run,
        "revoke client",
        lambda now: plan_client(run, table, name, client_id, read_moment(before, now=now)),
        is_waiting=wait,
    )


def everyone(
    run: Run, *, before: Before = "now", issuer: ClientsIssuer = "", wait: Wait = True
) -> Answer:
    """End every session of the pool, or of a provider, that was signed in before a moment.

    Everyone signs in again, all at once: Cognito takes 120 sign-ins a second by default, and with
    the hook 25. The mark can only rise: nobody can take it back.
    """
    name, table = run.deployment.ledger_issuer(issuer), need_ledger(run)
    return _revoke(
        run,
        "revoke everyone",
        lambda now: plan_everyone(run, table, name, read_moment(before, now=now)),
        is_waiting=wait,
    )


def _revoke(run: Run, name: str, plan_at: Callable[[float], Plan], *, is_waiting: bool) -> Answer:
    # Whoever is asked may take a while to say yes, and who signs in meanwhile is meant, too.
    approve(run, plan_at(run.aws.now()).question)
    plan = plan_at(run.aws.now())
    # Looking for the APIs takes its time, and may fail: no mark has to wait for that.
    apis: list[GuardedApi] = []

    def flushing() -> Sequence[Action]:
        try:
            apis.extend(run.gateways)
        except OpsError as error:
            return [Action(GATEWAY, "the APIs cannot be read", partial(_raise, error))]
        return flush_actions(run, apis, "flushed")

    changed = carry_out(
        run, name, plan.target, plan.actions, question=plan.question, further=flushing
    )
    has_ended = any(changed.was_done(layer) for layer in plan.ended_by)
    # Void verdicts are no mark: Cognito may still say yes, and that is remembered anew.
    is_pushed = LEDGER in plan.ended_by and changed.was_done(LEDGER)
    again, grants = FlushedAgain(), []
    if has_ended:
        if is_waiting:
            again = flush_again(run, apis, is_pushed=is_pushed)
        grants = last_grants(run, changed, apis, is_pushed=is_pushed, flushed_at=again.at)
    all_done = replace(changed, steps=(*changed.steps, *again.steps))
    is_cut_short = again.is_interrupted and all_done.exit_code is Exit.FINE
    return Answer(
        data=revocation_data(plan, all_done, grants),
        view=(
            *(plan.user.found_lines if plan.user else ()),
            steps_table(all_done.steps),
            grants_table(grants),
        ),
        exit_code=Exit.INTERRUPTED if is_cut_short else all_done.exit_code,
        warnings=(
            *([interruption(apis, grants)] if again.is_interrupted else []),
            *all_done.warnings,
            *failures(all_done),
            *plan.warnings,
        ),
    )


def _raise(error: OpsError) -> None:
    raise error
