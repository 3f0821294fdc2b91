"""What the documents promise of a deployment is in its template, and nobody gets in beside it."""

from __future__ import annotations

import re
from pathlib import Path

from aws_cdk.assertions import Template

from infra.exports import Export

from .conftest import resources

PROJECT = Path(__file__).resolve().parents[2]
DOCUMENTS = [
    PROJECT / "README.md",
    *sorted((PROJECT / "docs").glob("*.md")),
    *sorted((PROJECT / "docs" / "attach").glob("*.md")),
]


def test_no_method_is_without_the_authorizer(new_pool: Template) -> None:
    """Every method but the preflight leads by its authorizer and the alias to the function."""
    authorizers = resources(new_pool, "AWS::ApiGateway::Authorizer")
    (alias,) = resources(new_pool, "AWS::Lambda::Alias").items()
    function = resources(new_pool, "AWS::Lambda::Function")[alias[1]["FunctionName"]["Ref"]]
    assert function["Handler"] == "authorizer.handler.handler"
    methods = resources(new_pool, "AWS::ApiGateway::Method").values()
    guarded = [method for method in methods if method["HttpMethod"] != "OPTIONS"]
    assert len(guarded) == 2
    for method in guarded:
        assert method["AuthorizationType"] == "CUSTOM"
        uri = authorizers[method["AuthorizerId"]["Ref"]]["AuthorizerUri"]["Fn::Join"][1]
        assert {"Ref": alias[0]} in uri


def test_every_output_that_the_documents_name_exists(new_pool: Template) -> None:
    """A name in the documents that looks like one of the stack's outputs is one."""
    code = re.compile(r"`([^`\n]+)`|```\w*\n(.*?)```", re.DOTALL)
    name = re.compile(r"\b(?:[A-Z][a-z]+){2,}(?:Url|Ids?|Arn|Name|Seconds)\b")
    found = {
        match
        for file in DOCUMENTS
        for inline, block in code.findall(file.read_text(encoding="utf-8"))
        for match in name.findall(inline + block)
    }
    assert "RevocationDelaySeconds" in found
    assert found <= set(new_pool.find_outputs("*"))


def test_every_parameter_that_the_documents_name_exists() -> None:
    """What the documents tell attached stacks to read is published."""
    text = "\n".join(file.read_text(encoding="utf-8") for file in DOCUMENTS)
    table = re.findall(r"^\| `([a-z]+(?:-[a-z]+)+)` \|", text, re.MULTILINE)
    paths = re.findall(r"/authorizer/([a-z]+(?:-[a-z]+)*)\b", text)
    assert "function-arn" in table
    assert set(table) | set(paths) <= {export.value for export in Export}
