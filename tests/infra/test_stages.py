"""Stages from one cdk.json, and what an account asks for: network, key, boundary, concurrency."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from aws_cdk.assertions import Template

from infra.bundling import AUTHORIZER
from infra.context_reader import ContextError
from infra.function_options import Architecture, FunctionOptions, Runtime
from infra.lambda_function import NETWORK_ACTIONS
from infra.settings import DeploymentSettings

from .conftest import MakeStack, only, resources, statements
from .test_settings import problems_of, read, written

PROJECT = Path(__file__).resolve().parents[2]
KEY = "arn:aws:kms:eu-west-1:123456789012:key/0d1ce05c-1111-4222-8333-9f1c2a000000"
BOUNDARY = "arn:aws:iam::123456789012:policy/Boundary"
NETWORK = {"subnetIds": "subnet-01234567,subnet-89abcdef", "securityGroupIds": "sg-01234567"}
PROVIDER = {
    "issuer": "https://login.example.com/",
    "audiences": ["api"],
    "sessionCheck": "userinfo",
    "userinfoUrl": "https://login.example.com/userinfo",
}
INTROSPECTED = {
    "sessionCheck": "introspection",
    "introspectionUrl": "https://login.example.com/introspect",
    "introspectionClientId": "api",
    "introspectionSecretParameter": "/login/secret",
}
STAGES = {
    "authorizer": {"verdictTtlSeconds": 5, "memorySizeMb": 256},
    "environments": {"dev": {"memorySizeMb": 128}, "prod": {"memorySizeMb": 1024}},
}


def cdk_json() -> dict[str, Any]:
    context: dict[str, Any] = json.loads((PROJECT / "cdk.json").read_text())["context"]
    return context


@pytest.mark.parametrize(("stage", "memory_mb"), [(None, 256), ("dev", 128), ("prod", 1024)])
def test_a_stage_is_merged_over_what_is_common(stage: str | None, memory_mb: int) -> None:
    """Its members win, the others stay, and without a stage there is only what is common."""
    settings = DeploymentSettings.from_context(STAGES | {"environment": stage})
    assert settings.functions.memory_size_mb == memory_mb
    assert settings.authorizer.verdict_ttl_seconds == 5


def test_the_command_line_wins_over_a_stage() -> None:
    """A single member can still be overridden."""
    context = {**STAGES, "environment": "prod", "authorizer:memorySizeMb": "2048"}
    assert DeploymentSettings.from_context(context).functions.memory_size_mb == 2048


@pytest.mark.parametrize(
    ("context", "problem"),
    [
        (
            STAGES | {"environment": "production"},
            "environment: must be one of those described: dev, prod",
        ),
        ({"environment": "prod"}, "environment: must be one of those described: none"),
        ({"environments": "prod"}, "environments: must be an object"),
    ],
)
def test_a_stage_that_is_not_there_is_an_error(context: dict[str, Any], problem: str) -> None:
    """A misspelt stage must not become a deployment of the common settings."""
    with pytest.raises(ContextError) as caught:
        DeploymentSettings.from_context(context)
    assert caught.value.problems == (problem,)


def test_each_stage_of_cdk_json_can_be_read_beside_the_others() -> None:
    """All stages have settings without a problem and a stack of their own."""
    context = cdk_json()
    names = {
        DeploymentSettings.from_context(context | {"environment": stage}).stack_name
        for stage in ("", *context["environments"])
    }
    assert len(names) == 1 + len(context["environments"])


def test_each_number_of_a_stage_has_its_reason() -> None:
    """The table of reasons has just what cdk.json sets, but for names and tags."""
    table = (PROJECT / "docs" / "settings.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (dev|prod) \| `(\w+)` \| `?(\w+)`? \| .{20,} \|$", table, re.MULTILINE)
    in_use = {
        (stage, key, written(value))
        for stage, members in cdk_json()["environments"].items()
        for key, value in members.items()
        if key not in ("stackName", "tags")
    }
    assert set(rows) == in_use


@pytest.mark.parametrize(
    ("good", "bad", "key"),
    [
        ({"permissionsBoundaryArn": BOUNDARY}, {"permissionsBoundaryArn": "B"}, ""),
        ({"kmsKeyArn": KEY}, {"kmsKeyArn": KEY.replace("key/", "alias/")}, ""),
        ({"tags": '{"team": "a b"}'}, {"tags": {"aws:team": "a"}}, ""),
        ({"tags": {"t" * 128: "v" * 256}}, {"tags": {"t" * 129: "v"}}, ""),
        ({"tags": {}}, {"tags": "team=a"}, ""),
        ({"tags": {"t": ""}}, {"tags": {"t": 1}}, ""),
        (NETWORK, {"subnetIds": "subnet-01234567"}, "subnetIds"),
        (NETWORK, {"securityGroupIds": "sg-01234567"}, "subnetIds"),
        (NETWORK, NETWORK | {"subnetIds": "vpc-01234567"}, "subnetIds"),
        (NETWORK, NETWORK | {"securityGroupIds": "default"}, "securityGroupIds"),
        ({"provisionedConcurrency": 2}, {"provisionedConcurrency": "-1"}, ""),
        (
            {"provisionedConcurrency": 2, "reservedConcurrency": 2},
            {"provisionedConcurrency": 2, "reservedConcurrency": 1},
            "",
        ),
        ({"snapStart": True, "ledger": False}, {"snapStart": True}, ""),
        (
            {"snapStart": True, "ledger": False},
            {"snapStart": True, "ledger": False, "provisionedConcurrency": 1},
            "",
        ),
        (
            {"snapStart": True, "ledger": False, "oidcIssuers": [PROVIDER]},
            {"snapStart": True, "ledger": False, "oidcIssuers": [PROVIDER | INTROSPECTED]},
            "",
        ),
        ({"architecture": "x86_64"}, {"architecture": "x86-64"}, ""),
        ({"runtime": "python3.12"}, {"runtime": "python3.11"}, ""),
    ],
)
def test_limits(good: dict[str, Any], bad: dict[str, Any], key: str) -> None:
    """Each setting takes what is just right and reports what is just not, by its key."""
    read(**good)
    (problem,) = problems_of(**bad)
    assert problem.partition(":")[0] == (key or next(iter(bad)))


def test_the_refusal_of_snapshots_says_why() -> None:
    """The operator reads what the ledger lacks."""
    (problem,) = problems_of(snapStart=True)
    assert "credentials by an endpoint" in problem


@pytest.mark.parametrize("architecture", list(Architecture))
@pytest.mark.parametrize("runtime", list(Runtime))
def test_the_wheels_are_those_of_the_machine(architecture: Architecture, runtime: Runtime) -> None:
    """The zip is built for the processor and the Python that every function is given."""
    options = FunctionOptions(architecture=architecture, runtime=runtime)
    assert options.target.platform.startswith(architecture.wheels)
    assert f"python{options.target.python_version}" == runtime
    assert options.lambda_runtime.name == runtime
    assert options.lambda_architecture.name == architecture


def test_every_function_follows(make_stack: MakeStack) -> None:
    """Processor and Python are those of all functions alike."""
    template = Template.from_stack(make_stack(architecture="x86_64", runtime="python3.12"))
    functions = resources(template, "AWS::Lambda::Function").values()
    assert {function["Runtime"] for function in functions} == {"python3.12"}
    assert [function["Architectures"] for function in functions] == [["x86_64"]] * 3


def test_other_wheels_are_built(tmp_path: Path) -> None:
    """Compiled code in the zip is that of the machine that was asked for."""
    options = FunctionOptions(architecture=Architecture.X86_64, runtime=Runtime.PYTHON_3_12)
    AUTHORIZER.build(tmp_path, options.target)
    (library,) = tmp_path.glob("_cffi_backend*.so")
    assert "cpython-312-x86_64" in library.name


def test_a_network_is_lambdas_and_not_the_codes(make_stack: MakeStack) -> None:
    """Every function is in the subnets, and its code may do nothing with the network's parts."""
    template = Template.from_stack(make_stack(**NETWORK))
    for function in resources(template, "AWS::Lambda::Function").values():
        assert function["VpcConfig"] == {
            "SubnetIds": ["subnet-01234567", "subnet-89abcdef"],
            "SecurityGroupIds": ["sg-01234567"],
        }
    for name in ("Authorizer", "Hook", "Feed"):
        allowed, denied = [s for s in statements(template, name) if s["Resource"] == "*"]
        assert allowed["Action"] == denied["Action"] == list(NETWORK_ACTIONS)
        assert (allowed["Effect"], denied["Effect"]) == ("Allow", "Deny")
        assert "Condition" not in allowed
        assert denied["Condition"] == {"Null": {"lambda:SourceFunctionArn": "false"}}


