"""One call of Cognito, and whether its answer says that it was done.

What is sent is held against botocore's own serialization in
``tests/contracts/test_cognito_calls.py``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from cognito.errors import KNOWN_CODES, PASSING, CognitoError, NotCognitoError
from transport import Deadline, Transport, TransportError, WallClock
from transport.aws import AwsService, NoCredentialsError
from transport.sigv4 import Credentials

#: What the operations answer is a user's attributes, an app client's settings, or nothing.
MAX_ANSWER_BYTES = 65_536

#: A token stands for its user: AWS's SDKs send these without a signature.
UNSIGNED = frozenset({"GlobalSignOut", "RevokeToken"})


class Calls(Protocol):
    """Calls operations of Cognito by name, with its own JSON in and out."""

    def __call__(
        self, operation: str, arguments: Mapping[str, Any], deadline: Deadline
    ) -> Mapping[str, Any]:
        """Call one operation.

        Raises:
            CognitoError: if Cognito has not said that it did it.
        """
        ...


class Cognito:
    """Calls Cognito in one Region over a :class:`transport.Transport`; one attempt each."""

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
            credentials: asked before each signed call; they may change while a sandbox lives.
            transport: how to reach it.
            clock: wall-clock time, seconds since the epoch, for signatures.
        """
        self._service = AwsService(
            "cognito-idp",
            region,
            endpoint,
            version="1.1",
            target="AWSCognitoIdentityProviderService",
            credentials=credentials,
            transport=transport,
            clock=clock,
        )

    def __call__(
        self, operation: str, arguments: Mapping[str, Any], deadline: Deadline
    ) -> Mapping[str, Any]:
        """See :class:`Calls`."""
        try:
            answer = self._service.post(
                operation,
                arguments,
                max_bytes=MAX_ANSWER_BYTES,
                deadline=deadline,
                is_signed=operation not in UNSIGNED,
            )
        except TransportError as error:
            may_pass = not isinstance(error, NoCredentialsError)
            raise CognitoError(str(error), may_pass=may_pass) from None
        document = _json_object(answer.body)
        if answer.status != 200:
            raise _error(answer.status, document)
        # Most successes have nothing to say but that they are Cognito's: a proxy's page has status
        # 200, too.
        if not answer.request_id:
            raise NotCognitoError
        return document


def _error(status: int, document: Mapping[str, Any]) -> CognitoError:
    name = document.get("__type")
    # The name may be qualified: com.amazonaws.…#NotAuthorizedException.
    code = name.rpartition("#")[2] if isinstance(name, str) else ""
    return CognitoError(
        code if code in KNOWN_CODES else f"status {status}",
        may_pass=code in PASSING or status == 429 or status >= 500,
    )


def _json_object(body: bytes) -> Mapping[str, Any]:
    """What is in the body; nothing if it is no JSON object, as a success may be."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}
