"""Verification alone, of tokens that nobody has seen before; keys are in memory."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from benchmarks import stopwatch
from benchmarks.figures import Figure, compare
from benchmarks.pool import CLIENT_ID, ISSUER, KEY_SET, POOL_ID
from benchmarks.processes import node_worker
from benchmarks.run import Run
from benchmarks.series import in_turn
from benchmarks.verifier import NO_LIMIT, local_verifier

ROUNDS = 25
TOKENS = 100
_WARM_UP = 20

#: As the textbook has them.
_REQUIRED = ["iss", "sub", "token_use", "iat", "exp", "auth_time", "client_id", "jti", "username"]
_LEEWAY_SECONDS = 5


def measure(run: Run) -> list[Figure]:
    """The verifier against the bare signature, PyJWT, and aws-jwt-verify in Node."""
    count = run.count(TOKENS)
    rounds = run.count(ROUNDS)
    tokens = run.tokens((rounds + 1) * count)
    file = run.file("tokens")
    write_tokens(file, tokens)
    verifier = local_verifier(run.clock)
    with node_worker(file, is_distinct=True) as node:
        # Node compiles what runs often; so does nobody else here.
        node.do(_WARM_UP * count)
        candidates = {
            "ours": stopwatch.each(lambda text: verifier.verify(text, NO_LIMIT), tokens, count),
            "rsa": stopwatch.each(_signature, [_parts(token) for token in tokens], count),
            "pyjwt": stopwatch.each(_pyjwt, tokens, count),
            "node": stopwatch.worker(node, count),
        }
        for once in candidates.values():
            once()
        series = in_turn(run.rounds(ROUNDS), candidates)
    return [
        compare(
            f"first_seen.{name}",
            f"First-seen token, against {peer}",
            "µs",
            ours=series["ours"],
            peer=peer,
            theirs=series[key],
        )
        for name, peer, key in (
            ("rsa", "RSA-2048 alone", "rsa"),
            ("pyjwt", "PyJWT decode", "pyjwt"),
            ("aws_jwt_verify", "aws-jwt-verify", "node"),
        )
    ]


def write_tokens(file: Path, tokens: Sequence[str]) -> None:
    """For the worker in Node."""
    told = {"userPoolId": POOL_ID, "clientId": CLIENT_ID, "keySet": KEY_SET, "tokens": tokens}
    file.write_text(json.dumps(told))


_KEY: Any = jwt.PyJWK(KEY_SET["keys"][0]).key
#: Made once, as here: what is timed is verifying, in cryptography's one call that hashes as well.
_PADDING, _HASH = PKCS1v15(), SHA256()


def _parts(token: str) -> tuple[bytes, bytes]:
    signing_input, _, signature = token.rpartition(".")
    return signing_input.encode(), jwt.utils.base64url_decode(signature)


def _signature(parts: tuple[bytes, bytes]) -> None:
    _KEY.verify(parts[1], parts[0], _PADDING, _HASH)


def _pyjwt(token: str) -> object:
    return jwt.decode(
        token,
        _KEY,
        algorithms=["RS256"],
        issuer=ISSUER,
        leeway=_LEEWAY_SECONDS,
        options={"require": _REQUIRED, "verify_aud": False},
    )
