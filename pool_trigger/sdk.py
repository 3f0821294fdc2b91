"""The SDK's client for Cognito, and the settings of a pool that it does not know.

The SDK drops members of an answer that its model lacks. A pool that is described by an old SDK and
then written would lose every setting that Cognito learnt since, with nobody noticing. So the
answer is read a second time as it came, and what the model lacks is noted beside the rest.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Protocol, cast

import boto3
from botocore.config import Config
from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape

#: Where the notes are, in what ``describe_user_pool`` returns.
UNKNOWN = "SettingsThatTheModelLacks"

#: The SDK gives up in time for this function to say so, and repeats what was throttled.
_SDK = Config(
    connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 3}
)


class PoolClient(Protocol):
    """The part of the SDK's client for Cognito that is used here; its types lag behind it."""

    def describe_user_pool(self, **parameters: Any) -> Any:
        """Cognito's DescribeUserPool."""
        ...

    def update_user_pool(self, **parameters: Any) -> Any:
        """Cognito's UpdateUserPool."""
        ...


def make_client(region: str | None) -> PoolClient:
    """An SDK client whose descriptions of pools say what they lack."""
    client = boto3.client("cognito-idp", region_name=region, config=_SDK)
    client.meta.events.register("before-parse.cognito-idp.DescribeUserPool", note_unknown)
    return cast("PoolClient", client)


def note_unknown(
    *,
    operation_model: OperationModel,
    response_dict: Mapping[str, Any],
    customized_response_dict: dict[str, Any],
    **_more: Any,
) -> None:
    """Add to an answer the paths of its members that the SDK is about to drop."""
    if response_dict["status_code"] == 200:
        body = json.loads(response_dict["body"])
        shape = cast("StructureShape", operation_model.output_shape)
        pool = body.get("UserPool")
        customized_response_dict[UNKNOWN] = list(_unknown(pool, shape.members["UserPool"], ""))


def _unknown(value: Any, shape: Shape, path: str) -> Iterator[str]:
    """Paths in ``value`` that ``shape`` lacks. What is null or empty says nothing."""
    if isinstance(shape, StructureShape) and isinstance(value, dict):
        for name, member in value.items():
            inner = f"{path}.{name}".lstrip(".")
            if name in shape.members:
                yield from _unknown(member, shape.members[name], inner)
            elif member not in (None, "", [], {}):
                yield inner
    elif isinstance(shape, ListShape) and isinstance(value, list):
        for member in value:
            yield from _unknown(member, shape.member, path)
    elif isinstance(shape, MapShape) and isinstance(value, dict):
        for member in value.values():
            yield from _unknown(member, shape.value, path)
