"""The key set's rows: what the issuer may publish instead of its keys.

An outage is bridged by keys that are there; a set that is whole but has no such key is a word.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from authorizer.errors import Reason
from jose.key_set import MAX_KEYS
from tests.faults import misbehaviour, moods
from tests.faults.far_side import Mood
from tests.faults.fault import Component, Fault
from tests.faults.moods import answering, saying_json
from tests.faults.shared_faults import shared_faults
from tests.tokens import key_set, public_jwk

_RIGHT = json.dumps(key_set("key1")).encode()


def _one(**members: object) -> Mood:
    return saying_json({"keys": [public_jwk("key1", **members)]})


_UNUSABLE: dict[str, Mood] = {
    "is empty": saying_json({"keys": []}),
    "is no list": saying_json({"keys": {"key1": public_jwk("key1")}}),
    "has two keys of one name": saying_json(
        {"keys": [public_jwk("key1"), public_jwk("key2", kid="key1")]}
    ),
    "has keys of another type": _one(kty="EC"),
    "has keys for another use": _one(use="enc"),
    "has keys for another algorithm": _one(alg="RS512"),
    "has a private key": _one(d="AQAB"),
    "has a key without a modulus": _one(n=""),
    "has a key with a modulus that is none": _one(n=[1]),
    "has a key without an exponent": _one(e="AA"),
    "has a key without a name": _one(kid=None),
    "has too short a key": saying_json({"keys": [public_jwk("key1", n="5w")]}),
    "has too many keys": saying_json(
        {"keys": [public_jwk("key1", kid=f"key{n}") for n in range(MAX_KEYS + 1)]}
    ),
    "is huge": answering(_RIGHT[:-1] + b" " * 70_000 + b"}"),
    "is right, but with 206": answering(_RIGHT, "206 Partial Content"),
    "is right, but with 500": answering(_RIGHT, "500 Internal Server Error"),
    "fails every other time": moods.every_other_time(misbehaviour.STRANGE["says 503"]),
}
_OTHERS: dict[str, tuple[Mood, Reason]] = {
    "is rotated": (saying_json(key_set("key2")), Reason.KEY_UNKNOWN),
    "has the name on another type of key": (
        saying_json({"keys": [public_jwk("key1", kty="EC"), public_jwk("key2")]}),
        Reason.KEY_UNKNOWN,
    ),
    "has the name on another key": (
        saying_json({"keys": [public_jwk("key2", kid="key1")]}),
        Reason.SIGNATURE_INVALID,
    ),
}
_IN_PAIRS = {
    "is empty",
    "has two keys of one name",
    "has keys of another type",
    "is huge",
    "is right, but with 206",
    "fails every other time",
    "is rotated",
    "has the name on another key",
}


def key_faults() -> Iterator[Fault]:
    """All of them."""
    me, out = Component.KEYS, Reason.KEYS_UNAVAILABLE
    yield from shared_faults(me, lost=out, strange=out)
    for name, mood in _UNUSABLE.items():
        yield Fault(me, name, out, mood, in_pairs=name in _IN_PAIRS)
    for name, (mood, reason) in _OTHERS.items():
        # A key is trusted for an hour under the name that it was published by.
        lasts = 3601.0 if reason is Reason.SIGNATURE_INVALID else 6.0
        yield Fault(
            me,
            name,
            reason,
            mood,
            is_outage=False,
            in_pairs=name in _IN_PAIRS,
            lasts_seconds=lasts,
        )
