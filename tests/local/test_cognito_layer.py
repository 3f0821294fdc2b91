"""What the layer in front of moto takes, what it passes on, and what it can't read."""

from __future__ import annotations

import boto3
import jwt
import pytest
import requests
from botocore.config import Config

from tests.local.cognito_bench import CognitoBench, refusal


def test_other_services_of_moto_remain_reachable(bench: CognitoBench) -> None:
    """A request that is not Cognito's goes to moto as it is."""
    sts = boto3.client(
        "sts",
        endpoint_url=bench.cognito.url,
        region_name="eu-west-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(proxies={}),
    )
    try:
        assert sts.get_caller_identity()["Account"] == "123456789012"
    finally:
        sts.close()


@pytest.mark.parametrize("body", ["nonsense", "[]", ""])
def test_a_body_that_is_no_object(bench: CognitoBench, body: str) -> None:
    """What is not a JSON object is refused with 400, and the next good request works."""
    with requests.Session() as http:
        http.trust_env = False
        answer = http.post(
            f"{bench.cognito.url}/",
            data=body,
            headers={"X-Amz-Target": "AWSCognitoIdentityProviderService.GetUser"},
            timeout=5,
        )
    assert (answer.status_code, answer.json()["__type"]) == (400, "SerializationException")
    assert bench.is_alive(bench.sign_in())


def test_an_unknown_client(bench: CognitoBench) -> None:
    """No pool has it: ResourceNotFoundException."""
    refused = refusal(lambda: bench.sign_in(client_id="nobody"))
    assert refused == (
        400,
        "ResourceNotFoundException",
        "User pool client nobody does not exist.",
    )


def test_an_unknown_pool(bench: CognitoBench) -> None:
    """Neither moto's operations nor ours find it."""
    refused = refusal(
        lambda: bench.sdk.admin_user_global_sign_out(UserPoolId="eu-west-1_none", Username="ada")
    )
    assert refused is not None
    assert refused[1] == "ResourceNotFoundException"


def test_an_unsigned_token_with_a_known_key_name(bench: CognitoBench) -> None:
    """``alg: none`` under a pool's own kid is no token."""
    token = bench.sign_in().access
    claims = jwt.decode(token, options={"verify_signature": False})
    kid = jwt.get_unverified_header(token)["kid"]
    unsigned = jwt.encode(claims, "", algorithm="none", headers={"kid": kid})
    assert bench.judged(unsigned) == (400, "NotAuthorizedException", "Invalid Access Token")
