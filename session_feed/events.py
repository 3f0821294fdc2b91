"""Cognito's management events, as CloudTrail hands them to EventBridge.

https://docs.aws.amazon.com/cognito/latest/developerguide/logging-using-cloudtrail.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from ledger.judgement import MarkReason


class Effect(StrEnum):
    """What an operation means for the user's sessions."""

    END_TOKENS = "end_tokens"
    """Cognito has revoked every token issued before it, refresh tokens too."""
    END_SESSIONS = "end_sessions"
    """The password has changed hands: whoever signed in before must sign in again."""
    ASK_AGAIN = "ask_again"
    """Some session ended; the event does not say which, so Cognito is asked about each."""


#: What each operation does, and the reason that its mark gives.
EFFECTS: dict[str, tuple[Effect, MarkReason]] = {
    "GlobalSignOut": (Effect.END_TOKENS, MarkReason.SESSION_REVOKED),
    "AdminUserGlobalSignOut": (Effect.END_TOKENS, MarkReason.SESSION_REVOKED),
    "AdminDisableUser": (Effect.END_TOKENS, MarkReason.USER_DISABLED),
    "AdminDeleteUser": (Effect.END_TOKENS, MarkReason.USER_NOT_FOUND),
    "DeleteUser": (Effect.END_TOKENS, MarkReason.USER_NOT_FOUND),
    "AdminResetUserPassword": (Effect.END_SESSIONS, MarkReason.SESSION_REVOKED),
    "AdminSetUserPassword": (Effect.END_SESSIONS, MarkReason.SESSION_REVOKED),
    "ConfirmForgotPassword": (Effect.END_SESSIONS, MarkReason.SESSION_REVOKED),
    "RevokeToken": (Effect.ASK_AGAIN, MarkReason.SESSION_REVOKED),
    "Revoke_POST": (Effect.ASK_AGAIN, MarkReason.SESSION_REVOKED),
    "AdminRevokeUserSession": (Effect.ASK_AGAIN, MarkReason.SESSION_REVOKED),
    "RevokeUserSession": (Effect.ASK_AGAIN, MarkReason.SESSION_REVOKED),
}

_SUBJECT = re.compile(r"[0-9A-Za-z-]{1,128}")


class EventError(Exception):
    """The event cannot be acted on. The message is one of a few fixed words.

    Attributes:
        is_loss: whether nobody makes up for it: what Cognito has ended it says when it is asked,
            and of sessions from before a change of password it says that they live.
    """

    def __init__(self, why: str, *, is_loss: bool = False) -> None:
        super().__init__(why)
        self.is_loss = is_loss


@dataclass(frozen=True, slots=True)
class Revocation:
    """What happened to whose sessions, and when (whole seconds since the epoch)."""

    operation: str
    effect: Effect
    reason: MarkReason
    subject: str
    happened_at: int


def read_event(event: Any, user_pool_id: str, hook_role_arn: str = "") -> Revocation | None:
    """Read an event; None if it is about another pool, or about a call that failed.

    A sign-out that the hook made is a sign-in elsewhere, and its mark says so.

    Raises:
        EventError: it is no such event, or it does not say about whom.
    """
    detail = _members(event, "detail")
    operation = detail.get("eventName")
    if not isinstance(operation, str) or operation not in EFFECTS:
        raise EventError("operation unknown")
    # Domain endpoints' events carry an empty code where nothing went wrong.
    if detail.get("errorCode"):
        return None
    additional = _members(detail, "additionalEventData")
    pool = _members(detail, "requestParameters").get("userPoolId", additional.get("userPoolId"))
    # Unsigned operations may name no pool. A subject is unique, so a mark on another pool's user
    # would be about nobody.
    if pool is not None and pool != user_pool_id:
        return None
    subject, happened_at = additional.get("sub"), _moment(detail.get("eventTime"))
    effect, reason = EFFECTS[operation]
    is_loss = effect is Effect.END_SESSIONS
    if not isinstance(subject, str) or _SUBJECT.fullmatch(subject) is None:
        raise EventError("no subject", is_loss=is_loss)
    if happened_at is None:
        raise EventError("no time", is_loss=is_loss)
    if hook_role_arn and _issuing_role(detail) == hook_role_arn:
        reason = MarkReason.SIGNED_IN_ELSEWHERE
    return Revocation(operation, effect, reason, subject, happened_at)


def _issuing_role(detail: Mapping[str, Any]) -> Any:
    """The role whose session made the call.

    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
    """
    session = _members(_members(detail, "userIdentity"), "sessionContext")
    return _members(session, "sessionIssuer").get("arn")


def _moment(text: Any) -> int | None:
    try:
        return int(datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).timestamp())
    except (TypeError, ValueError):
        return None


def _members(container: Any, name: str) -> Mapping[str, Any]:
    value = container.get(name) if isinstance(container, dict) else None
    return value if isinstance(value, dict) else {}
