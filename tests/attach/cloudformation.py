"""CloudFormation templates: handwritten, or made by CDK, SAM or Serverless."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from . import openapi
from .attached import ApiKind, Attached, Authorizer, Permission, Refusal
from .intrinsics import Intrinsics

#: The document in place of an ``AWS::Include`` with this location.
Include = Callable[[str], Mapping[str, Any]]

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


def _no_include(location: str) -> Mapping[str, Any]:
    raise FileNotFoundError(location)


def read(template: Mapping[str, Any], include: Include = _no_include) -> Attached:
    """What a template attaches."""
    reader = _Reader(template, include)
    documents = list(reader.documents())
    return Attached(
        authorizers=dict(reader.authorizers()) | _merged(each.authorizers for each in documents),
        routes=dict(reader.routes()) | _merged(each.routes for each in documents),
        permissions=tuple(reader.permissions()),
        refusals=dict(reader.refusals()) | _merged(each.refusals for each in documents),
        log_formats=tuple(reader.log_formats()),
    )


def _merged(mappings: Iterator[Mapping[_Key, _Value]]) -> dict[_Key, _Value]:
    return {key: value for mapping in mappings for key, value in mapping.items()}


class _Reader:
    def __init__(self, template: Mapping[str, Any], include: Include) -> None:
        self._resources: Mapping[str, Any] = template["Resources"]
        self._include = include
        self._spell = Intrinsics(template)

    def authorizers(self) -> Iterator[tuple[str, Authorizer]]:
        spell = self._spell
        for name, it in self._of("AWS::ApiGateway::Authorizer"):
            yield (
                name,
                Authorizer(
                    kind=ApiKind.REST,
                    api=spell.text(it["RestApiId"]).strip("<>"),
                    uri=spell.text(it["AuthorizerUri"]),
                    type=it["Type"],
                    identity_sources=spell.texts(it["IdentitySource"]),
                    ttl=spell.number(it.get("AuthorizerResultTtlInSeconds")),
                ),
            )
        for name, it in self._of("AWS::ApiGatewayV2::Authorizer"):
            api = spell.text(it["ApiId"]).strip("<>")
            yield (
                name,
                Authorizer(
                    kind=self._kind(api),
                    api=api,
                    uri=spell.text(it["AuthorizerUri"]),
                    type=it["AuthorizerType"],
                    identity_sources=spell.texts(it["IdentitySource"]),
                    ttl=spell.number(it.get("AuthorizerResultTtlInSeconds")),
                    payload_version=it.get("AuthorizerPayloadFormatVersion"),
                    is_simple=it.get("EnableSimpleResponses", False),
                ),
            )
        for name, it in self._of("AWS::AppSync::GraphQLApi"):
            modes = [it["AuthenticationType"]] + [
                each["AuthenticationType"]
                for each in it.get("AdditionalAuthenticationProviders", [])
            ]
            lambda_mode = it["LambdaAuthorizerConfig"]
            yield (
                name,
                Authorizer(
                    kind=ApiKind.GRAPHQL,
                    api=name,
                    uri=spell.text(lambda_mode["AuthorizerUri"]),
                    type="REQUEST" if modes == ["AWS_LAMBDA"] else "+".join(modes),
                    identity_sources=(),
                    ttl=spell.number(lambda_mode.get("AuthorizerResultTtlInSeconds")),
                ),
            )

    def routes(self) -> Iterator[tuple[tuple[str, str], str | None]]:
        spell = self._spell
        for _, it in self._of("AWS::ApiGateway::Method"):
            if it["HttpMethod"] != "OPTIONS":
                route = f"{it['HttpMethod']} {self._path(spell.text(it['ResourceId']))}"
                yield (spell.text(it["RestApiId"]).strip("<>"), route), self._guard_of(it)
        for _, it in self._of("AWS::ApiGatewayV2::Route"):
            api, route = spell.text(it["ApiId"]).strip("<>"), it["RouteKey"]
            if self._kind(api) is ApiKind.HTTP or route == "$connect":
                yield (api, route), self._guard_of(it)

    def permissions(self) -> Iterator[Permission]:
        for _, it in self._of("AWS::Lambda::Permission"):
            source = it.get("SourceArn")
            yield Permission(
                function=self._spell.text(it["FunctionName"]),
                principal=it["Principal"],
                source=None if source is None else self._spell.text(source),
            )

    def refusals(self) -> Iterator[tuple[tuple[str, str], Refusal]]:
        for _, it in self._of("AWS::ApiGateway::GatewayResponse"):
            api = self._spell.text(it["RestApiId"]).strip("<>")
            yield (
                (api, it["ResponseType"]),
                Refusal(
                    status=it["StatusCode"],
                    headers={
                        name.removeprefix("gatewayresponse.header."): value
                        for name, value in it["ResponseParameters"].items()
                    },
                    body=it["ResponseTemplates"]["application/json"],
                ),
            )

    def log_formats(self) -> Iterator[str]:
        for kind in ("AWS::ApiGateway::Stage", "AWS::ApiGatewayV2::Stage"):
            for _, it in self._of(kind):
                for name in ("AccessLogSetting", "AccessLogSettings"):
                    if name in it:
                        yield self._spell.text(it[name]["Format"])
                settings = [*it.get("MethodSettings", []), it.get("DefaultRouteSettings", {})]
                if any(each.get("DataTraceEnabled") for each in settings):
                    yield "<everything>"
        for _, it in self._of("AWS::AppSync::GraphQLApi"):
            if not it.get("LogConfig", {}).get("ExcludeVerboseContent", True):
                yield "<everything>"

    def documents(self) -> Iterator[Attached]:
        for kind, type_ in (
            (ApiKind.REST, "AWS::ApiGateway::RestApi"),
            (ApiKind.HTTP, "AWS::ApiGatewayV2::Api"),
        ):
            for name, it in self._of(type_):
                body = it.get("Body")
                if body is not None:
                    transform = body.get("Fn::Transform")
                    if transform is not None:
                        assert transform["Name"] == "AWS::Include"
                        body = self._include(transform["Parameters"]["Location"])
                    yield openapi.read(body, kind, name, self._spell)

    def _of(self, type_: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        for name, resource in self._resources.items():
            if resource["Type"] == type_:
                yield name, resource.get("Properties", {})

    def _kind(self, api: str) -> ApiKind:
        protocol = self._resources[api]["Properties"]["ProtocolType"]
        return ApiKind.WEBSOCKET if protocol == "WEBSOCKET" else ApiKind.HTTP

    def _guard_of(self, route: Mapping[str, Any]) -> str | None:
        if route.get("AuthorizationType") != "CUSTOM":
            return None
        return self._spell.text(route["AuthorizerId"]).strip("<>")

    def _path(self, resource: str) -> str:
        name = resource.strip("<>")
        if name.endswith(".RootResourceId"):
            return "/"
        it = self._resources[name]["Properties"]
        parent = self._path(self._spell.text(it["ParentId"]))
        return f"{parent.rstrip('/')}/{it['PathPart']}"
