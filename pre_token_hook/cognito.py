"""Cognito's AdminUserGlobalSignOut: one signed POST, over the transport that the authorizer uses.

No SDK, because the SDK takes any answer below 300 for a success and knows no deadline for a whole
call (``docs/decisions/0017-the-hook-without-an-sdk.md``). What is sent is held against botocore's
own serialization in ``tests/contracts/test_sign_out_call.py``.
"""

from __future__ import annotations

import json
from collections.abc import Callable

from ledger.sigv4 import Credentials, Signer
from transport import Answer, Deadline, Transport, TransportError, WallClock

#: An answer is empty, and an error is a sentence.
MAX_ANSWER_BYTES = 65_536

_TARGET = "AWSCognitoIdentityProviderService.AdminUserGlobalSignOut"

#: Trying again may help, and does no harm: signing out twice is signing out once.
_PASSING = frozenset(
    {
        "InternalErrorException",
        "InternalFailure",
        "RequestLimitExceeded",
        "ServiceUnavailable",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)

#: Errors that are told by their names: those in the SDK's model of the operation, and those that
#: any service may answer. Another text is the other side's own, and nobody's to repeat.
#: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/CommonErrors.html
KNOWN_CODES = _PASSING | {
    "AccessDeniedException",
    "ExpiredTokenException",
    "IncompleteSignatureException",
    "InvalidParameterException",
    "InvalidSignatureException",
    "MissingAuthenticationTokenException",
    "NotAuthorizedException",
    "OperationNotEnabledException",
    "OptInRequired",
    "ResourceNotFoundException",
    "UnrecognizedClientException",
    "UserNotFoundException",
}


class CognitoError(Exception):
    """Nobody can say that the user was signed out.

    ``code`` is an error of Cognito's, a word of the transport's or a status; never a text of the
    other side's. ``may_pass`` says whether trying again is of any use.
    """

    def __init__(self, code: str, *, may_pass: bool) -> None:
        super().__init__(code)
        self.code = code
        self.may_pass = may_pass


class Cognito:
    """Calls Cognito in one Region over a :class:`transport.Transport`."""

    def __init__(
        self,
        region: str,
        endpoint: str,
        *,
        credentials: Callable[[], Credentials],
        transport: Transport,
        clock: WallClock,
    ) -> None:
        """
        Args:
            region: the user pools' Region.
            endpoint: ``https://cognito-idp.<region>.amazonaws.com``.
            credentials: asked before each call; they may change while a sandbox lives.
            transport: how to reach it.
            clock: wall-clock time, seconds since the epoch, for signatures.
        """
        self._url = f"{endpoint}/"
        self._host = endpoint.partition("://")[2]
        self._signer = Signer("cognito-idp", region)
        self._credentials = credentials
        self._transport = transport
        self._clock = clock

    def sign_out(self, user_pool_id: str, username: str, deadline: Deadline) -> None:
        """Revoke all of a user's tokens, of all app clients. One attempt.

        https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminUserGlobalSignOut.html

        Raises:
            CognitoError: if Cognito has not said that it did.
        """
        body = json.dumps({"UserPoolId": user_pool_id, "Username": username}).encode()
        headers = {
            "Content-Type": "application/x-amz-json-1.1",
            "Host": self._host,
            "X-Amz-Target": _TARGET,
        }
        credentials = self._credentials()
        if not credentials.access_key_id:
            raise CognitoError("no credentials", may_pass=False)
        try:
            answer = self._transport.request(
                "POST",
                self._url,
                headers=self._signer.sign(headers, body, credentials, now=self._clock()),
                body=body,
                max_bytes=MAX_ANSWER_BYTES,
                deadline=deadline,
            )
        except TransportError as error:
            raise CognitoError(str(error), may_pass=True) from None
        # A success has nothing to say but that it is Cognito's: a proxy's page has status 200, too.
        if answer.status != 200 or not answer.request_id:
            raise _error(answer)


def _error(answer: Answer) -> CognitoError:
    if answer.status == 200:
        return CognitoError("not an answer of Cognito's", may_pass=False)
    try:
        document = json.loads(answer.body)
    except (ValueError, RecursionError):
        document = None
    name = document.get("__type") if isinstance(document, dict) else None
    # The name may be qualified: com.amazonaws.…#NotAuthorizedException.
    code = name.rpartition("#")[2] if isinstance(name, str) else ""
    may_pass = code in _PASSING or answer.status == 429 or answer.status >= 500
    return CognitoError(
        code if code in KNOWN_CODES else f"status {answer.status}", may_pass=may_pass
    )
