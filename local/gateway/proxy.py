"""A Lambda function behind a route of a REST API: the proxy integration.

https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from typing import Any

from local.gateway.config import BackendCall, Invoke
from local.gateway.events import lists
from local.gateway.messages import HttpAnswer, HttpRequest

#: What API Gateway says of a function that failed, or whose answer it can't read.
_BAD_GATEWAY = HttpAnswer.of_json(502, {"message": "Internal server error"})


def proxy_integration(invoke: Invoke) -> Callable[[BackendCall], HttpAnswer]:
    """A backend that is a Lambda function.

    Args:
        invoke: the function. An exception is a failed invocation.
    """

    def answer(call: BackendCall) -> HttpAnswer:
        try:
            # Through JSON and back, as between two machines.
            event = json.loads(json.dumps(_event(call)))
            return _read(json.loads(json.dumps(invoke(event))))
        except Exception:
            return _BAD_GATEWAY

    return answer


def _event(call: BackendCall) -> dict[str, Any]:
    request = call.request
    text, is_base64 = _body(request)
    return {
        "resource": call.route.path,
        "path": request.path,
        "httpMethod": request.method,
        "headers": dict(request.headers) or None,
        "multiValueHeaders": lists(request.headers) or None,
        "queryStringParameters": dict(request.query_pairs()) or None,
        "multiValueQueryStringParameters": lists(request.query_pairs()) or None,
        "pathParameters": None,
        "stageVariables": None,
        "requestContext": {
            "authorizer": dict(call.authorizer),
            "httpMethod": request.method,
            "identity": {"sourceIp": request.source_ip},
            "path": request.path,
            "resourcePath": call.route.path,
        },
        "body": text,
        "isBase64Encoded": is_base64,
    }


def _body(request: HttpRequest) -> tuple[str | None, bool]:
    if not request.body:
        return None, False
    try:
        return request.body.decode(), False
    except UnicodeDecodeError:
        return base64.b64encode(request.body).decode(), True


def _read(document: Any) -> HttpAnswer:
    """Raises whatever reading raises: an answer in another form is a bad one."""
    headers: Mapping[str, Any] = document.get("headers") or {}
    several: Mapping[str, Any] = document.get("multiValueHeaders") or {}
    body = str(document.get("body") or "").encode()
    return HttpAnswer(
        int(document["statusCode"]),
        {name: str(value) for name, value in headers.items()},
        base64.b64decode(body) if document.get("isBase64Encoded") else body,
        tuple((name, str(value)) for name, values in several.items() for value in values),
    )
