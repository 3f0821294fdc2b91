"""A user pool with every setting set, made from the SDK's model, so that new ones come too."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, cast

import botocore.session
from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape

POOL = "eu-west-1_AbCdEfGhI"
OTHER = "arn:aws:lambda:eu-west-1:111122223333:function:Other"
HOOK = "arn:aws:lambda:eu-west-1:111122223333:function:Hook"

_MODEL = botocore.session.get_session().get_service_model("cognito-idp")
INPUT = cast("StructureShape", _MODEL.operation_model("UpdateUserPool").input_shape)
_ANSWER = cast("StructureShape", _MODEL.operation_model("DescribeUserPool").output_shape)
DESCRIPTION = cast("StructureShape", _ANSWER.members["UserPool"])


def every_setting(holder: str | None = OTHER, version: str = "V3_0") -> dict[str, Any]:
    """A description of a pool in which no member is missing; ``holder`` has the hook's trigger."""
    pool: dict[str, Any] = _value(DESCRIPTION, "")
    # The last value of an enumeration is taken, which is this one's default.
    pool |= {"Id": POOL, "DeletionProtection": "ACTIVE"}
    config = pool["LambdaConfig"]
    if holder is None:
        del config["PreTokenGeneration"], config["PreTokenGenerationConfig"]
    else:
        config["PreTokenGeneration"] = holder
        config["PreTokenGenerationConfig"] = {"LambdaArn": holder, "LambdaVersion": version}
    # The same thing twice, as Cognito describes it.
    invitation, policies = pool["AdminCreateUserConfig"], pool["Policies"]
    invitation["UnusedAccountValidityDays"] = 30
    policies["PasswordPolicy"]["TemporaryPasswordValidityDays"] = 30
    return pool


def lists(shape: Shape, name: str = "") -> dict[str, ListShape]:
    """All lists within a shape, by the name of the member that holds them."""
    if isinstance(shape, StructureShape):
        found = [lists(member, name) for name, member in shape.members.items()]
        return {name: each for part in found for name, each in part.items()}
    if isinstance(shape, ListShape):
        return {name: shape} | lists(shape.member)
    return {}


def _value(shape: Shape, path: str) -> Any:
    if isinstance(shape, StructureShape):
        return {name: _value(member, f"{path}-{name}") for name, member in shape.members.items()}
    if isinstance(shape, ListShape):
        return [_value(shape.member, path)]
    if isinstance(shape, MapShape):
        name = "Level3" if "Level" in shape.key.metadata.get("pattern", "") else "key"
        return {name: _value(shape.value, path)}
    if isinstance(shape, StringShape):
        return shape.enum[-1] if shape.enum else _text(shape, path)
    if shape.type_name in ("integer", "long"):
        return shape.metadata.get("max", 41)
    if shape.type_name == "boolean":
        return True
    assert shape.type_name == "timestamp", f"a new kind of value at {path}: {shape.type_name}"
    return datetime(2026, 1, 1, tzinfo=UTC)


def _text(shape: Shape, path: str) -> str:
    if "arn:" in shape.metadata.get("pattern", ""):
        return f"arn:aws:lambda:eu-west-1:111122223333:function:{path}"
    longest = shape.metadata.get("max", 131_072)
    return path.ljust(shape.metadata.get("min", 0), "x")[-longest:]
