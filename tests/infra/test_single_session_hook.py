"""The hook's construct: attached without a circle, and never to a client that rotates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cognito as cognito
from aws_cdk.assertions import Template

from environment import SettingsError
from infra.hook_options import HookOptions
from infra.session_authorizer import SessionAuthorizer
from infra.single_session_hook import SingleSessionHook

from .conftest import refusal


def references(value: Any) -> set[str]:
    """Logical ids that a part of a template refers to."""
    if isinstance(value, dict):
        direct = {value["Ref"]} if "Ref" in value else set()
        if "Fn::GetAtt" in value:
            direct.add(value["Fn::GetAtt"][0])
        depends = value.get("DependsOn", [])
        return direct.union(depends, *(references(member) for member in value.values()))
    if isinstance(value, list):
        return set[str]().union(*(references(member) for member in value))
    return set()


def cycles(template: Mapping[str, Any]) -> set[str]:
    """Resources that cannot be created because each waits for another one of them."""
    waiting = {name: references(r) for name, r in template["Resources"].items()}
    waiting = {name: needs & set(waiting) for name, needs in waiting.items()}
    while ready := {name for name, needs in waiting.items() if not needs & set(waiting)}:
        waiting = {name: needs for name, needs in waiting.items() if name not in ready}
    return set(waiting)


def rotating(pool: cognito.UserPool) -> cognito.UserPoolClient:
    return pool.add_client("Web", refresh_token_rotation_grace_period=cdk.Duration.seconds(10))


def test_pool_trigger_and_grant_make_no_circle(new_pool: Template) -> None:
    """CloudFormation finds an order in which everything can be created."""
    assert cycles(new_pool.to_json()) == set()


def test_the_search_for_circles_finds_one() -> None:
    """The check above would notice a circle."""
    circle = {"A": {"Properties": {"X": {"Ref": "B"}}}, "B": {"DependsOn": ["A"]}, "C": {}}
    assert cycles({"Resources": circle}) == {"A", "B"}


def test_authorizer_hook_and_client_of_one_pool_make_no_circle(stack: cdk.Stack) -> None:
    """A team's own pool can have both, and the authorizer can name the pool's client."""
    pool = cognito.UserPool(stack, "Pool")
    client = pool.add_client("Web")
    SingleSessionHook(stack, "Hook", user_pool=pool)
    SessionAuthorizer(stack, "Sessions", user_pool=pool, client_ids=[client.user_pool_client_id])
    assert cycles(Template.from_stack(stack).to_json()) == set()


def test_a_rotating_client_fails_synth_and_is_told_why(app: cdk.App, stack: cdk.Stack) -> None:
    """A refresh would arrive as a sign-in and end its own session."""
    pool = cognito.UserPool(stack, "Pool")
    rotating(pool)
    SingleSessionHook(stack, "Hook", user_pool=pool)
    said = refusal(app)
    assert "Stack/Pool/Web/Resource has refresh token rotation" in said
    assert "TokenGeneration_Authentication" in said


def test_a_rotating_client_made_later_is_seen(app: cdk.App, stack: cdk.Stack) -> None:
    """The check looks at the finished app, by whatever means a client was made."""
    pool = cognito.UserPool(stack, "Pool")
    SingleSessionHook(stack, "Hook", user_pool=pool)
    cognito.CfnUserPoolClient(
        cdk.Stack(app, "Other"),
        "Client",
        user_pool_id=pool.user_pool_id,
        refresh_token_rotation=cognito.CfnUserPoolClient.RefreshTokenRotationProperty(
            feature="ENABLED"
        ),
    )
    assert "Other/Client has refresh token rotation" in refusal(app)


def test_other_pools_clients_may_rotate(app: cdk.App, stack: cdk.Stack) -> None:
    """Only the hook's own pool is looked at."""
    rotating(cognito.UserPool(stack, "OtherPool"))
    SingleSessionHook(stack, "Hook", user_pool=cognito.UserPool(stack, "Pool"))
    app.synth()


def test_an_exempt_client_may_rotate(app: cdk.App, stack: cdk.Stack) -> None:
    """The hook leaves an exempt client alone, so its refreshes are safe."""
    pool = cognito.UserPool(stack, "Pool")
    hook = SingleSessionHook(
        stack, "Hook", user_pool=pool, options=HookOptions(exempt_client_ids=("abc",))
    )
    hook.exempt_client(rotating(pool), client_id="abc")
    app.synth()


def test_an_exemption_must_be_one_that_the_function_knows(stack: cdk.Stack) -> None:
    """Declaring a client exempt at synth without telling the function is refused."""
    pool = cognito.UserPool(stack, "Pool")
    hook = SingleSessionHook(stack, "Hook", user_pool=pool)
    client = rotating(pool)
    with pytest.raises(ValueError, match="abc is not in exempt_client_ids"):
        hook.exempt_client(client, client_id="abc")


def test_a_function_that_could_not_start_is_refused(stack: cdk.Stack) -> None:
    """Options are judged by the hook's own reader, when the construct is made."""
    pool = cognito.UserPool(stack, "Pool")
    with pytest.raises(SettingsError, match="EXEMPT_GROUPS"):
        SingleSessionHook(
            stack, "Hook", user_pool=pool, options=HookOptions(exempt_groups=("a b",))
        )
