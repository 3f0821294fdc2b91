"""The deployed stack as the story's bench."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, cast

import requests
from botocore.exceptions import ClientError
from requests.adapters import HTTPAdapter

from ledger.sdk import SdkCalls
from ledger.writer import Writer
from local.aws.account import LocalAccount
from local.aws.deployed_api import read_api
from local.aws.read_back import DeployedStack
from local.bench import Grant, Outcome, RefusedByCognitoError
from local.event_bus import EventBus
from local.gateway.gateway import Gateway
from local.local_bench import LocalBench
from local.runtime.fleet import Fleet, SandboxClock
from local.runtime.functions import DeployedFunctions
from local.server import LoopbackServer
from local.stack import PASSWORD, LocalStack

_MOST_CALLS_AT_ONCE = 20
_TIMEOUT_SECONDS = 20
#: The pool signs users in by e-mail address, and is one for all parts of the story.
_NAMES = (f"user-{number}@example.com" for number in itertools.count(1))


class _Table:
    """The deployed ledger, as an operator sees it."""

    def __init__(self, clients: Any, name: str) -> None:
        self._sdk, self._name = clients.of("dynamodb"), name
        self.operator = Writer(name, SdkCalls(self._sdk))

    def clear(self) -> None:
        """Delete every row: a part of the story begins where nobody has been signed out."""
        for item in self._sdk.scan(TableName=self._name)["Items"]:
            self._sdk.delete_item(TableName=self._name, Key={"pk": item["pk"]})


class RunningStack:
    """What :class:`local.local_bench.LocalBench` asks of a stack, of a deployed one."""

    def __init__(
        self,
        account: LocalAccount,
        stack: DeployedStack,
        functions: DeployedFunctions,
        client_ids: Mapping[str, str],
        clock: SandboxClock,
    ) -> None:
        """
        Args:
            client_ids: app clients of the stack's pool, by device.
        """
        outputs = stack.outputs
        self.cognito, self.dynamodb = account.cognito, account.dynamodb
        self.sdk = account.clients.of("cognito-idp")
        self.pool_id = outputs["UserPoolId"]
        self.client_ids = client_ids
        self.sandboxes: Fleet = functions.fleets[outputs["AuthorizerFunctionArn"]]
        self.table: _Table | None = None
        self.bus: EventBus | None = None
        if "LedgerTableName" in outputs:
            self.table = _Table(account.clients, outputs["LedgerTableName"])
            self.table.clear()
            self.bus = EventBus(account.cognito.trail, functions.take_event)
            self.bus.lose()
        invokes = {arn: fleet.invoke for arn, fleet in functions.fleets.items()}
        self.gateway = Gateway(read_api(account.clients, outputs["ApiUrl"], invokes), clock)
        self.server = LoopbackServer(self.gateway)
        self.url = self.server.url

    def create_user(self, username: str, *, pool_id: str | None = None) -> None:
        """A confirmed user whose password is the demo's."""
        pool = pool_id or self.pool_id
        self.sdk.admin_create_user(UserPoolId=pool, Username=username)
        self.sdk.admin_set_user_password(
            UserPoolId=pool, Username=username, Password=PASSWORD, Permanent=True
        )

    @functools.cached_property
    def foreign_pool_id(self) -> str:
        """Another pool of the Region, which nobody deployed."""
        return str(self.sdk.create_user_pool(PoolName="partners")["UserPool"]["Id"])

    @functools.cached_property
    def foreign_client_id(self) -> str:
        """The app client of the other pool."""
        client = self.sdk.create_user_pool_client(
            UserPoolId=self.foreign_pool_id,
            ClientName="partner",
            ExplicitAuthFlows=["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
        )
        return str(client["UserPoolClient"]["ClientId"])


class DeployedBench(LocalBench):
    """The local stack's bench on a deployed one, whose app clients take no password from apps."""

    def __init__(self, stack: RunningStack, clock: SandboxClock, http: requests.Session) -> None:
        # It has what the bench asks of a stack.
        super().__init__(cast("LocalStack", stack), clock, http)
        self._running = stack
        self._names = _NAMES

    def sign_out(self, token: str) -> int:
        """Ask the app's own endpoint to end the token's session; the answer's status."""
        return self._post("/sign-out", headers={"Authorization": f"Bearer {token}"})

    def push_logout(self, logout_token: str) -> int:
        """Bring what a provider pushes; the answer's status."""
        return self._post("/backchannel-logout", data={"logout_token": logout_token})

    def _post(self, path: str, **request: Any) -> int:
        answer = self._http.post(self._running.url + path, **request, timeout=_TIMEOUT_SECONDS)
        return answer.status_code

    def _authenticate(self, device: str, client_id: str, **parameters: str) -> Grant:
        if "REFRESH_TOKEN" in parameters:
            return super()._authenticate(device, client_id, **parameters)
        stack = self._running
        is_foreign = "foreign_client_id" in vars(stack) and client_id == stack.foreign_client_id
        try:
            result = stack.sdk.admin_initiate_auth(
                UserPoolId=stack.foreign_pool_id if is_foreign else stack.pool_id,
                ClientId=client_id,
                AuthFlow="ADMIN_USER_PASSWORD_AUTH",
                AuthParameters=parameters,
            )["AuthenticationResult"]
        except ClientError as error:
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            reason = error.response["Error"]["Message"]
            raise RefusedByCognitoError(Outcome(status, reason)) from error
        return Grant(
            device,
            result["AccessToken"],
            result["IdToken"],
            result["RefreshToken"],
            result["ExpiresIn"],
        )


@contextmanager
def open_bench_on(stack: RunningStack, clock: SandboxClock) -> Iterator[DeployedBench]:
    """The bench, with the gateway serving."""
    with stack.server, requests.Session() as http:
        # No proxy from the environment stands between this machine and itself.
        http.trust_env = False
        http.mount("http://", HTTPAdapter(pool_maxsize=_MOST_CALLS_AT_ONCE))
        yield DeployedBench(stack, clock, http)
