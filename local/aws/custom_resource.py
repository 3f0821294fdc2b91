"""Custom resources: the deployed function is asked, and CloudFormation waits for its answer.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requests.html
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from moto.cloudformation.exceptions import UnformattedGetAttTemplateException

from local.aws.answers import Answers
from local.aws.deployed_resource import DeployedResource
from local.aws.resource_type import Properties

#: Calls a function of the account by its ARN, with an event.
CallFunction = Callable[[str, dict[str, Any]], Any]


class CustomResourceError(Exception):
    """The function answered that it failed, or not at all."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """How CloudFormation talks to the functions behind custom resources."""

    call: CallFunction
    answers: Answers

    def ask(self, request_type: str, properties: Properties, **members: Any) -> dict[str, Any]:
        """Send one request; the answer.

        Raises:
            CustomResourceError: the function failed, or did not answer.
        """
        address = self.answers.new_address()
        event = {
            "RequestType": request_type,
            "RequestId": str(uuid.uuid4()),
            "ResponseURL": address,
            "ResourceProperties": _as_text(properties),
            **members,
        }
        self.call(str(properties["ServiceToken"]), event)
        answer = self.answers.take(address)
        if answer is None:
            raise CustomResourceError(f"{members['LogicalResourceId']} was not answered")
        if answer["Status"] != "SUCCESS":
            raise CustomResourceError(str(answer.get("Reason")))
        return answer


class DeployedCustomResource(DeployedResource):
    """One custom resource of one stack.

    Attributes:
        conversation: with its function.
    """

    conversation: ClassVar[Conversation]

    def __init__(
        self, answer: Mapping[str, Any], properties: Properties, identity: Mapping[str, str]
    ) -> None:
        super().__init__(answer["PhysicalResourceId"], properties)
        self._data = answer.get("Data", {})
        self._identity = identity

    @classmethod
    def create_from_cloudformation_json(
        cls,
        resource_name: str,
        cloudformation_json: Mapping[str, Any],
        account_id: str,
        region_name: str,
        **more: Any,
    ) -> DeployedCustomResource:
        """Ask for one; moto's name for it."""
        del resource_name, account_id, region_name
        properties = cloudformation_json["Properties"]
        identity = {
            "StackId": more["StackId"],
            "LogicalResourceId": more["LogicalId"],
            "ResourceType": more["ResourceType"],
        }
        return cls(cls.conversation.ask("Create", properties, **identity), properties, identity)

    def change(self, properties: Properties) -> None:
        """Ask for other properties. An answer with another id has the old one deleted."""
        answer = self.conversation.ask(
            "Update",
            properties,
            **self._identity,
            PhysicalResourceId=self.physical_resource_id,
            OldResourceProperties=_as_text(self.properties),
        )
        if answer["PhysicalResourceId"] != self.physical_resource_id:
            self.delete("", "")
        self.physical_resource_id = answer["PhysicalResourceId"]
        self._data, self.properties = answer.get("Data", {}), properties

    def delete(self, account_id: str, region_name: str) -> None:
        """Ask for it to be deleted; moto's name for it."""
        del account_id, region_name
        self.conversation.ask(
            "Delete",
            self.properties,
            **self._identity,
            PhysicalResourceId=self.physical_resource_id,
        )

    def get_cfn_attribute(self, name: str) -> Any:
        """What the function answered; moto's name for it."""
        if name not in self._data:
            raise UnformattedGetAttTemplateException
        return self._data[name]


def _as_text(value: Any) -> Any:
    """CloudFormation hands properties on as text."""
    if isinstance(value, Mapping):
        return {name: _as_text(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_as_text(member) for member in value]
    return str(value).lower() if isinstance(value, bool) else str(value)
