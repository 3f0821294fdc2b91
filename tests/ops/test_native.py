"""Native sessions, held to the SDK's own model: moto does not know them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from rich.console import Console

from ledger.rows import cognito_issuer
from ops.answers import UnavailableError
from ops.change import Outcome, do
from ops.native import is_native_id, list_sessions, revoke_session
from ops.revocation import plan_native_session
from ops.run import Place, Run
from ops.users import User
from ops.world import World

_POOL = "eu-west-1_Pool1"
_ADA = User("ada", "5f0c8a52-4c39-4b5c-9f0e-0d9f4f3c2b1a", cognito_issuer(_POOL))
_TOKEN_SESSION = "tkn" + "a1" * 12 + "b"
_SSO_SESSION = "sso" + "c2" * 12 + "d"
_WHO = {"UserPoolId": _POOL, "Username": "ada"}


class _Deployment:
    user_pool_id = _POOL
    issuer = f"https://cognito-idp.eu-west-1.amazonaws.com/{_POOL}"


@pytest.fixture
def stub() -> Iterator[tuple[Run, Stubber]]:
    """A run whose Cognito is stubbed with the SDK's model."""
    client = boto3.client(
        "cognito-idp",
        region_name="eu-west-1",
        aws_access_key_id="local",
        aws_secret_access_key="local",
    )
    run = Run(World(), Place("stack", "eu-west-1", None, None), Console())
    run.__dict__["deployment"] = _Deployment()
    run.aws._clients["cognito-idp"] = client
    with Stubber(client) as stubber:
        yield run, stubber
        stubber.assert_no_pending_responses()
    run.close()


def _found(session_id: str, **more: Any) -> dict[str, Any]:
    moment = datetime(2026, 11, 20, 12, tzinfo=UTC)
    return {
        "SessionId": session_id,
        "SessionType": "SSO" if session_id.startswith("sso") else "TOKEN",
        "ClientId": "client1web",
        "CreateDate": moment,
        "LastActiveDate": moment,
        "DeviceType": "Chrome on Linux",
        "LastIPAddress": "192.0.2.1",
        **more,
    }


def test_all_pages_are_read(stub: tuple[Run, Stubber]) -> None:
    """Every page of a user's sessions is asked for."""
    run, stubber = stub
    first = {"Sessions": [_found(_TOKEN_SESSION)], "NextToken": "more"}
    stubber.add_response("admin_list_user_sessions", first, _WHO)
    second = {"Sessions": [_found(_SSO_SESSION)]}
    stubber.add_response("admin_list_user_sessions", second, _WHO | {"NextToken": "more"})
    listed = list_sessions(run, _ADA)
    assert [s.session_id for s in listed.sessions] == [_TOKEN_SESSION, _SSO_SESSION]
    assert listed.sessions[0].created_at == datetime(2026, 11, 20, 12, tzinfo=UTC).timestamp()
    assert all(is_native_id(s.session_id) for s in listed.sessions)


def test_what_a_client_calls_itself_is_no_command(stub: tuple[Run, Stubber]) -> None:
    """A device's name reaches no terminal with anything that it would obey."""
    run, stubber = stub
    found = _found(_TOKEN_SESSION, DeviceType="\x1b]0;x\x07phone")
    stubber.add_response("admin_list_user_sessions", {"Sessions": [found]}, _WHO)
    (session,) = list_sessions(run, _ADA).sessions
    assert session.device.isprintable()


@pytest.mark.parametrize(
    "code", ["FeatureUnavailableInTierException", "OperationNotEnabledException"]
)
def test_a_pool_that_has_none(stub: tuple[Run, Stubber], code: str) -> None:
    """A pool without the feature is no failure."""
    run, stubber = stub
    stubber.add_client_error("admin_list_user_sessions", code)
    assert code in list_sessions(run, _ADA).absent


def test_cognito_does_not_say(stub: tuple[Run, Stubber]) -> None:
    """Any other refusal is a failure, never an empty list."""
    run, stubber = stub
    stubber.add_client_error("admin_list_user_sessions", "TooManyRequestsException")
    with pytest.raises(UnavailableError) as raised:
        list_sessions(run, _ADA)
    assert raised.value.code == "TooManyRequestsException"


@pytest.mark.parametrize(
    ("is_linked", "more"), [(False, {}), (True, {"RevokeAssociatedSessions": "LINKED"})]
)
def test_one_is_revoked(stub: tuple[Run, Stubber], is_linked: bool, more: dict[str, str]) -> None:
    """The session is named to Cognito, and those that belong to it if that is wanted."""
    run, stubber = stub
    wanted = _WHO | {"SessionId": _TOKEN_SESSION} | more
    stubber.add_response("admin_revoke_user_session", {}, wanted)
    revoke_session(run, _ADA, _TOKEN_SESSION, is_linked=is_linked)


def test_cognito_comes_before_the_ledger(stub: tuple[Run, Stubber]) -> None:
    """What is remembered is voided after Cognito knows, or it would be learnt anew."""
    run, stubber = stub
    stubber.add_client_error("admin_revoke_user_session", "ResourceNotFoundException")
    plan = plan_native_session(run, None, _ADA, _TOKEN_SESSION, is_linked=False)
    assert [action.layer for action in plan.actions] == ["cognito", "ledger"]
    assert plan.ended_by == ("cognito",)
    assert [do(action).outcome for action in plan.actions] == [Outcome.FAILED, Outcome.NOT_DONE]
