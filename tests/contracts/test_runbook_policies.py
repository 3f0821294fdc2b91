"""docs/operations/*.json: each role's policy lets it run its commands, and nothing else."""

from __future__ import annotations

import fnmatch
import json
from typing import Any

import pytest

from local.stack import StackSettings
from ops.command import NEEDS
from tests.contracts.runbook import PROJECT, RUNBOOK, synthesized
from tests.ops.bench import OpsBench, open_ops_bench

READER = {"explain", "sessions", "ttl show", "doctor", "plan"}
COMMANDS: dict[str, set[str]] = {
    "reader": READER,
    "responder": READER
    | {name for name in NEEDS if name.startswith("revoke ")}
    | {"ttl void", "sign-out", "refresh", "revoke-token"},
    "tuner": READER | {"ttl tighten", "ttl loosen"},
}
#: No policy can deny it, and none has to allow it.
FREE = {"sts:GetCallerIdentity"}
#: For the saved queries, which no command runs.
QUERIES = {"logs:StartQuery", "logs:GetQueryResults", "logs:DescribeQueryDefinitions"}
#: Actions that know no resource, or none whose name is known.
#: https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
WIDE = QUERIES - {"logs:StartQuery"} | {
    "cloudtrail:DescribeTrails",
    "cloudtrail:GetTrailStatus",
    "cloudwatch:DescribeAlarms",
    "cloudwatch:GetMetricData",
    "cognito-idp:GetProvisionedLimit",
    "lambda:GetAccountSettings",
    "logs:DescribeLogGroups",
    "servicequotas:GetAWSDefaultServiceQuota",
    "servicequotas:GetServiceQuota",
}


def _statements(role: str) -> list[dict[str, Any]]:
    text = (PROJECT / "docs" / "operations" / f"{role}.json").read_text(encoding="utf-8")
    policy = json.loads(text)
    assert policy["Version"] == "2012-10-17"
    statements: list[dict[str, Any]] = policy["Statement"]
    return statements


def _allowed(role: str) -> set[str]:
    return {action for statement in _statements(role) for action in statement["Action"]}


def _needed(role: str) -> set[str]:
    return {action for name in COMMANDS[role] & set(NEEDS) for action in NEEDS[name]} - FREE


def test_a_reader_may_just_read() -> None:
    """The reader's policy is what its commands call, and the saved queries."""
    assert _allowed("reader") == _needed("reader") | QUERIES


@pytest.mark.parametrize("role", ["responder", "tuner"])
def test_others_may_just_do_theirs_besides(role: str) -> None:
    """With the reader's policy, a role's is what its commands call; it repeats nothing."""
    assert _allowed(role) == _needed(role) - _allowed("reader")


def test_every_command_has_a_role() -> None:
    """Each command but probe, which has a pool of its own, is somebody's."""
    rights = RUNBOOK.partition("## 6. Rights")[2].partition("\n## ")[0]
    free = {name for name, needs in NEEDS.items() if not needs}
    assert set(NEEDS).difference(free, *COMMANDS.values()) <= {"probe"}
    for name in {*COMMANDS["reader"], *COMMANDS["tuner"]} & set(NEEDS):
        assert f"`{name}`" in rights


@pytest.mark.parametrize("role", COMMANDS)
def test_resources_are_named(role: str) -> None:
    """Nothing is allowed on everything that can be narrowed, and no action is a pattern."""
    for statement in _statements(role):
        assert statement["Effect"] == "Allow"
        assert not any("*" in action for action in statement["Action"])
        if "*" in statement["Resource"]:
            assert set(statement["Action"]) <= WIDE


def test_only_the_responder_may_end_sessions() -> None:
    """A mark may be written without a condition by the responder alone."""
    writing = {
        role: [s for s in _statements(role) if "dynamodb:UpdateItem" in s["Action"]]
        for role in COMMANDS
    }
    assert not writing["reader"]
    assert all("Condition" in statement for statement in writing["tuner"])
    assert not any("Condition" in statement for statement in writing["responder"])


def test_the_tuner_may_write_what_tightening_writes() -> None:
    """The rows and attributes that the condition names are those that are written; no mark is."""
    (statement,) = [s for s in _statements("tuner") if "dynamodb:UpdateItem" in s["Action"]]
    condition = statement["Condition"]
    (rows,) = condition["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]
    attributes = set(condition["ForAllValues:StringEquals"]["dynamodb:Attributes"])

    def written(bench: OpsBench, *command: str) -> tuple[str, set[str]]:
        bodies: list[Any] = []

        def watch(*, params: Any, model: Any) -> None:
            if model.name == "UpdateItem":
                bodies.append(json.loads(params["body"]))

        bench.watch = watch
        assert bench.change(*command).exit_code == 0
        (body,) = bodies
        ((key, value),) = body["Key"].items()
        return value["S"], {key, *body["ExpressionAttributeNames"].values()}

    with open_ops_bench(StackSettings(has_hook=False, verdict_ttl_seconds=15)) as bench:
        for command in (("ttl", "tighten", "--verdict-ttl", "5"), ("ttl", "loosen")):
            row, names = written(bench, *command)
            assert fnmatch.fnmatchcase(row, rows)
            assert names == attributes
        row, names = written(bench, "revoke", "everyone")
        assert fnmatch.fnmatchcase(row, rows)
        assert not names <= attributes


def test_names_begin_with_the_stack() -> None:
    """CloudFormation names what the policies name by the stack: nothing has a name of its own."""
    named = {
        "AWS::Lambda::Function": "FunctionName",
        "AWS::DynamoDB::Table": "TableName",
        "AWS::Logs::LogGroup": "LogGroupName",
    }
    resources = synthesized({})["Resources"]
    for name, resource in resources.items():
        key = named.get(resource["Type"])
        assert key is None or key not in resource["Properties"], name
    assert any(name.startswith("OperatorLog") for name in resources)
