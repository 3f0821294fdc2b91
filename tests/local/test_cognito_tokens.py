"""What the local Cognito's tokens say, and who signs them."""

from __future__ import annotations

import jwt
import requests

from tests.local.cognito_bench import PASSWORD, USER, CognitoBench, Held, claims_of, held


def key_set(bench: CognitoBench, pool_id: str) -> jwt.PyJWKSet:
    with requests.Session() as http:
        http.trust_env = False
        url = f"{bench.cognito.url}/{pool_id}/.well-known/jwks.json"
        return jwt.PyJWKSet.from_dict(http.get(url, timeout=5).json())


def is_signed_by(bench: CognitoBench, pool_id: str, token: str) -> bool:
    kid = jwt.get_unverified_header(token)["kid"]
    keys = [key for key in key_set(bench, pool_id).keys if key.key_id == kid]
    options: jwt.types.Options = {"verify_exp": False, "verify_iat": False, "verify_aud": False}
    return bool(keys) and bool(jwt.decode(token, keys[0], ["RS256"], options=options))


def test_access_token_claims(bench: CognitoBench) -> None:
    """An access token has the claims of Cognito's, and no audience."""
    claims = bench.sign_in().claims
    assert claims.pop("sub")
    assert len({claims.pop("jti"), claims.pop("origin_jti"), claims.pop("event_id")}) == 3
    now = int(bench.clock())
    assert claims == {
        "iss": f"https://cognito-idp.eu-west-1.amazonaws.com/{bench.pool_id}",
        "client_id": bench.client_id,
        "token_use": "access",
        "scope": "aws.cognito.signin.user.admin",
        "auth_time": now,
        "iat": now,
        "exp": now + 3600,
        "username": USER,
    }


def test_id_token_claims(bench: CognitoBench) -> None:
    """An ID token is for the client, names the user in Cognito's way and has a jti of its own."""
    tokens = bench.sign_in()
    claims = claims_of(tokens.id)
    assert claims["aud"] == bench.client_id
    assert claims["token_use"] == "id"
    assert claims["cognito:username"] == USER
    assert claims["origin_jti"] == tokens.claims["origin_jti"]
    assert claims["jti"] != tokens.claims["jti"]
    assert "scope" not in claims
    assert "client_id" not in claims


def test_groups_stand_in_both_tokens(bench: CognitoBench) -> None:
    """A member's tokens name the groups; without groups the claim is absent."""
    assert "cognito:groups" not in bench.sign_in().claims
    bench.sdk.create_group(UserPoolId=bench.pool_id, GroupName="staff")
    bench.sdk.admin_add_user_to_group(UserPoolId=bench.pool_id, Username=USER, GroupName="staff")
    tokens = bench.sign_in()
    assert tokens.claims["cognito:groups"] == ["staff"]
    assert claims_of(tokens.id)["cognito:groups"] == ["staff"]


def test_lifetimes_are_the_clients(bench: CognitoBench) -> None:
    """Validities and their units are read from the app client."""
    client_id = bench.new_client(
        AccessTokenValidity=5,
        IdTokenValidity=2,
        TokenValidityUnits={"AccessToken": "minutes", "IdToken": "hours"},
    )
    tokens = bench.sign_in(client_id=client_id)
    assert tokens.claims["exp"] - tokens.claims["iat"] == 300
    assert claims_of(tokens.id)["exp"] - tokens.claims["iat"] == 7200


def test_every_pool_signs_with_two_keys_of_its_own(bench: CognitoBench) -> None:
    """Access and ID tokens are signed by different keys, which no other pool has."""
    tokens = bench.sign_in()
    other_pool = bench.new_pool()
    assert is_signed_by(bench, bench.pool_id, tokens.access)
    assert is_signed_by(bench, bench.pool_id, tokens.id)
    kids = {jwt.get_unverified_header(token)["kid"] for token in (tokens.access, tokens.id)}
    assert len(kids) == 2
    assert not kids & {key.key_id for key in key_set(bench, other_pool).keys}


def test_header_is_cognitos(bench: CognitoBench) -> None:
    """The header holds the key's name and the algorithm, and nothing else."""
    assert set(jwt.get_unverified_header(bench.sign_in().access)) == {"kid", "alg"}


def test_rotation_keeps_old_tokens_until_the_old_keys_are_withdrawn(bench: CognitoBench) -> None:
    """New tokens are signed by the new key; the old one is published until it is withdrawn."""
    old = bench.sign_in()
    bench.cognito.keys.rotate(bench.pool_id)
    new = bench.sign_in()
    assert is_signed_by(bench, bench.pool_id, old.access)
    assert is_signed_by(bench, bench.pool_id, new.access)
    bench.cognito.keys.rotate(bench.pool_id, withdraw_old=True)
    assert not is_signed_by(bench, bench.pool_id, old.access)
    assert bench.judged(old.access) == (400, "NotAuthorizedException", "Invalid Access Token")


def test_managed_login_gives_the_scopes_asked_for(bench: CognitoBench) -> None:
    """OAuth tokens carry what was asked for, and the trigger is told of managed login."""
    tokens = bench.cognito.managed_login(bench.client_id, USER, "openid", "orders/admin")
    assert claims_of(tokens.access)["scope"] == "openid orders/admin"
    assert bench.events[-1]["triggerSource"] == "TokenGeneration_HostedAuth"


def test_machine_token_has_no_user_and_no_session(bench: CognitoBench) -> None:
    """A client-credentials token's subject is the client; no session stands behind it."""
    claims = claims_of(bench.cognito.machine_token(bench.client_id, "orders/read"))
    assert claims["sub"] == claims["client_id"] == bench.client_id
    assert claims["scope"] == "orders/read"
    assert not {"username", "origin_jti"} & set(claims)


def test_a_refresh_keeps_the_session_and_renews_the_rest(bench: CognitoBench) -> None:
    """Over a refresh origin_jti and auth_time stay; iat, exp and jti are new."""
    first = bench.sign_in()
    bench.clock.advance(600)
    second = bench.refresh(first)
    for name in ("origin_jti", "auth_time", "sub", "scope"):
        assert second.claims[name] == first.claims[name]
    for name in ("iat", "exp"):
        assert second.claims[name] == first.claims[name] + 600
    assert second.claims["jti"] != first.claims["jti"]


def test_two_sign_ins_are_two_sessions(bench: CognitoBench) -> None:
    """Each sign-in has an origin_jti of its own."""
    assert bench.sign_in().claims["origin_jti"] != bench.sign_in().claims["origin_jti"]


def test_admin_sign_in_gives_tokens_too(bench: CognitoBench) -> None:
    """ADMIN_USER_PASSWORD_AUTH makes a session like any other."""
    tokens: Held = held(
        bench.sdk.admin_initiate_auth(
            UserPoolId=bench.pool_id,
            ClientId=bench.client_id,
            AuthFlow="ADMIN_USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": USER, "PASSWORD": PASSWORD},
        )
    )
    assert bench.is_alive(tokens)
    assert bench.events[-1]["triggerSource"] == "TokenGeneration_Authentication"
