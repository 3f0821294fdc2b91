"""What CloudTrail writes down of operations that end sessions, as EventBridge hands it on.

https://docs.aws.amazon.com/cognito/latest/developerguide/understanding-amazon-cognito-entries.html
https://docs.aws.amazon.com/eventbridge/latest/ref/events-structure.html
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from local.clock import WallClock
from local.cognito.directory import Directory
from local.cognito.errors import CognitoError
from local.cognito.sessions import SessionBook
from local.cognito.tokens import AccessTokenJudge

#: Operations on behalf of an operator, who signs them; they name the pool.
_SIGNED = frozenset(
    {
        "AdminDeleteUser",
        "AdminDisableUser",
        "AdminResetUserPassword",
        "AdminSetUserPassword",
        "AdminUserGlobalSignOut",
    }
)
#: Operations of users and their apps, unsigned.
_UNSIGNED = frozenset({"ConfirmForgotPassword", "DeleteUser", "GlobalSignOut", "RevokeToken"})

_ACCOUNT = "123456789012"
_HIDDEN = "HIDDEN_DUE_TO_SECURITY_REASONS"
_SHOWN = frozenset({"ClientId", "Permanent", "UserPoolId"})


@dataclass(frozen=True, slots=True)
class Whom:
    """The user that an operation is about."""

    pool_id: str
    subject: str


class Trail:
    """Writes events down; nobody hears of them until they are taken."""

    def __init__(
        self,
        directory: Directory,
        sessions: SessionBook,
        judge: AccessTokenJudge,
        clock: WallClock,
    ) -> None:
        self._directory = directory
        self._sessions = sessions
        self._judge = judge
        self._clock = clock
        self._events: list[dict[str, Any]] = []

    def take(self) -> list[dict[str, Any]]:
        """The events since the last time, oldest first."""
        taken, self._events = self._events, []
        return taken

    def whom(self, operation: str, body: Mapping[str, Any]) -> Whom | None:
        """The user that an operation is about. To be asked before it: it may delete him."""
        try:
            if operation in _SIGNED:
                return self._user(body.get("UserPoolId", ""), body)
            if operation == "ConfirmForgotPassword":
                return self._user(self._directory.client(body.get("ClientId", "")).pool_id, body)
            if operation == "RevokeToken":
                session = self._sessions.of_refresh_token(body.get("Token", ""))
                return Whom(session.pool_id, session.subject) if session else None
            if operation in _UNSIGNED:
                session, _ = self._judge.judge(body.get("AccessToken"))
                return Whom(session.pool_id, session.subject)
        except CognitoError:
            # The operation will say so itself.
            pass
        return None

    def record(
        self,
        operation: str,
        body: Mapping[str, Any],
        whom: Whom | None,
        *,
        error: CognitoError | None = None,
    ) -> None:
        """Write down an operation that has been done, or refused."""
        if operation not in _SIGNED | _UNSIGNED:
            return
        pool_id = body.get("UserPoolId") or (whom.pool_id if whom else "")
        region = pool_id.partition("_")[0]
        moment = datetime.fromtimestamp(int(self._clock()), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        detail: dict[str, Any] = {
            "eventVersion": "1.08",
            "userIdentity": _identity(operation),
            "eventTime": moment,
            "eventSource": "cognito-idp.amazonaws.com",
            "eventName": operation,
            "awsRegion": region,
            "sourceIPAddress": "192.0.2.1",
            "userAgent": "aws-sdk-unknown-unknown",
            "requestParameters": _shown(body),
            "responseElements": None,
            "requestID": str(uuid.uuid4()),
            "eventID": str(uuid.uuid4()),
            "readOnly": False,
            "eventType": "AwsApiCall",
            "managementEvent": True,
            "recipientAccountId": _ACCOUNT,
            "eventCategory": "Management",
        }
        if error is not None:
            detail |= {"errorCode": error.code, "errorMessage": error.message}
        if whom is not None:
            detail["additionalEventData"] = {"sub": whom.subject}
        self._events.append(
            {
                "version": "0",
                "id": str(uuid.uuid4()),
                "detail-type": "AWS API Call via CloudTrail",
                "source": "aws.cognito-idp",
                "account": _ACCOUNT,
                "time": moment,
                "region": region,
                "resources": [],
                "detail": detail,
            }
        )

    def _user(self, pool_id: str, body: Mapping[str, Any]) -> Whom:
        user = self._directory.user(pool_id, body.get("Username", ""))
        return Whom(pool_id, user.subject)


def _identity(operation: str) -> dict[str, str]:
    if operation in _UNSIGNED:
        return {"type": "Unknown", "principalId": "Anonymous"}
    return {
        "type": "IAMUser",
        "principalId": "AIDAEXAMPLE",
        "arn": f"arn:aws:iam::{_ACCOUNT}:user/operator",
        "accountId": _ACCOUNT,
        "userName": "operator",
    }


def _shown(body: Mapping[str, Any]) -> dict[str, Any]:
    """The request, user names, passwords and tokens hidden, in CloudTrail's spelling."""
    return {
        name[:1].lower() + name[1:]: value if name in _SHOWN else _HIDDEN
        for name, value in body.items()
    }
