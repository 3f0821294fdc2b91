"""APIs that are attached as they should be, for tests that spoil one thing."""

from __future__ import annotations

from dataclasses import replace

from infra.exports import Export, parameter_name

from .attached import ApiKind, Attached, Authorizer, Permission, Refusal
from .rules import REFUSALS


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
