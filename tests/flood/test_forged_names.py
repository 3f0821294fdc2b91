"""A flood of forged tokens, each naming another key: decision 3's promises, one by one."""

from __future__ import annotations

import pytest

from jose.key_settings import KeySettings
from tests.flood.bench import REQUESTS_PER_SECOND, FloodedBox, forged, good
from tests.fuzz.targets import settings
from tests.tokens import key_set
from transport import TransportError

_KEYS: KeySettings = settings().keys
#: How often honest users call meanwhile, in requests.
_EVERY = 50
#: Of memory after a warm-up, whatever the length of the flood. One thing kept for each request
#: would be 500 blocks and more in the shortest.
_MOST_BLOCKS = 200


def _most_fetches(requests: int) -> float:
    """One to begin with, the burst, one for each interval (decision 3)."""
    seconds = requests / REQUESTS_PER_SECOND
    return 1 + _KEYS.unknown_kid_burst + seconds / _KEYS.unknown_kid_interval_seconds


def test_fetches_and_memory_are_bounded_and_users_served(flood_size: int) -> None:
    """Forged names cost a fetch per interval and no memory, and nobody else is refused."""
    box, user = FloodedBox(), good()
    for number in range(flood_size // 5):
        box.call(forged(number))
        box.call(user)
    before = box.left_behind()
    sent = 2 * (flood_size // 5)
    for number in range(flood_size):
        box.call(forged(number + flood_size))
        sent += 1
        if number % _EVERY == 0:
            assert box.call(user) == (200, "granted")
            sent += 1
    grown = box.left_behind() - before
    assert set(box.answers) == {
        (200, "granted"),
        (401, "key_unknown"),
        (503, "key_lookup_limited"),
    }
    assert box.cognito.key_set_fetches <= _most_fetches(sent)
    assert grown < _MOST_BLOCKS


def test_a_rotation_in_the_middle_is_accepted_within_one_interval(flood_size: int) -> None:
    """A new key is known one interval after its first use at latest, whatever else is sent."""
    box, old, new = FloodedBox(), good(), good(key="key2")
    for number in range(flood_size // 5):
        box.call(forged(number))
    box.cognito.keys = key_set("key1", "key2")
    rotated_at = box.clock()
    accepted_at: float | None = None
    for number in range(5 * REQUESTS_PER_SECOND + _EVERY):
        if number % _EVERY == 0:
            assert box.call(old) == (200, "granted")
            status, reason = box.call(new)
            if status == 200:
                accepted_at = accepted_at or box.clock()
            else:
                # Nobody has looked yet: not a refusal, and never one after it was accepted.
                assert (reason, accepted_at) == ("key_lookup_limited", None)
        box.call(forged(number))
    assert accepted_at is not None
    assert accepted_at - rotated_at <= _KEYS.unknown_kid_interval_seconds


def test_a_flood_while_the_key_set_is_down(flood_size: int) -> None:
    """With the key set down as well, fetches keep their distance and known keys are served."""
    box, user = FloodedBox(), good()
    assert box.call(user)[0] == 200
    box.cognito.key_set_failure = TransportError("timed out")
    for number in range(flood_size // 5):
        assert box.call(forged(number))[1] in {"keys_unavailable", "key_lookup_limited"}
        if number % _EVERY == 0:
            assert box.call(user) == (200, "granted")
    assert box.cognito.key_set_fetches <= _most_fetches(flood_size)
    box.cognito.key_set_failure = None
    box.cognito.keys = key_set("key1", "key2")
    came_back_at, rotated = box.clock(), good(key="key2")
    while box.call(rotated)[0] != 200:
        box.call(forged(0))
        assert box.clock() - came_back_at <= (
            _KEYS.failure_cooldown_seconds + _KEYS.unknown_kid_interval_seconds
        )


def test_a_flood_before_the_first_key_set(flood_size: int) -> None:
    """A sandbox that starts in a flood with the key set down serves as soon as that is back."""
    box, user = FloodedBox(), good()
    box.cognito.key_set_failure = TransportError("could not connect")
    for number in range(flood_size // 5):
        assert box.call(forged(number)) == (503, "keys_unavailable")
    seconds = flood_size / 5 / REQUESTS_PER_SECOND
    assert box.cognito.key_set_fetches <= 1 + seconds / _KEYS.failure_cooldown_seconds
    box.cognito.key_set_failure = None
    came_back_at = box.clock()
    while box.call(user)[0] != 200:
        box.call(forged(0))
        assert box.clock() - came_back_at <= _KEYS.failure_cooldown_seconds


@pytest.mark.parametrize(
    ("changes", "answer"),
    [
        ({"kid": "key1"}, (401, "signature_invalid")),
        ({"issuer": "https://issuer.example"}, (401, "issuer_not_allowed")),
        ({"kid": "k" * 257}, (401, "header_not_allowed")),
    ],
)
def test_other_forgeries_cost_no_fetch(
    flood_size: int, changes: dict[str, str], answer: tuple[int, str]
) -> None:
    """A bad signature, a foreign issuer, too long a name: no fetch at all, and no memory."""
    box, user = FloodedBox(), good()
    box.call(user)
    for number in range(1000):
        box.call(forged(number, **changes))
    before = box.left_behind()
    for number in range(flood_size // 10):
        assert box.call(forged(number, **changes)) == answer
    grown = box.left_behind() - before
    assert box.cognito.key_set_fetches == 1
    assert grown < _MOST_BLOCKS
