"""A deployment in the local stack: what CDK would have made of it, for the operator to find."""

from __future__ import annotations

import io
import json
import time
import urllib.error
import urllib.request
import uuid
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from types import SimpleNamespace
from typing import Any

import boto3
import botocore.session
import jwt
from botocore.loaders import Loader
from typer.testing import CliRunner

from jose.compact import UnverifiedToken
from ledger.rows import user_name
from local.clock import MovableClock
from local.cognito.layer import moto_application
from local.product_api import REGION
from local.server import LoopbackServer
from local.stack import PASSWORD, LocalStack, StackSettings
from ops.command import NEEDS
from ops.deployment import Parameter
from ops.program import app
from ops.world import World

_LOADER = Loader(include_default_search_paths=True)
#: Whose permission is the token alone.
_UNSIGNED = {"GetUser", "GetTokensFromRefreshToken", "RevokeToken", "GlobalSignOut"}
_ROLE = json.dumps({"Version": "2012-10-17", "Statement": []})


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


@dataclass
class OpsBench:
    """A running local stack with a deployment's resources in moto.

    Attributes:
        called: operations of AWS's that the program has called, as ``service:Operation``.
        broken: operations that answer AccessDeniedException.
        broken_after: the same, after so many that are answered.
        failing: operations that answer a code and a message.
        interrupt_after: how many seconds of waiting it takes until somebody presses Ctrl-C.
        flushes: stages whose cache was flushed.
        secrets: tokens of which no output may hold a piece; each run is looked at.
        answers: what somebody types, in order.
        paused: how long it has waited, in seconds.
    """

    stack: LocalStack
    clock: MovableClock
    name: str
    log_group: str
    rest_api_id: str
    function_arn: str
    called: Counter[str] = field(default_factory=Counter)
    broken: set[str] = field(default_factory=set)
    failing: dict[str, tuple[str, str]] = field(default_factory=dict)
    interrupt_after: int | None = None
    broken_after: dict[str, int] = field(default_factory=dict)
    flushes: list[str] = field(default_factory=list)
    paused: list[float] = field(default_factory=list)
    secrets: set[str] = field(default_factory=set)
    answers: list[str] = field(default_factory=list)
    http_authorizers: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def run(
        self,
        *command: str,
        standard_input: str = "",
        is_terminal: bool = False,
        is_json: bool = True,
        endpoint: str | None = None,
    ) -> Ran:
        """Run ``python -m ops`` in this process."""
        world = World(
            clock=self.clock,
            pause=self._pause,
            make_session=self._session,
            standard_input=io.StringIO(standard_input),
            is_terminal=lambda: is_terminal,
            ask=lambda _prompt: self.answers.pop(0),
            ask_hidden=lambda _prompt: self.answers.pop(0),
        )
        where = ["--stack", self.name, "--region", REGION]
        where += ["--endpoint-url", endpoint or self.stack.cognito.url]
        where += ["--json"] if is_json else []
        before = Counter(self.called)
        result = CliRunner(env={"COLUMNS": "200"}).invoke(app, [*command, *where], obj=world)
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

    def _pause(self, seconds: float) -> None:
        if self.interrupt_after is not None and sum(self.paused) >= self.interrupt_after:
            raise KeyboardInterrupt
        self.paused.append(seconds)
        self.clock.advance(seconds)

    def _session(self, profile: str | None, region: str | None) -> boto3.Session:
        assert profile is None
        core = botocore.session.Session()
        # Reading the services' models takes longer than a test.
        core.register_component("data_loader", _LOADER)
        session = boto3.Session(botocore_session=core, region_name=region)
        session.events.register("before-call", self._note)
        return session

    def _note(self, model: Any, params: Any, **_: Any) -> Any:
        operation = f"{model.service_model.endpoint_prefix}:{model.name}"
        self.called[operation] += 1
        is_over = self.called[operation] > self.broken_after.get(operation, 1_000_000)
        if operation in self.broken or is_over:
            return _refused("AccessDeniedException", model.name)
        if operation in self.failing:
            return _refused(*self.failing[operation])
        if model.name == "AdminListUserSessions":
            # Neither moto nor a pool of the tier Lite has native sessions.
            return _refused("FeatureUnavailableInTierException", "not in this tier")
        if model.name == "FlushStageAuthorizersCache":
            # moto does not know it; the local gateway does.
            self.stack.gateway.flush_authorizers_cache()
            self.flushes.append(params["url_path"])
            return _answered({})
        if operation == "apigateway:GetAuthorizers" and "/v2/" in params["url_path"]:
            # moto has each authorizer of an HTTP API, and no list of them.
            return _answered({"Items": self.http_authorizers.get(params["url_path"], [])})
        return None


def _answered(document: dict[str, Any]) -> tuple[SimpleNamespace, dict[str, Any]]:
    return SimpleNamespace(status_code=200), document | {"ResponseMetadata": {}}


def _refused(code: str, message: str) -> tuple[SimpleNamespace, dict[str, Any]]:
    error = {"Code": code, "Message": message}
    return SimpleNamespace(status_code=400), {"Error": error, "ResponseMetadata": {}}


