"""The CDK app is synthesized as the CDK command line would, and its templates are judged."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from . import cloudformation
from .attached import ApiKind
from .examples import FOLDER, GENERATED, lint, load
from .rules import problems

STACKS = {
    "OrdersRest": ApiKind.REST,
    "OrdersHttp": ApiKind.HTTP,
    "OrdersSimple": ApiKind.HTTP,
    "OrdersSockets": ApiKind.WEBSOCKET,
    "OrdersGraphql": ApiKind.GRAPHQL,
}


def test_there_is_a_stack_for_each_kind_of_api(cdk_templates: dict[str, Path]) -> None:
    """The app makes the stacks that are judged here, and no other."""
    assert set(cdk_templates) == set(STACKS)


@pytest.mark.parametrize("stack", STACKS)
def test_every_rule_holds(cdk_templates: dict[str, Path], stack: str) -> None:
    """Every method has the authorizer, which is told what it must be told."""
    attached = cloudformation.read(load(cdk_templates[stack]))
    assert problems(attached) == []
    assert {each.kind for each in attached.authorizers.values()} == {STACKS[stack]}


@pytest.mark.parametrize("stack", STACKS)
def test_cfn_lint_finds_nothing(cdk_templates: dict[str, Path], stack: str) -> None:
    """The templates are sound in cfn-lint's eyes."""
    assert lint(cdk_templates[stack].read_text(encoding="utf-8"), ignored=GENERATED) == []


def test_only_the_simple_stack_takes_simple_answers(cdk_templates: dict[str, Path]) -> None:
    """One stack shows policies, the other one yes and no."""
    forms = {
        stack: [each.is_simple for each in cloudformation.read(load(path)).authorizers.values()]
        for stack, path in cdk_templates.items()
    }
    assert {stack for stack, simple in forms.items() if any(simple)} == {"OrdersSimple"}


def test_the_example_needs_nothing_of_ours() -> None:
    """Another team's app has no access to this repository's packages."""
    for source in (FOLDER / "cdk").glob("*.py"):
        assert "infra" not in source.read_text(encoding="utf-8")


@pytest.mark.parametrize("stack", ["OrdersRest", "OrdersHttp", "OrdersSimple", "OrdersSockets"])
def test_an_open_route_would_be_seen(cdk_templates: dict[str, Path], stack: str) -> None:
    """A route whose authorization is switched off fails, though it names an authorizer."""
    template = json.loads(cdk_templates[stack].read_text(encoding="utf-8"))
    switched = [
        resource["Properties"]
        for resource in template["Resources"].values()
        if resource.get("Properties", {}).get("AuthorizationType") == "CUSTOM"
    ]
    assert switched
    for properties in switched:
        properties["AuthorizationType"] = "NONE"
    found = problems(cloudformation.read(template))
    assert [problem for problem in found if problem.endswith("has no authorizer")] == found
    assert len(found) == len(switched)
