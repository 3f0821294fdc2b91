"""Plain CloudFormation, and the templates that hold OpenAPI documents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from openapi_spec_validator import validate

from . import cloudformation
from .attached import ApiKind
from .examples import FOLDER, lint, load
from .rules import problems

TEMPLATES = {
    "cloudformation/websocket-api.yaml": {ApiKind.WEBSOCKET},
    "cloudformation/graphql-api.yaml": {ApiKind.GRAPHQL},
    "openapi/template.yaml": {ApiKind.REST, ApiKind.HTTP},
}
DOCUMENTS = ["rest-api.yaml", "http-api.yaml"]


def include(location: str) -> Mapping[str, Any]:
    return load(FOLDER / "openapi" / location)


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_rule_holds(name: str) -> None:
    """Every route has the authorizer, which is told what it must be told."""
    attached = cloudformation.read(load(FOLDER / name), include)
    assert problems(attached) == []
    assert {each.kind for each in attached.authorizers.values()} == TEMPLATES[name]


@pytest.mark.parametrize("name", TEMPLATES)
def test_cfn_lint_finds_nothing(name: str) -> None:
    """The templates are sound in cfn-lint's eyes."""
    assert lint((FOLDER / name).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_documents_are_openapi(name: str) -> None:
    """Beside API Gateway's extensions a document is as the OpenAPI specification says."""
    validate(dict(include(name)))


def test_a_security_at_the_root_counts_for_nothing() -> None:
    """API Gateway reads the security of operations; a document with one elsewhere is open."""
    document = dict(include("rest-api.yaml"))
    document["security"] = [{"session": []}]
    operation = dict(document["paths"]["/orders"]["get"])
    del operation["security"]
    document["paths"] = {"/orders": {"get": operation}}
    template = load(FOLDER / "openapi" / "template.yaml")
    attached = cloudformation.read(
        template, lambda at: document if at == "rest-api.yaml" else include(at)
    )
    assert problems(attached) == ["GET /orders of RestApi has no authorizer"]
