"""The answer, in the form that the event's gateway understands.

=====================  ========================  ===============================  ==============
what                   REST and WebSocket        HTTP API                         AppSync
=====================  ========================  ===============================  ==============
granted                policy for the stage      policy, or ``isAuthorized``      authorized
credential is bad      error ``Unauthorized``    ``errorMessage: Unauthorized``   not authorized
not allowed here       the policy denies         the same, or not authorized      denied fields
could not find out     error ``Unavailable``     error ``Unavailable``            the same error
=====================  ========================  ===============================  ==============

REST APIs answer 401, 403 and, by the gateway response that ``infra`` sets for AUTHORIZER_FAILURE,
503. HTTP APIs have no gateway responses and say 500 instead of 503.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from authorizer.errors import CredentialError, DecisionError, Reason
from authorizer.policy import RouteDefault, RouteRules, deny_everything
from authorizer.request import AnswerForm, GatewayRequest
from authorizer.tokens import VerifiedToken


class Unauthorized(Exception):  # noqa: N818  # the gateway reads the text, people the name
    """API Gateway answers 401 to an authorizer error whose text is exactly ``Unauthorized``."""

    def __init__(self) -> None:
        super().__init__("Unauthorized")


class Unavailable(Exception):  # noqa: N818
    """Any other error text makes API Gateway answer AUTHORIZER_FAILURE, and cache nothing."""

    def __init__(self) -> None:
        super().__init__("Unavailable")


def render_grant(
    request: GatewayRequest,
    rules: RouteRules,
    token: VerifiedToken,
    *,
    ends_at: int | None,
    cache_seconds: int = 0,
) -> dict[str, Any]:
    """What a living session may do: a policy, or a simple yes or no for the route called.

    Args:
        ends_at: when a policy must deny by itself, because the gateway caches it; seconds since
            the epoch.
        cache_seconds: how long AppSync may use the answer.
    """
    context = render_context(token)
    if request.form is AnswerForm.HTTP_SIMPLE:
        is_allowed = rules.allows(request.resource, token)
        return {"isAuthorized": is_allowed, "context": context}
    if request.form is AnswerForm.APPSYNC:
        return {
            # A deny list is all that AppSync takes: with the default closed nothing can be opened.
            "isAuthorized": rules.default is RouteDefault.OPEN,
            "resolverContext": {name: str(value) for name, value in context.items()},
            "deniedFields": rules.denied_fields(token),
            "ttlOverride": cache_seconds,
        }
    expires_at = ends_at if request.is_cacheable else None
    return {
        "principalId": token.subject,
        "policyDocument": rules.compile(request.stage_arn, token, expires_at=expires_at),
        "context": context,
    }


#: Reasons that tell a device that another one took its place.
DISPLACED = frozenset({Reason.SIGNED_IN_ELSEWHERE, Reason.SESSION_LIMIT_REACHED})


def render_displaced(
    request: GatewayRequest, token: VerifiedToken, reason: Reason
) -> dict[str, Any]:
    """A refusal that says why, for gateway responses to repeat: 403 on every route of the stage.

    An error carries no context, and a gateway response's headers are static, so the body of
    ACCESS_DENIED is as far as a reason gets at API Gateway.
    https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-gatewayResponse-definition.html
    """
    context = {"reason": reason.value}
    if request.form is AnswerForm.HTTP_SIMPLE:
        return {"isAuthorized": False, "context": context}
    if request.form is AnswerForm.APPSYNC:
        return {"isAuthorized": False, "ttlOverride": 0}
    return {
        "principalId": token.subject,
        "policyDocument": deny_everything(request.stage_arn),
        "context": context,
    }


def render_context(token: VerifiedToken) -> dict[str, str | int]:
    """What the backend learns of the caller: verified claims as text and numbers, no token.

    Scopes and groups are separated by spaces, which neither can contain.
    """
    return {
        "issuer": token.issuer,
        "sub": token.subject,
        "username": token.username,
        "client_id": token.client_id,
        "scope": _in_order(token.scopes),
        "groups": " ".join(token.groups),
        "session": token.session_id,
        "expires_at": token.expires_at,
    }


# What an app client asks for is the same from one user to the next.
@lru_cache(maxsize=64)
def _in_order(scopes: frozenset[str]) -> str:
    return " ".join(sorted(scopes))


def render_error(form: AnswerForm, error: DecisionError) -> dict[str, Any]:
    """The answer for a request that gets no policy.

    Raises:
        Unauthorized: REST and WebSocket APIs answer 401.
        Unavailable: any API answers that it could not find out; nothing is cached.
    """
    if not isinstance(error, CredentialError):
        raise Unavailable from None
    if form is AnswerForm.POLICY:
        raise Unauthorized from None
    if form is AnswerForm.APPSYNC:
        return {"isAuthorized": False, "ttlOverride": 0}
    return {"errorMessage": "Unauthorized"}
