"""One call of Cognito, and whether its answer says that it was done.

What is sent is held against botocore's own serialization in
``tests/contracts/test_cognito_calls.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from cognito.errors import KNOWN_CODES, PASSING, CognitoError, NotCognitoError
from transport import Deadline, TransportError
from transport.aws import AwsService, NoCredentialsError
from transport.aws_answers import error_name, json_object

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


class Cognito(AwsService):
    """Calls Cognito in one Region, one attempt each; see :class:`Calls`."""

    name = "cognito-idp"
    version = "1.1"
    target = "AWSCognitoIdentityProviderService"

    def __call__(
        self, operation: str, arguments: Mapping[str, Any], deadline: Deadline
    ) -> Mapping[str, Any]:
        """See :class:`Calls`."""
        try:
            answer = self.post(
                operation,
                arguments,
                max_bytes=MAX_ANSWER_BYTES,
                deadline=deadline,
                is_signed=operation not in UNSIGNED,
            )
        except TransportError as error:
            may_pass = not isinstance(error, NoCredentialsError)
            raise CognitoError(str(error), may_pass=may_pass) from None
        document = json_object(answer.body) or {}
        if answer.status != 200:
            raise _error(answer.status, document)
        # Most successes have nothing to say but that they are Cognito's: a proxy's page has status
        # 200, too.
        if not answer.request_id:
            raise NotCognitoError
        return document


def _error(status: int, document: Mapping[str, Any]) -> CognitoError:
    code = error_name(document)
    return CognitoError(
        code if code in KNOWN_CODES else f"status {status}",
        may_pass=code in PASSING or status == 429 or status >= 500,
    )
