"""GetUser's refusals, in AWS's codes and words."""

from __future__ import annotations

import jwt
import requests

from local.forgery import sign_anew
from tests.local.cognito_bench import USER, CognitoBench, refusal

INVALID = (400, "NotAuthorizedException", "Invalid Access Token")
EXPIRED = (400, "NotAuthorizedException", "Access Token has expired")
REVOKED = (400, "NotAuthorizedException", "Access Token has been revoked")
SCOPES = (400, "NotAuthorizedException", "Access Token does not have required scopes")
SIGNATURE = (400, "NotAuthorizedException", "Could not verify signature for Access Token")
DISABLED = (400, "NotAuthorizedException", "User is disabled.")
NO_USER = (400, "UserNotFoundException", "User does not exist.")


def test_a_living_session_is_told_its_user(bench: CognitoBench) -> None:
    """A good token gets the user's name and attributes."""
    tokens = bench.sign_in()
    user = bench.get_user(tokens.access)
    assert user["Username"] == USER
    assert {"Name": "sub", "Value": tokens.claims["sub"]} in user["UserAttributes"]


def test_an_error_is_json_with_type_and_message(bench: CognitoBench) -> None:
    """On the wire a refusal is status 400 with ``__type`` and ``message``."""
    with requests.Session() as http:
        http.trust_env = False
        answer = http.post(
            f"{bench.cognito.url}/",
            json={"AccessToken": "nonsense"},
            headers={"X-Amz-Target": "AWSCognitoIdentityProviderService.GetUser"},
            timeout=5,
        )
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/x-amz-json-1.1"
    assert answer.json() == {"__type": "NotAuthorizedException", "message": "Invalid Access Token"}


def test_expired_at_exp_and_not_before(bench: CognitoBench) -> None:
    """A token is good for its whole last second, and expired at exp."""
    tokens = bench.sign_in()
    bench.clock.advance(3599.9)
    assert bench.judged(tokens.access) is None
    bench.clock.advance(0.1)
    assert bench.judged(tokens.access) == EXPIRED


def test_scope_missing(bench: CognitoBench) -> None:
    """Without the admin scope nothing is told."""
    tokens = bench.cognito.managed_login(bench.client_id, USER, "openid")
    assert bench.judged(tokens.access) == SCOPES


def test_machine_token(bench: CognitoBench) -> None:
    """A client-credentials token can't carry the scope."""
    token = bench.cognito.machine_token(bench.client_id, "orders/read")
    assert bench.judged(token) == SCOPES


def test_id_token(bench: CognitoBench) -> None:
    """An ID token is no access token."""
    assert bench.judged(bench.sign_in().id) == INVALID


def test_malformed(bench: CognitoBench) -> None:
    """Anything that is no token is an invalid one."""
    assert bench.judged("a.b.c") == INVALID


def test_unknown_key(bench: CognitoBench) -> None:
    """A key that no pool has is an invalid token, not a bad signature."""
    token = bench.sign_in().access
    claims = jwt.decode(token, options={"verify_signature": False})
    stranger = jwt.encode(claims, "x" * 32, algorithm="HS256", headers={"kid": "stranger"})
    assert bench.judged(stranger) == INVALID


def test_bad_signature(bench: CognitoBench) -> None:
    """A known key's name under another key's signature."""
    assert bench.judged(sign_anew(bench.sign_in().access)) == SIGNATURE


def test_another_spelling_of_a_token_is_the_same_session(bench: CognitoBench) -> None:
    """A revoked token is revoked in every spelling: the claims decide, not the text."""
    tokens = bench.sign_in()
    assert bench.judged(tokens.access + "==") is None
    bench.sdk.revoke_token(Token=tokens.refresh, ClientId=bench.client_id)
    assert bench.judged(tokens.access + "==") == REVOKED


def test_deleted_user(bench: CognitoBench) -> None:
    """A deleted user does not exist, and a new one of the same name is somebody else."""
    tokens = bench.sign_in()
    bench.sdk.admin_delete_user(UserPoolId=bench.pool_id, Username=USER)
    assert bench.judged(tokens.access) == NO_USER
    bench.new_user(USER)
    assert bench.judged(tokens.access) == NO_USER


def test_disabled_user_does_not_come_back(bench: CognitoBench) -> None:
    """Disabling ends every session, and enabling revives none."""
    tokens = bench.sign_in()
    bench.sdk.admin_disable_user(UserPoolId=bench.pool_id, Username=USER)
    assert bench.judged(tokens.access) == DISABLED
    bench.sdk.admin_enable_user(UserPoolId=bench.pool_id, Username=USER)
    assert bench.judged(tokens.access) == REVOKED
    assert bench.is_alive(bench.sign_in())


def test_password_reset(bench: CognitoBench) -> None:
    """A user who must choose a new password is told so."""
    bench.sdk.admin_update_user_attributes(
        UserPoolId=bench.pool_id,
        Username=USER,
        UserAttributes=[
            {"Name": "email", "Value": "ada@example.org"},
            {"Name": "email_verified", "Value": "true"},
        ],
    )
    tokens = bench.sign_in()
    bench.sdk.admin_reset_user_password(UserPoolId=bench.pool_id, Username=USER)
    judged = bench.judged(tokens.access)
    assert judged is not None
    assert judged[1] == "PasswordResetRequiredException"


def test_any_pool_of_the_region_will_do(bench: CognitoBench) -> None:
    """GetUser asks for no pool, so another pool's good token passes."""
    pool_id = bench.new_pool()
    client_id = bench.new_client(pool_id)
    bench.new_user("eve", pool_id)
    assert bench.is_alive(bench.sign_in("eve", client_id))


def test_motos_own_operations_obey_revocation(bench: CognitoBench) -> None:
    """An operation that moto does for a user is refused once the session has ended."""
    tokens = bench.sign_in()

    def rename() -> None:
        bench.sdk.update_user_attributes(
            UserAttributes=[{"Name": "name", "Value": "Ada"}], AccessToken=tokens.access
        )

    assert refusal(rename) is None
    bench.sdk.global_sign_out(AccessToken=tokens.access)
    assert refusal(rename) == REVOKED
