"""The hook's AdminUserGlobalSignOut: who is signed out, by when, and what it may fail with.

How one call is made is shown in ``tests/unit/cognito``, and over sockets in
``tests/faults/test_hook.py``.
"""

from __future__ import annotations

import json

import pytest

from cognito.errors import CognitoError
from pre_token_hook.hook import SignInRefused
from pre_token_hook.settings import Settings
from pre_token_hook.sign_out import AdminUserGlobalSignOut, SignOutError
from pre_token_hook.trigger import Trigger
from pre_token_hook.wiring import wire
from tests.tokens import CLIENT_ID, POOL_ID
from tests.unit.cognito.line import DONE, THROTTLED, Line, failing
from tests.unit.pre_token_hook.triggers import SIGN_IN, SUBJECT, USERNAME, version_1
from tests.unit.sign_out.bench import FakeRevocation

_TRIGGER = Trigger(SIGN_IN, POOL_ID, USERNAME, SUBJECT, CLIENT_ID, frozenset())
_ENVIRON = {
    "AWS_REGION": "eu-west-1",
    "AWS_ACCESS_KEY_ID": "AKID",
    "AWS_SECRET_ACCESS_KEY": "secret",
}


def test_the_user_is_signed_out_by_name() -> None:
    """The call names the pool and the user, and nothing else."""
    cognito = FakeRevocation()
    AdminUserGlobalSignOut(Settings.from_env({}), cognito, monotonic=float)(_TRIGGER)
    user = {"UserPoolId": POOL_ID, "Username": USERNAME}
    assert cognito.calls == [("AdminUserGlobalSignOut", user)]


def test_a_failure_is_told_by_its_code() -> None:
    """Whatever Cognito answers instead of a success, the sessions may live on."""
    error = CognitoError("UserNotFoundException", may_pass=False)
    cognito = FakeRevocation(failures={"AdminUserGlobalSignOut": error})
    sign_out = AdminUserGlobalSignOut(Settings.from_env({}), cognito, monotonic=float)
    with pytest.raises(SignOutError) as raised:
        sign_out(_TRIGGER)
    assert raised.value.__suppress_context__ is True
    assert str(raised.value) == raised.value.code == "UserNotFoundException"


def test_the_wired_hook_calls_cognito_in_its_region() -> None:
    """From the event to Cognito's operation and back, with nothing but the network replaced."""
    line = Line([DONE, failing("UserNotFoundException")])
    hook = wire(_ENVIRON, transport=line, service="pre_token_hook-wired")
    event = version_1()
    assert hook.handle(event) is event
    with pytest.raises(SignInRefused):
        hook.handle(event)
    assert [json.loads(sent["body"])["Username"] for sent in line.sent] == [event["userName"]] * 2
    host = "cognito-idp.eu-west-1.amazonaws.com"
    assert [sent["url"] for sent in line.sent] == [f"https://{host}/"] * 2


@pytest.mark.parametrize("attempts", [1, 2, 3])
def test_the_wired_hook_tries_as_often_as_the_settings_say(attempts: int) -> None:
    """All attempts end by one deadline, of what they may take and the pauses between them."""
    settings = {
        "MAX_ATTEMPTS": str(attempts),
        "CONNECT_TIMEOUT_MS": "50",
        "READ_TIMEOUT_MS": "100",
    }
    line = Line([THROTTLED])
    hook = wire(
        _ENVIRON | settings,
        transport=line,
        monotonic=line.monotonic,
        pause=line.pause,
        service=f"pre_token_hook-attempts-{attempts}",
    )
    with pytest.raises(SignInRefused):
        hook.handle(version_1())
    assert (len(line.sent), len(line.pauses)) == (attempts, attempts - 1)
    assert line.left[0] == pytest.approx((0.15, 1.3, 3.45)[attempts - 1])
