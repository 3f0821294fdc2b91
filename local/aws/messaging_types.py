"""EventBridge's and SQS's resource types."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local.aws.clients import ACCOUNT_ID, Clients
from local.aws.resource_type import Parameters, Properties, ResourceType


def _rule_keys(name: str, properties: Properties) -> Parameters:
    return {"Name": name, "EventBusName": properties.get("EventBusName", "default")}


def _aim(clients: Clients, name: str, properties: Properties) -> None:
    targets = properties.get("Targets", [])
    bus = properties.get("EventBusName", "default")
    if targets:
        clients.of("events").put_targets(Rule=name, EventBusName=bus, Targets=targets)


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleType(ResourceType):
    """A rule cannot be deleted with targets."""

    def remove(self, clients: Clients, physical_id: str, properties: Properties) -> None:
        """Take its targets away, then delete it."""
        targets = [target["Id"] for target in properties.get("Targets", [])]
        if targets:
            clients.of(self.service).remove_targets(
                Rule=physical_id,
                EventBusName=properties.get("EventBusName", "default"),
                Ids=targets,
            )
        ResourceType.remove(self, clients, physical_id, properties)


@dataclass(frozen=True, kw_only=True, slots=True)
class QueueType(ResourceType):
    """A queue, whose properties are attributes in text."""

    def make(self, clients: Clients, properties: Properties, generated_name: str) -> str:
        """Create it; its URL."""
        attributes = {
            name: json.dumps(value) if isinstance(value, dict | bool) else str(value)
            for name, value in properties.items()
            if name not in ("QueueName", "Tags")
        }
        # Names have at most 80 characters, which CloudFormation sees to.
        name = properties.get("QueueName", generated_name[-80:])
        answer = clients.of(self.service).create_queue(QueueName=name, Attributes=attributes)
        return str(answer["QueueUrl"])


@dataclass(frozen=True, kw_only=True, slots=True)
class QueuePolicyType(ResourceType):
    """One policy, put into each of its queues as an attribute."""

    def make(self, clients: Clients, properties: Properties, generated_name: str) -> str:
        """Put it into its queues."""
        self._put(clients, properties, json.dumps(properties["PolicyDocument"]))
        return generated_name

    def change(self, clients: Clients, physical_id: str, old: Properties, new: Properties) -> None:
        """Put it anew."""
        self.remove(clients, physical_id, old)
        self.make(clients, new, physical_id)

    def remove(self, clients: Clients, physical_id: str, properties: Properties) -> None:
        """Take it out of its queues."""
        del physical_id
        self._put(clients, properties, "")

    def _put(self, clients: Clients, properties: Properties, policy: str) -> None:
        for url in properties["Queues"]:
            clients.of(self.service).set_queue_attributes(
                QueueUrl=url, Attributes={"Policy": policy}
            )


def _queue_attributes(clients: Clients, url: str, _: Properties) -> Mapping[str, Any]:
    name = url.rpartition("/")[2]
    return {
        "Arn": f"arn:aws:sqs:{clients.region}:{ACCOUNT_ID}:{name}",
        "QueueName": name,
        "QueueUrl": url,
    }


MESSAGING_TYPES = (
    RuleType(
        name="AWS::Events::Rule",
        service="events",
        create="put_rule",
        identify=lambda _, parameters: parameters["Name"],
        keys=_rule_keys,
        update="put_rule",
        delete="delete_rule",
        name_property="Name",
        apart=frozenset({"Targets"}),
        follow=_aim,
        attributes=lambda clients, name, _: {
            "Arn": f"arn:aws:events:{clients.region}:{ACCOUNT_ID}:rule/{name}"
        },
        fixed=frozenset({"EventBusName"}),
    ),
    QueueType(
        name="AWS::SQS::Queue",
        service="sqs",
        create="create_queue",
        identify=lambda answer, _: answer["QueueUrl"],
        keys=lambda url, _: {"QueueUrl": url},
        delete="delete_queue",
        attributes=_queue_attributes,
    ),
    QueuePolicyType(
        name="AWS::SQS::QueuePolicy",
        service="sqs",
        create="set_queue_attributes",
        identify=lambda _, __: "",
    ),
)
