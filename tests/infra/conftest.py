"""Synthesized templates, each made once for the tests that only read it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Template

from infra.settings import DeploymentSettings
from infra.stack import SessionAuthorizerStack

#: As in cdk.json, and no zips: a template does not show what is in them.
CONTEXT = {
    "@aws-cdk/aws-apigateway:authorizerChangeDeploymentLogicalId": True,
    "@aws-cdk/aws-lambda:recognizeVersionProps": True,
    "aws:cdk:bundling-stacks": [],
}
ROUTE_RULES = {"rules": {"GET /admin": {"any_group": ["admins"]}}}
EXISTING_POOL = "eu-west-1_AbCdEfGhI"
#: Every route by which sessions end.
ROUTES = {
    "signOut": True,
    "backchannelLogout": [{"issuer": "https://id.example.com", "audiences": ["web"]}],
    "securityEvents": [{"issuer": "https://id.example.com", "audiences": ["web"]}],
    "globalRevocation": [{"issuer": "https://example.okta.com", "clientIds": ["api"]}],
}

MakeStack = Callable[..., SessionAuthorizerStack]


@pytest.fixture(scope="session")
def make_stack() -> MakeStack:
    """Builds this app's stack from members of the settings object, unsynthesized."""

    def make(**members: Any) -> SessionAuthorizerStack:
        app = cdk.App(context={**CONTEXT, "authorizer": {"routeRules": ROUTE_RULES, **members}})
        settings = DeploymentSettings.from_context(app.node.get_all_context())
        return SessionAuthorizerStack(app, settings)

    return make


@pytest.fixture(scope="session")
def new_pool(make_stack: MakeStack) -> Template:
    """The template of a deployment that sets nothing but route rules."""
    return Template.from_stack(make_stack())


@pytest.fixture(scope="session")
def with_routes(make_stack: MakeStack) -> Template:
    """The template of a deployment with every route by which sessions end."""
    return Template.from_stack(make_stack(**ROUTES))


@pytest.fixture(scope="session")
def existing_pool(make_stack: MakeStack) -> Template:
    """The template of a deployment onto an existing pool, with the hook."""
    return Template.from_stack(
        make_stack(
            existingUserPoolId=EXISTING_POOL, userPoolClientIds="web,app", sessionMode="hook"
        )
    )


@pytest.fixture(scope="session")
def without_ledger(make_stack: MakeStack) -> Template:
    """The template of a deployment that sets route rules and has no ledger."""
    return Template.from_stack(make_stack(ledger=False))


@pytest.fixture(scope="session")
def native(make_stack: MakeStack) -> Template:
    """The template of a deployment that leaves three sessions to Cognito's own management."""
    return Template.from_stack(make_stack(sessionMode="native", sessionLimit=3))


@pytest.fixture
def app() -> cdk.App:
    """An app of somebody else's, without zips."""
    return cdk.App(context=CONTEXT)


@pytest.fixture
def stack(app: cdk.App) -> cdk.Stack:
    """A stack of somebody else's."""
    return cdk.Stack(app, "Stack")


def resources(template: Template, kind: str) -> dict[str, Mapping[str, Any]]:
    """Properties of all resources of a kind, by logical id."""
    found = template.find_resources(kind)
    return {name: resource.get("Properties", {}) for name, resource in found.items()}


def only(template: Template, kind: str, name_part: str = "") -> Mapping[str, Any]:
    """Properties of the one resource of a kind whose logical id contains ``name_part``."""
    found = [p for name, p in resources(template, kind).items() if name_part in name]
    assert len(found) == 1, f"{len(found)} of {kind} with {name_part!r}"
    return found[0]


def statements(template: Template, name_part: str) -> list[dict[str, Any]]:
    """All that the roles with this name may do, whichever policy says so."""
    return [
        statement
        for policy in resources(template, "AWS::IAM::Policy").values()
        if any(name_part in role["Ref"] for role in policy["Roles"])
        for statement in policy["PolicyDocument"]["Statement"]
    ]


def writes_log(template: Template, name_part: str) -> dict[str, Any]:
    """The one statement that lets a function write its own log."""
    (log_group,) = [n for n in resources(template, "AWS::Logs::LogGroup") if name_part in n]
    return {
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Effect": "Allow",
        "Resource": {"Fn::GetAtt": [log_group, "Arn"]},
    }


def refusal(app: cdk.App) -> str:
    """Why synth fails."""
    with pytest.raises(RuntimeError) as caught:
        app.synth()
    return str(caught.value)
