"""Ends sessions at every layer, in an order in which a failure half-way leaves less open, not more.

The mark comes first: from the moment it stands, no token of the session gets past the authorizer,
however often it is refreshed. Cognito comes second, and ends refreshing itself. The gateways'
caches come last, for what is dropped from them before could be put back by an older answer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ledger.judgement import MarkReason
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
PROVIDER_WARNING = (
    "the provider was not told: whoever is signed in there comes back with a sign-in that is newer"
    " than the mark; end sessions and refresh tokens there, too"
)


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do, and what else is to be said.

    Attributes:
        ended_by: the layers each of which ends the sessions by itself; the ledger is among them if
            it is told that they have ended, and not merely to have Cognito asked anew.
        user: whose sessions, if one user's.
    """

    target: dict[str, object]
    question: str
    actions: tuple[Action, ...]
    warnings: tuple[str, ...]
    ended_by: tuple[str, ...]
    user: User | None = None


def mark_moment(now: float) -> int:
    """The mark that ends every session signed in up to now: marks are about whole seconds.

    One that begins in the same second ends too, and is begun again.
    """
    return int(now) + 1


def plan_user(run: Run, table: LedgerTable | None, user: User, now: float) -> Plan:
    """End all sessions of a user."""
    moment = mark_moment(now)
    mark = _mark(
        table,
        f"no sign-in of the user before {moment_text(moment)} counts",
        lambda w: w.writer.end_user_before(user.issuer, user.subject, moment, w.deadline()),
    )
    target: dict[str, object] = {"user": user.subject, "not_before": moment}
    question = f"This signs {user.title} out everywhere, of all app clients."
    if user.provider is not None:
        if table is None:
            raise UsageError("no_ledger", NO_LEDGER)
        return Plan(
            target | _name_of(run, user.issuer),
            question,
            (mark, _AT_PROVIDER),
            (PROVIDER_WARNING, RESTORE_WARNING),
            ended_by=(LEDGER,),
            user=user,
        )
    sign_out = Action(COGNITO, "the user is gone, and his refresh tokens with him")
    if not user.is_gone:
        sign_out = Action(
            COGNITO, "AdminUserGlobalSignOut", lambda: admin_global_sign_out(run, user.username)
        )
    return Plan(
        target,
        question,
        (mark, sign_out),
        (COOKIE_WARNING, RESTORE_WARNING) if table else (NO_LEDGER,),
        ended_by=(LEDGER, COGNITO),
        user=user,
    )


def plan_session(
    run: Run,
    table: LedgerTable | None,
    user: User,
    session_id: str,
    now: float,
    *,
    doubts: tuple[str, ...],
) -> Plan:
    """End one session, named by its tokens' ``origin_jti``, or by its provider's claim."""
    if table is None:
        raise UsageError("no_ledger", f"{NO_LEDGER}; a native session has an id of its own")
    if user.provider is not None and not user.provider.session_claim:
        raise UsageError("no_session_claim", "tokens of this issuer name no session: revoke user")
    name = user.row_of(session_id)
    is_providers = user.provider is not None
    action = _mark(
        table,
        "the session is revoked",
        lambda w: w.writer.end_session(
            name, MarkReason.SESSION_REVOKED, now=int(now), deadline=w.deadline()
        ),
    )
    return Plan(
        {"user": user.subject, "session": session_id, **_name_of(run, user.issuer)},
        " ".join((f"This ends one session of {user.title}.", *(f"But {d}." for d in doubts))),
        (action, _AT_PROVIDER if is_providers else _NOT_BY_ORIGIN_JTI),
        (*doubts, PROVIDER_WARNING if is_providers else REFRESH_WARNING, RESTORE_WARNING),
        ended_by=(LEDGER,),
        user=user,
    )


def plan_native_session(
    run: Run, table: LedgerTable | None, user: User, session_id: str, *, is_linked: bool
) -> Plan:
    """End one of Cognito's native sessions.

    Its id does not stand in its tokens, so no mark can name it: the ledger voids what it knows of
    the user instead, and Cognito is asked anew. That has to come after Cognito knows. How long
    Cognito goes on saying yes is not documented, and a yes counts for a verdict TTL: nothing less
    than what Cognito alone knows is promised.
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
        f"This ends one native session of {user.title}.",
        (revoke, void),
        (),
        ended_by=(COGNITO,),
        user=user,
    )


def plan_client(run: Run, table: LedgerTable, issuer: str, client_id: str, moment: int) -> Plan:
    """End all sessions of an app client that were signed in before a moment."""
    action = _mark(
        table,
        f"no sign-in by the client before {moment_text(moment)} counts",
        lambda w: w.writer.end_client_before(issuer, client_id, moment, w.deadline()),
    )
    return Plan(
        {"client": client_id, "not_before": moment, **_name_of(run, issuer)},
        f"This signs out EVERYONE who came by the app client {client_id}.",
        (action, Action(COGNITO, "no operation signs a client's users out")),
        _warnings(run, issuer),
        ended_by=(LEDGER,),
    )


def plan_everyone(run: Run, table: LedgerTable, issuer: str, moment: int) -> Plan:
    """End all sessions of an issuer that were signed in before a moment."""
    action = _mark(
        table,
        f"no sign-in before {moment_text(moment)} counts",
        lambda w: w.writer.end_everyone_before(issuer, moment, w.deadline()),
    )
    pool_id = run.deployment.user_pool_id
    is_pools = issuer == run.deployment.issuer
    return Plan(
        {"everyone": pool_id if is_pools else issuer, "not_before": moment},
        f"This signs out EVERYONE of {f'the pool {pool_id}' if is_pools else issuer}.",
        (action, Action(COGNITO, "no operation signs everyone out")),
        _warnings(run, issuer),
        ended_by=(LEDGER,),
    )


def admin_global_sign_out(run: Run, username: str) -> None:
    """End all sessions of a user at Cognito. Raises ClientError."""
    run.aws.client("cognito-idp").admin_user_global_sign_out(
        UserPoolId=run.deployment.user_pool_id, Username=username
    )


_AT_PROVIDER = Action(COGNITO, "the user is another issuer's, and nothing to Cognito")
_NOT_BY_ORIGIN_JTI = Action(COGNITO, "no operation ends a session by its origin_jti")


def _warnings(run: Run, issuer: str) -> tuple[str, ...]:
    """What a mark on many leaves open at their issuer."""
    if issuer != run.deployment.issuer:
        return PROVIDER_WARNING, RESTORE_WARNING
    return REFRESH_WARNING, COOKIE_WARNING, RESTORE_WARNING


def _name_of(run: Run, issuer: str) -> dict[str, object]:
    """Nothing, if it is the pool's own."""
    return {} if issuer == run.deployment.issuer else {"issuer": issuer}


def _mark(table: LedgerTable | None, what: str, write: Callable[[LedgerTable], None]) -> Action:
    if table is None:
        return Action(LEDGER, "this deployment has no ledger")
    return Action(LEDGER, what, lambda: write(table))
