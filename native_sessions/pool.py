"""A user pool's session configuration: Cognito's two operations on it, and their refusals.

https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_SetUserPoolSessionConfiguration.html
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, Protocol, cast

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

Tracking = Literal["ENABLED", "DISABLED"]

TIER = "FeatureUnavailableInTierException"
GONE = "ResourceNotFoundException"
_BUSY = "ConcurrentModificationException"

#: While CloudFormation makes a pool and its clients, others change the pool too.
_TRIES = 5
_PAUSE_SECONDS = 2.0

#: The SDK gives up in time for this function to say so, and repeats what was throttled.
_SDK = Config(
    connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 3}
)


class SessionClient(Protocol):
    """The part of the SDK's client for Cognito that is used here; its types lag behind it."""

    def get_user_pool_session_configuration(self, **parameters: Any) -> Any:
        """Cognito's GetUserPoolSessionConfiguration."""
        ...

    def set_user_pool_session_configuration(self, **parameters: Any) -> Any:
        """Cognito's SetUserPoolSessionConfiguration."""
        ...


class PoolError(Exception):
    """Cognito did not do it. ``code`` is its error code or the SDK's class name."""

    def __init__(self, code: str, said: str) -> None:
        super().__init__(f"{code}: {said}" if said else code)
        self.code = code


@dataclass(frozen=True, slots=True)
class SessionConfiguration:
    """What Cognito keeps for a pool: whether it tracks sessions, and how many a user may have."""

    tracking: Tracking
    max_per_user: int


class Pools:
    """Reads and sets the session configuration of user pools."""

    def __init__(self, client: SessionClient, *, pause: Callable[[float], None]) -> None:
        """
        Args:
            client: of boto3 1.44.1 or later; Lambda's own may not know the operations.
            pause: waits for some seconds.
        """
        self._client = client
        self._pause = pause

    def find(self, user_pool_id: str) -> SessionConfiguration:
        """The pool's configuration; Cognito's defaults (not tracked, 20) if it was never set.

        Raises:
            PoolError: if Cognito does not say.
        """
        try:
            found = self._client.get_user_pool_session_configuration(UserPoolId=user_pool_id)
            return SessionConfiguration(
                found["UserSessionTracking"], found["TokenSession"]["MaxPerUser"]
            )
        except (ClientError, BotoCoreError) as error:
            raise _pool_error(error) from None

    def configure(self, user_pool_id: str, wanted: SessionConfiguration) -> None:
        """Set the pool's configuration. Doing it twice does no more than doing it once.

        Raises:
            PoolError: if that can't be said to have happened.
        """
        tries = 1
        while True:
            try:
                self._client.set_user_pool_session_configuration(
                    UserPoolId=user_pool_id,
                    UserSessionTracking=wanted.tracking,
                    TokenSession={"MaxPerUser": wanted.max_per_user},
                )
            except (ClientError, BotoCoreError) as error:
                refusal = _pool_error(error)
                if refusal.code != _BUSY or tries == _TRIES:
                    raise refusal from None
            else:
                return
            tries += 1
            self._pause(_PAUSE_SECONDS)


def make_client(region: str | None) -> SessionClient:
    """An SDK client that gives up well within this function's time."""
    return cast("SessionClient", boto3.client("cognito-idp", region_name=region, config=_SDK))


def _pool_error(error: Exception) -> PoolError:
    if isinstance(error, ClientError):
        said = error.response.get("Error", {})
        return PoolError(str(said.get("Code", "")), str(said.get("Message", "")))
    return PoolError(type(error).__name__, "")
