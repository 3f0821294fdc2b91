"""docs/operations.md: what it tells people to type exists, and alarms find their way to it."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from collections.abc import Mapping
from typing import Any

import botocore.session
import pytest
import typer
from botocore import xform_name

from infra.example_api import ACCESS_LOG_FIELDS
from infra.settings import DeploymentSettings
from ops.command import NEEDS
from ops.plan.quotas import Source
from tests.contracts.runbook import (
    PROJECT,
    RUNBOOK,
    anchors,
    command_lines,
    of_type,
    program_lines,
    synthesized,
)
from tests.infra.conftest import ROUTES
from tests.ops.command_lines import parse, program_arguments

_AWS = re.compile(r"\baws (?P<service>[a-z-]+) (?P<operation>[a-z-]+)(?P<options>.*)")
_GLOBAL_OPTIONS = {"--query", "--output"}
_AWS_LINES = [line for line in command_lines() if re.search(r"\baws [a-z-]+ [a-z-]+ --", line)]
_DEPLOYMENTS = [line for line in command_lines() if "cdk deploy " in line]
_STAGE = re.compile(r"stack=(?P<stack>\w+) (?P<definition>stage=\(.*\))")
_STAGES = [match for line in command_lines() if (match := _STAGE.fullmatch(line))]
_CDK: Mapping[str, Any] = json.loads((PROJECT / "cdk.json").read_text(encoding="utf-8"))["context"]
#: Of the access log, and of CloudTrail's events.
_LOG_FIELDS = {*ACCESS_LOG_FIELDS, "additionalEventData", "eventName", "eventTime", "userIdentity"}


def _context(line: str, stage: str) -> dict[str, str]:
    """The context that a deployment's line gives to CDK, as a shell reads it."""
    script = f"npx() {{ printf '%s\\n' \"$@\"; }}; {stage}; {line}"
    ran = subprocess.run(["bash", "-euc", script], capture_output=True, text=True, check=True)
    words = iter(ran.stdout.splitlines()[2:])
    pairs = [next(words).partition("=") for word in words if word == "-c"]
    # The file is fetched by the line before.
    return {key: value for key, _, value in pairs if key != "authorizer:bundledJwksFile"}


def _descriptions(template: Mapping[str, Any]) -> list[str]:
    """What each alarm says to whoever is woken."""
    alarms = of_type(template, "AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm")
    return [alarm["AlarmDescription"] for alarm in alarms]


def _saved_queries(template: Mapping[str, Any]) -> set[str]:
    queries = of_type(template, "AWS::Logs::QueryDefinition")
    return {query["Name"].partition("/")[2] for query in queries}


def _dashboard(template: Mapping[str, Any]) -> str:
    (board,) = of_type(template, "AWS::CloudWatch::Dashboard")
    return str(board["DashboardBody"])


@pytest.fixture(scope="module")
def template() -> Mapping[str, Any]:
    return synthesized({f"authorizer:{name}": json.dumps(value) for name, value in ROUTES.items()})


@pytest.mark.parametrize("line", program_lines())
def test_the_program_takes_the_line(line: str) -> None:
    """What is to be typed is a command with options and values that it takes."""
    assert parse(program_arguments(line) or []) in NEEDS


def test_a_wrong_line_would_be_noticed() -> None:
    """Commands and options that are not there are not taken."""
    with pytest.raises(KeyError):
        parse(["revoke", "nobody"])
    with pytest.raises(typer.TyperException):
        parse(["revoke", "user", "ada", "--because", "x"])


def test_every_command_is_told_of() -> None:
    """The runbook has a line for each command of the program."""
    told = {parse(program_arguments(line) or []) for line in program_lines()}
    mentioned = {name for name in NEEDS if f"`{name}`" in RUNBOOK}
    assert set(NEEDS) == told | mentioned


def test_commands_that_are_mentioned_exist() -> None:
    """What a sentence calls a command is one."""
    for mention in re.findall(r"`((?:ttl|revoke) [a-z]+)\b[^`]*`", RUNBOOK):
        assert mention in NEEDS


@pytest.mark.parametrize("line", _AWS_LINES)
def test_aws_knows_the_call(line: str) -> None:
    """The operation exists, takes these options, and asks for no other."""
    match = _AWS.search(line)
    assert match is not None
    model = botocore.session.get_session().get_service_model(match["service"])
    (name,) = [n for n in model.operation_names if xform_name(n, "-") == match["operation"]]
    shape = model.operation_model(name).input_shape
    assert shape is not None
    members = {f"--{xform_name(member, '-')}" for member in shape.members}
    required = {f"--{xform_name(member, '-')}" for member in shape.required_members}
    given = {word for word in shlex.split(match["options"]) if word.startswith("--")}
    assert required <= given - _GLOBAL_OPTIONS <= members


@pytest.mark.parametrize("line", _DEPLOYMENTS)
def test_deployments_synthesize(line: str) -> None:
    """What is to be deployed at night is not refused at synth for want of another setting."""
    assert synthesized(_context(line, "stage=()"))


@pytest.mark.parametrize("stage", _STAGES, ids=lambda stage: stage["stack"])
@pytest.mark.parametrize("line", _DEPLOYMENTS)
def test_deployments_are_of_the_stack_that_is_looked_at(line: str, stage: re.Match[str]) -> None:
    """What is deployed is the stage whose stack `output_of` reads, never a new one."""
    settings = DeploymentSettings.from_context({**_CDK, **_context(line, stage["definition"])})
    assert settings.stack_name == stage["stack"]


