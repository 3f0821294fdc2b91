"""The key store's four promises, one by one, on a moved clock."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from jose.faults import Fault, JoseError
from jose.key_set import KeySetError, parse_key_set, read_bundled_keys
from jose.key_settings import KeySettings
from jose.keys import KeyStore
from local.clock import MovableClock
from tests.cognito import FakeCognito
from tests.tokens import ISSUER, NOW, b64, key_set, public_jwk
from transport import Answer, Deadline, TransportError

SETTINGS = KeySettings(
    max_age_seconds=3600,
    max_stale_seconds=600,
    failure_cooldown_seconds=5,
    unknown_kid_interval_seconds=5,
    unknown_kid_burst=2,
    bundled_file=None,
    bundled_max_age_seconds=86_400,
)
DOWN = TransportError("could not connect")


class Keys:
    """A key store, the Cognito it fetches from, and their clock."""

    def __init__(self, *, bundled_at: float | None = None) -> None:
        self.clock = MovableClock(NOW)
        self.cognito = FakeCognito()
        bundled = None
        if bundled_at is not None:
            bundled = parse_key_set(key_set("key1"), fetched_at=bundled_at)
        self.store = KeyStore(
            f"{ISSUER}/.well-known/jwks.json",
            SETTINGS,
            transport=self.cognito,
            clock=self.clock,
            bundled=bundled,
        )

    def find(self, kid: str = "key1") -> Any:
        return self.store.find(kid, Deadline(at=1.0, clock=lambda: 0.0))

    def fault(self, kid: str = "key1") -> Fault:
        with pytest.raises(JoseError) as caught:
            self.find(kid)
        return caught.value.fault


def test_keys_are_fetched_once_within_their_age() -> None:
    """Promise 1: one fetch serves until the maximum age, and the next request after it fetches."""
    keys = Keys()
    keys.find()
    keys.clock.advance(3599.9)
    keys.find()
    assert keys.cognito.key_set_fetches == 1
    keys.clock.advance(0.1)
    keys.find()
    assert keys.cognito.key_set_fetches == 2


def test_a_withdrawn_key_is_trusted_for_no_longer_than_the_maximum_age() -> None:
    """Promise 1: a key that the issuer no longer publishes is refused after the maximum age."""
    keys = Keys()
    keys.find()
    keys.cognito.keys = key_set("key2")
    keys.clock.advance(3600)
    assert keys.fault() is Fault.KEY_UNKNOWN


def test_a_flood_of_forged_names_costs_a_bounded_number_of_fetches() -> None:
    """Promise 2: forged names cost the burst and then one fetch per interval, no more."""
    keys = Keys()
    keys.find()
    faults = [keys.fault(f"forged{n}") for n in range(1000)]
    assert keys.cognito.key_set_fetches == 1 + SETTINGS.unknown_kid_burst
    assert faults[:2] == [Fault.KEY_UNKNOWN] * 2
    assert set(faults[2:]) == {Fault.KEY_LOOKUP_LIMITED}
    keys.clock.advance(4.9)
    keys.fault("forged")
    assert keys.cognito.key_set_fetches == 3
    keys.clock.advance(0.1)
    keys.fault("forged")
    assert keys.cognito.key_set_fetches == 4


def test_a_rotation_within_a_flood_is_accepted_within_one_interval() -> None:
    """Promise 2: a flood cannot keep a new key out for longer than one interval."""
    keys = Keys()
    keys.find()
    for n in range(100):
        keys.fault(f"forged{n}")
    keys.cognito.keys = key_set("key1", "key2")
    assert keys.fault("key2") is Fault.KEY_LOOKUP_LIMITED
    keys.clock.advance(5)
    # Even if a forged name spends the new allowance, its fetch brings the new key.
    keys.fault("forged")
    assert keys.find("key2") is not None


def test_known_keys_are_served_during_a_flood() -> None:
    """Promise 2: a flood of forged names does not touch those who come with a known key."""
    keys = Keys()
    for n in range(100):
        keys.fault(f"forged{n}")
    assert keys.find() is not None


def test_a_first_unknown_name_needs_one_fetch_only() -> None:
    """A key set fetched this very moment is not fetched again for a name that is not in it."""
    keys = Keys()
    assert keys.fault("forged") is Fault.KEY_UNKNOWN
    assert keys.cognito.key_set_fetches == 1


def test_after_a_failed_fetch_nothing_is_fetched_for_a_while() -> None:
    """Promise 3: during the cool-down after a failure no request fetches; after it, one does."""
    keys = Keys()
    keys.cognito.key_set_failure = DOWN
    assert keys.fault() is Fault.KEYS_UNAVAILABLE
    keys.clock.advance(4.9)
    assert keys.fault() is Fault.KEYS_UNAVAILABLE
    assert keys.cognito.key_set_fetches == 1
    keys.cognito.key_set_failure = None
    keys.clock.advance(0.1)
    assert keys.find() is not None
    assert keys.cognito.key_set_fetches == 2


def test_an_unknown_name_during_an_outage_is_not_refused() -> None:
    """Promise 3: with the issuer down nobody can say that a key does not exist."""
    keys = Keys()
    keys.find()
    keys.cognito.key_set_failure = DOWN
    assert keys.fault("key2") is Fault.KEYS_UNAVAILABLE
    assert keys.find() is not None


def test_a_flood_in_an_outage_spends_nothing_of_what_comes_after() -> None:
    """Nothing is fetched in the cool-down, so nothing is drawn: then a rotation is accepted."""
    keys = Keys()
    keys.find()
    for number in range(SETTINGS.unknown_kid_burst - 1):
        keys.fault(f"forged-{number}")
    keys.cognito.key_set_failure = DOWN
    assert keys.fault("forged") is Fault.KEYS_UNAVAILABLE
    keys.cognito.key_set_failure = None
    keys.cognito.keys = key_set("key1", "key2")
    for _ in range(50):
        keys.clock.advance(0.1)
        if keys.clock() - NOW < SETTINGS.failure_cooldown_seconds:
            assert keys.fault("forged") is Fault.KEYS_UNAVAILABLE
    keys.clock.advance(0.1)
    assert keys.find("key2")


def test_stale_keys_are_served_in_an_outage_for_a_bounded_time() -> None:
    """Promise 4: old keys are served until maximum age and grace are over, not a second longer."""
    keys = Keys()
    keys.find()
    keys.cognito.key_set_failure = DOWN
    keys.clock.advance(3600 + 599.9)
    assert keys.find() is not None
    assert keys.store.served_stale
    keys.clock.advance(0.1)
    assert keys.fault() is Fault.KEYS_UNAVAILABLE


def test_fresh_keys_are_not_called_stale() -> None:
    """Telemetry tells stale keys from fresh ones."""
    keys = Keys()
    keys.find()
    assert not keys.store.served_stale
    assert keys.store.age_seconds() == 0


@pytest.mark.parametrize(
    "answer",
    [
        Answer(200, b"<html>"),
        Answer(200, b"[]"),
        Answer(200, b'{"keys": []}'),
        Answer(200, b'{"keys": {}}'),
        Answer(200, b"[" * 60_000),
        Answer(200, json.dumps({"keys": [public_jwk("key1")] * 33}).encode()),
        Answer(404, b"{}"),
        Answer(301, b""),
        Answer(500, json.dumps(key_set("key2")).encode()),
    ],
)
def test_a_failed_fetch_never_wipes_the_keys(answer: Answer) -> None:
    """Whatever comes instead of a key set, the keys at hand stay in use."""
    keys = Keys()
    keys.find()
    keys.cognito.key_set_failure = answer
    keys.clock.advance(3600)
    assert keys.find() is not None
    assert keys.store.served_stale


def test_a_clock_that_goes_backwards_fetches_anew() -> None:
    """Keys from the future have no known age, so they are fetched again rather than trusted."""
    keys = Keys()
    keys.find()
    keys.clock.advance(-7200)
    keys.find()
    assert keys.cognito.key_set_fetches == 2
    assert keys.store.age_seconds() == 0


@pytest.mark.parametrize("bundled_at", [None, NOW])
def test_a_clock_that_was_fast_does_not_prolong_keys(bundled_at: int | None) -> None:
    """Put right while fetches fail, it leaves what stale keys have, and not a second more."""
    keys = Keys(bundled_at=bundled_at)
    keys.find()
    keys.clock.advance(-100_000)
    keys.cognito.key_set_failure = DOWN
    assert keys.find() is not None
    assert keys.store.served_stale
    keys.clock.advance(599.9)
    assert keys.find() is not None
    keys.clock.advance(0.1)
    assert keys.fault() is Fault.KEYS_UNAVAILABLE


def test_a_store_without_keys_has_no_age() -> None:
    """Before the first fetch there is no key age to report, however long that is."""
    keys = Keys()
    keys.clock.advance(7200)
    assert keys.store.age_seconds() == 0


def test_bundled_keys_save_the_first_fetch() -> None:
    """Keys that came with the deployment serve at once, and are replaced after the maximum age."""
    keys = Keys(bundled_at=NOW - 100)
    assert keys.find() is not None
    keys.clock.advance(3599.9)
    keys.find()
    assert keys.cognito.key_set_fetches == 0
    keys.clock.advance(0.1)
    keys.find()
    assert keys.cognito.key_set_fetches == 1


def test_bundled_keys_are_as_old_as_the_sandbox() -> None:
    """What counts is for how long they are trusted, and not when the deployment fetched them."""
    keys = Keys(bundled_at=NOW - 80_000)
    keys.find()
    keys.clock.advance(7)
    assert keys.store.age_seconds() == 7


def test_an_unknown_name_beside_bundled_keys_is_looked_up() -> None:
    """A key made after the deployment is found although bundled keys look fresh."""
    keys = Keys(bundled_at=NOW)
    keys.cognito.keys = key_set("key1", "key2")
    assert keys.find("key2") is not None


@pytest.mark.parametrize(("age", "fetches"), [(86_400, 0), (86_401, 1)])
def test_an_old_bundle_is_not_trusted(age: int, fetches: int) -> None:
    """A bundle older than its own limit is fetched anew before anything is verified with it."""
    keys = Keys(bundled_at=NOW - age)
    keys.find()
    assert keys.cognito.key_set_fetches == fetches


def test_an_old_bundle_is_not_served_in_an_outage() -> None:
    """A bundle older than its limit is no stale key either."""
    keys = Keys(bundled_at=NOW - 86_401)
    keys.cognito.key_set_failure = DOWN
    assert keys.fault() is Fault.KEYS_UNAVAILABLE


def number(value: int) -> str:
    """As a member of a JSON Web Key (RFC 7518, section 2)."""
    return b64(value.to_bytes((value.bit_length() + 7) // 8, "big"))


@pytest.mark.parametrize(
    "change",
    [
        {"kty": "EC"},
        {"use": "enc"},
        {"key_ops": ["sign"]},
        {"key_ops": []},
        {"key_ops": "verify"},
        {"alg": "RS512"},
        {"kid": ""},
        {"kid": 7},
        {"n": "AQAB"},
        {"n": "!"},
        {"n": 7},
        {"n": None},
        {"n": public_jwk("key2")["n"] + "="},
        {"n": number(3 << 2048)},
        {"e": "AQAB="},
        {"e": ""},
        {"e": number(1)},
        {"e": number(65536)},
        {"e": number((1 << 256) + 1)},
        {"e": None},
        {"d": "AQAB"},
    ],
)
def test_only_keys_that_can_verify_rs256_are_kept(change: dict[str, Any]) -> None:
    """Keys of another type, use or algorithm, short ones and private ones are passed over."""
    good = public_jwk("key1")
    found = parse_key_set({"keys": [public_jwk("key2") | change, good, "?"]}, fetched_at=0)
    assert set(found.keys) == {"key1"}


def test_a_key_may_say_what_it_is_for() -> None:
    """A key for verifying, by its use and by its operations, is one of ours."""
    member = public_jwk("key2") | {"use": "sig", "key_ops": ["wrapKey", "verify"]}
    assert set(parse_key_set({"keys": [member]}, fetched_at=0).keys) == {"key2"}


@pytest.mark.parametrize("exponent", [3, 65537, (1 << 256) - 1])
def test_public_exponents_are_odd_and_bounded(exponent: int) -> None:
    """An odd exponent from 3, of at most 256 bits, is a public key's, whatever zeros precede it."""
    member = public_jwk("key2", e=b64(b"\x00" + exponent.to_bytes(32, "big")))
    key = parse_key_set({"keys": [member]}, fetched_at=0).keys["key2"]
    assert isinstance(key, RSAPublicKey)
    assert key.public_numbers().e == exponent


