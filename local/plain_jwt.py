"""What API Gateway's own JWT and Cognito authorizers look at: signature, issuer, life, client.

They ask nobody whether the session behind the token still lives.
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from joserfc import jwt
from joserfc.errors import ExpiredTokenError, JoseError
from joserfc.jwk import KeySet

from local.bench import GRANTED, Outcome


def check_plainly(
    token: str, key_set: Any, *, issuer: str, client_ids: Collection[str], now: float
) -> Outcome:
    """Judge an access token as those authorizers do, by a library for JWTs.

    Args:
        token: in compact form.
        key_set: the issuer's published JWK set.
        issuer: whose token it must be.
        client_ids: the app clients whose tokens are taken.
        now: seconds since the epoch.
    """
    rules = jwt.JWTClaimsRegistry(
        now=int(now),
        iss={"essential": True, "value": issuer},
        client_id={"essential": True, "values": list(client_ids)},
        exp={"essential": True},
    )
    try:
        claims = jwt.decode(token, KeySet.import_key_set(key_set), algorithms=["RS256"]).claims
        rules.validate(claims)
    except ExpiredTokenError:
        return Outcome(401, "token_expired")
    except JoseError as error:
        return Outcome(401, error.error)
    return Outcome(200, GRANTED)
