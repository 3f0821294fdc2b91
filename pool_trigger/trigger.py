"""The Pre Token Generation trigger within a pool's ``LambdaConfig``, and who holds it.

Cognito names its function in two members, a legacy one and one with the version of the event; when
both are given they must say the same.
https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_LambdaConfigType.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

LEGACY = "PreTokenGeneration"
VERSIONED = "PreTokenGenerationConfig"

#: Suffices for a side effect, works in every tier, and leaves machine tokens out.
FIRST_VERSION = "V1_0"

_NOBODY = "none"
_UNVERSIONED = "unversioned"
_TEXT = re.compile(r"(?P<version>V\d+_\d+|unversioned)/(?P<arn>arn:[^\s/]+)")


class TriggerRule(StrEnum):
    """What becomes of another function that holds the trigger."""

    REFUSE = "refuse"
    """The deployment fails and the trigger stays as it is. The default."""
    REPLACE = "replace"
    """The hook takes its place, and gives it back when the stack is deleted."""


@dataclass(frozen=True, slots=True)
class Holder:
    """A function that holds the trigger; ``version`` is empty where Cognito names none."""

    arn: str
    version: str = ""

    def is_same(self, other: Holder | None) -> bool:
        """Whether Cognito would do the same: no version is the first one."""
        return other is not None and (self.arn, self.version or FIRST_VERSION) == (
            other.arn,
            other.version or FIRST_VERSION,
        )

    def is_function(self, arn: str) -> bool:
        """Whether this is the function ``arn``, in any version or by any alias."""
        return bool(arn) and _unqualified(self.arn) == _unqualified(arn)


def holder_of(description: Mapping[str, Any]) -> Holder | None:
    """Who holds the trigger of a described pool."""
    config = description.get("LambdaConfig") or {}
    versioned = config.get(VERSIONED) or {}
    arn = versioned.get("LambdaArn") or config.get(LEGACY)
    return Holder(arn, versioned.get("LambdaVersion") or "") if arn else None


def others_of(description: Mapping[str, Any]) -> dict[str, Any]:
    """The pool's other triggers, and the key that some of them need."""
    config = description.get("LambdaConfig") or {}
    return {name: value for name, value in config.items() if name not in (LEGACY, VERSIONED)}


def lambda_config(description: Mapping[str, Any], holder: Holder | None) -> dict[str, Any]:
    """The pool's triggers with ``holder`` in this one's place, in both members alike."""
    config = others_of(description)
    if holder is not None:
        config[LEGACY] = holder.arn
        if holder.version:
            config[VERSIONED] = {"LambdaVersion": holder.version, "LambdaArn": holder.arn}
    return config


def to_text(holder: Holder | None) -> str:
    """A holder as CloudFormation can keep it."""
    return f"{holder.version or _UNVERSIONED}/{holder.arn}" if holder is not None else _NOBODY


def from_text(text: str) -> Holder | None:
    """The other way round.

    Raises:
        ValueError: if it is no such text.
    """
    if text == _NOBODY:
        return None
    found = _TEXT.fullmatch(text)
    if found is None:
        raise ValueError(text)
    version = found["version"]
    return Holder(found["arn"], "" if version == _UNVERSIONED else version)


def _unqualified(arn: str) -> str:
    """Without a version or alias: ``arn:aws:lambda:<region>:<account>:function:<name>``."""
    return ":".join(arn.split(":")[:7])
