"""Traces: asked for by name, with no more rights than they take."""

from __future__ import annotations

import json

import aws_cdk as cdk
from aws_cdk.assertions import Template

from infra.checks import add_checks

from .conftest import MakeStack, only, resources, statements

X_RAY = {
    "Action": ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
    "Effect": "Allow",
    "Resource": "*",
}


def test_nothing_is_traced_unasked(new_pool: Template) -> None:
    """Without the setting no function, no stage and no role has to do with X-Ray."""
    text = json.dumps(new_pool.to_json())
    assert "xray:" not in text
    assert "TracingConfig" not in text
    assert "TracingEnabled" not in text


def test_functions_and_stage_are_traced(make_stack: MakeStack, new_pool: Template) -> None:
    """With it all functions and the stage are, and each role has this one statement more."""
    template = Template.from_stack(make_stack(tracing=True))
    functions = resources(template, "AWS::Lambda::Function").values()
    assert [f["TracingConfig"] for f in functions] == [{"Mode": "Active"}] * 3
    assert only(template, "AWS::ApiGateway::Stage")["TracingEnabled"] is True
    for name in ("Authorizer", "Hook", "Feed"):
        more = [s for s in statements(template, name) if s not in statements(new_pool, name)]
        assert more == [X_RAY]


def test_the_star_is_acknowledged(make_stack: MakeStack) -> None:
    """cdk-nag passes with it, also where the functions are in a network."""
    stack = make_stack(tracing=True, subnetIds="subnet-01234567", securityGroupIds="sg-01234567")
    app = stack.node.root
    assert isinstance(app, cdk.App)
    add_checks(app, stack)
    app.synth()
