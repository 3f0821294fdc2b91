"""Ends all sessions of a user at Cognito, within a bounded time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from pre_token_hook.settings import Settings
from pre_token_hook.trigger import Trigger

if TYPE_CHECKING:
    from types_boto3_cognito_idp.client import CognitoIdentityProviderClient


class SignOutError(Exception):
    """The user's older sessions may live on. ``code`` is Cognito's error code or a class name."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class SignOut(Protocol):
    """Ends all sessions of the user that a trigger is about."""

    def __call__(self, trigger: Trigger) -> None:
        """Sign the user out everywhere. Doing it twice does no more than doing it once.

        Raises:
            SignOutError: if that can't be said to have happened.
        """
        ...


class AdminUserGlobalSignOut:
    """Cognito's operation of that name: revokes all of the user's tokens, of all app clients.

    https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminUserGlobalSignOut.html
    """

    def __init__(self, client: CognitoIdentityProviderClient) -> None:
        self._client = client

    def __call__(self, trigger: Trigger) -> None:
        """See :class:`SignOut`."""
        try:
            self._client.admin_user_global_sign_out(
                UserPoolId=trigger.user_pool_id, Username=trigger.username
            )
        except ClientError as error:
            raise SignOutError(str(error.response.get("Error", {}).get("Code", ""))) from None
        except BotoCoreError as error:
            raise SignOutError(type(error).__name__) from None


def make_client(settings: Settings, region: str | None) -> CognitoIdentityProviderClient:
    """An SDK client that gives up well within the time Cognito waits for a trigger."""
    return boto3.client(
        "cognito-idp",
        region_name=region,
        endpoint_url=settings.local_endpoint,
        config=Config(
            connect_timeout=settings.connect_timeout_ms / 1000,
            read_timeout=settings.read_timeout_ms / 1000,
            retries={"mode": "standard", "total_max_attempts": settings.max_attempts},
        ),
    )
