"""Ends sessions at every layer, in an order in which a failure half-way leaves less open, not more.

The mark comes first: from the moment it stands, no token of the session gets past the authorizer,
however often it is refreshed. Cognito comes second, and ends refreshing itself. The gateways'
caches come last, for what is dropped from them before could be put back by an older answer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ledger.judgement import MarkReason
from ledger.rows import session_name
from ops.answers import UsageError, moment_text
from ops.change import Action
from ops.ledger_table import NO_LEDGER, LedgerTable
from ops.native import revoke_session
from ops.run import Run
from ops.users import User

LEDGER, COGNITO = "ledger", "cognito"

#: What the marks take.
MARK_NEEDS = ("dynamodb:UpdateItem",)

COOKIE_WARNING = (
    "Cognito's managed-login cookie is not cleared: for up to an hour it signs the browser in again"
    " without a password, as of the old sign-in, which the mark refuses: those users are locked out"
    " for that long unless they go by /logout first"
)
RESTORE_WARNING = (
    "restoring the ledger's table to a point before now undoes the mark: repeat this command then"
)
REFRESH_WARNING = (
    "Cognito has no operation for this: refresh tokens live on there, and every token that they"
    " bring is refused by the mark"
)


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do, and what else is to be said.

    Attributes:
        ended_by: the layers each of which ends the sessions by itself.
    """

    target: dict[str, object]
    question: str
    actions: tuple[Action, ...]
    warnings: tuple[str, ...]
    ended_by: tuple[str, ...]


def mark_moment(now: float) -> int:
    """The mark that ends every session signed in up to now: marks are about whole seconds.

    One that begins in the same second ends too, and is begun again.
    """
    return int(now) + 1


def plan_user(run: Run, table: LedgerTable | None, user: User, now: float) -> Plan:
    """End all sessions of a user."""
    moment = mark_moment(now)
    issuer, name = run.deployment.issuer, user.username or user.subject
    actions = [
        _mark(
            table,
            f"no sign-in of the user before {moment_text(moment)} counts",
            lambda w: w.writer.end_user_before(issuer, user.subject, moment, w.deadline()),
        ),
        Action(COGNITO, "the user is gone, and his refresh tokens with him")
        if user.is_gone
        else Action(
            COGNITO, "AdminUserGlobalSignOut", lambda: admin_global_sign_out(run, user.username)
        ),
    ]
    warnings = (COOKIE_WARNING, RESTORE_WARNING) if table else (NO_LEDGER,)
    return Plan(
        {"user": user.subject, "not_before": moment},
        f"This signs {name} out everywhere, of all app clients.",
        tuple(actions),
        warnings,
        ended_by=(LEDGER, COGNITO),
    )


def plan_session(
    run: Run, table: LedgerTable | None, user: User, session_id: str, now: float
) -> Plan:
    """End one session, named by its tokens' ``origin_jti``."""
    if table is None:
        raise UsageError("no_ledger", f"{NO_LEDGER}; a native session has an id of its own")
    name = session_name(run.deployment.issuer, user.subject, session_id)
    action = _mark(
        table,
        "the session is revoked",
        lambda w: w.writer.end_session(
            name, MarkReason.SESSION_REVOKED, now=int(now), deadline=w.deadline()
        ),
    )
    return Plan(
        {"user": user.subject, "session": session_id},
        f"This ends one session of {user.username or user.subject}.",
        (action, Action(COGNITO, "no operation ends a session by its origin_jti")),
        (REFRESH_WARNING, RESTORE_WARNING),
        ended_by=(LEDGER,),
    )


def plan_native_session(
    run: Run, table: LedgerTable | None, user: User, session_id: str, *, is_linked: bool
) -> Plan:
    """End one of Cognito's native sessions.

    Its id does not stand in its tokens, so no mark can name it: the ledger voids what it knows of
    the user instead, and Cognito is asked anew. That has to come after Cognito knows.
    """
    revoke = Action(
        COGNITO,
        "AdminRevokeUserSession",
        lambda: revoke_session(run, user, session_id, is_linked=is_linked),
    )
    void = _mark(
        table,
        "verdicts on the user's sessions are void",
        lambda w: w.writer.void_verdicts(run.deployment.issuer, user.subject, w.deadline()),
    )
    return Plan(
        {"user": user.subject, "native_session": session_id, "linked": is_linked},
        f"This ends one native session of {user.username}.",
        (revoke, void),
        (),
        ended_by=(COGNITO,),
    )


def plan_client(run: Run, table: LedgerTable, client_id: str, moment: int) -> Plan:
    """End all sessions of an app client that were signed in before a moment."""
    issuer = run.deployment.issuer
    action = _mark(
        table,
        f"no sign-in by the client before {moment_text(moment)} counts",
        lambda w: w.writer.end_client_before(issuer, client_id, moment, w.deadline()),
    )
    return Plan(
        {"client": client_id, "not_before": moment},
        f"This signs out EVERYONE who came by the app client {client_id}.",
        (action, Action(COGNITO, "no operation signs a client's users out")),
        (REFRESH_WARNING, COOKIE_WARNING, RESTORE_WARNING),
        ended_by=(LEDGER,),
    )


def plan_everyone(run: Run, table: LedgerTable, moment: int) -> Plan:
    """End all sessions of the pool that were signed in before a moment."""
    issuer = run.deployment.issuer
    action = _mark(
        table,
        f"no sign-in before {moment_text(moment)} counts",
        lambda w: w.writer.end_everyone_before(issuer, moment, w.deadline()),
    )
    return Plan(
        {"everyone": run.deployment.user_pool_id, "not_before": moment},
        f"This signs out EVERYONE of the pool {run.deployment.user_pool_id}.",
        (action, Action(COGNITO, "no operation signs everyone out")),
        (REFRESH_WARNING, COOKIE_WARNING, RESTORE_WARNING),
        ended_by=(LEDGER,),
    )


def admin_global_sign_out(run: Run, username: str) -> None:
    """End all sessions of a user at Cognito. Raises ClientError."""
    run.aws.client("cognito-idp").admin_user_global_sign_out(
        UserPoolId=run.deployment.user_pool_id, Username=username
    )


def _mark(table: LedgerTable | None, what: str, write: Callable[[LedgerTable], None]) -> Action:
    if table is None:
        return Action(LEDGER, "this deployment has no ledger")
    return Action(LEDGER, what, lambda: write(table))
