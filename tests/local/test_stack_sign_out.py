"""The sign-out endpoint on the local stack, for a user of the pool's."""

from __future__ import annotations

import pytest
import requests
from botocore.exceptions import ClientError

from tests.local.stack_bench import Caller, running


def post(caller: Caller, **members: str) -> requests.Response:
    with requests.Session() as http:
        http.trust_env = False
        return http.post(f"{caller.stack.url}/sign-out", json=members, timeout=10)


def test_the_session_is_over_everywhere() -> None:
    """After POST /sign-out the API refuses the access token, and Cognito the refresh token."""
    with running(routes={"/sign-out": {}}) as caller:
        tokens = caller.sign_in()
        before = caller.call(tokens.access).status_code
        answer = post(caller, access_token=tokens.access, refresh_token=tokens.refresh)
        after = caller.call(tokens.access).status_code
        with pytest.raises(ClientError, match="Refresh Token has been revoked"):
            caller.stack.sdk.initiate_auth(
                ClientId=caller.stack.client_ids["laptop"],
                AuthFlow="REFRESH_TOKEN_AUTH",
                AuthParameters={"REFRESH_TOKEN": tokens.refresh},
            )
        (line,) = caller.stack.routes["/sign-out"].lines()
    assert (before, after) == (200, 401)
    assert answer.json() == {"signed_out": True, "logout_url": None}
    assert answer.headers["Cache-Control"] == "no-store"
    assert line["steps"] == {"ledger": "done", "revoke_token": "done"}


def test_without_settings_there_is_none() -> None:
    """A stack that is not told to have one has no such route."""
    with running() as caller:
        assert post(caller).status_code == 403