def test_every_deployment_names_its_stage() -> None:
    """With stages and without, and no line leaves it to the default, as `make deploy` does."""
    assert len(_DEPLOYMENTS) > 5
    assert all('npx --no-install cdk deploy "${stage[@]}"' in line for line in _DEPLOYMENTS)
    assert {stage["definition"] for stage in _STAGES} == {"stage=()", "stage=(-c environment=prod)"}
    assert "make deploy" not in RUNBOOK


def test_sandboxes_in_advance_come_back_after_a_leaked_key() -> None:
    """None while nobody is let in, when Lambda would start none, and all of them in the end."""
    section = RUNBOOK.partition("### A signing key leaked")[2].partition("\n### ")[0]
    started = []
    for line in [line.strip() for line in section.splitlines() if "cdk deploy " in line]:
        context = {"authorizer": {"provisionedConcurrency": 2}, **_context(line, "stage=()")}
        settings = DeploymentSettings.from_context(context)
        started.append(settings.release.provisioned_concurrency)
        assert "-c authorizer:bundledJwksFile=keys.json" in line
    assert started == [2, 0, 2]
    assert section.index("provisionedConcurrency=0") < section.index("delete-function-concurrency")
    assert section.index("delete-function-concurrency") < section.rindex("cdk deploy ")


def test_a_sum_above_the_maximum_would_be_noticed() -> None:
    """A deployment that synth refuses is not taken for one."""
    with pytest.raises(RuntimeError, match="maxRevocationDelaySeconds"):
        synthesized({"authorizer:verdictTtlSeconds": "900"})


def test_every_alarm_leads_to_its_section(template: Mapping[str, Any]) -> None:
    """Each alarm's link resolves to a heading, and each section on an alarm is one's."""
    links = {text.rpartition(" Then: ")[2] for text in _descriptions(template)}
    section = RUNBOOK.partition("## 2. Alarms")[2].partition("\n## ")[0]
    assert {f"docs/operations.md#{anchor}" for anchor in anchors(section)} == links
    assert len(links) == 15


def test_what_an_alarm_says_to_do_first_can_be_done(template: Mapping[str, Any]) -> None:
    """Its commands are the program's, its queries are saved, its graphs are drawn."""
    texts = "\n".join(_descriptions(template))
    commands = re.findall(r"`(python -m ops [^`]+)`", texts)
    assert {parse(program_arguments(line) or []) for line in commands} <= set(NEEDS)
    assert len(commands) > 5
    assert set(re.findall(r"query `([\w-]+)`", texts)) <= _saved_queries(template)
    for question in re.findall(r'"([^"]+\?)"', texts):
        assert question in _dashboard(template)


def test_outputs_and_queries_exist(template: Mapping[str, Any]) -> None:
    """What is read from the stack is an output, what is asked of the logs is saved."""
    assert set(re.findall(r"output_of (\w+)", RUNBOOK)) <= set(template["Outputs"])
    listed = RUNBOOK.partition("The saved queries: ")[2].partition(".")[0]
    assert set(re.findall(r"`([\w-]+)`", listed)) == _saved_queries(template)


def test_graphs_are_on_the_dashboard(template: Mapping[str, Any]) -> None:
    """A graph that one is sent to is there."""
    for question in set(re.findall(r"\"([A-Z][a-z ]+\??[^\"\n]*\?)\"", RUNBOOK)):
        assert question in _dashboard(template), question


def test_links_lead_somewhere() -> None:
    """Each link names a file that is there and a heading in it."""
    for target in re.findall(r"\]\(([^)]+)\)", RUNBOOK):
        path, _, anchor = target.partition("#")
        file = (PROJECT / "docs" / path) if path else PROJECT / "docs" / "operations.md"
        assert file.is_file(), target
        assert not anchor or anchor in anchors(file.read_text(encoding="utf-8")), target


def test_the_quota_to_set_is_the_one_that_plan_prints() -> None:
    """Both pages say whom `plan` asks for the quota before anybody else."""
    settings = (PROJECT / "docs" / "settings.md").read_text(encoding="utf-8")
    (asked,) = re.findall(r"\((\w+)\)", Source.PROVISIONED)
    for page in (RUNBOOK, settings):
        prose = [" ".join(paragraph.split()) for paragraph in page.split("\n\n")]
        (paragraph,) = [p for p in prose if "et `getUserQuota` to" in p]
        assert "et `getUserQuota` to what Cognito enforces" in paragraph
        assert f"(`{asked}`)" in paragraph
        assert "`plan`" in paragraph


def test_reasons_and_settings_exist() -> None:
    """Names in the runbook are the project's own."""
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    settings = (PROJECT / "docs" / "settings.md").read_text(encoding="utf-8")
    section = RUNBOOK.partition("### A false lock-out")[2].partition("3. Last resort")[0]
    for reason in re.findall(r"`([a-z]+_[a-z_]+)`", section):
        assert f"| `{reason}` |" in readme, reason
    # A row of the settings may be about several that belong together.
    firsts = re.findall(r"^\| ([^|]+) \|", settings, re.MULTILINE)
    known = {name for cell in firsts for name in re.findall(r"`(\w+)`", cell)}
    for key in re.findall(r"`([a-z]+[A-Z]\w+?)(?:[=:][^`]*)?`", RUNBOOK):
        assert key in known or key in _LOG_FIELDS, key
