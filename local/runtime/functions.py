"""All functions of a deployed stack, running, and who calls them: pool, gateway, event rule."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from moto.events.models import EventPattern

from local.aws.account import LocalAccount
from local.aws.clients import ACCOUNT_ID, CREDENTIALS
from local.aws.permissions import demand_permission
from local.aws.read_back import DeployedStack
from local.runtime.bundle import DeployedCode, fetch_code, find_asset
from local.runtime.fleet import Fleet, SandboxClock
from local.runtime.sandbox import Program, Sandbox
from local.runtime.tools import Tools

#: As long as is allowed: a busy machine must not look like an outage. A ledger that comes back is
#: asked at once, for the clock does not move by itself. What is deployed says less, or nothing.
_PATIENCE = {
    "authorizer": {
        "CONNECT_TIMEOUT_MS": "2000",
        "READ_TIMEOUT_MS": "2500",
        "DECISION_BUDGET_MS": "2900",
        "LEDGER_TIMEOUT_MS": "1000",
        "LEDGER_COOLDOWN_MS": "0",
    },
    "pre_token_hook": {"MAX_ATTEMPTS": "1", "LEDGER_TIMEOUT_MS": "1000"},
}


class DeployedFunctions:
    """Every function of a stack, in sandboxes, for the length of a ``with``.

    Attributes:
        fleets: by the ARN that callers call, which may be an alias's.
    """

    def __init__(
        self,
        account: LocalAccount,
        stack: DeployedStack,
        tools: Tools,
        clock: SandboxClock,
        *,
        code: CodeFolders,
        sandboxes: int,
    ) -> None:
        """
        Args:
            sandboxes: of each function.
        """
        self.fleets: dict[str, Fleet] = {}
        self._account = account
        self._stack = stack
        self._running = ExitStack()
        with ExitStack() as started:
            for name, arn in _invoked(stack):
                asset = stack.meant(name)["Code"]
                deployed = fetch_code(account.clients, asset["S3Bucket"], asset["S3Key"], arn)
                program = _program(account, deployed, code.of(asset["S3Key"], deployed))
                fleet = Fleet(program, tools, count=sandboxes, clock=clock)
                started.callback(fleet.close)
                self.fleets[arn] = fleet
            self._running = started.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._running.close()

    def attach_triggers(self, pool_id: str) -> None:
        """Let Cognito call the functions of the stack that the pool names.

        Raises:
            local.aws.permissions.NotPermittedError: a function does not let it.
        """
        functions = self._account.cognito.trigger.functions
        functions.clear()
        pool = self._account.clients.of("cognito-idp").describe_user_pool(UserPoolId=pool_id)
        for arn in _trigger_arns(pool["UserPool"].get("LambdaConfig") or {}) & set(self.fleets):
            demand_permission(
                self._account.clients,
                arn,
                service="cognito-idp.amazonaws.com",
                source=pool["UserPool"]["Arn"],
            )
            functions[arn] = self.fleets[arn].invoke

    def take_event(self, event: Mapping[str, Any]) -> None:
        """Bring an event to the targets of the stack's rules that it matches.

        Raises:
            local.aws.permissions.NotPermittedError: a target does not let EventBridge call it.
            local.runtime.sandbox.FunctionError: a target failed.
        """
        for name in self._stack.of_type("AWS::Events::Rule"):
            rule = self._stack.read(name)
            if not EventPattern.load(rule["EventPattern"]).matches_event(dict(event)):
                continue
            for target in rule["Targets"]:
                demand_permission(
                    self._account.clients,
                    target["Arn"],
                    service="events.amazonaws.com",
                    source=rule["Arn"],
                )
                self.fleets[target["Arn"]].invoke(json.loads(json.dumps(event)))


@dataclass(frozen=True, slots=True)
class FunctionsOfDeployments:
    """Functions that CloudFormation calls while it deploys, each call in a sandbox of its own."""

    account: LocalAccount
    tools: Tools
    clock: SandboxClock
    code: CodeFolders

    def call(self, function_arn: str, event: Mapping[str, Any]) -> Any:
        """Call one, which is deployed from CDK's bucket.

        Raises:
            local.runtime.sandbox.FunctionError: as the function failed.
        """
        clients = self.account.clients
        bucket = f"cdk-hnb659fds-assets-{ACCOUNT_ID}-{clients.region}"
        key = find_asset(clients, bucket, function_arn)
        deployed = fetch_code(clients, bucket, key, function_arn)
        program = _program(self.account, deployed, self.code.of(key, deployed))
        sandbox = Sandbox(program, self.tools, self.clock.file)
        try:
            return sandbox.invoke(event)
        finally:
            sandbox.close()


class CodeFolders:
    """Unpacks each zip once; the same code is deployed again and again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def of(self, key: str, deployed: DeployedCode) -> Path:
        """The folder with the code of the asset ``key``."""
        folder = self._folder / Path(key).stem
        if not folder.exists():
            unfinished = folder.with_suffix(".unfinished")
            deployed.unpack_for_host(unfinished)
            unfinished.rename(folder)
        return folder


def _program(account: LocalAccount, deployed: DeployedCode, root: Path) -> Program:
    package = deployed.handler.partition(".")[0]
    # Lambda unpacks to this folder; here it has another name.
    variables = {
        name: value.replace("/var/task/", f"{root}/") for name, value in deployed.variables.items()
    }
    return Program(
        name=str(deployed.configuration["FunctionName"]),
        root=root,
        handler=deployed.handler,
        environ={
            **variables,
            **_PATIENCE.get(package, {}),
            **CREDENTIALS,
            "AWS_REGION": account.clients.region,
            "AWS_DEFAULT_REGION": account.clients.region,
            "LOCAL_ENDPOINT": account.clients.endpoint,
            # For those that know of no local endpoint but by the SDK, and answer over TLS.
            "AWS_ENDPOINT_URL": account.clients.endpoint,
            "SSL_CERT_FILE": str(account.answers.certificate),
        },
        timeout_seconds=int(deployed.configuration["Timeout"]),
        memory_mb=int(deployed.configuration["MemorySize"]),
    )


def _invoked(stack: DeployedStack) -> Iterator[tuple[str, str]]:
    """Each function's logical id, and the ARN that callers call: its own, or its alias's."""
    aliases = {
        stack.meant(name)["FunctionName"]: arn
        for name, arn in stack.of_type("AWS::Lambda::Alias").items()
    }
    for name, physical_id in stack.of_type("AWS::Lambda::Function").items():
        yield name, aliases.get(physical_id) or str(stack.attribute(name, "Arn"))


def _trigger_arns(config: Mapping[str, Any]) -> set[str]:
    return {
        value["LambdaArn"] if isinstance(value, dict) else value
        for name, value in config.items()
        if name != "KMSKeyID"
    }
