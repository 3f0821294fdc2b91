"""The Terraform module, parsed as HCL."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from . import terraform
from .attached import ApiKind
from .examples import FOLDER
from .rules import problems


def test_every_rule_holds() -> None:
    """Every method and route has the authorizer, which is told what it must be told."""
    attached = terraform.read(FOLDER / "terraform")
    assert problems(attached) == []
    assert {each.kind for each in attached.authorizers.values()} == set(ApiKind)


@pytest.mark.parametrize(
    ("file", "right", "wrong", "said"),
    [
        ("rest_api.tf", ' = "CUSTOM"', ' = "NONE"', "has no authorizer"),
        ("websocket_api.tf", ' = "CUSTOM"', ' = "NONE"', "$connect"),
        ("rest_api.tf", "local.gateway_ttl_seconds", "300", "the function knows nothing"),
        ("http_api.tf", '"2.0"', '"1.0"', "asks for payload 1.0"),
        ("http_api.tf", "/authorizers/${", "/${", "may not invoke"),
        ("graphql_api.tf", "aws_appsync_graphql_api.orders.arn", '"*"', "may not invoke"),
    ],
)
def test_a_mistake_would_be_seen(
    tmp_path: Path, file: str, right: str, wrong: str, said: str
) -> None:
    """What is broken in HCL is a broken rule, and not something that the reader overlooks."""
    shutil.copytree(FOLDER / "terraform", tmp_path, dirs_exist_ok=True)
    text = (tmp_path / file).read_text(encoding="utf-8")
    assert right in text
    (tmp_path / file).write_text(text.replace(right, wrong), encoding="utf-8")
    assert said in " ".join(problems(terraform.read(tmp_path)))