def test_a_key_of_2048_bits_is_long_enough() -> None:
    """One bit less than RFC 7518 asks for, and the key is passed over."""
    just_enough, too_short = (1 << 2047) + 1, (1 << 2046) + 1
    members = [
        public_jwk("key1", n=number(just_enough)),
        public_jwk("key2", n=number(too_short)),
    ]
    assert set(parse_key_set({"keys": members}, fetched_at=0).keys) == {"key1"}


def test_two_different_keys_of_one_name_spoil_the_set() -> None:
    """Nobody can say which of two keys with one name is meant."""
    document = {"keys": [public_jwk("key1"), public_jwk("key2", kid="key1")]}
    with pytest.raises(KeySetError):
        parse_key_set(document, fetched_at=0)


def test_one_key_published_twice_is_one_key() -> None:
    """The same key under the same name twice is no contradiction."""
    found = parse_key_set({"keys": [public_jwk("key1")] * 2}, fetched_at=0)
    assert set(found.keys) == {"key1"}


def test_bundled_keys_are_read_for_their_issuer_only(tmp_path: Path) -> None:
    """A bundle holds keys by issuer, and another issuer's keys are never used."""
    path = tmp_path / "keys.json"
    path.write_text(json.dumps({"fetched_at": NOW, "issuers": {ISSUER: key_set("key1")}}))
    bundled = read_bundled_keys(path, ISSUER)
    assert bundled is not None
    assert set(bundled.keys) == {"key1"}
    assert read_bundled_keys(path, "https://other.example") is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"fetched_at": 1}',
        '{"fetched_at": 1, "issuers": []}',
        '{"fetched_at": "1", "issuers": {}}',
        '{"fetched_at": true, "issuers": {}}',
    ],
)
def test_a_broken_bundle_is_an_error(tmp_path: Path, text: str) -> None:
    """A bundle that can't be read stops the start-up instead of being ignored."""
    path = tmp_path / "keys.json"
    path.write_text(text)
    with pytest.raises(KeySetError):
        read_bundled_keys(path, ISSUER)


def test_a_missing_bundle_is_an_error(tmp_path: Path) -> None:
    """A bundle that is configured must be there."""
    with pytest.raises(KeySetError):
        read_bundled_keys(tmp_path / "none.json", ISSUER)
