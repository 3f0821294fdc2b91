"""docs/operations/*.json: each role's policy lets it run its commands, and nothing else."""

from __future__ import annotations

import fnmatch
import json
import re
from typing import Any

import botocore.session
import pytest
from botocore import xform_name

from local.stack import StackSettings
from ops.command import NEEDS
from tests.contracts.runbook import PROJECT, RUNBOOK, command_lines, synthesized
from tests.ops.bench import OpsBench, open_ops_bench
from tests.ops.watched_aws import needed

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
#: For the dashboard, whose graphs and alarms are read by rights that doctor needs.
DASHBOARD = {"cloudwatch:GetDashboard"}
#: Whoever deploys the stack, by a role that is not ours to write.
DEPLOYER = "deployer"
#: Who types what the runbook shows of AWS's own program.
BY_HAND = {
    "cloudformation describe-stacks": "reader",
    "cognito-idp admin-disable-user": "responder",
    "cognito-idp list-user-pool-clients": "reader",
    "dynamodb update-table": DEPLOYER,
    "lambda delete-function-concurrency": DEPLOYER,
    "lambda delete-provisioned-concurrency-config": DEPLOYER,
    "lambda put-function-concurrency": DEPLOYER,
    "logs filter-log-events": "reader",
    "service-quotas list-service-quotas": "reader",
    "sqs delete-message": "responder",
    "sqs receive-message": "responder",
}
#: Actions that know no resource, or none whose name is known.
#: https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
WIDE = QUERIES - {"logs:StartQuery"} | {
    "cloudtrail:DescribeTrails",
    "cloudtrail:GetEventSelectors",
    "cloudtrail:GetTrailStatus",
    "cloudwatch:DescribeAlarms",
    "cloudwatch:GetMetricData",
    "cognito-idp:GetProvisionedLimit",
    "lambda:GetAccountSettings",
    "logs:DescribeLogGroups",
    "servicequotas:GetAWSDefaultServiceQuota",
    "servicequotas:GetServiceQuota",
    "servicequotas:ListServiceQuotas",
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
    called = {action for name in COMMANDS[role] & set(NEEDS) for action in NEEDS[name]}
    typed = {action for line, whose in BY_HAND.items() if whose == role for action in _typed(line)}
    return called - FREE | typed


def _typed(line: str) -> set[str]:
    """The IAM action of one of AWS's own commands."""
    service, _, operation = line.partition(" ")
    model = botocore.session.get_session().get_service_model(service)
    (name,) = [n for n in model.operation_names if xform_name(n, "-") == operation]
    return needed([f"{model.endpoint_prefix}:{name}"])


def test_a_reader_may_just_read() -> None:
    """The reader's policy is what its commands call, the dashboard, and the saved queries."""
    assert _allowed("reader") == _needed("reader") | QUERIES | DASHBOARD


@pytest.mark.parametrize("role", ["responder", "tuner"])
def test_others_may_just_do_theirs_besides(role: str) -> None:
    """With the reader's policy, a role's is what its commands call; it repeats nothing."""
    assert _allowed(role) == _needed(role) - _allowed("reader")


def test_whoever_types_it_may() -> None:
    """Each of AWS's own commands in the runbook is somebody's: his role allows it, or says so."""
    shown = {
        " ".join(found)
        for line in command_lines()
        for found in re.findall(r"\baws ([a-z-]+) ([a-z-]+)", line)
    }
    assert shown == set(BY_HAND)
    deploying = re.findall(r"`aws ([a-z -]+)`", _rights(f"| {DEPLOYER} |"))
    assert set(deploying) == {line for line, whose in BY_HAND.items() if whose == DEPLOYER}
    for line, whose in BY_HAND.items():
        assert whose == DEPLOYER or _typed(line) <= _allowed(whose) | _allowed("reader")


def test_what_shows_secrets_is_said() -> None:
    """Whoever gives somebody the reader's role is told that it reads app clients' secrets."""
    assert "DescribeUserPoolClient" in _rights("**The reader can read secrets**")


def _rights(beginning: str) -> str:
    """The line of the runbook's section on rights that begins so."""
    section = RUNBOOK.partition("## 6. Rights")[2].partition("\n## ")[0]
    (line,) = [line for line in section.splitlines() if line.startswith(beginning)]
    return line


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

    def written(bench: OpsBench, *command: str) -> list[tuple[str, set[str]]]:
        bodies: list[Any] = []

        def watch(*, params: Any, model: Any) -> None:
            if model.name == "UpdateItem":
                bodies.append(json.loads(params["body"]))

        bench.watch = watch
        assert bench.change(*command).exit_code == 0
        return [
            (value["S"], {key, *body["ExpressionAttributeNames"].values()})
            for body in bodies
            for key, value in body["Key"].items()
        ]

    provider = {"issuer": "https://id.example.com/", "audiences": ["api"]}
    settings = StackSettings(
        has_hook=False,
        verdict_ttl_seconds=15,
        authorizer_environ={"OIDC_ISSUERS": json.dumps([provider])},
    )
    with open_ops_bench(settings) as bench:
        for command in (("ttl", "tighten", "--verdict-ttl", "5"), ("ttl", "loosen")):
            found = written(bench, *command)
            assert len(found) == 2
            for row, names in found:
                assert fnmatch.fnmatchcase(row, rows)
                assert names == attributes
        ((row, names),) = written(bench, "revoke", "everyone")
        assert fnmatch.fnmatchcase(row, rows)
        assert not names <= attributes


def test_names_begin_with_the_stack() -> None:
    """What the policies name by the stack is named by it, most of it by CloudFormation."""
    named = {
        "AWS::Lambda::Function": "FunctionName",
        "AWS::DynamoDB::Table": "TableName",
        "AWS::Logs::LogGroup": "LogGroupName",
        "AWS::SQS::Queue": "QueueName",
    }
    resources = synthesized({})["Resources"]
    for name, resource in resources.items():
        key = named.get(resource["Type"])
        assert key is None or key not in resource["Properties"], name
    assert any(name.startswith("OperatorLog") for name in resources)
    (board,) = [r for r in resources.values() if r["Type"] == "AWS::CloudWatch::Dashboard"]
    (statement,) = [s for s in _statements("reader") if set(s["Action"]) == DASHBOARD]
    assert statement["Resource"][0].endswith(f"/{board['Properties']['DashboardName']}")
