"""CloudFormation's request to a custom resource.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requests.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from custom_resource.outcome import ResourceError


class RequestError(Exception):
    """The event is no request of CloudFormation's, so that there is nobody to answer."""


class RequestType(StrEnum):
    """What is to be done with the resource."""

    CREATE = "Create"
    UPDATE = "Update"
    DELETE = "Delete"


@dataclass(frozen=True, slots=True)
class Request:
    """One request. ``identity`` is what an answer repeats, ``response_url`` where it goes: whoever
    knows that address may answer, so it is kept out of logs.
    """

    type: RequestType
    resource_type: str
    physical_id: str
    properties: Mapping[str, Any]
    former_properties: Mapping[str, Any]
    identity: Mapping[str, str]
    response_url: str

    @property
    def name(self) -> str:
        """The resource's, also of one that could not be made: deleting that must be harmless."""
        return self.physical_id or self.identity["LogicalResourceId"]

    def text(self, name: str) -> str:
        """A property that must be there.

        Raises:
            ResourceError: it is not, or is empty, or no text.
        """
        value = self.properties.get(name)
        if not isinstance(value, str) or not value:
            raise ResourceError(f"property {name} is missing")
        return value


def read_request(event: Any) -> Request:
    """Read an event.

    Raises:
        RequestError: if it is none of CloudFormation's.
    """
    try:
        properties = event["ResourceProperties"]
        request = Request(
            type=RequestType(event["RequestType"]),
            resource_type=event["ResourceType"],
            # There is none before the resource is created.
            physical_id=event.get("PhysicalResourceId", ""),
            properties=properties,
            # There are some in an update only.
            former_properties=event.get("OldResourceProperties") or {},
            identity={name: event[name] for name in ("StackId", "RequestId", "LogicalResourceId")},
            response_url=event["ResponseURL"],
        )
    except (KeyError, TypeError, ValueError):
        raise RequestError("not a request of CloudFormation's") from None
    if not isinstance(properties, dict) or not request.response_url.startswith("https://"):
        raise RequestError("not a request of CloudFormation's")
    return request
