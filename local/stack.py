"""The whole product on this machine: Cognito, API Gateway, the ledger, the Lambdas, a clock."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import boto3
from botocore.config import Config

from ledger.roster import SessionPolicy
from ledger.rows import cognito_issuer
from local.clock import WallClock
from local.cognito import LocalCognito
from local.cognito.layer import moto_application
from local.dynamodb import DynamoDbLayer
from local.event_bus import EventBus
from local.gateway.config import Flavour, GatewayResponse, Refusal
from local.gateway.gateway import Gateway
from local.ledger import LedgerTable
from local.product_api import GATEWAY_RESPONSES, REGION, ROUTE_RULES, example_api
from local.route_functions import route_function
from local.sandboxes import FeedFunction, HookFunction, Sandboxes
from local.server import LoopbackServer

if TYPE_CHECKING:
    from types_boto3_cognito_idp.client import CognitoIdentityProviderClient

#: Of demo users, who exist for as long as the process does.
PASSWORD = "Correct-horse-7"

_HOOK_ARN = f"arn:aws:lambda:{REGION}:123456789012:function:pre-token-hook"
#: The app clients of the demo: one for each device.
_DEVICES = ("laptop", "phone", "tablet")

#: As long as is allowed: a busy machine must not look like an outage. A ledger that comes back is
#: asked at once, for the story's clock does not move by itself.
_PATIENCE = {
    "CONNECT_TIMEOUT_MS": "2000",
    "READ_TIMEOUT_MS": "2500",
    "DECISION_BUDGET_MS": "2900",
    "LEDGER_TIMEOUT_MS": "1000",
    "LEDGER_COOLDOWN_MS": "0",
}
#: The same for the hook, which adds all its time-outs up and keeps them below Cognito's limit.
_PATIENCE_OF_HOOK = {
    "CONNECT_TIMEOUT_MS": "500",
    "READ_TIMEOUT_MS": "1500",
    "MAX_ATTEMPTS": "1",
    "LEDGER_TIMEOUT_MS": "750",
}
#: What Lambda sets.
_OF_LAMBDA = {
    "AWS_REGION": REGION,
    "AWS_ACCESS_KEY_ID": "local",
    "AWS_SECRET_ACCESS_KEY": "local",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StackSettings:
    """What can be chosen. ``*_environ`` adds to, or changes, a Lambda's environment.

    ``pool`` has further parameters of CreateUserPool.

    Nothing is remembered for any time unless a TTL says so. Without a ``ledger`` there is no feed.
    Functions behind routes of their own (:mod:`local.route_functions`) are there if ``routes`` has
    an environment for them, and need the ledger.
    """

    flavour: Flavour = Flavour.REST
    has_simple_responses: bool = False
    ledger: bool = True
    has_hook: bool = True
    verdict_ttl_seconds: int = 0
    memory_ttl_seconds: int = 0
    gateway_ttl_seconds: int = 0
    pool: Mapping[str, Any] = field(default_factory=dict)
    session_policy: SessionPolicy = SessionPolicy.OFF
    session_limit: int = 1
    takes_machine_tokens: bool = False
    sandboxes: int = 1
    authorizer_environ: Mapping[str, str] = field(default_factory=dict)
    hook_environ: Mapping[str, str] = field(default_factory=dict)
    feed_environ: Mapping[str, str] = field(default_factory=dict)
    routes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
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
        dynamodb: the knobs of DynamoDB, at the same endpoint.
        table: the ledger; None if there is none.
        pool_id: the pool whose tokens the API takes; its trigger is the hook.
        client_ids: its app clients, by device: ``laptop``, ``phone`` and ``tablet``.
        machine_client_id: the app client of a machine, whose tokens are taken if the settings say
            so (``cognito.machine_token`` makes them).
        hook: the hook's function.
        feed: the feed's function; None without a ledger.
        bus: brings the feed what has happened at Cognito, when told to; None without a ledger.
        sandboxes: the authorizer's copies.
        routes: the functions behind routes of their own, by path.
        gateway: the API, with ``/hello`` and ``/admin``; ``url`` is where it answers.
    """

    def __init__(self, clock: WallClock, settings: StackSettings | None = None) -> None:
        chosen = settings or StackSettings()
        # Should anything here fail, what runs already is stopped again.
        with ExitStack() as started:
            self.dynamodb = DynamoDbLayer(moto_application())
            self.cognito = LocalCognito(clock, port=chosen.cognito_port, behind=self.dynamodb)
            started.enter_context(self.cognito)
            self.sdk = _sdk(self.cognito.url)
            started.callback(self.sdk.close)
            self.table = LedgerTable(self.cognito.url, REGION) if chosen.ledger else None
            if self.table is not None:
                started.callback(self.table.close)
            self.hook = HookFunction(self._hook_environ(chosen), clock=clock)
            started.callback(self.hook.close)
            self.cognito.trigger.functions[_HOOK_ARN] = self.hook.invoke
            self.pool_id = self._new_pool("customers", with_hook=chosen.has_hook, **chosen.pool)
            self.client_ids = {name: self._new_client(self.pool_id, name) for name in _DEVICES}
            self.machine_client_id = self._new_client(self.pool_id, "machine")
            self.feed: FeedFunction | None = None
            self.bus: EventBus | None = None
            if self.table is not None:
                self.feed = FeedFunction(self._feed_environ(chosen), clock=clock)
                self.bus = EventBus(self.cognito.trail, self.feed.invoke)
            self.sandboxes = Sandboxes(self._environ(chosen), count=chosen.sandboxes, clock=clock)
            started.callback(self.sandboxes.close)
            self.routes = {
                path: route_function(path, self._route_environ(environ), clock=clock)
                for path, environ in chosen.routes.items()
            }
            for function in self.routes.values():
                started.callback(function.close)
            api = example_api(
                self.sandboxes.invoke,
                flavour=chosen.flavour,
                has_simple_responses=chosen.has_simple_responses,
                ttl_seconds=chosen.gateway_ttl_seconds,
                gateway_responses=chosen.gateway_responses,
                further_routes=tuple(function.route for function in self.routes.values()),
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

    @functools.cached_property
    def foreign_pool_id(self) -> str:
        """Another pool of the Region, without the hook; made when it is first asked for."""
        return self._new_pool("partners", with_hook=False)

    @functools.cached_property
    def foreign_client_id(self) -> str:
        """The app client of the other pool."""
        return self._new_client(self.foreign_pool_id, "partner")

    def create_user(self, username: str, *, pool_id: str | None = None) -> None:
        """A confirmed user whose password is :data:`PASSWORD`."""
        pool = pool_id or self.pool_id
        self.sdk.admin_create_user(UserPoolId=pool, Username=username)
        self.sdk.admin_set_user_password(
            UserPoolId=pool, Username=username, Password=PASSWORD, Permanent=True
        )

    def _new_pool(self, name: str, *, with_hook: bool, **further: Any) -> str:
        if not with_hook:
            return self.sdk.create_user_pool(PoolName=name, **further)["UserPool"]["Id"]
        pool = self.sdk.create_user_pool(
            PoolName=name,
            LambdaConfig={
                "PreTokenGenerationConfig": {"LambdaArn": _HOOK_ARN, "LambdaVersion": "V1_0"}
            },
            **further,
        )
        return pool["UserPool"]["Id"]

    def _new_client(self, pool_id: str, name: str) -> str:
        client = self.sdk.create_user_pool_client(
            UserPoolId=pool_id,
            ClientName=name,
            ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
        )
        return client["UserPoolClient"]["ClientId"]

    @property
    def issuer(self) -> str:
        """What the pool's tokens name as their issuer, and the ledger's rows are named after."""
        return cognito_issuer(self.pool_id)

    def _environ(self, settings: StackSettings) -> dict[str, str]:
        environ = {
            "ISSUERS": self.issuer,
            "CLIENT_IDS": ",".join(self.client_ids.values()),
            "MACHINE_CLIENT_IDS": self.machine_client_id if settings.takes_machine_tokens else "",
            "ROUTE_RULES": json.dumps(ROUTE_RULES),
            "VERDICT_TTL_SECONDS": str(settings.verdict_ttl_seconds),
            "GATEWAY_TTL_SECONDS": str(settings.gateway_ttl_seconds),
            "MEMORY_TTL_SECONDS": str(settings.memory_ttl_seconds),
            "SESSION_POLICY": settings.session_policy.value,
            "SESSION_LIMIT": str(settings.session_limit),
        }
        return self._of_ledger() | _PATIENCE | environ | dict(settings.authorizer_environ)

    def _hook_environ(self, settings: StackSettings) -> dict[str, str]:
        own = _OF_LAMBDA | _PATIENCE_OF_HOOK
        return self._of_ledger() | own | dict(settings.hook_environ)

    def _feed_environ(self, settings: StackSettings) -> dict[str, str]:
        return self._of_ledger() | {"USER_POOL_ID": self.pool_id} | dict(settings.feed_environ)

    def _route_environ(self, environ: Mapping[str, str]) -> dict[str, str]:
        pool = {"USER_POOL_ID": self.pool_id, "CLIENT_IDS": ",".join(self.client_ids.values())}
        return self._of_ledger() | pool | dict(environ)

    def _of_ledger(self) -> dict[str, str]:
        """What every Lambda is told of this machine, and of the ledger if there is one."""
        ledger = {} if self.table is None else dict(self.table.environ)
        return ledger | {"LOCAL_ENDPOINT": self.cognito.url}


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
