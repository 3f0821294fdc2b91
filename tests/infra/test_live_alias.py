"""The alias that APIs invoke: one version for each content, and how a new one takes over."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_lambda as lambda_
from aws_cdk.assertions import Template

from infra.authorizer_options import AuthorizerOptions
from infra.exports import Export, parameter_name
from infra.release_options import GradualShift
from infra.session_authorizer import SessionAuthorizer

from .conftest import CONTEXT, MakeStack, only, resources, statements

VERSION = "AWS::Lambda::Version"
SHIFT = {"gradualShift": "canary10Percent5Minutes", "observability": False}


def published(**changes: Any) -> set[str]:
    """Names of the versions of an authorizer with these tags, code and options."""
    app = cdk.App(context=CONTEXT)
    stack = cdk.Stack(app, "Stack")
    sessions = SessionAuthorizer(
        stack,
        "Sessions",
        user_pool=cognito.UserPool.from_user_pool_id(stack, "Pool", "eu-west-1_Abc"),
        client_ids=["web"],
        options=AuthorizerOptions(verdict_ttl_seconds=changes.get("verdict_ttl_seconds", 15)),
    )
    resource = sessions.function.node.default_child
    assert isinstance(resource, lambda_.CfnFunction)
    if "code" in changes:
        resource.add_property_override("Code.S3Key", changes["code"])
    for key, value in changes.get("tags", {}).items():
        cdk.Tags.of(app).add(key, value)
    return set(resources(Template.from_stack(stack), VERSION))


def test_apis_and_attached_stacks_invoke_the_alias(new_pool: Template) -> None:
    """Authorizers, permissions, output and parameter name the alias, and never the function."""
    ((alias, properties),) = resources(new_pool, "AWS::Lambda::Alias").items()
    assert properties["Name"] == "live"
    (version,) = resources(new_pool, VERSION)
    assert properties["FunctionVersion"] == {"Fn::GetAtt": [version, "Version"]}
    for authorizer in resources(new_pool, "AWS::ApiGateway::Authorizer").values():
        uri = authorizer["AuthorizerUri"]["Fn::Join"][1]
        assert uri[-2:] == [{"Ref": alias}, "/invocations"]
    permitted = [
        permission["FunctionName"]
        for permission in resources(new_pool, "AWS::Lambda::Permission").values()
        if permission["Principal"] == "apigateway.amazonaws.com"
    ]
    assert permitted == [{"Ref": alias}] * 2
    new_pool.has_output("AuthorizerFunctionArn", {"Value": {"Ref": alias}})
    name = parameter_name("CognitoSessionAuthorizer", Export.FUNCTION_ARN)
    parameters = resources(new_pool, "AWS::SSM::Parameter").values()
    assert [p["Value"] for p in parameters if p["Name"] == name] == [{"Ref": alias}]


def test_a_version_is_new_only_with_new_content() -> None:
    """Other code or another setting is a new version; the same again and tags are not."""
    before = published()
    assert published() == before
    assert published(tags={"team": "identity"}) == before
    assert published(verdict_ttl_seconds=14) != before
    assert published(code="another.zip") != before


def test_the_app_asks_for_versions_by_content() -> None:
    """cdk.json has the flag without which a tag would publish a version, as these tests have."""
    text = (Path(__file__).parents[2] / "cdk.json").read_text(encoding="utf-8")
    flag = "@aws-cdk/aws-lambda:recognizeVersionProps"
    assert json.loads(text)["context"][flag] is True
    assert CONTEXT[flag] is True


def test_what_was_live_stays(new_pool: Template) -> None:
    """The versions before are kept, for the alias to be pointed back at."""
    (version,) = new_pool.find_resources(VERSION).values()
    assert version["DeletionPolicy"] == version["UpdateReplacePolicy"] == "Retain"


def test_nothing_shifts_unasked(make_stack: MakeStack) -> None:
    """Without the settings CloudFormation switches the alias, with no alarm to pay for."""
    text = json.dumps(Template.from_stack(make_stack(observability=False)).to_json())
    for trace in ("CodeDeploy", "AWS::CloudWatch::Alarm", "AWS::Logs::MetricFilter"):
        assert trace not in text


@pytest.mark.parametrize("shift", [shift for shift in GradualShift if shift.config is not None])
def test_every_shift_is_one_of_codedeploys(app: cdk.App, shift: GradualShift) -> None:
    """A setting's value is CodeDeploy's name of a configuration, without its prefix."""
    assert shift.config is not None
    name = cdk.Stack(app, "Stack").resolve(shift.config.deployment_config_name)
    assert name == f"CodeDeployDefault.Lambda{shift.value[0].upper()}{shift.value[1:]}"


def test_a_shift_is_rolled_back_on_the_authorizers_own_faults(make_stack: MakeStack) -> None:
    """The alias moves by CodeDeploy, which watches the one alarm."""
    template = Template.from_stack(make_stack(**SHIFT))
    (group_name,) = resources(template, "AWS::CodeDeploy::DeploymentGroup")
    (alias,) = template.find_resources("AWS::Lambda::Alias").values()
    update = alias["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"]
    assert update["DeploymentGroupName"] == {"Ref": group_name}
    group = only(template, "AWS::CodeDeploy::DeploymentGroup")
    assert group["DeploymentConfigName"] == "CodeDeployDefault.LambdaCanary10Percent5Minutes"
    (alarm_name,) = resources(template, "AWS::CloudWatch::Alarm")
    assert group["AlarmConfiguration"] == {
        "Enabled": True,
        "Alarms": [{"Name": {"Ref": alarm_name}}],
    }
    assert "DEPLOYMENT_STOP_ON_ALARM" in group["AutoRollbackConfiguration"]["Events"]
    alarm = only(template, "AWS::CloudWatch::Alarm")
    assert (alarm["Threshold"], alarm["TreatMissingData"]) == (1, "notBreaching")


def test_the_alarm_counts_faults_and_no_refusals(make_stack: MakeStack) -> None:
    """It reads this deployment's own log for defects: bad tokens can't roll a release back."""
    template = Template.from_stack(make_stack(**SHIFT))
    alarm = only(template, "AWS::CloudWatch::Alarm")
    assert alarm["Namespace"] != "AWS/Lambda"
    (log,) = [n for n in resources(template, "AWS::Logs::LogGroup") if "SessionsAuthorizer" in n]
    filters = resources(template, "AWS::Logs::MetricFilter").values()
    for metric_filter in filters:
        assert metric_filter["LogGroupName"] == {"Ref": log}
        (metric,) = metric_filter["MetricTransformations"]
        assert metric["MetricName"] == alarm["MetricName"]
        assert metric["MetricNamespace"] == alarm["Namespace"]
    patterns = {metric_filter["FilterPattern"] for metric_filter in filters}
    assert patterns == {
        '{ $.reason = "internal_fault" }',
        '"INIT_REPORT" "Status: error"',
        '"INIT_REPORT" "Status: timeout"',
        '"Task timed out"',
        '"Runtime exited"',
    }


def test_a_killed_sandbox_is_a_fault(make_stack: MakeStack) -> None:
    """Lambda's line of one that ran out of memory in a call is counted, and once."""
    line = "RequestId: 8f507cfc Error: Runtime exited with error: signal: killed\nRuntime.ExitError"
    template = Template.from_stack(make_stack(**SHIFT))
    patterns = [
        metric_filter["FilterPattern"]
        for metric_filter in resources(template, "AWS::Logs::MetricFilter").values()
    ]
    # All of a pattern's texts have to be in the line.
    texts = [found for pattern in patterns if (found := re.findall(r'"([^"]+)"', pattern))]
    assert sum(all(text in line for text in found) for found in texts) == 1


