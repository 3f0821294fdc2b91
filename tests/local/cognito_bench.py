"""A local Cognito with a pool, a client, a user and a trigger that writes down its events."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
import jwt
from botocore.config import Config
from botocore.exceptions import ClientError

from local.clock import MovableClock
from local.cognito import LocalCognito

if TYPE_CHECKING:
    from types_boto3_cognito_idp.client import CognitoIdentityProviderClient

HOOK_ARN = "arn:aws:lambda:eu-west-1:123456789012:function:hook"
PASSWORD = "Correct-horse-7"
USER = "ada"


@dataclass(frozen=True)
class Held:
    """The tokens of one sign-in or refresh."""

    access: str
    id: str
    refresh: str

    @property
    def claims(self) -> dict[str, Any]:
        return claims_of(self.access)


class CognitoBench:
    def __init__(self, cognito: LocalCognito, clock: MovableClock) -> None:
        self.cognito = cognito
        self.clock = clock
        self.sdk: CognitoIdentityProviderClient = boto3.client(
            "cognito-idp",
            endpoint_url=cognito.url,
            region_name="eu-west-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(proxies={}, retries={"total_max_attempts": 1}),
        )
        self.events: list[dict[str, Any]] = []
        self.hook_failure: Exception | None = None
        cognito.trigger.functions[HOOK_ARN] = self._hook
        self.pool_id = self.new_pool()
        self.client_id = self.new_client()
        self.new_user(USER)

    def new_pool(self, version: Any = "V1_0") -> str:
        config: Any = {
            "PreTokenGenerationConfig": {"LambdaArn": HOOK_ARN, "LambdaVersion": version}
        }
        return self.sdk.create_user_pool(PoolName="pool", LambdaConfig=config)["UserPool"]["Id"]

    def new_client(self, pool_id: str | None = None, **settings: Any) -> str:
        client = self.sdk.create_user_pool_client(
            UserPoolId=pool_id or self.pool_id, ClientName="client", **settings
        )
        return client["UserPoolClient"]["ClientId"]

    def new_user(self, name: str, pool_id: str | None = None) -> None:
        pool = pool_id or self.pool_id
        self.sdk.admin_create_user(UserPoolId=pool, Username=name, TemporaryPassword=PASSWORD)
        self.sdk.admin_set_user_password(
            UserPoolId=pool, Username=name, Password=PASSWORD, Permanent=True
        )

    def sign_in(self, name: str = USER, client_id: str | None = None) -> Held:
        return held(
            self.sdk.initiate_auth(
                ClientId=client_id or self.client_id,
                AuthFlow="USER_PASSWORD_AUTH",
                AuthParameters={"USERNAME": name, "PASSWORD": PASSWORD},
            )
        )

    def refresh(self, tokens: Held, client_id: str | None = None) -> Held:
        return held(
            self.sdk.initiate_auth(
                ClientId=client_id or self.client_id,
                AuthFlow="REFRESH_TOKEN_AUTH",
                AuthParameters={"REFRESH_TOKEN": tokens.refresh},
            ),
            tokens.refresh,
        )

    def is_alive(self, tokens: Held) -> bool:
        """Whether GetUser takes the access token."""
        return refusal(lambda: self.get_user(tokens.access)) is None

    def get_user(self, access_token: str) -> Any:
        return self.sdk.get_user(AccessToken=access_token)

    def judged(self, access_token: str) -> tuple[int, str, str] | None:
        """GetUser's refusal of a token: HTTP status, code and text; None if it is taken."""
        return refusal(lambda: self.get_user(access_token))

    def _hook(self, event: dict[str, Any]) -> Any:
        self.events.append(event)
        if self.hook_failure is not None:
            raise self.hook_failure
        return event


def refusal(call: Callable[[], object]) -> tuple[int, str, str] | None:
    """How Cognito refuses a call: HTTP status, code and text; None if it does not."""
    try:
        call()
    except ClientError as error:
        code, message = error.response["Error"]["Code"], error.response["Error"]["Message"]
        return error.response["ResponseMetadata"]["HTTPStatusCode"], code, message
    return None


def held(answer: Mapping[str, Any], refresh: str = "") -> Held:
    result = answer["AuthenticationResult"]
    return Held(result["AccessToken"], result["IdToken"], result.get("RefreshToken", refresh))


def claims_of(token: str) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return claims


@contextmanager
def open_cognito_bench() -> Iterator[CognitoBench]:
    clock = MovableClock()
    with LocalCognito(clock) as cognito:
        bench = CognitoBench(cognito, clock)
        try:
            yield bench
        finally:
            bench.sdk.close()
