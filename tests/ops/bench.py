"""A deployment in the local stack: what CDK would have made of it, for the operator to find."""

from __future__ import annotations

import io
import json
import time
import urllib.error
import urllib.request
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import jwt
from typer.testing import CliRunner

from jose.compact import UnverifiedToken
from ledger.rows import user_name
from local.clock import MovableClock
from local.product_api import REGION
from local.stack import PASSWORD, LocalStack, StackSettings
from ops.command import NEEDS
from ops.deployment import Parameter
from ops.program import app
from ops.world import World
from tests.attacks.leaks import slices
from tests.ops.deployed import (
    aws_client,
    export,
    make_function,
    make_http_api,
    make_rest_api,
)
from tests.ops.exports import exported, scheme
from tests.ops.watched_aws import WatchedAws, needed


@dataclass(frozen=True, slots=True)
class Ran:
    """How a run of the program ended."""

    exit_code: int
    stdout: str
    stderr: str

    @property
    def document(self) -> dict[str, Any]:
        """What ``--json`` printed."""
        found: dict[str, Any] = json.loads(self.stdout)
        return found

    @property
    def data(self) -> dict[str, Any]:
        """The answer in it."""
        data: dict[str, Any] = self.document["data"]
        assert data is not None, self.document["error"]
        return data

    @property
    def everything(self) -> str:
        """All that went out."""
        return self.stdout + self.stderr


