"""What carrying out a request comes to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


class ResourceError(Exception):
    """The request could not be carried out. The text is for the operator."""


@dataclass(frozen=True, slots=True)
class Done:
    """What CloudFormation keeps: the resource's name, and attributes for other resources."""

    physical_id: str
    attributes: Mapping[str, str] = field(default_factory=dict)
