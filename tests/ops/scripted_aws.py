"""AWS by answers that are written down, each held to the SDK's own model of the operation."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import botocore.session
from botocore.validate import ParamValidator
from typer.testing import CliRunner

from ops.command import NEEDS
from ops.program import app
from ops.world import World
from tests.ops.bench import Ran
from tests.ops.deployed import LOADER
from tests.ops.watched_aws import needed

REGION = "eu-west-1"

#: The answer to an operation, or what makes it of the parameters, or an error's code.
Answer = Mapping[str, Any] | Callable[[Mapping[str, Any]], Any] | str


@dataclass
class ScriptedAws:
    """An account in which every operation answers what is written, and others are denied.

    Attributes:
        answers: by ``service:Operation``.
        now: seconds since the epoch.
        nonsense: answers that no operation gives; there must be none.
    """

    answers: dict[str, Answer]
    now: float
    called: Counter[str] = field(default_factory=Counter)
    nonsense: list[str] = field(default_factory=list)

    def make_session(self, _profile: str | None, _region: str | None) -> Any:
        """What the program calls AWS by."""
        _STAGE.account = self
        return SimpleNamespace(region_name=REGION, client=_client)

    def run(self, *command: str, is_json: bool = True, columns: int = 200) -> Ran:
        """Run ``python -m ops`` in this process, at a terminal of so many columns."""
        world = World(
            clock=lambda: self.now, make_session=self.make_session, is_terminal=lambda: False
        )
        before = Counter(self.called)
        arguments = [*command, "--region", REGION, *(["--json"] if is_json else [])]
        result = CliRunner(env={"COLUMNS": f"{columns}"}).invoke(app, arguments, obj=world)
        assert not self.nonsense, self.nonsense
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert needed(self.called - before) <= set(NEEDS[command[0]]), "undocumented rights"
        return Ran(result.exit_code, result.stdout, result.stderr)

    def answer(self, model: Any) -> Any:
        """What an operation answers."""
        operation = f"{model.service_model.endpoint_prefix}:{model.name}"
        self.called[operation] += 1
        answer = self.answers.get(operation, "AccessDeniedException")
        if callable(answer):
            answer = answer(_STAGE.parameters)
        if isinstance(answer, str):
            error = {"Code": answer, "Message": f"{model.name} is refused"}
            return SimpleNamespace(status_code=400), {"Error": error, "ResponseMetadata": {}}
        document = copy.deepcopy(dict(answer))
        shape = model.output_shape
        report = None if shape is None else ParamValidator().validate(document, shape)
        if report is not None and report.has_errors():
            self.nonsense.append(f"{operation}: {report.generate_report()}")
        return SimpleNamespace(status_code=200), document | {"ResponseMetadata": {}}


class _Stage:
    """Who answers the clients at the moment; making clients takes longer than a test."""

    account: ScriptedAws
    parameters: Mapping[str, Any]

    def keep(self, params: Any, **_: Any) -> None:
        self.parameters = dict(params)

    def answer(self, model: Any, **_: Any) -> Any:
        return self.account.answer(model)


_STAGE = _Stage()


@cache
def _session() -> boto3.Session:
    core = botocore.session.Session()
    core.register_component("data_loader", LOADER)
    session = boto3.Session(
        botocore_session=core,
        region_name=REGION,
        aws_access_key_id="scripted",
        aws_secret_access_key="scripted",
    )
    session.events.register("provide-client-params", _STAGE.keep)
    session.events.register("before-call", _STAGE.answer)
    return session


@cache
def _made(service: str) -> Any:
    return _session().client(service)  # type: ignore[call-overload]


def _client(service: str, **_options: Any) -> Any:
    return _made(service)


def promised_members(command: str) -> str:
    """The members of a command's answer that the program's README promises."""
    text = (Path(__file__).parents[2] / "ops" / "README.md").read_text(encoding="utf-8")
    rows = text.partition("## For scripts")[2]
    return rows.partition(f"| `{command}` | ")[2].partition("\n")[0]
