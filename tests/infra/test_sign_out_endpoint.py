"""The sign-out endpoint in the template: off unasked, and no more than it needs."""

from __future__ import annotations

import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cognito as cognito
from aws_cdk.assertions import Match, Template

from environment import SettingsError
from infra.context_reader import ContextError
from infra.session_ledger import SessionLedger
from infra.sign_out_endpoint import SignOutEndpoint
from infra.sign_out_options import SignOutOptions
from sign_out.settings import Settings
from tests.infra.conftest import EXISTING_POOL, MakeStack, resources
from tests.infra.test_environment import environment_of

APP = "https://app.example.com"
MEMBERS: dict[str, Any] = {
    "existingUserPoolId": EXISTING_POOL,
    "userPoolClientIds": ["web"],
    "signOut": True,
    "logoutEndpoint": "https://login.example.com/logout",
    "returnAddresses": [f"{APP}/", f"{APP}/bye"],
    "allowedOrigins": [APP],
    "refreshTokenCookie": "refresh",
}
ISSUER = {
    "issuer": "https://tenant.eu.auth0.com/",
    "audiences": ["https://api.example.com"],
    "clientIds": ["web"],
    "sessionCheck": "introspection",
    "introspectionUrl": "https://tenant.eu.auth0.com/introspect",
    "introspectionClientId": "api",
    "introspectionSecretParameter": "/api/introspection",
    "clientSecretParameter": "/app/secret",
}


@pytest.fixture(scope="module")
def template(make_stack: MakeStack) -> Template:
    """A deployment with the endpoint, and a provider beside the pool."""
    return Template.from_stack(make_stack(**MEMBERS, oidcIssuers=[ISSUER]))


def statements(template: Template, name_part: str) -> list[dict[str, Any]]:
    """What the role's policy of a function allows."""
    return [
        statement
        for name, policy in resources(template, "AWS::IAM::Policy").items()
        if name_part in name
        for statement in policy["PolicyDocument"]["Statement"]
    ]


def test_nobody_gets_it_unasked(existing_pool: Template) -> None:
    """Without the setting there is neither function nor route."""
    assert "sign_out.handler.handler" not in json.dumps(existing_pool.to_json())
    existing_pool.resource_properties_count_is(
        "AWS::ApiGateway::Resource", {"PathPart": "sign-out"}, 0
    )


def test_the_function_starts_with_its_environment(template: Template) -> None:
    """What stands in the template is what its own reader takes, and what was set."""
    settings = Settings.from_env(environment_of(template, "SignOut"))
    assert settings.return_addresses == (f"{APP}/", f"{APP}/bye")
    assert settings.allowed_origins == {APP}
    assert [provider.issuer for provider in settings.providers] == [ISSUER["issuer"]]


def test_the_route_takes_post_from_the_apps_pages(template: Template) -> None:
    """Anybody may call it, so the stage bounds how often; no other route is open."""
    methods = resources(template, "AWS::ApiGateway::Method").values()
    opened = [m for m in methods if m["AuthorizationType"] == "NONE" and m["HttpMethod"] == "POST"]
    assert len(opened) == 1
    template.has_resource_properties(
        "AWS::ApiGateway::Stage",
        {
            "MethodSettings": Match.array_with(
                [
                    Match.object_like(
                        {
                            "ResourcePath": "/~1sign-out",
                            "HttpMethod": "POST",
                            "ThrottlingRateLimit": 20,
                            "ThrottlingBurstLimit": 40,
                        }
                    )
                ]
            )
        },
    )


def test_its_role_may_mark_and_read_its_secret(template: Template) -> None:
    """It writes the ledger and reads the one parameter that is named, beside its log."""
    allowed = {
        action: json.dumps(statement["Resource"])
        for statement in statements(template, "SignOut")
        for action in (
            statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        )
    }
    assert set(allowed) == {
        "dynamodb:UpdateItem",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        "ssm:GetParameter",
    }
    assert ":parameter/app/secret" in allowed["ssm:GetParameter"]
    assert "introspection" not in allowed["ssm:GetParameter"]


def test_the_authorizer_may_read_its_secret_only(template: Template) -> None:
    """The secret for introspection is the authorizer's, the app's is not."""
    [statement] = [s for s in statements(template, "Sessions") if s["Action"] == "ssm:GetParameter"]
    assert ":parameter/api/introspection" in json.dumps(statement["Resource"])
    assert "app" not in json.dumps(statement["Resource"])


def test_a_confidential_clients_secret_is_cognitos_to_tell(make_stack: MakeStack) -> None:
    """Then, and only then, the role may ask the pool about its clients."""
    template = Template.from_stack(make_stack(**MEMBERS, confidentialClientIds=["web"]))
    actions = [statement["Action"] for statement in statements(template, "SignOut")]
    assert "cognito-idp:DescribeUserPoolClient" in actions


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"ledger": False}, "signOut"),
        ({"signOut": False}, "signOut"),
        ({"returnAddresses": []}, "returnAddresses"),
        ({"allowedOrigins": []}, "allowedOrigins"),
        ({"confidentialClientIds": ["other"]}, "confidentialClientIds"),
        ({"oidcIssuers": [ISSUER | {"clientIds": []}]}, "oidcIssuers"),
        ({"oidcIssuers": {}}, "oidcIssuers"),
        ({"oidcIssuers": [ISSUER | {"audiences": []}]}, "oidcIssuers"),
    ],
)
def test_what_does_not_go_together(
    make_stack: MakeStack, changes: dict[str, Any], key: str
) -> None:
    """Synth fails with the key that is wrong."""
    with pytest.raises(ContextError) as raised:
        make_stack(**(MEMBERS | changes))
    assert any(problem.startswith(f"{key}:") for problem in raised.value.problems)


def test_it_fits_an_app_of_ones_own(stack: cdk.Stack) -> None:
    """The construct needs a pool, a ledger and client ids, and refuses what could not start."""
    pool = cognito.UserPool.from_user_pool_id(stack, "Pool", EXISTING_POOL)
    ledger = SessionLedger(stack, "Ledger")
    SignOutEndpoint(stack, "SignOut", user_pool=pool, client_ids=["web"], ledger=ledger)
    with pytest.raises(SettingsError):
        SignOutEndpoint(
            stack,
            "Another",
            user_pool=pool,
            client_ids=["web"],
            ledger=ledger,
            options=SignOutOptions(access_token_cookie="access"),
        )
