"""What API Gateway exports of a deployed stage, as its documentation describes it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tests.ops.deployed import invocation_uri


def scheme(function_arn: str, ttl_seconds: int | None) -> dict[str, Any]:
    """A Lambda authorizer; with None, one that was never told how long to repeat answers.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-authorizer.html
    """
    authorizer: dict[str, Any] = {
        "type": "request",
        "authorizerUri": invocation_uri(function_arn),
        "identitySource": "method.request.header.Authorization",
    }
    if ttl_seconds is not None:
        authorizer["authorizerResultTtlInSeconds"] = ttl_seconds
    return {
        "type": "apiKey",
        "name": "Unused",
        "in": "header",
        "x-amazon-apigateway-authtype": "custom",
        "x-amazon-apigateway-authorizer": authorizer,
    }


def exported(
    routes: Mapping[str, str], schemes: Mapping[str, Mapping[str, Any]], **changes: Any
) -> bytes:
    """An export whose routes, ``method /path``, are guarded by the scheme named, or "" by none."""
    paths: dict[str, dict[str, Any]] = {}
    for route, name in routes.items():
        method, _, path = route.partition(" ")
        operation: dict[str, Any] = {"responses": {}}
        if name:
            operation["security"] = [{name: []}]
        paths.setdefault(path, {})[method] = operation
    document = {
        "openapi": "3.0.1",
        "info": {"title": "orders"},
        "paths": paths,
        "components": {"securitySchemes": schemes},
    }
    return json.dumps(document | changes).encode()
