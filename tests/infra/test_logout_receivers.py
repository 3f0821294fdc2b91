"""The receivers of pushed logouts in the template."""

from __future__ import annotations

import json
from typing import Any

import pytest
from aws_cdk.assertions import Template

from infra.context_reader import ContextError
from receivers.settings import Settings
from receivers.transmitters import Kind
from tests.infra.conftest import EXISTING_POOL, MakeStack, resources
from tests.infra.test_environment import environment_of
from tests.infra.test_sign_out_endpoint import statements

PROVIDER = {"issuer": "https://id.example.com", "audiences": ["web"], "sessionClaim": "sid"}
MEMBERS: dict[str, Any] = {
    "existingUserPoolId": EXISTING_POOL,
    "userPoolClientIds": ["web"],
    "backchannelLogout": [PROVIDER],
    "securityEvents": [
        PROVIDER | {"cognitoUser": "username", "authorizationParameter": "/streams/one"}
    ],
    "globalRevocation": [{"issuer": "https://example.okta.com", "clientIds": ["api"]}],
}
NAMES = {
    Kind.BACKCHANNEL_LOGOUT: "BackchannelLogout",
    Kind.SECURITY_EVENTS: "SecurityEvents",
    Kind.GLOBAL_REVOCATION: "GlobalTokenRevocation",
}


@pytest.fixture(scope="module")
def template(make_stack: MakeStack) -> Template:
    """A deployment with all three."""
    return Template.from_stack(make_stack(**MEMBERS))


def actions(template: Template, kind: Kind) -> set[str]:
    """What a receiver's role may do."""
    found: set[str] = set()
    for statement in statements(template, NAMES[kind]):
        action = statement["Action"]
        found |= set(action) if isinstance(action, list) else {action}
    return found


def test_nobody_gets_one_unasked(existing_pool: Template) -> None:
    """Without the settings there is neither function nor route."""
    assert "receivers.handlers" not in json.dumps(existing_pool.to_json())


@pytest.mark.parametrize("kind", Kind)
def test_each_function_starts_with_its_environment(template: Template, kind: Kind) -> None:
    """What stands in the template is what its own reader takes."""
    environment = environment_of(template, NAMES[kind])
    settings = Settings.from_env(environment, kind)
    assert len(settings.transmitters) == 1
    handlers = [f["Handler"] for f in resources(template, "AWS::Lambda::Function").values()]
    assert f"receivers.handlers.{kind.value}.handler" in handlers


def test_revocations_are_addressed_to_the_route(template: Template, make_stack: MakeStack) -> None:
    """To API Gateway's own address of it, or to the one that is stated."""
    assert "/v1/global-token-revocation" in json.dumps(template.to_json())
    url = "https://api.example.com/global-token-revocation"
    stated = Template.from_stack(make_stack(**MEMBERS, globalRevocationUrl=url))
    assert environment_of(stated, NAMES[Kind.GLOBAL_REVOCATION])["ENDPOINT_URL"] == url


def test_each_role_has_what_its_transmitters_need(template: Template) -> None:
    """All mark; only who maps users to Cognito signs them out; secrets are read by name."""
    base = {"dynamodb:UpdateItem", "logs:CreateLogStream", "logs:PutLogEvents"}
    assert actions(template, Kind.BACKCHANNEL_LOGOUT) == base
    assert actions(template, Kind.GLOBAL_REVOCATION) == base
    assert actions(template, Kind.SECURITY_EVENTS) == base | {
        "cognito-idp:AdminGetUser",
        "cognito-idp:AdminUserGlobalSignOut",
        "ssm:GetParameter",
    }


def test_the_routes_are_throttled(template: Template) -> None:
    """Anybody can reach them."""
    [stage] = resources(template, "AWS::ApiGateway::Stage").values()
    throttled = {s["ResourcePath"] for s in stage["MethodSettings"] if "ThrottlingRateLimit" in s}
    assert throttled == {
        "/~1backchannel-logout",
        "/~1security-events",
        "/~1global-token-revocation",
    }


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"ledger": False}, "backchannelLogout"),
        ({"ledger": False}, "globalRevocation"),
        ({"backchannelLogout": [{"issuer": "https://id.example.com"}]}, "backchannelLogout"),
        ({"securityEvents": [PROVIDER | {"algorithms": ["none"]}]}, "securityEvents"),
        ({"globalRevocation": [{}]}, "globalRevocation"),
        ({"globalRevocationUrl": "http://api.example.com"}, "globalRevocationUrl"),
    ],
)
def test_what_does_not_go_together(
    make_stack: MakeStack, changes: dict[str, Any], key: str
) -> None:
    """Synth fails with the key that is wrong."""
    with pytest.raises(ContextError) as raised:
        make_stack(**(MEMBERS | changes))
    assert any(problem.startswith(f"{key}:") for problem in raised.value.problems)
