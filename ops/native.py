"""Cognito's native sessions, where a pool has them; its answer where it has not.

https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminListUserSessions.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from ops.answers import UnavailableError, printable
from ops.aws import answering, error_code
from ops.run import Run
from ops.users import User

#: The pool is of the tier Lite, does not track sessions, or the Region has no such operation.
ABSENT = frozenset(
    {
        "FeatureUnavailableInTierException",
        "OperationNotEnabledException",
        "UnsupportedOperationException",
        "UnknownOperationException",
    }
)
_SESSION_ID = re.compile(r"(tkn|sso)[a-z0-9]{25}")


@dataclass(frozen=True, slots=True)
class NativeSession:
    """One session as Cognito tells of it. Times are seconds since the epoch."""

    session_id: str
    kind: str
    client_id: str
    created_at: float
    last_active_at: float
    device: str
    address: str


@dataclass(frozen=True, slots=True)
class NativeSessions:
    """A user's sessions; ``absent`` says why there are none to be had, if that is so."""

    sessions: tuple[NativeSession, ...] = ()
    absent: str = ""


def is_native_id(text: str) -> bool:
    """Whether Cognito names its own sessions like that; ``origin_jti`` is written otherwise."""
    return _SESSION_ID.fullmatch(text) is not None


def list_sessions(run: Run, user: User) -> NativeSessions:
    """A user's native sessions. Raises UnavailableError: Cognito did not say."""
    if user.provider is not None:
        return NativeSessions(absent="the user is another issuer's")
    if user.is_gone:
        return NativeSessions(absent="the user is gone")
    try:
        return NativeSessions(tuple(_session(found) for found in _pages(run, user)))
    except UnavailableError as error:
        if error.code in ABSENT:
            return NativeSessions(absent=f"this pool has none ({error.code})")
        raise


def revoke_session(run: Run, user: User, session_id: str, *, is_linked: bool) -> None:
    """End one native session.

    Args:
        is_linked: whether what was made from it, or what it was made from, ends with it.

    Raises:
        ClientError: Cognito refused.
    """
    linked = {"RevokeAssociatedSessions": "LINKED"} if is_linked else {}
    run.aws.client("cognito-idp").admin_revoke_user_session(
        UserPoolId=run.deployment.user_pool_id,
        Username=user.username,
        SessionId=session_id,
        **linked,
    )


def is_absent(error: ClientError) -> bool:
    """Whether the pool has no native sessions."""
    return error_code(error) in ABSENT


def _pages(run: Run, user: User) -> Iterator[Mapping[str, Any]]:
    parameters = {"UserPoolId": run.deployment.user_pool_id, "Username": user.username}
    while True:
        with answering():
            page = run.aws.client("cognito-idp").admin_list_user_sessions(**parameters)
        yield from page.get("Sessions", [])
        if not page.get("NextToken"):
            return
        parameters["NextToken"] = page["NextToken"]


def _session(found: Mapping[str, Any]) -> NativeSession:
    return NativeSession(
        session_id=found["SessionId"],
        kind=found.get("SessionType", ""),
        client_id=found.get("ClientId", ""),
        created_at=_seconds(found.get("CreateDate")),
        last_active_at=_seconds(found.get("LastActiveDate")),
        device=printable(found.get("DeviceType", "")),
        address=found.get("LastIPAddress", ""),
    )


def _seconds(moment: Any) -> float:
    return 0.0 if moment is None else float(moment.timestamp())
