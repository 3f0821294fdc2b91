"""All functions of a deployed stack, running, and who calls them: pool, gateway, event rule."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from moto.events.models import EventPattern

from local.aws.account import LocalAccount
from local.aws.clients import CREDENTIALS
from local.aws.permissions import demand_permission
from local.aws.read_back import DeployedStack
from local.runtime.bundle import DeployedCode, fetch_code
from local.runtime.fleet import Fleet, SandboxClock
from local.runtime.sandbox import Program
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
        fleets: by the function's ARN.
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
            for name, physical_id in stack.of_type("AWS::Lambda::Function").items():
                asset = stack.meant(name)["Code"]
                deployed = fetch_code(
                    account.clients, asset["S3Bucket"], asset["S3Key"], physical_id
                )
                program = _program(account, deployed, code.of(asset["S3Key"], deployed))
                fleet = Fleet(program, tools, count=sandboxes, clock=clock)
                started.callback(fleet.close)
                self.fleets[deployed.configuration["FunctionArn"]] = fleet
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

    def attach_triggers(self) -> None:
        """Let Cognito call the functions that the stack's pools name.

        Raises:
            local.aws.permissions.NotPermittedError: a function does not let it.
        """
        functions = self._account.cognito.trigger.functions
        functions.clear()
        for pool in self._stack.of_type("AWS::Cognito::UserPool"):
            actual = self._stack.read(pool)
            for arn in _trigger_arns(actual.get("LambdaConfig") or {}):
                demand_permission(
                    self._account.clients,
                    arn,
                    service="cognito-idp.amazonaws.com",
                    source=actual["Arn"],
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
        },
        timeout_seconds=int(deployed.configuration["Timeout"]),
        memory_mb=int(deployed.configuration["MemorySize"]),
    )


def _trigger_arns(config: Mapping[str, Any]) -> set[str]:
    return {
        value["LambdaArn"] if isinstance(value, dict) else value
        for name, value in config.items()
        if name != "KMSKeyID"
    }
