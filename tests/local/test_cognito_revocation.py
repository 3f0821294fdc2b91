"""What ends which sessions."""

from __future__ import annotations

import pytest

from tests.local.cognito_bench import USER, CognitoBench, refusal

REVOKED_REFRESH = (400, "NotAuthorizedException", "Refresh Token has been revoked")


def test_revoke_token_ends_its_own_session_only(bench: CognitoBench) -> None:
    """The refresh token and every access token made from it end; other sessions live on."""
    first, other = bench.sign_in(), bench.sign_in()
    renewed = bench.refresh(first)
    bench.sdk.revoke_token(Token=first.refresh, ClientId=bench.client_id)
    assert not bench.is_alive(first)
    assert not bench.is_alive(renewed)
    assert refusal(lambda: bench.refresh(first)) == REVOKED_REFRESH
    assert bench.is_alive(other)
    assert bench.is_alive(bench.refresh(other))


def test_revoke_token_twice(bench: CognitoBench) -> None:
    """Revoking again, or revoking what nobody knows, is no error."""
    tokens = bench.sign_in()
    for token in (tokens.refresh, tokens.refresh, "unknown"):
        bench.sdk.revoke_token(Token=token, ClientId=bench.client_id)
    assert not bench.is_alive(tokens)


def test_revoke_token_of_another_client(bench: CognitoBench) -> None:
    """A client can't end another client's session."""
    tokens = bench.sign_in()
    bench.sdk.revoke_token(Token=tokens.refresh, ClientId=bench.new_client())
    assert bench.is_alive(tokens)


def test_revoke_token_wants_the_clients_secret(bench: CognitoBench) -> None:
    """A client with a secret must show it."""
    client = bench.sdk.create_user_pool_client(
        UserPoolId=bench.pool_id, ClientName="confidential", GenerateSecret=True
    )["UserPoolClient"]
    tokens = bench.sign_in(client_id=client["ClientId"])
    refused = refusal(
        lambda: bench.sdk.revoke_token(
            Token=tokens.refresh, ClientId=client["ClientId"], ClientSecret="wrong" * 6
        )
    )
    assert refused is not None
    assert refused[1] == "UnauthorizedException"
    assert bench.is_alive(tokens)
    bench.sdk.revoke_token(
        Token=tokens.refresh, ClientId=client["ClientId"], ClientSecret=client["ClientSecret"]
    )
    assert not bench.is_alive(tokens)


def test_revoke_token_takes_no_access_token(bench: CognitoBench) -> None:
    """Only refresh tokens can be revoked."""
    tokens = bench.sign_in()
    refused = refusal(lambda: bench.sdk.revoke_token(Token=tokens.access, ClientId=bench.client_id))
    assert refused is not None
    assert refused[1] == "UnsupportedTokenTypeException"


@pytest.mark.parametrize("who", ["user", "administrator"])
def test_global_sign_out_ends_all_of_a_users_sessions(bench: CognitoBench, who: str) -> None:
    """Every session of the user ends, of every client; other users' live on."""
    bench.new_user("grace")
    mine = [bench.sign_in(), bench.sign_in(client_id=bench.new_client())]
    others = bench.sign_in("grace")
    if who == "user":
        bench.sdk.global_sign_out(AccessToken=mine[0].access)
    else:
        bench.sdk.admin_user_global_sign_out(UserPoolId=bench.pool_id, Username=USER)
    assert not any(bench.is_alive(tokens) for tokens in mine)
    assert refusal(lambda: bench.refresh(mine[0])) == REVOKED_REFRESH
    assert bench.is_alive(others)


def test_a_namesake_in_another_pool_stays_signed_in(bench: CognitoBench) -> None:
    """A sign-out concerns one pool."""
    pool_id = bench.new_pool()
    client_id = bench.new_client(pool_id)
    bench.new_user(USER, pool_id)
    namesake = bench.sign_in(client_id=client_id)
    bench.sdk.admin_user_global_sign_out(UserPoolId=bench.pool_id, Username=USER)
    assert bench.is_alive(namesake)


def test_signing_out_an_unknown_user(bench: CognitoBench) -> None:
    """Nobody of that name: UserNotFoundException."""
    refused = refusal(
        lambda: bench.sdk.admin_user_global_sign_out(UserPoolId=bench.pool_id, Username="nobody")
    )
    assert refused == (400, "UserNotFoundException", "User does not exist.")
