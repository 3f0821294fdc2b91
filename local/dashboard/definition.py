"""Dashboard and alarms as they would be deployed, out of the synthesized template."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aws_cdk as cdk
from aws_cdk.assertions import Template

from infra.settings import DeploymentSettings
from infra.stack import SessionAuthorizerStack
from local.aws.template import resolve

_CDK_JSON = Path(__file__).resolve().parents[2] / "cdk.json"
_ALARMS = ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm")


@dataclass(frozen=True, slots=True)
class Definition:
    """What is deployed.

    Attributes:
        body: of the dashboard.
        alarms: properties by ARN, composite ones among them.
    """

    body: Mapping[str, Any]
    alarms: Mapping[str, Mapping[str, Any]]

    @property
    def title(self) -> str:
        """The first words of the text on top."""
        markdown: str = self.body["widgets"][0]["properties"]["markdown"]
        return markdown.partition("\n")[0].lstrip("# ")


def synthesized(**members: Any) -> Definition:
    """The definition with the settings of ``cdk.json`` and these."""
    context = json.loads(_CDK_JSON.read_text(encoding="utf-8"))["context"]
    context["authorizer"] = {**context["authorizer"], **members}
    app = cdk.App(context={**context, "aws:cdk:bundling-stacks": []})
    settings = DeploymentSettings.from_context(app.node.get_all_context())
    template = Template.from_stack(SessionAuthorizerStack(app, settings)).to_json()
    return read_definition(template["Resources"])


def read_definition(resources: Mapping[str, Mapping[str, Any]]) -> Definition:
    """The definition in a template's resources, with what it refers to by logical id."""
    (dashboard,) = (
        resource["Properties"]
        for resource in resources.values()
        if resource["Type"] == "AWS::CloudWatch::Dashboard"
    )
    values = _LogicalIds()
    return Definition(
        json.loads(resolve(dashboard["DashboardBody"], values)),
        {
            values.attribute(name, "Arn"): resolve(resource["Properties"], values)
            for name, resource in resources.items()
            if resource["Type"] in _ALARMS
        },
    )


class _LogicalIds:
    """See :class:`local.aws.template.Values`: everything is called by its name in the template."""

    def ref(self, name: str) -> Any:
        return "eu-west-1" if name == "AWS::Region" else name

    def attribute(self, name: str, attribute: str) -> Any:
        return f"{name}.{attribute}"
