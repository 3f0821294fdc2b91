"""The Pre Token Generation trigger: when it is called, with what, and what its failure does."""

from __future__ import annotations

from typing import Any

import pytest

from tests.local.cognito_bench import PASSWORD, USER, CognitoBench, refusal


def test_version_1_event(bench: CognitoBench) -> None:
    """A V1_0 event has the members that AWS documents, and an empty response to fill in."""
    tokens = bench.sign_in()
    assert bench.events == [
        {
            "version": "1",
            "triggerSource": "TokenGeneration_Authentication",
            "region": "eu-west-1",
            "userPoolId": bench.pool_id,
            "userName": USER,
            "callerContext": {
                "awsSdkVersion": "aws-sdk-unknown-unknown",
                "clientId": bench.client_id,
            },
            "request": {
                "userAttributes": {
                    "sub": tokens.claims["sub"],
                    "cognito:user_status": "CONFIRMED",
                },
                "groupConfiguration": {
                    "groupsToOverride": [],
                    "iamRolesToOverride": [],
                    "preferredRole": None,
                },
            },
            "response": {"claimsOverrideDetails": None},
        }
    ]


@pytest.mark.parametrize(("version", "number"), [("V2_0", "2"), ("V3_0", "3")])
def test_later_versions_name_the_scopes(bench: CognitoBench, version: str, number: str) -> None:
    """V2_0 and V3_0 tell the scopes, and have another response."""
    pool_id = bench.new_pool(version)
    bench.new_user(USER, pool_id)
    bench.sign_in(client_id=bench.new_client(pool_id))
    [event] = bench.events
    assert event["version"] == number
    assert event["request"]["scopes"] == ["aws.cognito.signin.user.admin"]
    assert event["response"] == {"claimsAndScopeOverrideDetails": None}


def test_a_refresh_is_told_apart(bench: CognitoBench) -> None:
    """REFRESH_TOKEN_AUTH is no sign-in."""
    bench.refresh(bench.sign_in())
    assert [event["triggerSource"] for event in bench.events] == [
        "TokenGeneration_Authentication",
        "TokenGeneration_RefreshTokens",
    ]


def test_rotation_arrives_as_a_sign_in(bench: CognitoBench) -> None:
    """GetTokensFromRefreshToken has the source that AWS documents for it."""
    rotation: Any = {"Feature": "ENABLED", "RetryGracePeriodSeconds": 0}
    client_id = bench.new_client(RefreshTokenRotation=rotation)
    tokens = bench.sign_in(client_id=client_id)
    bench.sdk.get_tokens_from_refresh_token(RefreshToken=tokens.refresh, ClientId=client_id)
    assert bench.events[-1]["triggerSource"] == "TokenGeneration_Authentication"


def test_a_hook_that_signs_out_on_rotation_ends_the_refresh(bench: CognitoBench) -> None:
    """If the function ends the session that is being refreshed, no tokens come of it."""
    tokens = bench.sign_in()

    def sign_out(event: dict[str, Any]) -> dict[str, Any]:
        bench.sdk.admin_user_global_sign_out(UserPoolId=bench.pool_id, Username=USER)
        return event

    [arn] = bench.cognito.trigger.functions
    bench.cognito.trigger.functions[arn] = sign_out
    refused = refusal(
        lambda: bench.sdk.get_tokens_from_refresh_token(
            RefreshToken=tokens.refresh, ClientId=bench.client_id
        )
    )
    assert refused == (400, "NotAuthorizedException", "Refresh Token has been revoked")


def test_new_password_challenge(bench: CognitoBench) -> None:
    """A first sign-in with a temporary password goes by the challenge's source, and metadata."""
    bench.sdk.admin_create_user(
        UserPoolId=bench.pool_id, Username="grace", TemporaryPassword=PASSWORD
    )
    challenge = bench.sdk.initiate_auth(
        ClientId=bench.client_id,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "grace", "PASSWORD": PASSWORD},
    )
    assert bench.events == []
    bench.sdk.respond_to_auth_challenge(
        ClientId=bench.client_id,
        ChallengeName="NEW_PASSWORD_REQUIRED",
        Session=challenge["Session"],
        ChallengeResponses={"USERNAME": "grace", "NEW_PASSWORD": f"{PASSWORD}8"},
        ClientMetadata={"device": "laptop"},
    )
    [event] = bench.events
    assert event["triggerSource"] == "TokenGeneration_NewPasswordChallenge"
    assert event["request"]["clientMetadata"] == {"device": "laptop"}


def test_groups_are_told(bench: CognitoBench) -> None:
    """The user's groups are in the event, for the function to override."""
    bench.sdk.create_group(UserPoolId=bench.pool_id, GroupName="staff")
    bench.sdk.admin_add_user_to_group(UserPoolId=bench.pool_id, Username=USER, GroupName="staff")
    bench.sign_in()
    groups = bench.events[-1]["request"]["groupConfiguration"]["groupsToOverride"]
    assert groups == ["staff"]


def test_an_error_fails_the_sign_in(bench: CognitoBench) -> None:
    """The user is shown the error's text, and gets no tokens."""
    bench.hook_failure = RuntimeError("not now")
    assert refusal(bench.sign_in) == (
        400,
        "UserLambdaValidationException",
        "PreTokenGeneration failed with error not now.",
    )
    bench.hook_failure = None
    assert bench.is_alive(bench.sign_in())


def test_nonsense_fails_the_sign_in(bench: CognitoBench) -> None:
    """A function that does not return the event is not understood."""
    [arn] = bench.cognito.trigger.functions
    bench.cognito.trigger.functions[arn] = lambda _: None
    refused = refusal(bench.sign_in)
    assert refused is not None
    assert refused[1] == "InvalidLambdaResponseException"


def test_a_function_that_is_not_there_fails_the_sign_in(bench: CognitoBench) -> None:
    """A pool whose trigger names no function gives no tokens."""
    bench.cognito.trigger.functions.clear()
    refused = refusal(bench.sign_in)
    assert refused is not None
    assert refused[1] == "UnexpectedLambdaException"


def test_may_be_called_twice(bench: CognitoBench) -> None:
    """As Cognito does after five seconds, the same event can be delivered again."""
    bench.cognito.trigger.calls_per_event = 2
    bench.sign_in()
    assert len(bench.events) == 2
    assert bench.events[0] == bench.events[1]


def test_a_wrong_password_calls_nothing(bench: CognitoBench) -> None:
    """The trigger comes after the password."""
    refused = refusal(
        lambda: bench.sdk.initiate_auth(
            ClientId=bench.client_id,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": USER, "PASSWORD": "wrong"},
        )
    )
    assert refused == (400, "NotAuthorizedException", "Incorrect username or password.")
    assert bench.events == []
