"""Each rule can be broken, and says so in words that name the mistake."""

from __future__ import annotations

from dataclasses import replace

import pytest

from infra.exports import Export, parameter_name

from .attached import ApiKind, Attached, Authorizer, Permission, Refusal
from .rules import REFUSALS, problems


def exported(export: Export) -> str:
    return f"<ssm:{parameter_name('Sessions', export)}>"


FUNCTION = exported(Export.FUNCTION_ARN)
TTL = exported(Export.GATEWAY_TTL_SECONDS)
URI = f"arn:<Partition>:apigateway:<Region>:lambda:path/2015-03-31/functions/{FUNCTION}/invocations"
EXPORTED_SOURCES = {
    ApiKind.REST: exported(Export.REST_IDENTITY_SOURCE),
    ApiKind.HTTP: exported(Export.HTTP_IDENTITY_SOURCE),
    ApiKind.WEBSOCKET: exported(Export.WEBSOCKET_IDENTITY_SOURCE),
}
ROUTES = {ApiKind.REST: "GET /a", ApiKind.HTTP: "GET /a", ApiKind.WEBSOCKET: "$connect"}


def attach(kind: ApiKind, *, is_simple: bool = False) -> Attached:
    """An API on which nothing is wrong."""
    if kind is ApiKind.GRAPHQL:
        return Attached(
            authorizers={
                "Api": Authorizer(kind=kind, api="Api", uri=FUNCTION, identity_sources=(), ttl=TTL)
            },
            permissions=(
                Permission(
                    function=FUNCTION, principal="appsync.amazonaws.com", source="<Api.Arn>"
                ),
            ),
        )
    is_http = kind is ApiKind.HTTP
    return Attached(
        authorizers={
            "Session": Authorizer(
                kind=kind,
                api="Api",
                uri=URI,
                identity_sources=(
                    EXPORTED_SOURCES[kind],
                    *(["$context.routeKey"] if is_simple else []),
                ),
                ttl=None if kind is ApiKind.WEBSOCKET else TTL,
                payload_version="2.0" if is_http else None,
                is_simple=is_simple,
            )
        },
        routes={("Api", ROUTES[kind]): "Session"},
        permissions=(
            Permission(
                function=FUNCTION,
                principal="apigateway.amazonaws.com",
                source="arn:<Partition>:execute-api:<Region>:<AccountId>:<Api>/authorizers/<Session>",
            ),
        ),
        refusals={
            ("Api", name): Refusal(status=status, headers={header: value}, body="{}")
            for name, (status, header, value) in REFUSALS.items()
        },
    )


def with_authorizer(attached: Attached, **changes: object) -> Attached:
    ((name, authorizer),) = attached.authorizers.items()
    return replace(attached, authorizers={name: replace(authorizer, **changes)})  # type: ignore[arg-type]


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


def test_a_ttl_may_not_be_left_out() -> None:
    """REST APIs cache for 300 s unless they are told otherwise."""
    (problem,) = problems(with_authorizer(attach(ApiKind.REST), ttl=None))
    assert "leaves the TTL" in problem


@pytest.mark.parametrize("kind", [ApiKind.REST, ApiKind.HTTP, ApiKind.GRAPHQL])
def test_a_ttl_may_not_be_made_up(kind: ApiKind) -> None:
    """A TTL of which the function was not told adds to the delay, unseen."""
    (problem,) = problems(with_authorizer(attach(kind), ttl=30))
    assert "of which the function knows nothing" in problem


def test_a_ttl_may_not_come_from_another_export() -> None:
    """The delay is a number of seconds too, and a longer one."""
    delay = exported(Export.REVOCATION_DELAY_SECONDS)
    (problem,) = problems(with_authorizer(attach(ApiKind.HTTP), ttl=delay))
    assert "takes its TTL from" in problem


def test_websockets_have_no_ttl() -> None:
    """What has no effect is not shown."""
    (problem,) = problems(with_authorizer(attach(ApiKind.WEBSOCKET), ttl=0))
    assert "WebSocket APIs have none" in problem


@pytest.mark.parametrize(
    "sources",
    [
        (),
        ("method.request.header.X-Token",),
        (EXPORTED_SOURCES[ApiKind.HTTP],),
        (EXPORTED_SOURCES[ApiKind.REST], "method.request.header.Accept"),
    ],
)
def test_the_identity_source_is_the_token_source(sources: tuple[str, ...]) -> None:
    """The gateway's cache key is where the function reads, and nothing besides."""
    (problem,) = problems(with_authorizer(attach(ApiKind.REST), identity_sources=sources))
    assert "not where the function does" in problem


def test_a_deployments_ttl_goes_with_its_token_source() -> None:
    """With a cache, a place that is written by hand could one day be another one."""
    literal = ("method.request.header.Authorization",)
    rest = attach(ApiKind.REST)
    (problem,) = problems(with_authorizer(rest, identity_sources=literal))
    assert "cache key from elsewhere" in problem
    assert problems(with_authorizer(rest, identity_sources=literal, ttl=0)) == []


def test_payload_is_2_0() -> None:
    """An HTTP API is told which events to send."""
    (problem,) = problems(with_authorizer(attach(ApiKind.HTTP), payload_version="1.0"))
    assert "payload 1.0" in problem


def test_a_token_authorizer_does_not_do() -> None:
    """The older type looks at one header and knows no other token source."""
    (problem,) = problems(with_authorizer(attach(ApiKind.REST), type="TOKEN"))
    assert "type TOKEN" in problem


def test_a_second_way_into_graphql_is_open() -> None:
    """A Cognito mode beside the authorizer lets revoked sessions in."""
    modes = "AWS_LAMBDA+AMAZON_COGNITO_USER_POOLS"
    (problem,) = problems(with_authorizer(attach(ApiKind.GRAPHQL), type=modes))
    assert modes in problem


def test_a_simple_yes_is_for_one_route() -> None:
    """Without the route in the cache key a yes opens every route."""
    sources = (EXPORTED_SOURCES[ApiKind.HTTP],)
    attached = with_authorizer(attach(ApiKind.HTTP, is_simple=True), identity_sources=sources)
    (problem,) = problems(attached)
    assert "a yes for all" in problem


@pytest.mark.parametrize("route", ["GET /a/{id}", "ANY /a", "$default"])
def test_a_simple_yes_is_for_one_request(route: str) -> None:
    """With a cache, a route that stands for several requests has one answer for all of them."""
    attached = replace(attach(ApiKind.HTTP, is_simple=True), routes={("Api", route): "Session"})
    (problem,) = problems(attached)
    assert "share one cached yes" in problem
    assert problems(with_authorizer(attached, ttl=0)) == []


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
