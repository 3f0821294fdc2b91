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
#: Events take minutes, and their own time has whole seconds.
_PAUSE_SECONDS = 5
_EVENTS = ("AdminUserGlobalSignOut", "RevokeToken")


@dataclass
class EventResult:
    """What arrived.

    Attributes:
        expected: how many revocations there were.
        seconds: from each event's own time, which is in whole seconds, to its arrival.
        members: by the event's name, what its request and its further data have members for.
    """

    expected: int
    seconds: list[float] = field(default_factory=list)
    members: dict[str, list[str]] = field(default_factory=dict)


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
    for _ in range(LONGEST_SECONDS // _PAUSE_SECONDS):
        _receive(asking, queue, subjects, result)
        if len(result.seconds) >= result.expected:
            break
        asking.run.world.pause(_PAUSE_SECONDS)
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


def _receive(asking: Asking, queue: str, subjects: set[str], result: EventResult) -> None:
    sqs = asking.run.aws.client("sqs")
    found = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
    for message in found.get("Messages", []):
        sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        detail = json.loads(message["Body"]).get("detail", {})
        # Others revoke, too; and what a request says of its pool may be hidden.
        if (detail.get("additionalEventData") or {}).get("sub") not in subjects:
            continue
        happened = datetime.fromisoformat(detail["eventTime"]).timestamp()
        result.seconds.append(asking.run.aws.now() - happened)
        result.members[detail["eventName"]] = _members(detail)


def _members(detail: Mapping[str, Any]) -> list[str]:
    return [
        f"{part}.{name}"
        for part in ("requestParameters", "additionalEventData")
        for name in sorted(detail.get(part) or {})
    ]
