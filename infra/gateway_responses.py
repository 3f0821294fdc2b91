"""A REST API's refusals as clients expect them: proper status, headers, and CORS on all.

HTTP APIs have no gateway responses: theirs are 401 and 403 without these headers, and 500.
"""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import aws_apigateway as apigateway
from constructs import Construct

#: Cognito's quotas are per second, so the next second may well have room.
_RETRY_AFTER_SECONDS = 1

_RESPONSE = apigateway.ResponseType

#: As far as API Gateway lets a 401 be explained: in general words, for all that it may mean.
UNAUTHORIZED_CHALLENGE = (
    'Bearer error="invalid_token", error_description="The token is missing, invalid, expired or'
    ' revoked, or the user has signed in elsewhere"'
)


class GatewayResponses(Construct):
    """Sets the gateway responses of one REST API.

    ==============================  ======  ==================================================
    type                            status  header
    ==============================  ======  ==================================================
    UNAUTHORIZED                    401     ``WWW-Authenticate: Bearer error="invalid_token", …``
    ACCESS_DENIED                   403     ``… Bearer error="insufficient_scope"``
    AUTHORIZER_FAILURE              503     ``Retry-After: 1``
    AUTHORIZER_CONFIGURATION_ERROR  503     ``Retry-After: 1``
    DEFAULT_4XX, DEFAULT_5XX        own
    ==============================  ======  ==================================================

    The gateway does not say whether credentials were missing or bad, so a request without any
    gets ``invalid_token`` too, which RFC 6750, section 3.1, would rather leave out. Nor can the
    header say which of the reasons it was: an error carries no context, and a gateway response's
    headers are static. Only a denying policy carries a reason, and only as far as the body of
    ``ACCESS_DENIED``.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002  # CDK's own name for it
        *,
        rest_api: apigateway.IRestApi,
        cors_allow_origin: str = "*",
        allows_credentials: bool = False,
        explains_displacement: bool = False,
    ) -> None:
        """
        Args:
            cors_allow_origin: one origin, or ``*``.
            allows_credentials: whether browsers may send cookies; not with ``*``.
            explains_displacement: whether 403 repeats the reason that the authorizer gives a
                session which lost its place (``DisplacedAnswer.EXPLAIN``); for any other
                refusal it is then an empty text.
        """
        super().__init__(scope, id)
        self._rest_api = rest_api
        self._cors = cors_headers(cors_allow_origin, allows_credentials=allows_credentials)
        retry = {"Retry-After": str(_RETRY_AFTER_SECONDS)}
        self._respond(
            "Unauthorized",
            _RESPONSE.UNAUTHORIZED,
            401,
            {"WWW-Authenticate": UNAUTHORIZED_CHALLENGE},
        )
        self._respond(
            "AccessDenied",
            _RESPONSE.ACCESS_DENIED,
            403,
            {"WWW-Authenticate": 'Bearer error="insufficient_scope"'},
            body=_EXPLAINED if explains_displacement else None,
        )
        self._respond("AuthorizerFailure", _RESPONSE.AUTHORIZER_FAILURE, 503, retry)
        self._respond(
            "AuthorizerConfigurationError", _RESPONSE.AUTHORIZER_CONFIGURATION_ERROR, 503, retry
        )
        self._respond("Default4xx", _RESPONSE.DEFAULT_4_XX)
        self._respond("Default5xx", _RESPONSE.DEFAULT_5_XX)

    def _respond(
        self,
        name: str,
        kind: apigateway.ResponseType,
        status: int | None = None,
        headers: Mapping[str, str] | None = None,
        body: str | None = None,
    ) -> None:
        if body is None and status is not None:
            body = _BODIES[status]
        apigateway.GatewayResponse(
            self,
            name,
            rest_api=self._rest_api,
            type=kind,
            status_code=None if status is None else str(status),
            response_headers=static_headers({**self._cors, **(headers or {})}),
            templates=None if body is None else {"application/json": body},
        )


#: The reason is one of a few fixed words: the only ``$context`` that may stand in a body unescaped.
_EXPLAINED = '{"message":"Forbidden","reason":"$context.authorizer.reason"}'

#: The gateway's own words for these would be ``null``, or tell how the policy was written.
_BODIES = {
    401: '{"message":"Unauthorized"}',
    403: '{"message":"Forbidden"}',
    503: '{"message":"Service Unavailable"}',
}


def cors_headers(allow_origin: str, *, allows_credentials: bool) -> dict[str, str]:
    """CORS headers for any answer; the two that our refusals carry become readable to scripts."""
    headers = {
        "Access-Control-Allow-Origin": allow_origin,
        "Access-Control-Expose-Headers": "WWW-Authenticate,Retry-After",
    }
    if allow_origin != "*":
        headers["Vary"] = "Origin"
    if allows_credentials:
        headers["Access-Control-Allow-Credentials"] = "true"
    return headers


def static_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """API Gateway takes a literal value in single quotes; without them it is an expression.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/request-response-data-mappings.html
    """
    return {name: f"'{value}'" for name, value in headers.items()}
