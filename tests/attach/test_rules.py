"""Each rule can be broken, and says so in words that name the mistake."""

from __future__ import annotations

from dataclasses import replace

import pytest

from .attached import ApiKind, Attached
from .right import FUNCTION, URI, attach, with_authorizer
from .rules import REFUSALS, problems


@pytest.mark.parametrize("kind", ApiKind)
def test_what_is_right_passes(kind: ApiKind) -> None:
    """No rule is broken by an API that is attached as it should be."""
    assert problems(attach(kind)) == []


def test_simple_answers_pass() -> None:
    """Nor by simple answers whose cache key has the route."""
    assert problems(attach(ApiKind.HTTP, is_simple=True)) == []


def test_an_example_without_authorizer_shows_nothing() -> None:
    """An empty example breaks no other rule, and still fails."""
    assert problems(Attached()) == ["there is no authorizer"]


def test_a_route_may_not_go_without() -> None:
    """A method without the authorizer is open."""
    attached = attach(ApiKind.REST)
    attached = replace(attached, routes={**attached.routes, ("Api", "PUT /a"): None})
    assert problems(attached) == ["PUT /a of Api has no authorizer"]


def test_a_route_may_not_have_another_authorizer() -> None:
    """An authorizer that is not of this example counts for nothing."""
    attached = replace(attach(ApiKind.HTTP), routes={("Api", "GET /a"): "Cognito"})
    assert problems(attached) == ["GET /a of Api has no authorizer"]


def test_an_example_without_routes_guards_nothing() -> None:
    """An authorizer that no route has is none."""
    assert problems(replace(attach(ApiKind.REST), routes={})) == ["there is no route"]


def test_a_token_authorizer_does_not_do() -> None:
    """The older type looks at one header and knows no other token source."""
    (problem,) = problems(with_authorizer(attach(ApiKind.REST), type="TOKEN"))
    assert "type TOKEN" in problem


def test_a_second_way_into_graphql_is_open() -> None:
    """A Cognito mode beside the authorizer lets revoked sessions in."""
    modes = "AWS_LAMBDA+AMAZON_COGNITO_USER_POOLS"
    (problem,) = problems(with_authorizer(attach(ApiKind.GRAPHQL), type=modes))
    assert modes in problem


@pytest.mark.parametrize(
    "uri", [URI.replace("function-arn", "user-pool-id"), FUNCTION, URI.replace(FUNCTION, "arn:x")]
)
def test_the_exported_function_is_invoked(uri: str) -> None:
    """Neither another parameter nor a bare ARN is what a gateway can invoke."""
    found = problems(with_authorizer(attach(ApiKind.REST), uri=uri))
    assert "not the exported function" in found[0]


def test_only_what_is_exported_is_read() -> None:
    """A misspelt parameter fails the attaching stack's deployment."""
    ttl = "<ssm:/Sessions/authorizer/gateway-ttl>"
    found = problems(with_authorizer(attach(ApiKind.HTTP), ttl=ttl))
    assert "/Sessions/authorizer/gateway-ttl is not exported" in found


@pytest.mark.parametrize(
    "source",
    [
        None,
        "arn:<Partition>:execute-api:<Region>:<AccountId>:<Api>/*",
        "arn:<Partition>:execute-api:<Region>:<AccountId>:<Api>/authorizers/<Other>",
        "arn:<Partition>:execute-api:<Region>:<AccountId>:<Other>/authorizers/*",
        "arn:<Partition>:execute-api:<Region>:*:<Api>/authorizers/*",
    ],
)
def test_a_permission_is_for_the_authorizers_of_one_api(source: str | None) -> None:
    """Anything wider, or for something else, is a permission too many and one too few."""
    attached = attach(ApiKind.HTTP)
    (permission,) = attached.permissions
    found = problems(replace(attached, permissions=(replace(permission, source=source),)))
    assert len(found) == 2
    assert "may not invoke the function" in found[1]


def test_a_permission_too_many_is_seen() -> None:
    """A second, wider permission beside the right one is no better than it alone."""
    attached = attach(ApiKind.REST)
    wide = replace(attached.permissions[0], source=None)
    (problem,) = problems(replace(attached, permissions=(*attached.permissions, wide)))
    assert problem == "apigateway.amazonaws.com may invoke the function for None"


def test_every_authorizer_needs_a_permission() -> None:
    """Without one the gateway answers every request with AUTHORIZER_CONFIGURATION_ERROR."""
    for kind in ApiKind:
        (problem,) = problems(replace(attach(kind), permissions=()))
        assert "may not invoke the function" in problem


@pytest.mark.parametrize("kind", REFUSALS)
def test_a_rest_api_refuses_properly(kind: str) -> None:
    """Status, header and body of each refusal are set; the gateway's own would be 500 or worse."""
    attached = attach(ApiKind.REST)
    right = attached.refusals["Api", kind]
    for wrong in (
        replace(right, status="500"),
        replace(right, headers={}),
        replace(right, body=None),
        replace(right, body='{"message":$context.error.messageString}'),
    ):
        refusals = {**attached.refusals, ("Api", kind): wrong}
        (problem,) = problems(replace(attached, refusals=refusals))
        assert f"Api answers {kind} with" in problem
    missing = {key: value for key, value in attached.refusals.items() if key[1] != kind}
    (problem,) = problems(replace(attached, refusals=missing))
    assert problem == f"Api answers {kind} in the gateway's own way"


@pytest.mark.parametrize(
    "variable",
    ["$context.authorizer.session", "$context.authorizer", "$context.path", "<everything>"],
)
def test_no_token_goes_into_a_log(variable: str) -> None:
    """What is not known to be free of tokens is not logged."""
    attached = replace(attach(ApiKind.REST), log_formats=(f"$context.requestId {variable}",))
    (problem,) = problems(attached)
    assert variable in problem


def test_harmless_log_fields_pass() -> None:
    """A log that can hold no token is nobody's business."""
    text = '{"status": "$context.status", "route": "$context.routeKey"}'
    assert problems(replace(attach(ApiKind.HTTP), log_formats=(text,))) == []
