"""SAM's own translator makes templates of the SAM examples, and those are judged as well."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import boto3
import pytest
from samtranslator.model.exceptions import InvalidDocumentException
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

from . import cloudformation, sam
from .examples import FOLDER, lint, load
from .rules import problems

TEMPLATES = ["rest-api.yaml", "http-api.yaml"]


def translate(template: Mapping[str, Any]) -> dict[str, Any]:
    """What CloudFormation would be given; SAM works on a copy."""
    session = boto3.Session(region_name="eu-west-1")
    copy = json.loads(json.dumps(template))
    translated: dict[str, Any] = Translator({}, Parser(), boto_session=session).translate(copy, {})
    return translated


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_rule_holds(name: str) -> None:
    """What SAM makes of the example obeys the rules, its permissions among it."""
    template = load(FOLDER / "sam" / name)
    attached = cloudformation.read(translate(template))
    assert problems(attached) == []
    assert attached.authorizers.keys() == sam.read(template).authorizers.keys()


@pytest.mark.parametrize("name", TEMPLATES)
def test_cfn_lint_finds_nothing(name: str) -> None:
    """What SAM makes is sound in cfn-lint's eyes, which see all of it."""
    assert lint(json.dumps(translate(load(FOLDER / "sam" / name)))) == []


def test_a_parameter_loses_its_value() -> None:
    """Why the ARN stands as a dynamic reference: SAM puts a parameter's default in its place."""
    template = json.loads(json.dumps(load(FOLDER / "sam" / "rest-api.yaml")))
    name = "/CognitoSessionAuthorizer/authorizer/function-arn"
    template["Parameters"] = {
        "Arn": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": name}
    }
    authorizer = template["Resources"]["OrdersApi"]["Properties"]["Auth"]["Authorizers"]["Session"]
    authorizer["FunctionArn"] = {"Ref": "Arn"}
    permissions = cloudformation.read(translate(template)).permissions
    assert name in {permission.function for permission in permissions}


def test_sam_looks_for_the_default_authorizer() -> None:
    """The translator refuses a default that does not exist, which cfn-lint lets pass."""
    template = json.loads(json.dumps(load(FOLDER / "sam" / "http-api.yaml")))
    template["Resources"]["OrdersApi"]["Properties"]["Auth"]["DefaultAuthorizer"] = "Nobody"
    with pytest.raises(InvalidDocumentException):
        translate(template)
