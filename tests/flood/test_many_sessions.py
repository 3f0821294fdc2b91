"""A flood of good tokens: more sessions than a sandbox may remember, and of junk events."""

from __future__ import annotations

import random
from typing import Any

import pytest

from tests.events import http_v2, rest_request, rest_token, websocket_connect
from tests.flood.bench import LEDGER, FloodedBox, good
from tests.tokens import NOW

_BOUND = 100
#: Room for what is not of the flood. One thing kept for each session would be 500 and more.
_MOST_BLOCKS = 200


@pytest.mark.parametrize(
    ("environment", "warm_up"),
    # Names of ledger rows are remembered for 2,048 sessions, whatever else is bounded to.
    [({}, 1000), (LEDGER, 2500)],
    ids=["alone", "ledger"],
)
def test_more_sessions_than_are_remembered(
    flood_size: int, environment: dict[str, str], warm_up: int
) -> None:
    """Memory stops at its bound, every good session is let in, every revoked one stays out."""
    bound = {"VERDICT_MAX_ENTRIES": str(_BOUND), "TOKEN_MEMORY_MAX_ENTRIES": str(_BOUND)}
    box = FloodedBox(environment | bound)
    revoked, kept = good(origin_jti="revoked"), good()
    box.cognito.revoked.add("revoked")
    assert box.call(revoked) == (401, "session_revoked")
    assert box.call(kept) == (200, "granted")
    for _ in range(warm_up):
        assert box.call(good(exp=NOW + 86_400)) == (200, "granted")
    before = box.left_behind()
    # Signatures are most of the time here.
    for number in range(flood_size // 10):
        assert box.call(good(exp=NOW + 86_400)) == (200, "granted")
        if number % 50 == 0:
            assert box.call(revoked) == (401, "session_revoked")
            assert box.call(kept) == (200, "granted")
    grown = box.left_behind() - before
    assert grown < _MOST_BLOCKS


def _junk(random_: random.Random) -> Any:
    """Something that is no event, or one without a token that could be one."""
    text = "".join(chr(random_.randrange(1, 0xD800)) for _ in range(random_.randrange(200)))
    shapes: list[Any] = [
        text,
        None,
        [],
        {text: text},
        {"type": "REQUEST", "methodArn": text},
        {"type": "TOKEN", "authorizationToken": text, "methodArn": text},
        rest_request(f"Bearer {text}", path=f"/{text}"),
        rest_request(None, headers={text: [text] * 5, "Authorization": ["Bearer a", "Bearer b"]}),
        rest_token(text),
        http_v2(f"Bearer {text}.{text}.{text}"),
        websocket_connect(None, token=text),
        {**rest_request("Bearer a.b.c"), "version": random_.choice([1, "3.0", text])},
    ]
    return random_.choice(shapes)


def test_junk_events_leave_nothing_behind(flood_size: int) -> None:
    """Junk is answered from the catalogue, keeps no memory and asks nobody anything."""
    random_ = random.Random(5)
    box, user = FloodedBox(), good()
    for _ in range(500):
        box.send(_junk(random_))
    assert box.call(user) == (200, "granted")
    before = box.left_behind()
    for number in range(flood_size // 2):
        status, reason = box.send(_junk(random_))
        assert status in {401, 503}
        assert reason != "internal_fault"
        if number % 100 == 0:
            assert box.call(user) == (200, "granted")
    grown = box.left_behind() - before
    assert grown < _MOST_BLOCKS
    # As the user's verdict is remembered for a minute.
    minutes = flood_size / 1000 / 60
    assert box.cognito.getuser_calls <= 2 + minutes
    assert box.cognito.key_set_fetches == 1
