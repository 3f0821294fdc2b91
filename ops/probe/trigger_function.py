"""The Pre Token Generation trigger of the probe's pool; this file is the whole function.

It signs users out whose name says so, before their new tokens are made, as the product's hook does,
and tells what it was called for in a claim of the ID token.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import boto3

#: Users whose name begins like this are signed out at every call.
SIGNED_OUT = "out-"

#: The claim that tells the trigger's source.
CLAIM = "probe_source"


def handle(event: dict[str, Any], sign_out: Callable[..., object]) -> dict[str, Any]:
    """Handle one event; ``sign_out`` is AdminUserGlobalSignOut."""
    if event["userName"].startswith(SIGNED_OUT):
        sign_out(UserPoolId=event["userPoolId"], Username=event["userName"])
    claims = {CLAIM: event["triggerSource"]}
    event["response"] = {"claimsOverrideDetails": {"claimsToAddOrOverride": claims}}
    return event


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Lambda's entry point."""
    return handle(event, _cognito().admin_user_global_sign_out)


@cache
def _cognito() -> Any:
    """One for each sandbox: making one takes longer than the sign-out that waits for it."""
    return boto3.client("cognito-idp")
