"""The user pool's side of a sign-out: who a name is, and AdminUserGlobalSignOut.

Imported only where a transmitter's users map to Cognito: the SDK takes its time at a cold start.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from receivers.report import UnavailableError
from receivers.settings import Settings
from receivers.transmitters import CognitoNames

if TYPE_CHECKING:
    from types_boto3_cognito_idp.client import CognitoIdentityProviderClient

#: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserType.html
_FEDERATED = "EXTERNAL_PROVIDER"
#: No such user, or a name that no user can have.
_NOBODY = frozenset({"UserNotFoundException", "InvalidParameterException"})
#: About this user, and the same however often it is asked. All else may be over tomorrow.
_FINAL = frozenset({"NotAuthorizedException"})


@dataclass(frozen=True, slots=True)
class CognitoUser:
    """A user of the pool."""

    username: str
    subject: str
    """``sub`` in the tokens that Cognito issues."""


class CognitoUsers:
    """Finds and signs out users of one pool."""

    def __init__(self, user_pool_id: str, client: CognitoIdentityProviderClient) -> None:
        self._user_pool_id = user_pool_id
        self._client = client

    def find(self, names: CognitoNames, name: str) -> CognitoUser | None:
        """The user that a transmitter calls ``name``; None if there is none of its own.

        A federated user's provider stands in the user name, but a pool's own users may choose
        theirs: who is taken for one must be one.
        https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminGetUser.html

        Raises:
            UnavailableError: nobody can say.
        """
        wanted = names.username(name)
        try:
            answer = self._client.admin_get_user(UserPoolId=self._user_pool_id, Username=wanted)
        except (ClientError, BotoCoreError) as error:
            code = _code(error)
            if code in _NOBODY:
                return None
            raise UnavailableError(code) from None
        username, is_federated = answer["Username"], answer.get("UserStatus") == _FEDERATED
        if is_federated != bool(names.provider):
            return None
        if is_federated and username.casefold() != wanted.casefold():
            return None
        attributes = {a["Name"]: a.get("Value", "") for a in answer.get("UserAttributes", [])}
        if not attributes.get("sub"):
            raise UnavailableError("user_without_sub")
        return CognitoUser(username, attributes["sub"])

    def sign_out(self, user: CognitoUser) -> bool:
        """Revoke all of the user's tokens, of all app clients; False if Cognito never will.

        https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminUserGlobalSignOut.html

        Raises:
            UnavailableError: nobody can say that they are revoked.
        """
        try:
            self._client.admin_user_global_sign_out(
                UserPoolId=self._user_pool_id, Username=user.username
            )
        except (ClientError, BotoCoreError) as error:
            code = _code(error)
            if code in _FINAL:
                return False
            if code not in _NOBODY:
                raise UnavailableError(code) from None
        return True


def _code(error: ClientError | BotoCoreError) -> str:
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code", ""))
    return type(error).__name__


def make_client(settings: Settings) -> CognitoIdentityProviderClient:
    """An SDK client whose time-outs fit the receiver's budget."""
    return boto3.client(
        "cognito-idp",
        region_name=settings.region,
        endpoint_url=settings.local_endpoint,
        config=Config(
            connect_timeout=settings.timeout_ms / 1000,
            read_timeout=settings.timeout_ms / 1000,
            retries={"mode": "standard", "total_max_attempts": 2},
        ),
    )
