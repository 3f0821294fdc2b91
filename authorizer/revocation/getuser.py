"""Cognito's ``GetUser``: the one operation that refuses a revoked access token.

It is unsigned: one HTTPS POST with the token in its body, no IAM permission.
https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GetUser.html
"""

from __future__ import annotations

import json
from typing import Any

from authorizer.choices import TokenUse
from authorizer.errors import Reason
from authorizer.revocation.verdict import ACTIVE, Concerns, Verdict
from authorizer.tokens import VerifiedToken
from transport import Answer, Deadline, Transport, TransportError
from transport.aws_answers import error_name, json_object

#: Without it GetUser refuses a token in the very words it has for others, so the scope is
#: looked at before the call.
ADMIN_SCOPE = "aws.cognito.signin.user.admin"

#: A user has at most 50 custom attributes of 2,048 characters beside the standard ones.
MAX_ANSWER_BYTES = 262_144

_HEADERS = {
    "Content-Type": "application/x-amz-json-1.1",
    "X-Amz-Target": "AWSCognitoIdentityProviderService.GetUser",
}

_REFUSED = Verdict.rejected(Reason.REFUSED_BY_ISSUER, Concerns.TOKEN)
_MISCONFIGURED = Verdict.unavailable(Reason.ISSUER_MISCONFIGURED)
_FAULT = Verdict.unavailable(Reason.ISSUER_FAULT)
_THROTTLED = Verdict.unavailable(Reason.ISSUER_THROTTLED)

#: Every error in the SDK's model of GetUser, and what it says of the session. The message
#: refines NotAuthorizedException below; the class alone decides the outcome.
VERDICTS: dict[str, Verdict] = {
    "NotAuthorizedException": _REFUSED,
    "UserNotFoundException": Verdict.rejected(Reason.USER_NOT_FOUND, Concerns.SESSION),
    "PasswordResetRequiredException": Verdict.rejected(
        Reason.PASSWORD_RESET_REQUIRED, Concerns.TOKEN
    ),
    "UserNotConfirmedException": Verdict.rejected(Reason.USER_NOT_CONFIRMED, Concerns.TOKEN),
    "TooManyRequestsException": _THROTTLED,
    "InternalErrorException": _FAULT,
    # Our own mistake, the pool's absence or a web ACL in the way: no word about the session.
    "ForbiddenException": _MISCONFIGURED,
    "InvalidParameterException": _MISCONFIGURED,
    "OperationNotEnabledException": _MISCONFIGURED,
    "ResourceNotFoundException": _MISCONFIGURED,
    # Common to AWS services, outside the model of the operation.
    "ThrottlingException": _THROTTLED,
    "RequestLimitExceeded": _THROTTLED,
    "ServiceUnavailableException": _FAULT,
}

#: What a NotAuthorizedException says, by a phrase of its message in lower case. Cognito's texts
#: are not documented; one that is not listed still refuses, as REFUSED_BY_ISSUER.
NOT_AUTHORIZED: tuple[tuple[str, Verdict], ...] = (
    ("has been revoked", Verdict.rejected(Reason.SESSION_REVOKED, Concerns.SESSION)),
    ("disabled", Verdict.rejected(Reason.USER_DISABLED, Concerns.SESSION)),
    ("has expired", Verdict.rejected(Reason.TOKEN_EXPIRED, Concerns.TOKEN)),
    ("required scopes", Verdict.rejected(Reason.SESSION_NOT_CHECKABLE, Concerns.TOKEN)),
)


class GetUser:
    """Asks Cognito about access tokens that carry the admin scope."""

    name = "getuser"

    def __init__(self, endpoint: str, *, transport: Transport) -> None:
        """
        Args:
            endpoint: ``https://cognito-idp.<region>.amazonaws.com``.
            transport: how to reach it.
        """
        self._url = f"{endpoint}/"
        self._transport = transport

    def can_judge(self, token: VerifiedToken) -> bool:
        """Access tokens of users, with the admin scope."""
        return (
            token.provider is None
            and token.token_use is TokenUse.ACCESS
            and not token.is_machine
            and ADMIN_SCOPE in token.scopes
        )

    def ask(self, token: VerifiedToken, deadline: Deadline) -> Verdict:
        """One call, no retry: the caller of the API will try again, the quota is for everyone."""
        try:
            answer = self._transport.request(
                "POST",
                self._url,
                headers=_HEADERS,
                body=json.dumps({"AccessToken": token.text}).encode(),
                max_bytes=MAX_ANSWER_BYTES,
                deadline=deadline,
            )
        except TransportError:
            return Verdict.unavailable(Reason.ISSUER_UNREACHABLE)
        return _read(answer, token)


def _read(answer: Answer, token: VerifiedToken) -> Verdict:
    document = json_object(answer.body) or {}
    if answer.status == 200:
        # A proxy's friendly page has status 200 too, and must not let anyone in; nor must what
        # was said of somebody else.
        return ACTIVE if _is_about(document, token) else _FAULT
    verdict = VERDICTS.get(error_name(document))
    if verdict is _REFUSED:
        return _refine(document)
    if verdict is not None:
        return verdict
    if answer.status == 429:
        return _THROTTLED
    if answer.status == 403:
        return _MISCONFIGURED
    return _FAULT


def _is_about(document: dict[str, Any], token: VerifiedToken) -> bool:
    """Whether an answer names the token's user.

    ``sub`` is what AWS advises to know users by, and never changes. Should an app client not get
    to read it, the name must do: the answer's and the token's are both the user's own, whichever
    alias the sign-in was by. Pools that ignore case write names in lower case here, and nobody
    says that they do so in tokens.
    https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-case-sensitivity.html
    """
    username, attributes = document.get("Username"), document.get("UserAttributes")
    if not isinstance(username, str):
        return False
    for attribute in attributes if isinstance(attributes, list) else ():
        if isinstance(attribute, dict) and attribute.get("Name") == "sub":
            return bool(attribute.get("Value") == token.subject)
    return username.casefold() == token.username.casefold()


def _refine(document: dict[str, Any]) -> Verdict:
    message = document.get("message", document.get("Message"))
    text = message.lower() if isinstance(message, str) else ""
    return next((verdict for phrase, verdict in NOT_AUTHORIZED if phrase in text), _REFUSED)
