"""Who a transmitter's user is at Cognito, and how they are signed out."""

from __future__ import annotations

import time
from typing import Any

import boto3
import pytest

from cognito.aws import user_pools
from local.clock import MovableClock
from local.cognito.service import LocalCognito
from receivers.cognito import CognitoUser, CognitoUsers
from receivers.report import UnavailableError
from receivers.transmitters import CognitoNames
from tests.tokens import NOW, POOL_ID
from tests.unit.receivers.bench import COGNITO_SUB, FakePool, refused
from transport import Deadline
from transport.https import HttpsTransport

SOON = Deadline.after(3, float)

NATIVE = CognitoNames("", takes_email=False)
OKTA = CognitoNames("Okta", takes_email=False)
ADA = CognitoUser("ada", COGNITO_SUB)


def users(pool: FakePool) -> CognitoUsers:
    return CognitoUsers(POOL_ID, pool)


def test_the_pools_own_user() -> None:
    """Found by name, and known by `sub` from then on."""
    pool = FakePool()
    pool.add("ada")
    assert users(pool).find(NATIVE, "ada", SOON) == ADA


def test_a_name_that_a_provider_has() -> None:
    """A transmitter of the pool's own users can't name another provider's."""
    pool = FakePool()
    pool.add("Okta_ada", status="EXTERNAL_PROVIDER")
    assert users(pool).find(NATIVE, "Okta_ada", SOON) is None
    assert users(pool).find(OKTA, "ada", SOON) == CognitoUser("Okta_ada", COGNITO_SUB)


def test_a_name_that_looks_like_a_providers() -> None:
    """Whoever signs up as `Okta_ada` is not Okta's."""
    pool = FakePool()
    pool.add("Okta_ada")
    assert users(pool).find(OKTA, "ada", SOON) is None


def test_an_alias_is_no_federated_users_name() -> None:
    """Cognito finds users by other names, too; a provider's users have one."""
    pool = FakePool()
    pool.add("Okta_bob", status="EXTERNAL_PROVIDER")
    pool.users["okta_ada"] = pool.users["okta_bob"]
    assert users(pool).find(OKTA, "ada", SOON) is None


@pytest.mark.parametrize("code", ["UserNotFoundException", "InvalidParameterException"])
def test_nobody(code: str) -> None:
    """Who is not there, or can't be, is not found; who goes meanwhile is signed out."""
    pool = FakePool(failures={"AdminGetUser": refused(code)})
    assert users(pool).find(NATIVE, "ada", SOON) is None
    pool.failures = {"AdminUserGlobalSignOut": refused(code)}
    assert users(pool).sign_out(ADA, SOON) is True


@pytest.mark.parametrize(
    "code",
    [
        "TooManyRequestsException",
        "AccessDeniedException",
        "ResourceNotFoundException",
        "timed out",
    ],
)
def test_outages(code: str) -> None:
    """Quotas, rights, a pool that is not there, the network: nobody can say."""
    error = refused(code)
    pool = FakePool(failures={"AdminGetUser": error, "AdminUserGlobalSignOut": error})
    with pytest.raises(UnavailableError) as raised:
        users(pool).find(NATIVE, "ada", SOON)
    assert raised.value.code == code
    with pytest.raises(UnavailableError) as raised:
        users(pool).sign_out(ADA, SOON)
    assert raised.value.code == code


def test_a_user_without_a_subject() -> None:
    """Without it no token of theirs could be marked."""
    pool = FakePool()
    pool.add("ada", sub="")
    with pytest.raises(UnavailableError):
        users(pool).find(NATIVE, "ada", SOON)


def test_a_sign_out_that_cognito_refuses() -> None:
    """Said once, it stays so."""
    pool = FakePool(failures={"AdminUserGlobalSignOut": refused("NotAuthorizedException")})
    assert users(pool).sign_out(ADA, SOON) is False


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"Username": 1},
        {"Username": "ada"},
        {"Username": "ada", "UserAttributes": {}},
        {"Username": "ada", "UserAttributes": ["sub"]},
        {"Username": "ada", "UserAttributes": [{"Name": "sub", "Value": 1}]},
    ],
)
def test_an_answer_that_names_nobody(answer: dict[str, Any]) -> None:
    """Nothing is taken from an answer of another shape."""
    pool = FakePool(users={"ada": answer})
    with pytest.raises(UnavailableError):
        users(pool).find(NATIVE, "ada", SOON)


def test_cognitos_own_answers() -> None:
    """The fake's answers are in the shape of the real ones, over the wire."""
    clock = MovableClock(NOW)
    with LocalCognito(clock) as server:
        client: Any = boto3.client(
            "cognito-idp",
            region_name="eu-west-1",
            endpoint_url=server.url,
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )
        pool_id: str = client.create_user_pool(PoolName="pool")["UserPool"]["Id"]
        client.admin_create_user(UserPoolId=pool_id, Username="ada")
        attributes = client.admin_get_user(UserPoolId=pool_id, Username="ada")["UserAttributes"]
        client.close()
        transport = HttpsTransport(
            connect_timeout_ms=2000, read_timeout_ms=2000, clock=time.monotonic
        )
        calls = user_pools(
            "eu-west-1",
            {"AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "secret"},
            local_endpoint=server.url,
            max_attempts=1,
            transport=transport,
            clock=clock,
            pause=lambda _: None,
        )
        cognito = CognitoUsers(pool_id, calls)
        soon = Deadline.after(5, time.monotonic)
        user = cognito.find(NATIVE, "ada", soon)
        assert user is not None
        assert {"Name": "sub", "Value": user.subject} in attributes
        assert cognito.sign_out(user, soon) is True
        assert cognito.find(NATIVE, "bob", soon) is None
        transport.close()
