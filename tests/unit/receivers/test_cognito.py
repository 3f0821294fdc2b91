"""Who a transmitter's user is at Cognito, and how they are signed out."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from moto import mock_aws

from receivers.cognito import CognitoUser, CognitoUsers, make_client
from receivers.report import UnavailableError
from receivers.settings import Settings
from receivers.transmitters import CognitoNames, Kind
from tests.tokens import POOL_ID
from tests.unit.receivers.bench import COGNITO_SUB, FakePool, refused

NATIVE = CognitoNames("", takes_email=False)
OKTA = CognitoNames("Okta", takes_email=False)
ADA = CognitoUser("ada", COGNITO_SUB)


def users(pool: FakePool) -> CognitoUsers:
    return CognitoUsers(POOL_ID, pool)  # type: ignore[arg-type]  # the two operations that are used


def test_the_pools_own_user() -> None:
    """Found by name, and known by `sub` from then on."""
    pool = FakePool()
    pool.add("ada")
    assert users(pool).find(NATIVE, "ada") == ADA


def test_a_name_that_a_provider_has() -> None:
    """A transmitter of the pool's own users can't name another provider's."""
    pool = FakePool()
    pool.add("Okta_ada", status="EXTERNAL_PROVIDER")
    assert users(pool).find(NATIVE, "Okta_ada") is None
    assert users(pool).find(OKTA, "ada") == CognitoUser("Okta_ada", COGNITO_SUB)


def test_a_name_that_looks_like_a_providers() -> None:
    """Whoever signs up as `Okta_ada` is not Okta's."""
    pool = FakePool()
    pool.add("Okta_ada")
    assert users(pool).find(OKTA, "ada") is None


def test_an_alias_is_no_federated_users_name() -> None:
    """Cognito finds users by other names, too; a provider's users have one."""
    pool = FakePool()
    pool.add("Okta_bob", status="EXTERNAL_PROVIDER")
    pool.users["okta_ada"] = pool.users["okta_bob"]
    assert users(pool).find(OKTA, "ada") is None


@pytest.mark.parametrize("code", ["UserNotFoundException", "InvalidParameterException"])
def test_nobody(code: str) -> None:
    """Who is not there, or can't be, is not found; who goes meanwhile is signed out."""
    pool = FakePool(failures={"admin_get_user": refused(code)})
    assert users(pool).find(NATIVE, "ada") is None
    pool.failures = {"admin_user_global_sign_out": refused(code)}
    assert users(pool).sign_out(ADA) is True


@pytest.mark.parametrize(
    ("failure", "code"),
    [
        (refused("TooManyRequestsException"), "TooManyRequestsException"),
        (refused("AccessDeniedException"), "AccessDeniedException"),
        (refused("ResourceNotFoundException"), "ResourceNotFoundException"),
        (EndpointConnectionError(endpoint_url="https://x"), "EndpointConnectionError"),
    ],
)
def test_outages(failure: Exception, code: str) -> None:
    """Quotas, rights, a pool that is not there, the network: nobody can say."""
    pool = FakePool(failures={"admin_get_user": failure, "admin_user_global_sign_out": failure})
    with pytest.raises(UnavailableError) as raised:
        users(pool).find(NATIVE, "ada")
    assert raised.value.code == code
    with pytest.raises(UnavailableError) as raised:
        users(pool).sign_out(ADA)
    assert raised.value.code == code


def test_a_user_without_a_subject() -> None:
    """Without it no token of theirs could be marked."""
    pool = FakePool()
    pool.add("ada", sub="")
    with pytest.raises(UnavailableError):
        users(pool).find(NATIVE, "ada")


def test_a_sign_out_that_cognito_refuses() -> None:
    """Said once, it stays so."""
    pool = FakePool(failures={"admin_user_global_sign_out": refused("NotAuthorizedException")})
    assert users(pool).sign_out(ADA) is False


def test_the_sdks_own_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """The fake's answers are in the shape of the real ones."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with mock_aws():
        client: Any = boto3.client("cognito-idp", region_name="eu-west-1")
        pool_id: str = client.create_user_pool(PoolName="pool")["UserPool"]["Id"]
        client.admin_create_user(UserPoolId=pool_id, Username="ada")
        attributes = client.admin_get_user(UserPoolId=pool_id, Username="ada")["UserAttributes"]
        cognito = CognitoUsers(pool_id, client)
        user = cognito.find(NATIVE, "ada")
        assert user is not None
        assert {"Name": "sub", "Value": user.subject} in attributes
        assert cognito.sign_out(user) is True
        assert cognito.find(NATIVE, "bob") is None


def test_the_client_gives_up_within_the_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its time-outs are the settings', in the pool's Region."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    environment = {
        "TRANSMITTERS": '[{"issuer": "https://id.example.com", "cognitoUser": "username"}]',
        "LEDGER_TABLE": "t",
        "ENDPOINT_URL": "https://api.example.com/x",
        "USER_POOL_ID": POOL_ID,
        "TIMEOUT_MS": "700",
    }
    client: Any = make_client(Settings.from_env(environment, Kind.GLOBAL_REVOCATION))
    assert client.meta.region_name == "eu-west-1"
    assert (client.meta.config.connect_timeout, client.meta.config.read_timeout) == (0.7, 0.7)
