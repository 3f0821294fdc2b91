"""The feed: which events reach it, what becomes of those that fail, and what it may do."""

from __future__ import annotations

import json
from typing import Any

from aws_cdk.assertions import Annotations, Match, Template

from infra.session_feed import DETAIL_TYPES
from session_feed.events import EFFECTS

from .conftest import MakeStack, only, resources, statements, writes_log


def matches(pattern: dict[str, Any], event: dict[str, Any]) -> bool:
    """EventBridge's rule for patterns of plain texts: each field is one of those listed."""
    return all(
        matches(expected, event.get(name, {}))
        if isinstance(expected, dict)
        else event.get(name) in expected
        for name, expected in pattern.items()
    )


def dead_letters(template: Template) -> dict[str, Any]:
    (queue,) = resources(template, "AWS::SQS::Queue")
    return {"Fn::GetAtt": [queue, "Arn"]}


def test_the_rule_hears_just_what_the_feed_understands(new_pool: Template) -> None:
    """Every operation with an effect is heard in both kinds of event, and none beside them."""
    pattern = only(new_pool, "AWS::Events::Rule")["EventPattern"]
    assert pattern["detail"]["eventName"] == sorted(EFFECTS)
    for detail_type in DETAIL_TYPES:
        event = {"source": "aws.cognito-idp", "detail-type": detail_type}
        for operation in EFFECTS:
            assert matches(pattern, event | {"detail": {"eventName": operation}})
        assert not matches(pattern, event | {"detail": {"eventName": "AdminGetUser"}})
        other = event | {"source": "aws.iam", "detail": {"eventName": "GlobalSignOut"}}
        assert not matches(pattern, other)


def test_what_cannot_be_delivered_is_kept(new_pool: Template) -> None:
    """EventBridge tries for an hour at most, and then hands the event to the queue."""
    (target,) = only(new_pool, "AWS::Events::Rule")["Targets"]
    assert target["RetryPolicy"] == {
        "MaximumEventAgeInSeconds": 3600,
        "MaximumRetryAttempts": 10,
    }
    assert target["DeadLetterConfig"] == {"Arn": dead_letters(new_pool)}
    assert "InputPath" not in target


def test_what_cannot_be_written_is_kept(new_pool: Template) -> None:
    """Lambda runs the function three times within an hour, and then hands the event over."""
    bounds = only(new_pool, "AWS::Lambda::EventInvokeConfig")
    assert bounds["MaximumRetryAttempts"] == 2
    assert bounds["MaximumEventAgeInSeconds"] == 3600
    assert bounds["DestinationConfig"] == {"OnFailure": {"Destination": dead_letters(new_pool)}}
    (feed,) = [name for name in resources(new_pool, "AWS::Lambda::Function") if "Feed" in name]
    assert bounds["FunctionName"] == {"Ref": feed}


def test_the_queue_is_closed(new_pool: Template) -> None:
    """Encrypted at rest and on the way, kept for long, and open to the rule alone."""
    queue = only(new_pool, "AWS::SQS::Queue")
    assert queue["SqsManagedSseEnabled"] is True
    assert queue["MessageRetentionPeriod"] == 14 * 86_400
    policy = only(new_pool, "AWS::SQS::QueuePolicy")["PolicyDocument"]["Statement"]
    denied, allowed = policy
    assert (denied["Effect"], denied["Action"]) == ("Deny", "sqs:*")
    assert denied["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    (rule,) = resources(new_pool, "AWS::Events::Rule")
    assert allowed["Principal"] == {"Service": "events.amazonaws.com"}
    assert allowed["Condition"] == {"ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": [rule, "Arn"]}}}


def test_the_feed_may_mark_and_give_up_and_nothing_else(new_pool: Template) -> None:
    """Its log, one operation on the table, one on the queue."""
    (table,) = resources(new_pool, "AWS::DynamoDB::Table")
    assert statements(new_pool, "Feed") == [
        writes_log(new_pool, "Feed"),
        {
            "Action": "dynamodb:UpdateItem",
            "Effect": "Allow",
            "Resource": {"Fn::GetAtt": [table, "Arn"]},
        },
        {"Action": "sqs:SendMessage", "Effect": "Allow", "Resource": dead_letters(new_pool)},
    ]


def test_only_the_rule_calls_the_feed(new_pool: Template) -> None:
    """EventBridge's permission names the one rule."""
    permission = only(new_pool, "AWS::Lambda::Permission", "RevocationFeed")
    (rule,) = resources(new_pool, "AWS::Events::Rule")
    assert permission["Principal"] == "events.amazonaws.com"
    assert permission["SourceArn"] == {"Fn::GetAtt": [rule, "Arn"]}


def test_the_operator_is_told_of_the_trail(make_stack: MakeStack) -> None:
    """Without a trail the feed hears nothing; synth says so."""
    Annotations.from_stack(make_stack()).has_info(
        "/CognitoSessionAuthorizer/RevocationFeed",
        Match.string_like_regexp("a trail that logs management events must exist"),
    )


def test_the_feed_can_be_left_out(make_stack: MakeStack) -> None:
    """Where there is no trail, the ledger does without."""
    template = Template.from_stack(make_stack(revocationFeed=False))
    template.resource_count_is("AWS::DynamoDB::Table", 1)
    text = json.dumps(template.to_json())
    for trace in ("AWS::Events::Rule", "AWS::SQS", "session_feed", "RevocationFeedDeadLetters"):
        assert trace not in text