def test_a_key_encrypts_variables_logs_and_ledger(make_stack: MakeStack) -> None:
    """All three name the key, and it may be used through DynamoDB only."""
    template = Template.from_stack(make_stack(kmsKeyArn=KEY))
    for function in resources(template, "AWS::Lambda::Function").values():
        assert function["KmsKeyArn"] == KEY
    for log_group in resources(template, "AWS::Logs::LogGroup").values():
        assert log_group["KmsKeyId"] == KEY
    table = only(template, "AWS::DynamoDB::Table")
    assert table["SSESpecification"] == {
        "SSEEnabled": True,
        "SSEType": "KMS",
        "KMSMasterKeyId": KEY,
    }
    for name in ("Authorizer", "Hook", "Feed"):
        (use,) = [s for s in statements(template, name) if s["Resource"] == KEY]
        assert "kms:ViaService" in json.dumps(use["Condition"])


def test_a_boundary_bounds_every_role(make_stack: MakeStack) -> None:
    """No role of the stack is without it."""
    template = Template.from_stack(
        make_stack(permissionsBoundaryArn=BOUNDARY, gradualShift="canary10Percent5Minutes")
    )
    roles = resources(template, "AWS::IAM::Role").values()
    assert {role["PermissionsBoundary"] for role in roles} == {BOUNDARY}


