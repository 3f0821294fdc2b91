"""A Lambda authorizer put together from the documentation of AWS, PyJWT and Powertools.

It checks the claims that this project checks, asks ``GetUser`` about each request, and answers
with the same policy and context. Clients are made once, outside the handler, as Lambda's best
practices say; Powertools is used as its documentation shows.

- https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html
- https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-verifying-a-jwt.html
- https://pyjwt.readthedocs.io/en/stable/usage.html#retrieve-rsa-signing-keys-from-a-jwks-endpoint
- https://docs.aws.amazon.com/powertools/python/latest/core/logger/
"""

from __future__ import annotations

import os
from typing import Any

import boto3
import jwt
from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.config import Config
from botocore.exceptions import ClientError

REGION = os.environ["AWS_REGION"]
ISSUER = os.environ["ISSUER"]
CLIENT_IDS = set(os.environ["CLIENT_IDS"].split(","))
ENDPOINT = os.environ.get("LOCAL_ENDPOINT")
KEYS_AT = f"{ENDPOINT}/{ISSUER.rpartition('/')[2]}" if ENDPOINT else ISSUER
REQUIRED = ["iss", "sub", "token_use", "iat", "exp", "auth_time", "client_id", "jti", "username"]
LEEWAY_SECONDS = 5

logger = Logger(service="textbook")
metrics = Metrics(namespace="Textbook", service="textbook")
tracer = Tracer(service="textbook")
jwks_client = jwt.PyJWKClient(f"{KEYS_AT}/.well-known/jwks.json")
cognito = boto3.client(
    "cognito-idp",
    region_name=REGION,
    endpoint_url=ENDPOINT,
    config=Config(connect_timeout=1, read_timeout=1, retries={"max_attempts": 0}),
)


@logger.inject_lambda_context
@metrics.log_metrics
@tracer.capture_lambda_handler
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001
    """Answer one event of a REST API's authorizer of type REQUEST."""
    token = bearer_token(event)
    try:
        claims = verify(token)
        ask_cognito(token)
    except (jwt.InvalidTokenError, PermissionError) as error:
        metrics.add_metric(name="Refused", unit=MetricUnit.Count, value=1)
        logger.info("decision", granted=False, reason=type(error).__name__)
        # API Gateway answers 401 to an error with exactly this text.
        raise Exception("Unauthorized") from None  # noqa: TRY002
    metrics.add_metric(name="Granted", unit=MetricUnit.Count, value=1)
    logger.info(
        "decision",
        granted=True,
        sub=claims["sub"],
        client_id=claims["client_id"],
        session=claims.get("origin_jti", claims["jti"]),
    )
    return policy(event["methodArn"], claims)


def bearer_token(event: dict[str, Any]) -> str:
    """The token in the Authorization header."""
    authorization = event["headers"].get("Authorization", "")
    scheme, _, token = authorization.partition(" ")
    return str(token) if scheme.lower() == "bearer" else ""


@tracer.capture_method
def verify(token: str) -> dict[str, Any]:
    """The claims of a good access token of this pool and its clients."""
    key = jwks_client.get_signing_key_from_jwt(token)
    claims = jwt.decode(
        token,
        key,
        algorithms=["RS256"],
        issuer=ISSUER,
        leeway=LEEWAY_SECONDS,
        # An access token of Cognito's has no audience; its client is checked below.
        options={"require": REQUIRED, "verify_aud": False},
    )
    if claims["token_use"] != "access":
        raise jwt.InvalidTokenError("token_use")
    if claims["client_id"] not in CLIENT_IDS:
        raise jwt.InvalidTokenError("client_id")
    if claims["auth_time"] > claims["iat"] + LEEWAY_SECONDS:
        raise jwt.ImmatureSignatureError("auth_time")
    return claims


@tracer.capture_method
def ask_cognito(token: str) -> None:
    """Refuse a token that was revoked."""
    try:
        cognito.get_user(AccessToken=token)
    except ClientError as error:
        if error.response["Error"]["Code"] in {"NotAuthorizedException", "UserNotFoundException"}:
            raise PermissionError("revoked") from None
        raise


def policy(method_arn: str, claims: dict[str, Any]) -> dict[str, Any]:
    """Let the caller use the whole stage, for the gateway caches the answer for all of it."""
    api, stage = method_arn.split("/")[:2]
    return {
        "principalId": claims["sub"],
        "policyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Action": "execute-api:Invoke",
                    "Effect": "Allow",
                    "Resource": [f"{api}/{stage}/*"],
                }
            ],
        },
        "context": {
            "issuer": claims["iss"],
            "sub": claims["sub"],
            "username": claims["username"],
            "client_id": claims["client_id"],
            "scope": " ".join(sorted(claims.get("scope", "").split())),
            "groups": " ".join(claims.get("cognito:groups", [])),
            "session": claims.get("origin_jti", claims["jti"]),
            "expires_at": claims["exp"],
        },
    }
