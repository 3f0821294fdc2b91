"""From a revocation to the event that EventBridge hands on: a rule and a queue, for the while.

Takes a trail that logs management events in the Region. What the events say of the request is told
by the names of its members; their values are Cognito's to hide.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ops.probe.asking import Asking, Pace
from ops.probe.place import Place
from ops.probe.sign_ins import claim

EVENT_NEEDS = (
    "events:DeleteRule",
    "events:PutRule",
    "events:PutTargets",
    "events:RemoveTargets",
    "sqs:CreateQueue",
    "sqs:DeleteMessage",
    "sqs:DeleteQueue",
    "sqs:GetQueueAttributes",
    "sqs:ReceiveMessage",
    "sqs:SetQueueAttributes",
    "sts:GetCallerIdentity",
)

LONGEST_SECONDS = 15 * 60
#: How long SQS waits for a message; less than the SDK waits for SQS. Events take minutes.
_WAIT_SECONDS = 10
_EVENTS = ("AdminUserGlobalSignOut", "RevokeToken")


@dataclass
class EventResult:
    """What arrived.

    Attributes:
        expected: how many revocations there were.
        seconds: from each event's own time, which is in whole seconds, to its arrival in the queue.
        members: by the event's name, what its request and its further data have members for.
    """

    expected: int
    seconds: list[float] = field(default_factory=list)
    members: dict[str, list[str]] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)
    """Ids of events: EventBridge may hand on, and SQS deliver, each more than once."""


def measure_events(asking: Asking, users: Sequence[str], pace: Pace) -> EventResult:
    """Revoke in two ways, and wait for the events. Raises ClientError.

    Args:
        asking: of the place where the rule and the queue are made, too.
        users: whom nobody has signed out before: those events may be on their way yet.
        pace: of the revocations.
    """
    queue = _listen(asking, asking.place)
    client = asking.run.aws.client("cognito-idp")
    subjects = set()
    for user in users:
        pace.wait()
        tokens = asking.sign_in(user, asking.place.plain_client_id)
        subjects.add(str(claim(tokens.access, "sub")))
        client.revoke_token(Token=tokens.refresh, ClientId=asking.place.plain_client_id)
        client.admin_user_global_sign_out(UserPoolId=asking.place.pool_id, Username=user)
    result = EventResult(expected=2 * len(users))
    now = asking.run.world.monotonic
    ends = now() + LONGEST_SECONDS
    # Others' events come too, and ten at most at once: the queue is empty when nothing comes.
    while len(result.seconds) < result.expected:
        if not _receive(asking.run.aws.client("sqs"), queue, subjects, result) and now() >= ends:
            break
    return result


def _listen(asking: Asking, place: Place) -> str:
    """Make the queue and the rule; the queue's address."""
    sqs, events = asking.run.aws.client("sqs"), asking.run.aws.client("events")
    name = place.name
    with place.making(f"a queue named {name}"):
        queue = str(sqs.create_queue(QueueName=name)["QueueUrl"])
        place.deleting(f"queue {name}", lambda: sqs.delete_queue(QueueUrl=queue))
    pattern = {
        "source": ["aws.cognito-idp"],
        "detail": {"eventName": list(_EVENTS)},
    }
    with place.making(f"rule {name}", lambda: events.delete_rule(Name=name)):
        rule = str(events.put_rule(Name=name, EventPattern=json.dumps(pattern))["RuleArn"])
    attributes = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])
    arn = attributes["Attributes"]["QueueArn"]
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": rule}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": policy})
    with place.making(
        f"target of the rule {name}", lambda: events.remove_targets(Rule=name, Ids=["queue"])
    ):
        events.put_targets(Rule=name, Targets=[{"Id": "queue", "Arn": arn}])
    return queue


def _receive(sqs: Any, queue: str, subjects: set[str], result: EventResult) -> bool:
    """Wait for messages, and note what they tell; whether any came. Raises ClientError."""
    found = sqs.receive_message(
        QueueUrl=queue,
        MaxNumberOfMessages=10,
        WaitTimeSeconds=_WAIT_SECONDS,
        MessageSystemAttributeNames=["SentTimestamp"],
    )
    messages = found.get("Messages", [])
    for message in messages:
        sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        detail = json.loads(message["Body"]).get("detail", {})
        # Others revoke, too; and what a request says of its pool may be hidden.
        if (detail.get("additionalEventData") or {}).get("sub") not in subjects:
            continue
        if detail["eventID"] in result.known:
            continue
        result.known.add(detail["eventID"])
        happened = datetime.fromisoformat(detail["eventTime"]).timestamp()
        # When it came, in milliseconds, and not when it was read.
        result.seconds.append(int(message["Attributes"]["SentTimestamp"]) / 1000 - happened)
        result.members[detail["eventName"]] = _members(detail)
    return bool(messages)


def _members(detail: Mapping[str, Any]) -> list[str]:
    return [
        f"{part}.{name}"
        for part in ("requestParameters", "additionalEventData")
        for name in sorted(detail.get(part) or {})
    ]