def test_tags_are_on_what_costs(make_stack: MakeStack) -> None:
    """Functions, table, pool and API carry the stage's tags."""
    template = Template.from_stack(make_stack(tags={"stage": "dev"}))
    tag = {"Key": "stage", "Value": "dev"}
    kinds = ("AWS::Lambda::Function", "AWS::DynamoDB::Table", "AWS::ApiGateway::RestApi")
    for kind in kinds:
        for properties in resources(template, kind).values():
            assert tag in properties["Tags"]
    assert only(template, "AWS::Cognito::UserPool")["UserPoolTags"] == {"stage": "dev"}


def test_concurrency_is_the_authorizers(make_stack: MakeStack, new_pool: Template) -> None:
    """Its function has the reserve, its alias the waiting sandboxes, and nobody unasked."""
    template = Template.from_stack(make_stack(reservedConcurrency=3, provisionedConcurrency=2))
    reserved = {
        function["Handler"]: function.get("ReservedConcurrentExecutions")
        for function in resources(template, "AWS::Lambda::Function").values()
    }
    assert reserved.pop("authorizer.handler.handler") == 3
    assert set(reserved.values()) == {None}
    waiting = only(template, "AWS::Lambda::Alias")["ProvisionedConcurrencyConfig"]
    assert waiting == {"ProvisionedConcurrentExecutions": 2}
    assert "ProvisionedConcurrencyConfig" not in only(new_pool, "AWS::Lambda::Alias")


def test_snapshots_are_of_versions(make_stack: MakeStack) -> None:
    """The authorizer starts from a snapshot of what was published; the hook does not."""
    template = Template.from_stack(make_stack(ledger=False, snapStart=True))
    authorizer = only(template, "AWS::Lambda::Function", "Authorizer")
    assert authorizer["SnapStart"] == {"ApplyOn": "PublishedVersions"}
    assert "SnapStart" not in only(template, "AWS::Lambda::Function", "Hook")
