"""What the documents promise of a deployment is in its template, and nobody gets in beside it."""

from __future__ import annotations

import re
from pathlib import Path

from aws_cdk.assertions import Template

from infra.authorizer_options import AuthorizerOptions
from infra.deployment_name import VARIABLE
from infra.exports import Export
from infra.receiver_options import ReceiverOptions
from infra.sign_out_options import SignOutOptions
from ledger.writer import LEASE_MS
from receivers.transmitters import Kind

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


def test_what_the_app_fixes_is_told_by_its_value() -> None:
    """Nobody is sent to turn a variable that no setting of the app writes."""
    readme, runbook, receivers = (
        (PROJECT / name).read_text(encoding="utf-8")
        for name in ("README.md", "docs/operations.md", "docs/receivers.md")
    )
    authorizer = AuthorizerOptions().check(client_ids=["web"])
    assert f"longer than {authorizer.token_max_bytes} bytes, which the app fixes" in readme
    sign_out = SignOutOptions().check(client_ids=["web"])
    assert f"rationed: {sign_out.unverified_per_minute} a minute in each sandbox" in runbook
    assert "UNVERIFIED_PER_MINUTE" not in runbook

    transmitters = '[{"issuer": "https://login.example.com/", "audiences": ["web"]}]'
    receiver = ReceiverOptions(backchannel_logout=transmitters)
    variables = receivers.partition("### The functions' own variables\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `([A-Z_]+)` \|.*\| (.+) \|$", variables, re.MULTILINE)
    written = receiver.environment(
        Kind.BACKCHANNEL_LOGOUT, user_pool_id="", ledger_table="", endpoint_url=""
    )
    assert "the app writes the first five" in variables
    assert {name for name, _ in rows[:5]} == {*written, VARIABLE}
    values = receiver.check(Kind.BACKCHANNEL_LOGOUT)
    assert dict(rows)["LEEWAY_SECONDS"] == f"`{values.leeway_seconds}`"
    assert dict(rows)["MAX_LIFETIME_SECONDS"] == f"`{values.max_lifetime_seconds}`"
    assert dict(rows)["EVENT_MAX_AGE_SECONDS"] == f"`{values.event_max_age_seconds}`"
    assert dict(rows)["TOKEN_MAX_BYTES"] == f"`{values.token_max_bytes}`"


def test_the_readme_has_its_words_before_it_uses_them() -> None:
    """What newcomers lack is said before the flow, and how to attach before the long table."""
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    words = readme.partition("### Words\n")[2].partition("\n## ")[0]
    assert len(re.findall(r"^- \*\*[A-Z][a-z ]+\*\*: ", words, re.MULTILINE)) == 10
    assert f"for {LEASE_MS / 1000} s at most" in words
    titles = re.findall(r"^##+ (.+)$", readme, re.MULTILINE)
    order = ["Words", "Attach it to your API", "Validation flow", "Answers"]
    assert [title for title in titles if title in order] == order
