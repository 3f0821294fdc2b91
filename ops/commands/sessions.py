"""``sessions``: those of a user, Cognito's own and the ledger's."""

from __future__ import annotations

import typer

from ops.answers import Answer, moment_text
from ops.command import DEPLOYMENT_NEEDS, command
from ops.commands.revoke import Gone, Issuer, UserName
from ops.ledger_table import open_ledger
from ops.native import NativeSessions, list_sessions
from ops.roster_view import LedgerView, read_ledger_view
from ops.run import Run
from ops.tables import UncutTable
from ops.users import USER_NEEDS, User, the_user


def register(app: typer.Typer) -> None:
    """Add the command."""
    needs = (
        *DEPLOYMENT_NEEDS,
        *USER_NEEDS,
        "cognito-idp:AdminListUserSessions",
        "dynamodb:BatchGetItem",
        "sts:GetCallerIdentity",
    )
    command(app, "sessions", example="sessions ada", needs=needs)(sessions)


def sessions(run: Run, user: UserName, *, gone: Gone = False, issuer: Issuer = "") -> Answer:
    """Show a user's sessions: Cognito's native ones where the pool has them, and the ledger's.

    The ledger knows sessions by name only if it keeps rosters (`sessionMode: ledger`); in the other
    modes it shows the user's watermarks, and `explain` shows the session of a token.
    """
    found = the_user(run, user, is_gone=gone, issuer=issuer)
    native = list_sessions(run, found)
    table = open_ledger(run)
    view = None
    if table is not None:
        view = read_ledger_view(table, run.deployment, found, now=run.aws.now())
    return Answer(
        data=_data(found, native, view),
        view=[_user_line(found), *_native_view(native), *_ledger_view(view)],
    )


def _data(user: User, native: NativeSessions, view: LedgerView | None) -> dict[str, object]:
    return {
        "user": {
            "username": user.username or None,
            "sub": user.subject,
            "status": user.status or None,
            "is_enabled": user.is_enabled,
        },
        "native": {
            "absent": native.absent or None,
            "sessions": [
                {
                    "id": session.session_id,
                    "type": session.kind,
                    "client_id": session.client_id,
                    "created_at": moment_text(session.created_at),
                    "last_active_at": moment_text(session.last_active_at),
                    "device": session.device,
                    "address": session.address,
                }
                for session in native.sessions
            ],
        },
        "ledger": None if view is None else _ledger_data(view),
    }


def _ledger_data(view: LedgerView) -> dict[str, object]:
    return {
        "not_before": moment_text(view.not_before),
        "issued_not_before": moment_text(view.user.issued_not_before),
        "issued_reason": view.user.issued_reason or None,
        "generation": view.user.generation,
        "sessions": [
            {
                "id": session.session_id,
                "client_id": session.member.client_id,
                "device": session.member.device,
                "signed_in_at": moment_text(session.member.authenticated_at),
                "first_seen_at": moment_text(session.member.first_seen),
                "last_seen_at": moment_text(session.member.last_seen),
                "state": session.state,
                "checked_at": moment_text(session.checked_at),
                "is_verdict_fresh": session.is_verdict_fresh,
            }
            for session in view.sessions
        ],
    }


def _user_line(user: User) -> str:
    if user.provider is not None:
        return f"{user.subject} of {user.issuer}"
    if user.is_gone:
        return f"{user.subject}, who is gone"
    enabled = "enabled" if user.is_enabled else "DISABLED"
    return f"{user.username} ({user.subject}), {user.status}, {enabled}"


def _native_view(native: NativeSessions) -> list[UncutTable | str]:
    if native.absent:
        return [f"Native sessions: {native.absent}"]
    table = UncutTable("id", "type", "client", "since", "last active", "device", "address")
    table.title = "Native sessions"
    for session in native.sessions:
        table.add_row(
            session.session_id,
            session.kind,
            session.client_id,
            moment_text(session.created_at),
            moment_text(session.last_active_at),
            session.device,
            session.address,
        )
    return [table]


def _ledger_view(view: LedgerView | None) -> list[UncutTable | str]:
    if view is None:
        return ["Ledger: this deployment has none"]
    said: list[UncutTable | str] = []
    if view.not_before:
        said.append(f"Sign-ins before {moment_text(view.not_before)} have ended.")
    if view.user.issued_not_before:
        moment = moment_text(view.user.issued_not_before)
        said.append(f"Tokens issued before {moment} have ended: {view.user.issued_reason}.")
    if not view.sessions:
        return [*said, "Ledger: no session on the roster"]
    table = UncutTable(
        "session", "client", "device", "signed in", "last seen", "state", "verdict of"
    )
    table.title = "The ledger's roster"
    for session in view.sessions:
        checked = moment_text(session.checked_at) or "never asked"
        table.add_row(
            session.session_id,
            session.member.client_id,
            session.member.device,
            moment_text(session.member.authenticated_at),
            moment_text(session.member.last_seen),
            session.state,
            f"{checked}, in use" if session.is_verdict_fresh else checked,
        )
    return [*said, table]
