"""The Pre Token Generation trigger: calls the pool's function before tokens are issued.

https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from local.cognito.directory import Client, Directory, User
from local.cognito.errors import CognitoError

#: A Lambda function as Cognito sees it: an event in, the same event with a response out.
Function = Callable[[dict[str, Any]], Any]


class TriggerSource(StrEnum):
    """Why tokens are about to be made."""

    MANAGED_LOGIN = "TokenGeneration_HostedAuth"
    SIGN_IN = "TokenGeneration_Authentication"
    NEW_PASSWORD = "TokenGeneration_NewPasswordChallenge"
    REFRESH = "TokenGeneration_RefreshTokens"


class PreTokenTrigger:
    """Calls the function that the pool's ``LambdaConfig`` names, if it names one.

    Attributes:
        functions: what to call, by function ARN.
        calls_per_event: 2 to call each function again with the same event, as Cognito does when
            the first answer takes longer than five seconds. The last call decides.
    """

    def __init__(self, directory: Directory) -> None:
        self.functions: dict[str, Function] = {}
        self.calls_per_event = 1
        self._directory = directory

    def fire(
        self,
        source: TriggerSource,
        client: Client,
        user: User,
        scopes: tuple[str, ...],
        *,
        client_metadata: Mapping[str, str] | None = None,
    ) -> Mapping[str, Any]:
        """Call the function, and return the claims that it adds to the ID token.

        Of what a function may change this is all that is followed, and in events of V1_0 only.

        Raises:
            CognitoError: the function raised an error, answered nonsense or does not exist.
        """
        config = self._directory.lambda_config(client.pool_id)
        versioned = config.get("PreTokenGenerationConfig") or {}
        arn = versioned.get("LambdaArn") or config.get("PreTokenGeneration")
        if arn is None:
            return {}
        version = versioned.get("LambdaVersion", "V1_0")
        event = _event(version, source, client, user)
        if client_metadata is not None:
            event["request"]["clientMetadata"] = dict(client_metadata)
        if version != "V1_0":
            event["request"]["scopes"] = list(scopes)
        function = self.functions.get(arn)
        if function is None:
            raise CognitoError(
                "UnexpectedLambdaException",
                "PreTokenGeneration invocation failed due to configuration.",
            )
        for _ in range(self.calls_per_event):
            answer = _call(function, event)
        if not isinstance(answer, dict) or "response" not in answer:
            raise CognitoError("InvalidLambdaResponseException", "Unrecognizable lambda output")
        override = (answer["response"] or {}).get("claimsOverrideDetails") or {}
        added: Mapping[str, Any] = override.get("claimsToAddOrOverride") or {}
        return added


def _call(function: Function, event: dict[str, Any]) -> Any:
    try:
        # Through JSON and back, as between two machines.
        return json.loads(json.dumps(function(json.loads(json.dumps(event)))))
    except Exception as error:
        raise CognitoError(
            "UserLambdaValidationException", f"PreTokenGeneration failed with error {error}."
        ) from error


def _event(version: str, source: TriggerSource, client: Client, user: User) -> dict[str, Any]:
    override = "claimsOverrideDetails" if version == "V1_0" else "claimsAndScopeOverrideDetails"
    return {
        "version": version[1],
        "triggerSource": source.value,
        "region": client.pool_id.partition("_")[0],
        "userPoolId": client.pool_id,
        "userName": user.username,
        "callerContext": {
            "awsSdkVersion": "aws-sdk-unknown-unknown",
            "clientId": client.client_id,
        },
        "request": {
            "userAttributes": dict(user.attributes) | {"cognito:user_status": user.status},
            "groupConfiguration": {
                "groupsToOverride": list(user.groups),
                "iamRolesToOverride": list(user.role_arns),
                "preferredRole": user.role_arns[0] if user.role_arns else None,
            },
        },
        "response": {override: None},
    }
