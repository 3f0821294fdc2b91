"""Reads a deployed stack back by the SDK, and compares it with its synthesized template."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from local.aws.clients import ACCOUNT_ID, Clients
from local.aws.reading import Actual
from local.aws.readings import READINGS
from local.aws.template import is_custom, resolve

_DONE_ELSEWHERE = "what its function did is to be seen where it did it"

#: What is in an error code that means that a thing is not there.
_GONE = ("NotFound", "NoSuchEntity", "NonExistent")


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came of one resource, or of the outputs."""

    logical_id: str
    kind: str
    compared: tuple[str, ...] = ()
    unread: Mapping[str, str] | None = None
    problems: tuple[str, ...] = ()


class DeployedStack:
    """One stack: what its template says, and what is there.

    Attributes:
        name: of the stack.
        template: as the CDK command line synthesized it.
    """

    def __init__(self, clients: Clients, assembly: Path) -> None:
        """
        Args:
            assembly: the cloud assembly, which must hold one stack.
        """
        self._clients = clients
        manifest = json.loads((assembly / "manifest.json").read_text(encoding="utf-8"))
        (stack,) = (
            (name, artifact)
            for name, artifact in manifest["artifacts"].items()
            if artifact["type"] == "aws:cloudformation:stack"
        )
        self.name: str = stack[1]["properties"].get("stackName", stack[0])
        file = assembly / stack[1]["properties"]["templateFile"]
        self.template: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        self._description = self._describe()
        self._ids = {
            resource["LogicalResourceId"]: resource["PhysicalResourceId"]
            for page in clients.of("cloudformation")
            .get_paginator("list_stack_resources")
            .paginate(StackName=self.name)
            for resource in page["StackResourceSummaries"]
        }

    @property
    def status(self) -> str:
        """CloudFormation's word for it."""
        return str(self._description["StackStatus"])

    @property
    def outputs(self) -> Mapping[str, str]:
        """The stack's outputs, as CloudFormation says."""
        return {
            output["OutputKey"]: output["OutputValue"]
            for output in self._description.get("Outputs", [])
        }

    @property
    def retained(self) -> frozenset[str]:
        """The logical ids of what stays when the stack is deleted."""
        return frozenset(
            name
            for name, resource in self.template["Resources"].items()
            if resource.get("DeletionPolicy") == "Retain"
        )

    def of_type(self, kind: str) -> Mapping[str, str]:
        """The physical ids of all resources of a type, by logical id."""
        return {name: self._ids[name] for name in self._ids if self._kind(name) == kind}

    def ref(self, name: str) -> Any:
        """See :class:`local.aws.template.Values`."""
        pseudo = {
            "AWS::AccountId": ACCOUNT_ID,
            "AWS::Region": self._clients.region,
            "AWS::Partition": "aws",
            "AWS::URLSuffix": "amazonaws.com",
            "AWS::StackName": self.name,
            "AWS::StackId": self._description["StackId"],
        }
        return pseudo[name] if name in pseudo else self._ids[name]

    def attribute(self, name: str, attribute: str) -> Any:
        """See :class:`local.aws.template.Values`."""
        return READINGS[self._kind(name)].attributes[attribute](self.read(name))

    def meant(self, name: str) -> Mapping[str, Any]:
        """A resource's properties, with what they refer to."""
        resource = self.template["Resources"][name]
        properties: dict[str, Any] = resolve(resource.get("Properties", {}), self)
        return properties

    def read(self, name: str) -> Actual:
        """What the service says of a resource.

        Raises:
            botocore.exceptions.ClientError: most often, that it is not there.
        """
        reading = READINGS[self._kind(name)]
        resource = self.template["Resources"][name].get("Properties", {})
        names = (reading.found_by | reading.needed) & set(resource)
        wanted = {key: resolve(resource[key], self) for key in names}
        return reading.read(self._clients, self._ids[name], wanted)

    def comparisons(self) -> Iterator[Comparison]:
        """Every resource of the template, and the outputs."""
        for name in self.template["Resources"]:
            yield self._compare(name)
        yield self._compare_outputs()
        for name in sorted(set(self._ids) - set(self.template["Resources"])):
            yield Comparison(name, "?", problems=("is in the stack and not in the template",))

    def remainders(self) -> Iterator[Comparison]:
        """After the stack was deleted: what should be gone and is not, or the other way about."""
        for name in self.template["Resources"]:
            kind = self._kind(name)
            if is_custom(kind) or not READINGS[kind].has_presence:
                continue
            is_there = self._is_there(name)
            if name in self.retained:
                problems = () if is_there else ("should have been retained, and is gone",)
                yield Comparison(name, kind, ("retained",), problems=problems)
            else:
                problems = ("is still there",) if is_there else ()
                yield Comparison(name, kind, ("gone",), problems=problems)

    def _is_there(self, name: str) -> bool:
        try:
            self.read(name)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if not any(word in code for word in _GONE):
                raise
            return False
        return True

    def _compare(self, name: str) -> Comparison:
        kind = self._kind(name)
        if is_custom(kind):
            missing = () if name in self._ids else ("was not created",)
            return Comparison(name, kind, (), {"the rest": _DONE_ELSEWHERE}, missing)
        if kind not in READINGS:
            return Comparison(name, kind, problems=("nobody knows how to read this type back",))
        if name not in self._ids:
            return Comparison(name, kind, problems=("was not created",))
        reading, meant = READINGS[kind], self.meant(name)
        try:
            actual = self.read(name)
        except ClientError as error:
            return Comparison(name, kind, problems=(f"cannot be read: {error}",))
        comparable = [key for key in meant if key not in reading.unread]
        problems = [
            reading.problem(key, meant[key], actual)
            for key in comparable
            if key not in reading.found_by
        ]
        return Comparison(
            name,
            kind,
            tuple(comparable),
            {key: why for key, why in reading.unread.items() if key in meant},
            tuple(problem for problem in problems if problem is not None),
        )

    def _compare_outputs(self) -> Comparison:
        meant = {
            name: resolve(output["Value"], self)
            for name, output in self.template.get("Outputs", {}).items()
        }
        problems = tuple(
            f"{name} should be {meant.get(name)} and is {self.outputs.get(name)}"
            for name in sorted({*meant, *self.outputs})
            if str(meant.get(name)) != str(self.outputs.get(name))
        )
        return Comparison("outputs", "Outputs", tuple(meant), problems=problems)

    def _kind(self, name: str) -> str:
        return str(self.template["Resources"][name]["Type"])

    def _describe(self) -> Mapping[str, Any]:
        answer = self._clients.of("cloudformation").describe_stacks(StackName=self.name)
        description: Mapping[str, Any] = answer["Stacks"][0]
        return description