def test_two_deployments_have_two_alarms(make_stack: MakeStack) -> None:
    """A fault in one stage of an account does not roll another stage back."""
    names = {
        only(
            Template.from_stack(make_stack(stackName=name, **SHIFT)),
            "AWS::CloudWatch::Alarm",
        )["MetricName"]
        for name in ("Dev", "Prod")
    }
    assert len(names) == 2


def test_one_alarm_rolls_back_and_tells(make_stack: MakeStack) -> None:
    """With both, the shift is watched by the alarm that whoever is on call is told by."""
    template = Template.from_stack(make_stack(**SHIFT | {"observability": True}))
    (watched,) = only(template, "AWS::CodeDeploy::DeploymentGroup")["AlarmConfiguration"]["Alarms"]
    alarm = resources(template, "AWS::CloudWatch::Alarm")[watched["Name"]["Ref"]]
    assert alarm["AlarmName"] == "CognitoSessionAuthorizer-authorizer-faults"
    template.resource_count_is("AWS::Logs::MetricFilter", 5)


def test_the_authorizer_may_do_no_more_for_it(make_stack: MakeStack, new_pool: Template) -> None:
    """The function's own role has the same rights with a shift and without."""
    shifting = Template.from_stack(make_stack(**SHIFT))
    assert statements(shifting, "Authorizer") == statements(new_pool, "Authorizer")
