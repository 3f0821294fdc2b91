from __future__ import annotations

from typing import Any

from local.aws.changes import changes, unserved


def _authorizer(ttl_seconds: int) -> dict[str, Any]:
    return {
        "Type": "AWS::ApiGateway::Authorizer",
        "Properties": {"AuthorizerResultTtlInSeconds": ttl_seconds},
    }


def _stage(deployment: str) -> dict[str, Any]:
    return {"Type": "AWS::ApiGateway::Stage", "Properties": {"DeploymentId": deployment}}


def test_changes() -> None:
    """What came, what went, and what has another value, each with its name."""
    before = {"Gone": _stage("a"), "Same": _stage("a"), "Normal": _authorizer(0)}
    after = {"New": _stage("a"), "Same": _stage("a"), "Normal": _authorizer(30)}
    assert [change.what for change in changes(before, after)] == [
        "- Gone",
        "+ New",
        "~ Normal: AuthorizerResultTtlInSeconds 0 -> 30",
    ]


def test_a_long_value_is_shown_where_it_differs() -> None:
    """A dashboard's body is no line to read: what changed in it is, with what is around it."""
    before, after = (
        {"Board": {"Type": "X", "Properties": {"Body": ["a" * 400 + delay + "z" * 400, "end"]}}}
        for delay in ("20 s", "50 s")
    )
    (change,) = changes(before, after)
    shown = " -> ".join(f"\u2026{'a' * 30}{digit}0 s{'z' * 27}\u2026" for digit in "25")
    assert change.what == f"~ Board: Body {shown}"


def test_served() -> None:
    """A changed authorizer is served when the stage has a new deployment."""
    before = {"Normal": _authorizer(0), "Stage": _stage("a")}
    after = {"Normal": _authorizer(30), "Stage": _stage("b")}
    assert unserved(list(changes(before, after))) == []


def test_unserved() -> None:
    """A changed authorizer behind an unchanged stage is not served, whatever was deployed."""
    before = {"Normal": _authorizer(0), "Stage": _stage("a")}
    after = {"Normal": _authorizer(30), "Stage": _stage("a")}
    (problem,) = unserved(list(changes(before, after)))
    assert problem.startswith("Normal has changed")
