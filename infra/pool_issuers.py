"""What a user pool calls itself in tokens."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_cognito as cognito


def issuers(user_pool: cognito.IUserPool) -> list[str]:
    """Both names of the pool: which of them its tokens carry is the pool's setting."""
    stack = cdk.Stack.of(user_pool)
    pool_id = user_pool.user_pool_id
    region = stack.region if cdk.Token.is_unresolved(pool_id) else pool_id.partition("_")[0]
    return [
        f"https://{host}.{region}.{stack.url_suffix}/{pool_id}"
        for host in ("cognito-idp", "issuer-cognito-idp")
    ]
