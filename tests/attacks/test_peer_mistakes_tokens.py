"""One test for each mistake seen in other products, named after it: tokens and keys."""

from __future__ import annotations

import pytest

from authorizer.errors import Reason
from environment import SettingsError
from tests.sandbox import Sandbox, new_token
from tests.tokens import CLIENT_ID, NOW, SessionMaker, key_set, sign
from transport import Answer, TransportError


def test_forged_kid_blocks_rotation() -> None:
    """While forged key names pour in, a token signed by a rotated key is let in within seconds."""
    box = Sandbox()
    box.call(new_token())
    for second in range(30):
        for number in range(20):
            forged = sign(SessionMaker().access(), header={"kid": f"forged{second}-{number}"})
            assert box.call(forged).answer is None
        box.clock.advance(1)
    box.cognito.keys = key_set("key1", "key2")
    rotated = SessionMaker(signed_in_at=NOW + 30)
    for _ in range(6):
        if box.call(sign(rotated.access(), key="key2")).status == 200:
            break
        box.clock.advance(1)
    assert box.call(sign(rotated.access(), key="key2")).status == 200
    assert box.cognito.key_set_fetches <= 2 + 36 // 5 + 1


@pytest.mark.parametrize("clients", ["", " ", ",", ",,"])
def test_empty_allow_list_means_any(clients: str) -> None:
    """An allow-list of clients that is empty stops the start-up."""
    with pytest.raises(SettingsError) as raised:
        Sandbox({"CLIENT_IDS": clients})
    assert all(problem.startswith("CLIENT_IDS: ") for problem in raised.value.problems)


def test_id_token_taken_for_an_access_token() -> None:
    """An ID token of an allowed client is refused."""
    assert Sandbox().call_with(SessionMaker().identity()).reason == Reason.TOKEN_USE_NOT_ALLOWED


def test_algorithm_not_pinned() -> None:
    """It is not the token that says how it is verified."""
    seen = Sandbox().call(sign(SessionMaker().access(), header={"alg": "none"}))
    assert seen.reason == Reason.ALGORITHM_NOT_ALLOWED


def test_aud_check_off_and_no_client_id_check() -> None:
    """Access tokens have no audience, so their client is checked, and ID tokens' audience is."""
    box = Sandbox({"TOKEN_USES": "access,id", "UNCHECKED_SESSION_RULE": "allow"})
    assert box.call_with(SessionMaker().access()).status == 200
    assert box.call_with(SessionMaker().identity()).status == 200
    other = "client2web"
    seen = [
        box.call_with(SessionMaker().access(client_id=other)),
        box.call_with(SessionMaker().access(client_id=other, aud=CLIENT_ID)),
        box.call_with(SessionMaker().identity(aud=other)),
        box.call_with(SessionMaker().identity(aud=other, client_id=CLIENT_ID)),
    ]
    assert [one.reason for one in seen] == [Reason.CLIENT_NOT_ALLOWED] * 4


def test_keys_kept_for_ever() -> None:
    """A key that the issuer withdrew is good until its maximum age, and not a second longer."""
    box = Sandbox({"JWKS_MAX_AGE_SECONDS": "3600"})
    token = sign(SessionMaker().access(exp=NOW + 9999))
    assert box.call(token).status == 200
    box.cognito.keys = key_set("key2")
    box.clock.advance(3599)
    assert box.call(token).status == 200
    box.clock.advance(1)
    assert box.call(token).reason == Reason.KEY_UNKNOWN


@pytest.mark.parametrize(
    "failure",
    [
        TransportError("timed out"),
        Answer(500, b""),
        Answer(200, b"<html>"),
        Answer(200, b'{"keys":[]}'),
        Answer(200, b'{"message":"Too many requests"}'),
    ],
)
def test_key_set_wiped_by_one_failed_fetch(failure: Answer | TransportError) -> None:
    """A fetch that brings no usable keys leaves the old ones in service."""
    box = Sandbox({"JWKS_MAX_AGE_SECONDS": "60", "JWKS_MAX_STALE_SECONDS": "600"})
    token = new_token()
    box.call(token)
    box.cognito.key_set_failure = failure
    box.clock.advance(60)
    assert box.call(token).status == 200
    assert box.cognito.key_set_fetches == 2


def test_missing_scope_read_as_revoked() -> None:
    """A token that GetUser cannot judge is not sent to it, and not called revoked."""
    box = Sandbox()
    seen = box.call_with(SessionMaker().access(scope="openid"))
    assert (seen.status, seen.reason) == (401, Reason.SESSION_NOT_CHECKABLE)
    assert box.cognito.getuser_calls == 0
