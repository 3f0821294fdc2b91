"""Cognito's own revocation. What it refuses is signed out already, or was never signed in."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from sign_out.revocation import RevocationError
from sign_out.settings import LinkedSessions, Settings

if TYPE_CHECKING:
    from types_boto3_cognito_idp.client import CognitoIdentityProviderClient

#: No word about the token: quotas, faults, a web ACL in the way, a pool set up otherwise.
_OUTAGES = frozenset(
    {
        "TooManyRequestsException",
        "InternalErrorException",
        "ForbiddenException",
        "OperationNotEnabledException",
        "UnsupportedOperationException",
        "ResourceNotFoundException",
    }
)


class Cognito:
    """Revokes tokens of one pool's app clients."""

    def __init__(self, settings: Settings, client: CognitoIdentityProviderClient) -> None:
        self._settings = settings
        self._client = client
        self._secrets: dict[str, str] = {}

    def revoke_token(self, refresh_token: str, client_id: str) -> bool:
        """Revoke a refresh token and the access tokens it has brought; False if it was unknown.

        https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_RevokeToken.html

        Raises:
            RevocationError: nobody can say that it is revoked.
        """
        more: dict[str, Any] = {}
        if client_id in self._settings.confidential_client_ids:
            more["ClientSecret"] = self._secret(client_id)
        if self._settings.linked_sessions is LinkedSessions.REVOKE:
            more["RevokeAssociatedSessions"] = "LINKED"
        return _call(
            lambda: self._client.revoke_token(Token=refresh_token, ClientId=client_id, **more)
        )

    def sign_out_everywhere(self, access_token: str) -> bool:
        """Revoke all tokens of the token's user; False if the token was refused.

        https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GlobalSignOut.html

        Raises:
            RevocationError: nobody can say that they are revoked.
        """
        return _call(lambda: self._client.global_sign_out(AccessToken=access_token))

    def _secret(self, client_id: str) -> str:
        """The app client's secret, from Cognito itself: it stands in no setting."""
        if client_id not in self._secrets:
            try:
                answer = self._client.describe_user_pool_client(
                    UserPoolId=self._settings.user_pool_id, ClientId=client_id
                )
            except (ClientError, BotoCoreError) as error:
                raise RevocationError(_code(error)) from None
            self._secrets[client_id] = answer["UserPoolClient"].get("ClientSecret", "")
        return self._secrets[client_id]


def _call(operation: Callable[[], object]) -> bool:
    try:
        operation()
    except ClientError as error:
        code = _code(error)
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        if code in _OUTAGES or status not in {400, 401}:
            raise RevocationError(code) from None
        return False
    except BotoCoreError as error:
        raise RevocationError(_code(error)) from None
    return True


def _code(error: ClientError | BotoCoreError) -> str:
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code", ""))
    return type(error).__name__


def make_client(settings: Settings) -> CognitoIdentityProviderClient:
    """An SDK client whose time-outs fit the endpoint's budget."""
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
