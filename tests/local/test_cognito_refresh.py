"""Refreshes, with and without rotation of the refresh token."""

from __future__ import annotations

from typing import Any

from tests.local.cognito_bench import CognitoBench, Held, held, refusal


def rotating_client(bench: CognitoBench, grace_seconds: int) -> str:
    rotation: Any = {"Feature": "ENABLED", "RetryGracePeriodSeconds": grace_seconds}
    return bench.new_client(RefreshTokenRotation=rotation)


def rotate(bench: CognitoBench, tokens: Held, client_id: str) -> Held:
    return held(
        bench.sdk.get_tokens_from_refresh_token(RefreshToken=tokens.refresh, ClientId=client_id)
    )


def test_a_refresh_token_is_good_until_it_expires(bench: CognitoBench) -> None:
    """It lives for the client's validity, 30 days by default."""
    tokens = bench.sign_in()
    bench.clock.advance(30 * 86_400 - 1)
    assert bench.is_alive(bench.refresh(tokens))
    bench.clock.advance(1)
    assert refusal(lambda: bench.refresh(tokens)) == (
        400,
        "NotAuthorizedException",
        "Refresh Token has expired",
    )


def test_an_unknown_refresh_token(bench: CognitoBench) -> None:
    """What nobody issued, or another client was given, is invalid."""
    invalid = (400, "NotAuthorizedException", "Invalid Refresh Token.")
    assert refusal(lambda: bench.refresh(Held("", "", "unknown"))) == invalid
    other = bench.sign_in(client_id=bench.new_client())
    assert refusal(lambda: bench.refresh(other)) == invalid


def test_rotation_gives_a_new_refresh_token_of_the_same_session(bench: CognitoBench) -> None:
    """Each use brings a new refresh token; origin_jti stays, and the old token is spent."""
    client_id = rotating_client(bench, 0)
    first = bench.sign_in(client_id=client_id)
    second = rotate(bench, first, client_id)
    assert second.refresh not in ("", first.refresh)
    assert second.claims["origin_jti"] == first.claims["origin_jti"]
    refused = refusal(lambda: rotate(bench, first, client_id))
    assert refused is not None
    assert refused[1] == "RefreshTokenReuseException"
    assert rotate(bench, second, client_id).refresh


def test_rotation_leaves_a_grace_period(bench: CognitoBench) -> None:
    """The replaced token works for the grace period from its first use, and no longer."""
    client_id = rotating_client(bench, 10)
    first = bench.sign_in(client_id=client_id)
    rotate(bench, first, client_id)
    bench.clock.advance(9.9)
    rotate(bench, first, client_id)
    bench.clock.advance(0.1)
    refused = refusal(lambda: rotate(bench, first, client_id))
    assert refused is not None
    assert refused[1] == "RefreshTokenReuseException"


def test_revoking_a_rotated_token_ends_the_session(bench: CognitoBench) -> None:
    """Any refresh token of the session ends it whole."""
    client_id = rotating_client(bench, 0)
    first = bench.sign_in(client_id=client_id)
    second = rotate(bench, first, client_id)
    bench.sdk.revoke_token(Token=second.refresh, ClientId=client_id)
    assert not bench.is_alive(first)
    assert not bench.is_alive(second)


def test_a_rotating_client_has_no_other_refresh(bench: CognitoBench) -> None:
    """REFRESH_TOKEN_AUTH is not for clients whose refresh tokens rotate."""
    client_id = rotating_client(bench, 0)
    tokens = bench.sign_in(client_id=client_id)
    refused = refusal(lambda: bench.refresh(tokens, client_id))
    assert refused is not None
    assert refused[1] == "InvalidParameterException"


def test_without_rotation_no_refresh_token_comes_back(bench: CognitoBench) -> None:
    """GetTokensFromRefreshToken of an ordinary client renews access and ID token only."""
    tokens = bench.sign_in()
    renewed = rotate(bench, tokens, bench.client_id)
    assert renewed.refresh == ""
    assert bench.is_alive(renewed)
