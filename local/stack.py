"""The whole product on this machine: Cognito, the hook, the authorizer, API Gateway, a clock."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING, Self

import boto3
from botocore.config import Config

from local.clock import WallClock
from local.cognito import LocalCognito
from local.gateway.config import Flavour, GatewayResponse, Refusal
from local.gateway.gateway import Gateway
from local.product_api import GATEWAY_RESPONSES, REGION, ROUTE_RULES, example_api
from local.sandboxes import HookFunction, Sandboxes
from local.server import LoopbackServer

if TYPE_CHECKING:
    from types_boto3_cognito_idp.client import CognitoIdentityProviderClient

#: Of demo users, who exist for as long as the process does.
PASSWORD = "Correct-horse-7"

_HOOK_ARN = f"arn:aws:lambda:{REGION}:123456789012:function:pre-token-hook"
#: The app clients of the demo: one for each device.
_DEVICES = ("laptop", "phone")


@dataclass(frozen=True, slots=True, kw_only=True)
class StackSettings:
    """What can be chosen. ``*_environ`` adds to, or changes, a Lambda's environment."""

    flavour: Flavour = Flavour.REST
    has_simple_responses: bool = False
    verdict_ttl_seconds: int = 0
    gateway_ttl_seconds: int = 0
    sandboxes: int = 1
    authorizer_environ: Mapping[str, str] = field(default_factory=dict)
    hook_environ: Mapping[str, str] = field(default_factory=dict)
    gateway_responses: Mapping[Refusal, GatewayResponse] = field(
        default_factory=lambda: GATEWAY_RESPONSES
    )
    gateway_port: int = 0
    cognito_port: int = 0


class LocalStack:
    """Everything, running for the length of a ``with``.

    Attributes:
        cognito: its knobs; ``cognito.url`` is the endpoint.
        sdk: an SDK client for it.
        pool_id: the pool whose tokens the API takes; its trigger is the hook.
        client_ids: its app clients, by device: ``laptop`` and ``phone``.
        foreign_pool_id: another pool of the Region, with a client of its own
            (``foreign_client_id``).
        hook: the hook's function.
        sandboxes: the authorizer's copies.
        gateway: the API, with ``/hello`` and ``/admin``; ``url`` is where it answers.
    """

    def __init__(self, clock: WallClock, settings: StackSettings | None = None) -> None:
        chosen = settings or StackSettings()
        # Should anything here fail, what runs already is stopped again.
        with ExitStack() as started:
            self.cognito = LocalCognito(clock, port=chosen.cognito_port)
            started.enter_context(self.cognito)
            self.sdk = _sdk(self.cognito.url)
            started.callback(self.sdk.close)
            self.hook = HookFunction(
                {"LOCAL_ENDPOINT": self.cognito.url} | dict(chosen.hook_environ), self.sdk
            )
            self.cognito.trigger.functions[_HOOK_ARN] = self.hook.invoke
            self.pool_id = self._new_pool("customers", with_hook=True)
            self.client_ids = {name: self._new_client(self.pool_id, name) for name in _DEVICES}
            self.foreign_pool_id = self._new_pool("partners", with_hook=False)
            self.foreign_client_id = self._new_client(self.foreign_pool_id, "partner")
            self.sandboxes = Sandboxes(self._environ(chosen), count=chosen.sandboxes, clock=clock)
            started.callback(self.sandboxes.close)
            api = example_api(
                self.sandboxes.invoke,
                flavour=chosen.flavour,
                has_simple_responses=chosen.has_simple_responses,
                ttl_seconds=chosen.gateway_ttl_seconds,
                gateway_responses=chosen.gateway_responses,
            )
            self.gateway = Gateway(api, clock)
            server = LoopbackServer(self.gateway, port=chosen.gateway_port)
            self.url = server.url
            started.enter_context(server)
            self._exit = started.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._exit.close()

    def create_user(self, username: str, *, pool_id: str | None = None) -> None:
        """A confirmed user whose password is :data:`PASSWORD`."""
        pool = pool_id or self.pool_id
        self.sdk.admin_create_user(UserPoolId=pool, Username=username)
        self.sdk.admin_set_user_password(
            UserPoolId=pool, Username=username, Password=PASSWORD, Permanent=True
        )

    def _new_pool(self, name: str, *, with_hook: bool) -> str:
        if not with_hook:
            return self.sdk.create_user_pool(PoolName=name)["UserPool"]["Id"]
        pool = self.sdk.create_user_pool(
            PoolName=name,
            LambdaConfig={
                "PreTokenGenerationConfig": {"LambdaArn": _HOOK_ARN, "LambdaVersion": "V1_0"}
            },
        )
        return pool["UserPool"]["Id"]

    def _new_client(self, pool_id: str, name: str) -> str:
        client = self.sdk.create_user_pool_client(
            UserPoolId=pool_id,
            ClientName=name,
            ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
        )
        return client["UserPoolClient"]["ClientId"]

    def _environ(self, settings: StackSettings) -> dict[str, str]:
        return {
            "ISSUERS": f"https://cognito-idp.{REGION}.amazonaws.com/{self.pool_id}",
            "CLIENT_IDS": ",".join(self.client_ids.values()),
            "ROUTE_RULES": json.dumps(ROUTE_RULES),
            "VERDICT_TTL_SECONDS": str(settings.verdict_ttl_seconds),
            "GATEWAY_TTL_SECONDS": str(settings.gateway_ttl_seconds),
            "LOCAL_ENDPOINT": self.cognito.url,
        } | dict(settings.authorizer_environ)


def _sdk(endpoint: str) -> CognitoIdentityProviderClient:
    return boto3.client(
        "cognito-idp",
        endpoint_url=endpoint,
        region_name=REGION,
        aws_access_key_id="local",
        aws_secret_access_key="local",
        # A refusal is what the story is about: it must not be tried again behind its back.
        config=Config(proxies={}, retries={"mode": "standard", "total_max_attempts": 1}),
    )
