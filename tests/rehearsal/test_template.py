from __future__ import annotations

from typing import Any

import pytest

from local.aws.template import UnknownFunctionError, in_order, resolve


class _Values:
    def ref(self, name: str) -> Any:
        return f"id-of-{name}"

    def attribute(self, name: str, attribute: str) -> Any:
        return f"{attribute}-of-{name}"


@pytest.mark.parametrize(
    ("meant", "value"),
    [
        ({"Ref": "A"}, "id-of-A"),
        ({"Fn::GetAtt": ["A", "Arn"]}, "Arn-of-A"),
        ({"Fn::Join": ["-", ["x", {"Ref": "A"}, 1]]}, "x-id-of-A-1"),
        ({"Fn::Select": [1, {"Fn::Split": ["-", "a-b-c"]}]}, "b"),
        (
            {"Fn::Sub": "${A}/${A.Arn}/${!A}/${AWS::Region}"},
            "id-of-A/Arn-of-A/${A}/id-of-AWS::Region",
        ),
        ({"Fn::Sub": ["${own}", {"own": {"Ref": "A"}}]}, "id-of-A"),
        ({"Name": [{"Ref": "A"}, 5]}, {"Name": ["id-of-A", 5]}),
    ],
)
def test_functions(meant: Any, value: Any) -> None:
    """Each intrinsic function that synthesized templates use means what AWS documents."""
    assert resolve(meant, _Values()) == value


def test_unknown_function() -> None:
    """A function that nobody knows is an error, and not a literal."""
    with pytest.raises(UnknownFunctionError):
        resolve({"Fn::Cidr": ["10.0.0.0/8"]}, _Values())


@pytest.mark.parametrize(
    "needs_b",
    [
        {"DependsOn": "B"},
        {"DependsOn": ["B"]},
        {"Properties": {"x": [{"Ref": "B"}]}},
        {"Properties": {"x": {"Fn::GetAtt": ["B", "Arn"]}}},
        {"Properties": {"x": {"Fn::Sub": "arn:${B.Arn}"}}},
    ],
)
def test_order(needs_b: dict[str, Any]) -> None:
    """A resource comes after what it refers to or depends on, wherever the template has it."""
    assert in_order({"A": needs_b, "B": {}}) == ["B", "A"]


def test_circle() -> None:
    """Two resources that need each other are an error with both names."""
    with pytest.raises(ValueError, match="A -> B -> A"):
        in_order({"A": {"DependsOn": "B"}, "B": {"DependsOn": "A"}})
