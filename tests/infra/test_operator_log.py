"""The operators' trail: kept for long, encrypted, and writable by nobody in the stack."""

from __future__ import annotations

import json

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Template

from infra.operator_log import OperatorLog

from .conftest import MakeStack, only, resources

KEY = "arn:aws:kms:eu-west-1:123456789012:key/0d1ce05c-1111-4222-8333-9f1c2a000000"


@pytest.mark.parametrize("days", [365, 400, 3653])
def test_it_is_kept_and_stays(stack: cdk.Stack, days: int) -> None:
    """For as long as was said, and beyond the stack."""
    OperatorLog(stack, "Log", retention_days=days, kms_key_arn=KEY)
    template = Template.from_stack(stack)
    template.has_resource(
        "AWS::Logs::LogGroup",
        {
            "DeletionPolicy": "Retain",
            "UpdateReplacePolicy": "Retain",
            "Properties": {"RetentionInDays": days, "KmsKeyId": KEY},
        },
    )


def test_less_than_a_year_is_refused(stack: cdk.Stack) -> None:
    """Half a year is no trail."""
    with pytest.raises(ValueError, match="a year or more"):
        OperatorLog(stack, "Log", retention_days=180)


def test_no_function_may_write_it(new_pool: Template) -> None:
    """What may write the trail could write a false one."""
    (log,) = [n for n in resources(new_pool, "AWS::Logs::LogGroup") if "OperatorLog" in n]
    assert log not in json.dumps(resources(new_pool, "AWS::IAM::Policy"))
    assert new_pool.find_outputs("OperatorLogGroupName")["OperatorLogGroupName"]["Value"] == {
        "Ref": log
    }


def test_it_is_there_unwatched(make_stack: MakeStack) -> None:
    """A deployment without dashboard and alarms has it all the same."""
    template = Template.from_stack(make_stack(observability=False, operatorLogRetentionDays=731))
    assert only(template, "AWS::Logs::LogGroup", "OperatorLog")["RetentionInDays"] == 731
    template.resource_count_is("AWS::CloudWatch::Alarm", 0)
    template.resource_count_is("AWS::CloudWatch::Dashboard", 0)
    template.resource_count_is("AWS::Logs::QueryDefinition", 0)
