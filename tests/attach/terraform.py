"""Terraform configurations, parsed as HCL."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import hcl2

from .attached import ApiKind, Attached, Authorizer, Permission, Refusal

_INTERPOLATION = re.compile(r"\$\{((?:[^{}\"]|\"[^\"]*\")+)\}")
_PARAMETER = re.compile(r'data\.aws_ssm_parameter\.(\w+)\["([\w-]+)"\]\.insecure_value')
_SPLIT = re.compile(r'split\(":", (.+)\)\[(\d)\]')
_EXECUTION_ARN = "arn:<Partition>:execute-api:<Region>:<AccountId>:"


def read(folder: Path) -> Attached:
    """What the module in ``folder`` attaches; a name is that of a resource without its type."""
    reader = _Reader(hcl2.loads(_whole(folder)))
    return Attached(
        authorizers=dict(reader.authorizers()),
        routes=dict(reader.routes()),
        permissions=tuple(reader.permissions()),
        refusals=dict(reader.refusals()),
        log_formats=tuple(reader.log_formats()),
    )


def _whole(folder: Path) -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.tf")))


class _Reader:
    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self._locals: Mapping[str, Any] = document["locals"][0]

    def authorizers(self) -> Iterator[tuple[str, Authorizer]]:
        for name, it in self._of("aws_api_gateway_authorizer"):
            yield (
                f"rest.{name}",
                Authorizer(
                    kind=ApiKind.REST,
                    api=self._api(it["rest_api_id"]),
                    uri=self._text(it["authorizer_uri"]),
                    type=self._text(it["type"]),
                    identity_sources=(self._text(it["identity_source"]),),
                    ttl=self._number(it.get("authorizer_result_ttl_in_seconds")),
                ),
            )
        for name, it in self._of("aws_apigatewayv2_authorizer"):
            api = self._api(it["api_id"])
            payload = it.get("authorizer_payload_format_version")
            yield (
                f"v2.{name}",
                Authorizer(
                    kind=self._kind(api),
                    api=api,
                    uri=self._text(it["authorizer_uri"]),
                    type=self._text(it["authorizer_type"]),
                    identity_sources=tuple(self._text(each) for each in it["identity_sources"]),
                    ttl=self._number(it.get("authorizer_result_ttl_in_seconds")),
                    payload_version=None if payload is None else self._text(payload),
                    is_simple=it.get("enable_simple_responses", False),
                ),
            )
        for name, it in self._of("aws_appsync_graphql_api"):
            (mode,) = it["lambda_authorizer_config"]
            others = it.get("additional_authentication_provider", [])
            modes = [self._text(each["authentication_type"]) for each in [it, *others]]
            yield (
                f"aws_appsync_graphql_api.{name}",
                Authorizer(
                    kind=ApiKind.GRAPHQL,
                    api=f"aws_appsync_graphql_api.{name}",
                    uri=self._text(mode["authorizer_uri"]),
                    type="REQUEST" if modes == ["AWS_LAMBDA"] else "+".join(modes),
                    identity_sources=(),
                    ttl=self._number(mode.get("authorizer_result_ttl_in_seconds")),
                ),
            )

    def routes(self) -> Iterator[tuple[tuple[str, str], str | None]]:
        for name, it in self._of("aws_api_gateway_method"):
            route = f"{self._text(it['http_method'])} {name}"
            yield (self._api(it["rest_api_id"]), route), self._guard(it, "authorization", "rest")
        for _, it in self._of("aws_apigatewayv2_route"):
            api, route = self._api(it["api_id"]), self._text(it["route_key"])
            if self._kind(api) is ApiKind.HTTP or route == "$connect":
                yield (api, route), self._guard(it, "authorization_type", "v2")

    def permissions(self) -> Iterator[Permission]:
        for _, it in self._of("aws_lambda_permission"):
            source = it.get("source_arn")
            yield Permission(
                function=self._text(it["function_name"]),
                principal=self._text(it["principal"]),
                source=None if source is None else self._text(source),
            )

    def refusals(self) -> Iterator[tuple[tuple[str, str], Refusal]]:
        for _, it in self._of("aws_api_gateway_gateway_response"):
            headers = self._texts(it["response_parameters"])
            yield (
                (self._api(it["rest_api_id"]), self._text(it["response_type"])),
                Refusal(
                    status=self._text(it["status_code"]),
                    headers={
                        name.removeprefix("gatewayresponse.header."): value
                        for name, value in headers.items()
                    },
                    body=self._texts(it["response_templates"])["application/json"],
                ),
            )

    def log_formats(self) -> Iterator[str]:
        for kind in ("aws_api_gateway_stage", "aws_apigatewayv2_stage"):
            for _, it in self._of(kind):
                for settings in it.get("access_log_settings", []):
                    yield self._text(settings["format"])
        if any(True for _ in self._of("aws_api_gateway_method_settings")):
            yield "<everything>"

    def _of(self, kind: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        for block in self._document["resource"]:
            for type_, named in block.items():
                if _unquoted(type_) == kind:
                    for name, body in named.items():
                        yield _unquoted(name), body

    def _sources(self) -> dict[str, Mapping[str, Any]]:
        return {
            _unquoted(name): body
            for block in self._document["data"]
            for named in block.values()
            for name, body in named.items()
        }

    def _parameter(self, source: str, export: str) -> str:
        body = self._sources()[source]
        assert f'"{export}"' in body["for_each"], f"{export} is not among {body['for_each']}"
        return _unquoted(body["name"]).replace("${each.key}", export)

    def _kind(self, api: str) -> ApiKind:
        named = dict(self._of("aws_apigatewayv2_api"))
        protocol = self._text(named[api.partition(".")[2]]["protocol_type"])
        return ApiKind.WEBSOCKET if protocol == "WEBSOCKET" else ApiKind.HTTP

    def _api(self, value: str) -> str:
        return self._text(value).strip("<>")

    def _guard(self, it: Mapping[str, Any], kind: str, prefix: str) -> str | None:
        if self._text(it[kind]) != "CUSTOM":
            return None
        return (
            self._text(it["authorizer_id"])
            .strip("<>")
            .replace("aws_api_gateway_authorizer", prefix)
        )

    def _number(self, value: Any) -> int | str | None:
        if value is None or isinstance(value, int):
            return value
        inner = re.fullmatch(r"tonumber\((.+)\)", self._expression(value))
        return self._spell(inner[1]) if inner else self._text(value)

    def _texts(self, values: Mapping[str, str]) -> dict[str, str]:
        return {
            _unquoted(name): self._text(value)
            for name, value in values.items()
            if not name.startswith("__")
        }

    def _text(self, value: str) -> str:
        return _INTERPOLATION.sub(lambda found: self._spell(found[1]), _unquoted(value))

    def _expression(self, value: str) -> str:
        """What a local stands for, and anything else as it is."""
        inner = value.removeprefix("${").removesuffix("}")
        if inner.startswith("local."):
            return self._expression(self._locals[inner.removeprefix("local.")])
        return inner

    def _spell(self, expression: str) -> str:
        if expression.startswith("local."):
            return self._text(self._locals[expression.removeprefix("local.")])
        if found := _PARAMETER.fullmatch(expression):
            return f"<ssm:{self._parameter(found[1], found[2])}>"
        if found := _SPLIT.fullmatch(expression):
            return f"<part {found[2]}>"
        resource, _, attribute = expression.rpartition(".")
        if attribute == "execution_arn":
            return f"{_EXECUTION_ARN}<{resource}>"
        if attribute == "arn":
            return f"<{resource}.Arn>"
        assert attribute == "id", expression
        kind, _, name = resource.partition(".")
        prefixes = {"aws_api_gateway_authorizer": "rest", "aws_apigatewayv2_authorizer": "v2"}
        return f"<{prefixes.get(kind, kind)}.{name}>"


def _unquoted(text: str) -> str:
    """A quoted text of HCL's, or an expression as it is."""
    if text.startswith('"') and text.endswith('"'):
        return text[1:-1].replace('\\"', '"')
    return text
