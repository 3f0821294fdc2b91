"""Stages as they were deployed, read from API Gateway's exports."""

from __future__ import annotations

import pytest

from ops.deployed_stage import DEFAULT_TTL_SECONDS, Guard, read_stage
from tests.ops.exports import exported, scheme

_OURS = "arn:aws:lambda:eu-west-1:123456789012:function:Authorizer:live"
_OTHERS = "arn:aws:lambda:eu-west-1:123456789012:function:Other"
_SIGNED = {
    "type": "apiKey",
    "name": "Authorization",
    "in": "header",
    "x-amazon-apigateway-authtype": "awsSigv4",
}
_ANY = "x-amazon-apigateway-any-method"


def test_what_guards_each_route() -> None:
    """Each method of each path has the guards that its export names, with theirs of the stage."""
    document = exported(
        {"get /orders": "sessions", f"{_ANY} /open": "", "post /orders": "sigv4"},
        {"sessions": scheme(_OURS, 60), "sigv4": _SIGNED},
    )
    stage = read_stage("prod", document)
    assert stage.name == "prod"
    assert stage.routes == {
        "GET /orders": (Guard("sessions", "custom", _OURS, 60),),
        "ANY /open": (),
        "POST /orders": (Guard("sigv4", "awsSigv4", "", DEFAULT_TTL_SECONDS),),
    }


def test_a_guard_of_all_routes() -> None:
    """What is demanded of the whole API is demanded of each route that does not say otherwise."""
    document = exported(
        {"get /orders": "", f"{_ANY} /$default": ""},
        {"jwt": {"type": "oauth2", "x-amazon-apigateway-authorizer": {"type": "jwt"}}},
        security=[{"jwt": []}],
    )
    guards = {
        key: [g.kind for g in found] for key, found in read_stage("s", document).routes.items()
    }
    assert guards == {"GET /orders": ["jwt"], "$default": ["jwt"]}


@pytest.mark.parametrize(
    ("authorizer", "expected"), [("sessions", 0), ("strict", 60), ("renamed since", 60)]
)
def test_how_long_answers_are_repeated(authorizer: str, expected: int) -> None:
    """Authorizers of one function are told apart by name; another function's do not count."""
    document = exported(
        {"get /a": "sessions", "get /b": "strict", "get /c": "other"},
        {
            "sessions": scheme(_OURS, 0),
            "strict": scheme(_OURS.removesuffix(":live"), 60),
            "other": scheme(_OTHERS, 900),
            "unused": scheme(_OURS, 3600),
        },
    )
    assert read_stage("prod", document).ttl_seconds(_OURS, authorizer) == expected


def test_a_ttl_that_was_never_told() -> None:
    """API Gateway takes five minutes then; where nothing is guarded, nothing is repeated."""
    untold = exported({"get /a": "sessions"}, {"sessions": scheme(_OURS, None)})
    assert read_stage("prod", untold).ttl_seconds(_OURS, "sessions") == 300
    unguarded = exported({"get /a": ""}, {"sessions": scheme(_OURS, None)})
    assert read_stage("prod", unguarded).ttl_seconds(_OURS, "sessions") == 0


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"<html>",
        b"[]",
        b"{}",
        exported({"get /a": "gone"}, {}),
        exported({"get /a": ""}, {}, security=[{"gone": []}]),
        exported({"get /a": ""}, {}, components=[]),
        exported({}, {"sessions": {}}),
        exported({}, {}, paths={"/a": {"get": None}}),
    ],
)
def test_what_is_no_export(document: bytes) -> None:
    """A document that does not say what guards a route is not taken for one that says: nothing."""
    with pytest.raises(ValueError, match="not an export"):
        read_stage("prod", document)
