"""The pages against the code: names, links, and what this repository does itself."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_apigateway as apigateway
from aws_cdk.assertions import Template

from infra.exports import Export
from infra.gateway_responses import GatewayResponses

from .examples import FOLDER
from .rules import REFUSALS

INDEX = FOLDER / "README.md"
PAGES = [INDEX, *sorted(FOLDER.glob("*/README.md"))]
SOURCES = [path for path in sorted(FOLDER.rglob("*")) if path.suffix in {".md", ".py", ".tf"}]


@pytest.fixture(scope="module")
def own_refusals() -> dict[str, Any]:
    """The gateway responses of this repository's construct, by type."""
    stack = cdk.Stack()
    api = apigateway.RestApi(stack, "Rest")
    api.root.add_method("GET", apigateway.MockIntegration())
    GatewayResponses(stack, "Responses", rest_api=api)
    found = Template.from_stack(stack).find_resources("AWS::ApiGateway::GatewayResponse")
    return {each["Properties"]["ResponseType"]: each["Properties"] for each in found.values()}


@pytest.mark.parametrize("kind", REFUSALS)
def test_the_examples_refuse_as_we_do(own_refusals: dict[str, Any], kind: str) -> None:
    """Clients see the same refusal whether an API was attached here or elsewhere."""
    status, header, value = REFUSALS[kind]
    own = own_refusals[kind]
    assert own["StatusCode"] == status
    assert own["ResponseParameters"][f"gatewayresponse.header.{header}"].startswith(value)


def test_the_index_names_every_export() -> None:
    """Whatever a deployment exports is explained, once."""
    named = re.findall(r"^\| `([a-z-]+)` \|", INDEX.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(named) == sorted(export.value for export in Export)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_only_exports_are_named(path: Path) -> None:
    """No page or source names a parameter that no deployment writes."""
    text = path.read_text(encoding="utf-8")
    named = set(re.findall(r"/authorizer/([a-z-]+)", text))
    named |= set(re.findall(r"\b(?:[a-z]+-)*(?:identity-source|ttl-seconds|api-response)\b", text))
    assert named <= {export.value for export in Export}


def test_the_index_leads_to_every_example() -> None:
    """No example is hidden."""
    linked = set(re.findall(r"\]\(([a-z]+)/(?:README\.md)?\)", INDEX.read_text(encoding="utf-8")))
    assert linked == {path.parent.name for path in PAGES if path != INDEX}
    assert linked == {path.name for path in FOLDER.iterdir() if path.is_dir()}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.parent.name)
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link is a file or a folder."""
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES[1:], ids=lambda page: page.parent.name)
def test_each_page_says_which_ttl_and_where_the_token_is(page: Path) -> None:
    """TTL, identity source and permission are what people get wrong, so each page has them."""
    text = page.read_text(encoding="utf-8")
    for word in ("**TTL", "**Identity source", "**Permission"):
        assert word in text, word
