"""What a trigger adds to ID tokens."""

from __future__ import annotations

from typing import Any

from jose.compact import UnverifiedToken
from local.clock import MovableClock
from local.stack import PASSWORD, LocalStack, StackSettings

_ARN = "arn:aws:lambda:eu-west-1:123456789012:function:claims"


def test_claims_of_a_trigger() -> None:
    """A trigger adds claims to the ID token alone, and none that Cognito sets itself."""

    def add(event: dict[str, Any]) -> dict[str, Any]:
        added = {"sub": "somebody-else", "shoe_size": "42"}
        event["response"] = {"claimsOverrideDetails": {"claimsToAddOrOverride": added}}
        return event

    with LocalStack(MovableClock(), StackSettings(has_hook=False, ledger=False)) as stack:
        stack.cognito.trigger.functions[_ARN] = add
        config = {"LambdaArn": _ARN, "LambdaVersion": "V1_0"}
        stack.sdk.update_user_pool(
            UserPoolId=stack.pool_id,
            LambdaConfig={"PreTokenGenerationConfig": config},  # type: ignore[typeddict-item]  # no literal
        )
        stack.create_user("ada")
        result = stack.sdk.initiate_auth(
            ClientId=stack.client_ids["laptop"],
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": "ada", "PASSWORD": PASSWORD},
        )["AuthenticationResult"]
    access = UnverifiedToken.parse(result["AccessToken"]).payload
    identity = UnverifiedToken.parse(result["IdToken"]).payload
    assert identity["shoe_size"] == "42"
    assert identity["sub"] == access["sub"]
    assert "shoe_size" not in access