def leaks(text: str, secrets: Iterable[str]) -> bool:
    """Whether any 12 characters in a row of any secret stand in the text."""
    return any(secret[at : at + 12] in text for secret in secrets for at in range(len(secret) - 11))


def needed(called: Iterable[str]) -> set[str]:
    """The IAM actions of operations that were called."""
    actions = set()
    for operation in called:
        service, _, name = operation.partition(":")
        if name in _UNSIGNED:
            continue
        if service == "apigateway":
            # https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonapigatewaymanagement.html
            name = "DELETE" if name.startswith("Flush") else "GET"
        actions.add(f"{service}:{name}")
    return actions


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
        function_arn = _make_function(url, name, stack._environ(chosen))
        rest_api_id = make_rest_api(url, function_arn, ttl_seconds=chosen.gateway_ttl_seconds)
        log_group = f"/{name}/operator-actions"
        aws_client(url, "logs").create_log_group(logGroupName=log_group)
        _export(
            url,
            name,
            {
                Parameter.FUNCTION_ARN: function_arn,
                Parameter.USER_POOL_ID: stack.pool_id,
                Parameter.REVOCATION_DELAY_SECONDS: "20",
                Parameter.OPERATOR_LOG_GROUP: log_group,
            },
        )
        yield OpsBench(stack, clock, name, log_group, rest_api_id, function_arn)


@cache
def _setting_up() -> Any:
    core = botocore.session.Session()
    core.register_component("data_loader", _LOADER)
    return boto3.Session(botocore_session=core)


def aws_client(endpoint: str, service: str) -> Any:
    """An SDK client for a service of the local stack's."""
    return _setting_up().client(
        service,
        endpoint_url=endpoint,
        region_name=REGION,
        aws_access_key_id="local",
        aws_secret_access_key="local",
    )


def make_rest_api(
    endpoint: str, function_arn: str, *, ttl_seconds: int, stages: Sequence[str] = ("prod",)
) -> str:
    """A REST API with a deployed authorizer."""
    client = aws_client(endpoint, "apigateway")
    api_id: str = client.create_rest_api(name="orders")["id"]
    root = client.get_resources(restApiId=api_id)["items"][0]["id"]
    authorizer = client.create_authorizer(
        restApiId=api_id,
        name="sessions",
        type="REQUEST",
        identitySource="method.request.header.Authorization",
        authorizerUri=invocation_uri(function_arn),
        authorizerResultTtlInSeconds=ttl_seconds,
    )
    client.put_method(
        restApiId=api_id,
        resourceId=root,
        httpMethod="GET",
        authorizationType="CUSTOM",
        authorizerId=authorizer["id"],
    )
    client.put_integration(restApiId=api_id, resourceId=root, httpMethod="GET", type="MOCK")
    for stage in stages:
        client.create_deployment(restApiId=api_id, stageName=stage)
    return api_id


def make_http_api(bench: OpsBench, *, ttl_seconds: int) -> str:
    """An HTTP API with an authorizer."""
    client = aws_client(bench.stack.cognito.url, "apigatewayv2")
    api_id: str = client.create_api(Name="shop", ProtocolType="HTTP")["ApiId"]
    authorizer = client.create_authorizer(
        ApiId=api_id,
        Name="sessions",
        AuthorizerType="REQUEST",
        AuthorizerUri=invocation_uri(bench.function_arn),
        AuthorizerPayloadFormatVersion="2.0",
        IdentitySource=["$request.header.Authorization"],
        AuthorizerResultTtlInSeconds=ttl_seconds,
    )
    client.create_stage(ApiId=api_id, StageName="$default")
    bench.http_authorizers[f"/v2/apis/{api_id}/authorizers"] = [authorizer]
    return api_id


def invocation_uri(function_arn: str) -> str:
    """What API Gateway calls a function."""
    return (
        f"arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/{function_arn}/invocations"
    )


def _make_function(endpoint: str, name: str, environ: Mapping[str, str]) -> str:
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("nothing.py", "")
    client = aws_client(endpoint, "lambda")
    client.create_function(
        FunctionName=name,
        Runtime="python3.13",
        Handler="authorizer.handler.handler",
        Role=_role(),
        Code={"ZipFile": zipped.getvalue()},
        Environment={"Variables": {k: v for k, v in environ.items() if not k.startswith("AWS_")}},
        Publish=True,
    )
    arn: str = client.create_alias(FunctionName=name, Name="live", FunctionVersion="1")["AliasArn"]
    return arn


@cache
def _role() -> str:
    """A role for every function of the process: moto's memory is one for the process, too."""
    with LoopbackServer(moto_application()) as server:
        made = aws_client(server.url, "iam").create_role(
            RoleName="ops", AssumeRolePolicyDocument=_ROLE
        )
        arn: str = made["Role"]["Arn"]
        return arn


def _export(endpoint: str, stack: str, values: Mapping[str, str]) -> None:
    ssm = aws_client(endpoint, "ssm")
    for name, value in values.items():
        ssm.put_parameter(Name=f"/{stack}/authorizer/{name}", Value=value, Type="String")
