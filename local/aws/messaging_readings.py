"""How EventBridge's and SQS's resources are read back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local.aws.clients import Clients
from local.aws.reading import Actual, Reading
from local.aws.resource_type import Properties


def _rule(clients: Clients, name: str, of: Properties) -> Actual:
    events, bus = clients.of("events"), of.get("EventBusName", "default")
    rule: Mapping[str, Any] = events.describe_rule(Name=name, EventBusName=bus)
    targets = events.list_targets_by_rule(Rule=name, EventBusName=bus)["Targets"]
    return {**rule, "Targets": targets}


def _queue(clients: Clients, url: str, _: Properties) -> Actual:
    answer = clients.of("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
    return {**answer["Attributes"], "QueueUrl": url, "QueueName": url.rpartition("/")[2]}


def _queue_policy(clients: Clients, _: str, of: Properties) -> Actual:
    (policy,) = {_queue(clients, url, of).get("Policy", "") for url in of["Queues"]}
    return {"PolicyDocument": policy}


MESSAGING_READINGS = {
    "AWS::Events::Rule": Reading(
        read=_rule,
        needed=frozenset({"EventBusName"}),
        attributes={"Arn": lambda actual: actual["Arn"]},
    ),
    "AWS::SQS::Queue": Reading(
        read=_queue,
        attributes={
            "Arn": lambda actual: actual["QueueArn"],
            "QueueName": lambda actual: actual["QueueName"],
            "QueueUrl": lambda actual: actual["QueueUrl"],
        },
    ),
    "AWS::SQS::QueuePolicy": Reading(
        read=_queue_policy,
        found_by=frozenset({"Queues"}),
        exact=frozenset({"PolicyDocument"}),
    ),
}
