"""What CloudTrail is imitated to write down of operations at the local Cognito."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.clock import START_SECONDS
from session_feed.events import EFFECTS, EventError, read_event
from tests.local.cognito_bench import PASSWORD, USER, CognitoBench


def admin(bench: CognitoBench, operation: str, **parameters: Any) -> None:
    getattr(bench.sdk, operation)(UserPoolId=bench.pool_id, Username=USER, **parameters)


def confirm_forgotten_password(bench: CognitoBench) -> None:
    bench.sdk.confirm_forgot_password(
        ClientId=bench.client_id, Username=USER, ConfirmationCode="123456", Password=PASSWORD
    )


def reset_password(bench: CognitoBench) -> None:
    verified: Any = [{"Name": "email_verified", "Value": "true"}]
    admin(bench, "admin_update_user_attributes", UserAttributes=verified)
    admin(bench, "admin_reset_user_password")


OPERATIONS: dict[str, Callable[[CognitoBench], object]] = {
    "AdminDeleteUser": lambda b: admin(b, "admin_delete_user"),
    "AdminDisableUser": lambda b: admin(b, "admin_disable_user"),
    "AdminResetUserPassword": reset_password,
    "AdminSetUserPassword": lambda b: admin(
        b, "admin_set_user_password", Password=PASSWORD, Permanent=True
    ),
    "AdminUserGlobalSignOut": lambda b: admin(b, "admin_user_global_sign_out"),
    "ConfirmForgotPassword": confirm_forgotten_password,
    "GlobalSignOut": lambda b: b.sdk.global_sign_out(AccessToken=b.sign_in().access),
    "RevokeToken": lambda b: b.sdk.revoke_token(Token=b.sign_in().refresh, ClientId=b.client_id),
}


def done(bench: CognitoBench, operation: str) -> dict[str, Any]:
    """The one event of an operation that is being done now."""
    bench.cognito.trail.take()
    OPERATIONS[operation](bench)
    (event,) = bench.cognito.trail.take()
    return event


@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_operation_becomes_an_event(bench: CognitoBench, operation: str) -> None:
    """The event names operation, pool or client, subject and time, as EventBridge hands it on."""
    subject = bench.sign_in().claims["sub"]
    bench.clock.advance(90.7)
    event = done(bench, operation)
    assert (event["source"], event["detail-type"]) == (
        "aws.cognito-idp",
        "AWS API Call via CloudTrail",
    )
    assert event["region"] == event["detail"]["awsRegion"] == "eu-west-1"
    assert event["time"] == event["detail"]["eventTime"] == "2027-01-15T08:01:30Z"
    assert event["detail"]["eventSource"] == "cognito-idp.amazonaws.com"
    revocation = read_event(event, bench.pool_id)
    assert revocation is not None
    assert revocation.operation == operation
    assert revocation.subject == subject
    assert revocation.happened_at == START_SECONDS + 90


@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_event_hides_names_and_tokens(bench: CognitoBench, operation: str) -> None:
    """User names, passwords, codes and tokens are hidden, as AWS hides them."""
    text = json.dumps(done(bench, operation))
    assert f'"{USER}"' not in text
    assert PASSWORD not in text
    assert "eyJ" not in text
    assert "HIDDEN_DUE_TO_SECURITY_REASONS" in text


def test_the_feed_knows_every_operation_that_is_written_down() -> None:
    """What these tests do is what the feed has a rule for."""
    assert set(OPERATIONS) <= set(EFFECTS)


def test_signed_and_unsigned_operations(bench: CognitoBench) -> None:
    """An operator's call has an identity; a user's own has none, and names no pool."""
    signed, unsigned = done(bench, "AdminDisableUser")["detail"], None
    bench.sdk.admin_enable_user(UserPoolId=bench.pool_id, Username=USER)
    unsigned = done(bench, "RevokeToken")["detail"]
    assert signed["userIdentity"]["type"] == "IAMUser"
    assert signed["requestParameters"]["userPoolId"] == bench.pool_id
    assert unsigned["userIdentity"]["type"] == "Unknown"
    assert "userPoolId" not in unsigned["requestParameters"]


def test_a_refused_operation_is_written_down_as_such(bench: CognitoBench) -> None:
    """It carries the error's code, and the feed ignores it."""
    bench.cognito.trail.take()
    with suppress(ClientError):
        bench.sdk.admin_disable_user(UserPoolId=bench.pool_id, Username="nobody")
    (event,) = bench.cognito.trail.take()
    assert event["detail"]["errorCode"] == "UserNotFoundException"
    assert read_event(event, bench.pool_id) is None


def test_an_unknown_token_is_about_nobody(bench: CognitoBench) -> None:
    """RevokeToken succeeds for a token that nobody has issued; the event names no subject."""
    bench.cognito.trail.take()
    bench.sdk.revoke_token(Token="nonsense", ClientId=bench.client_id)
    (event,) = bench.cognito.trail.take()
    with pytest.raises(EventError, match="no subject"):
        read_event(event, bench.pool_id)


def test_other_operations_are_not_written_down(bench: CognitoBench) -> None:
    """Sign-ins, refreshes and questions end nobody's session."""
    bench.cognito.trail.take()
    tokens = bench.sign_in()
    bench.refresh(tokens)
    bench.get_user(tokens.access)
    assert bench.cognito.trail.take() == []


def test_events_are_taken_once(bench: CognitoBench) -> None:
    """What has been taken is gone; what happens later comes later."""
    done(bench, "AdminUserGlobalSignOut")
    assert bench.cognito.trail.take() == []
    assert done(bench, "AdminDeleteUser")["detail"]["eventName"] == "AdminDeleteUser"
