"""How refusals are worded: gateway responses of a REST API, fixed answers of an HTTP API."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from local.gateway.config import Api, Flavour, GatewayResponse, Refusal
from local.gateway.messages import HttpAnswer

#: What AWS answers where an API says nothing else.
#: https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
DEFAULT_RESPONSES: Mapping[Refusal, GatewayResponse] = {
    Refusal.UNAUTHORIZED: GatewayResponse(401),
    Refusal.ACCESS_DENIED: GatewayResponse(403, body='{"Message":$context.error.messageString}'),
    Refusal.AUTHORIZER_FAILURE: GatewayResponse(500),
    Refusal.AUTHORIZER_CONFIGURATION_ERROR: GatewayResponse(500),
    Refusal.MISSING_AUTHENTICATION_TOKEN: GatewayResponse(403),
}

_MESSAGES = {
    Refusal.UNAUTHORIZED: "Unauthorized",
    Refusal.ACCESS_DENIED: "User is not authorized to access this resource",
    Refusal.MISSING_AUTHENTICATION_TOKEN: "Missing Authentication Token",
}

_ERROR_TYPES = {
    Refusal.UNAUTHORIZED: "UnauthorizedException",
    Refusal.ACCESS_DENIED: "AccessDeniedException",
    Refusal.AUTHORIZER_FAILURE: "AuthorizerFailureException",
    Refusal.AUTHORIZER_CONFIGURATION_ERROR: "AuthorizerConfigurationException",
    Refusal.MISSING_AUTHENTICATION_TOKEN: "MissingAuthenticationTokenException",
}

#: HTTP APIs have no gateway responses.
_HTTP_API = {
    Refusal.UNAUTHORIZED: (401, "Unauthorized"),
    Refusal.ACCESS_DENIED: (403, "Forbidden"),
    Refusal.AUTHORIZER_FAILURE: (500, "Internal Server Error"),
    Refusal.AUTHORIZER_CONFIGURATION_ERROR: (500, "Internal Server Error"),
    Refusal.MISSING_AUTHENTICATION_TOKEN: (404, "Not Found"),
}

_VARIABLE = re.compile(r"\$context\.(?P<name>[A-Za-z]+(?:\.\w+)*)", re.ASCII)
_NOTHING: Mapping[str, Any] = {}


def word_refusal(
    api: Api, refusal: Refusal, *, request_id: str, context: Mapping[str, Any] = _NOTHING
) -> HttpAnswer:
    """The answer that the caller gets; ``context`` is the authorizer's, if it answered at all."""
    if api.flavour is Flavour.HTTP:
        status, text = _HTTP_API[refusal]
        return HttpAnswer.of_json(status, {"message": text})
    response = api.gateway_responses.get(refusal, DEFAULT_RESPONSES[refusal])
    message = _MESSAGES.get(refusal)
    variables = {
        "requestId": request_id,
        "error.message": message or "",
        "error.messageString": json.dumps(message),
        "error.responseType": refusal.value,
    } | {f"authorizer.{name}": text for name, text in context_as_text(context).items()}
    # Text for text, and nothing for what is not there: no template language, and no escaping.
    body = _VARIABLE.sub(lambda found: variables.get(found["name"], ""), response.body)
    headers = {
        "Content-Type": "application/json",
        "x-amzn-ErrorType": _ERROR_TYPES[refusal],
        "x-amzn-RequestId": request_id,
    }
    return HttpAnswer(response.status, headers | dict(response.headers), body.encode())


def context_as_text(context: Mapping[str, Any]) -> dict[str, str]:
    """An authorizer's context as a REST API hands it on: numbers and truth values are text."""
    return {
        name: value if isinstance(value, str) else str(value).lower()
        for name, value in context.items()
    }