@dataclass(kw_only=True)
class OpsBench(WatchedAws):
    """A running local stack with a deployment's resources in moto.

    Attributes:
        interrupt_after: how many seconds of waiting it takes until somebody presses Ctrl-C.
        secrets: tokens of which no output may hold a piece; each run is looked at.
        answers: what somebody types, in order.
        meanwhile: what goes on while somebody is asked.
        paused: how long it has waited, in seconds.
    """

    stack: LocalStack
    clock: MovableClock
    name: str
    log_group: str
    rest_api_id: str
    function_arn: str
    interrupt_after: int | None = None
    paused: list[float] = field(default_factory=list)
    secrets: set[str] = field(default_factory=set)
    answers: list[str] = field(default_factory=list)
    meanwhile: Callable[[], object] = lambda: None

    def run(
        self,
        *command: str,
        standard_input: str = "",
        is_terminal: bool = False,
        is_json: bool = True,
        endpoint: str | None = None,
        columns: int = 200,
    ) -> Ran:
        """Run ``python -m ops`` in this process, at a terminal of so many columns."""
        world = World(
            clock=self.clock,
            pause=self._pause,
            make_session=self.make_session,
            standard_input=io.StringIO(standard_input),
            is_terminal=lambda: is_terminal,
            ask=self._ask,
            ask_hidden=lambda _prompt: self.answers.pop(0),
        )
        where = ["--stack", self.name, "--region", REGION]
        where += ["--endpoint-url", endpoint or self.stack.cognito.url]
        where += ["--json"] if is_json else []
        before = Counter(self.called)
        result = CliRunner(env={"COLUMNS": f"{columns}"}).invoke(app, [*command, *where], obj=world)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        self.secrets |= set(standard_input.split())
        assert not leaks(result.output, self.secrets), "a token went out"
        assert needed(self.called - before) <= set(NEEDS[_name(command)]), "undocumented rights"
        return Ran(result.exit_code, result.stdout, result.stderr)

    def change(self, *command: str, standard_input: str = "", reason: str = "a drill") -> Ran:
        """The same, confirmed and with a reason."""
        return self.run(*command, "--yes", "--reason", reason, standard_input=standard_input)

    def sign_in(self, username: str, device: str = "laptop") -> SimpleNamespace:
        """Tokens of a user, who is made if he is not there."""
        if not self.stack.sdk.list_users(
            UserPoolId=self.stack.pool_id, Filter=f'username = "{username}"'
        )["Users"]:
            self.stack.create_user(username)
        result = self.stack.sdk.initiate_auth(
            ClientId=self.stack.client_ids[device],
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": username, "PASSWORD": PASSWORD},
        )["AuthenticationResult"]
        tokens = SimpleNamespace(
            access=result["AccessToken"], identity=result["IdToken"], refresh=result["RefreshToken"]
        )
        self.secrets |= set(vars(tokens).values())
        return tokens

    def signed_anew(self, token: str, **changes: Any) -> str:
        """The token with other claims, signed by the pool's key; None leaves a claim out."""
        claims = dict(UnverifiedToken.parse(token).payload) | changes
        key = self.stack.cognito.keys.signing_key(self.stack.pool_id, claims["token_use"])
        return jwt.encode(
            {name: value for name, value in claims.items() if value is not None},
            key.private,
            algorithm="RS256",
            headers={"kid": key.kid, "typ": None},
        )

    def subject(self, username: str) -> str:
        """The user's ``sub``."""
        user = self.stack.sdk.admin_get_user(UserPoolId=self.stack.pool_id, Username=username)
        return next(a["Value"] for a in user["UserAttributes"] if a["Name"] == "sub")

    def user_item(self, username: str) -> Mapping[str, Any]:
        """The user's row in the ledger."""
        assert self.stack.table is not None
        return self.stack.table.item(user_name(self.stack.issuer, self.subject(username)))

    def call(self, token: str) -> int:
        """``GET /hello``, and the status."""
        request = urllib.request.Request(
            f"{self.stack.url}/hello", headers={"Authorization": f"Bearer {token}"}
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            with error:
                return error.code

    def trail(self) -> list[dict[str, Any]]:
        """The lines of the operators' trail, oldest first."""
        logs = aws_client(self.stack.cognito.url, "logs")
        events = logs.filter_log_events(logGroupName=self.log_group)["events"]
        return [json.loads(event["message"]) for event in events]

    def add_http_api(self, *, ttl_seconds: int) -> None:
        """An HTTP API beside the REST API, guarded by the same function."""
        api_id, authorizer = make_http_api(
            self.stack.cognito.url, self.function_arn, ttl_seconds=ttl_seconds
        )
        self.http_authorizers[f"/v2/apis/{api_id}/authorizers"] = [authorizer]
        self.deploy(api_id, ttl_seconds=ttl_seconds)

    def deploy(self, api_id: str, *, ttl_seconds: int) -> None:
        """Have an API's stages answer as if they had been deployed with a TTL."""
        self.exports[api_id] = exported(
            {"get /": "sessions"}, {"sessions": scheme(self.function_arn, ttl_seconds)}
        )

    def remove_apis(self) -> None:
        """Leave none behind: moto's memory is the process's, and the program looks at them all.

        Of HTTP APIs it would ask for authorizers, which moto itself can't list.
        """
        rest = aws_client(self.stack.cognito.url, "apigateway")
        for api in rest.get_rest_apis(limit=500)["items"]:
            rest.delete_rest_api(restApiId=api["id"])
        others = aws_client(self.stack.cognito.url, "apigatewayv2")
        for api in others.get_apis()["Items"]:
            others.delete_api(ApiId=api["ApiId"])

    def _ask(self, _prompt: str) -> str:
        self.meanwhile()
        return self.answers.pop(0)

    def _pause(self, seconds: float) -> None:
        if self.interrupt_after is not None and sum(self.paused) >= self.interrupt_after:
            raise KeyboardInterrupt
        self.paused.append(seconds)
        self.clock.advance(seconds)


def leaks(text: str, secrets: Iterable[str]) -> bool:
    """Whether any slice of any secret stands in the text."""
    said = set(slices(text))
    return any(piece in said for secret in secrets for piece in slices(secret))


def _name(command: Sequence[str]) -> str:
    two = " ".join(command[:2])
    return two if two in NEEDS else command[0]


@contextmanager
def open_ops_bench(settings: StackSettings | None = None) -> Iterator[OpsBench]:
    """A local stack, and beside it what the deployment would have left in the account."""
    chosen = settings or StackSettings()
    # The real time: CloudWatch Logs takes no line from far ahead or far behind.
    clock = MovableClock(int(time.time()))
    with LocalStack(clock, chosen) as stack:
        name = f"Ops{uuid.uuid4().hex[:12]}"
        url = stack.cognito.url
        function_arn = make_function(url, name, stack._environ(chosen))
        rest_api_id = make_rest_api(url, function_arn, ttl_seconds=chosen.gateway_ttl_seconds)
        log_group = f"/{name}/operator-actions"
        aws_client(url, "logs").create_log_group(logGroupName=log_group)
        export(
            url,
            name,
            {
                Parameter.FUNCTION_ARN: function_arn,
                Parameter.USER_POOL_ID: stack.pool_id,
                Parameter.REVOCATION_DELAY_SECONDS: "20",
                Parameter.OPERATOR_LOG_GROUP: log_group,
            },
        )
        bench = OpsBench(
            flush_gateway=stack.gateway.flush_authorizers_cache,
            stack=stack,
            clock=clock,
            name=name,
            log_group=log_group,
            rest_api_id=rest_api_id,
            function_arn=function_arn,
        )
        bench.deploy(rest_api_id, ttl_seconds=chosen.gateway_ttl_seconds)
        try:
            yield bench
        finally:
            bench.remove_apis()
