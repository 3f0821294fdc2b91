"""Signing keys: two for each pool, one for access tokens and one for ID tokens.

They are made when they are first needed and are never written anywhere. Making one takes
about a tenth of a second, so a process makes each once: two stacks in one process sign with
the same keys in the same order, under issuers of their own.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import itertools
import json
import threading
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

_RSA_BITS = 2048


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key, what it signs (``access`` or ``id``) and for which pool."""

    pool_id: str
    token_use: str
    kid: str
    private: rsa.RSAPrivateKey

    def public_jwk(self) -> dict[str, Any]:
        """The public half, as Cognito publishes it."""
        jwk = _public_numbers(self.private)
        return {"alg": "RS256", "e": jwk["e"], "kid": self.kid, "kty": "RSA", "n": jwk["n"]} | {
            "use": "sig"
        }


class KeyRing:
    """All signing keys of one stack."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers = itertools.count()
        self._signing: dict[tuple[str, str], SigningKey] = {}
        self._published: dict[str, list[SigningKey]] = {}

    def signing_key(self, pool_id: str, token_use: str) -> SigningKey:
        """The key that signs the pool's tokens of this use now."""
        with self._lock:
            if (pool_id, token_use) not in self._signing:
                self._add_pair(pool_id)
            return self._signing[pool_id, token_use]

    def key_set(self, pool_id: str) -> dict[str, Any]:
        """The pool's JSON Web Key Set (RFC 7517)."""
        with self._lock:
            if pool_id not in self._published:
                self._add_pair(pool_id)
            return {"keys": [key.public_jwk() for key in self._published[pool_id]]}

    def find(self, kid: str) -> SigningKey | None:
        """The published key of that name, whichever pool's it is."""
        with self._lock:
            published = itertools.chain.from_iterable(self._published.values())
            return next((key for key in published if key.kid == kid), None)

    def rotate(self, pool_id: str, *, withdraw_old: bool = False) -> None:
        """Sign with a new pair from now on.

        Args:
            pool_id: whose keys.
            withdraw_old: no longer publish the pairs before; their tokens fail from now on.
        """
        with self._lock:
            if withdraw_old:
                self._published.pop(pool_id, None)
            self._add_pair(pool_id)

    def withdraw_old(self, pool_id: str, *, keep_pairs: int) -> None:
        """Publish only the newest pairs; tokens that others have signed fail from now on."""
        with self._lock:
            self._published[pool_id] = self._published[pool_id][-2 * keep_pairs :]

    def _add_pair(self, pool_id: str) -> None:
        for token_use in ("id", "access"):
            private = _private_key(next(self._numbers))
            key = SigningKey(pool_id, token_use, _thumbprint(private), private)
            self._signing[pool_id, token_use] = key
            self._published.setdefault(pool_id, []).append(key)


@functools.cache
def _private_key(number: int) -> rsa.RSAPrivateKey:  # noqa: ARG001  # what the cache goes by
    return rsa.generate_private_key(public_exponent=65537, key_size=_RSA_BITS)


def _public_numbers(private: rsa.RSAPrivateKey) -> dict[str, Any]:
    return RSAAlgorithm.to_jwk(private.public_key(), as_dict=True)


def _thumbprint(private: rsa.RSAPrivateKey) -> str:
    """RFC 7638, in the 44 characters that Cognito's key names have."""
    jwk = _public_numbers(private)
    members = json.dumps(
        {"e": jwk["e"], "kty": "RSA", "n": jwk["n"]}, separators=(",", ":"), sort_keys=True
    )
    return base64.b64encode(hashlib.sha256(members.encode()).digest()).decode()
