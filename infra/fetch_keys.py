"""Fetches a user pool's signing keys into the file that ``bundledJwksFile`` names.

``python -m infra.fetch_keys eu-west-1_AbCdEfGhI keys.json`` before a deployment lets the first
request of each sandbox begin without a fetch. Keys that the pool gets later are fetched as ever.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Any

from jose.key_set import KeySetError, parse_key_set, read_bundled_keys
from ledger.rows import cognito_issuers
from transport import Deadline, TransportError
from transport.https import HttpsTransport

#: For connecting, for an answer, and for everything.
_TIMEOUT_MS, _PATIENCE_SECONDS = 5000, 15

_MAX_BYTES = 64_000

#: The authorizer goes by bundled keys for a week from when they were fetched. Until a day is over
#: a file with the same keys is left as it is, and with it the zip and the version made of it.
LEFT_ALONE_SECONDS = 86_400

#: The JSON document at an address; raises ``FetchError``.
Fetch = Callable[[str], Any]


class FetchError(Exception):
    """The keys could not be fetched, and why."""


def fetch(url: str) -> Any:
    """The JSON document at ``url``, in the way that the authorizer itself fetches keys.

    Raises:
        FetchError: when there is none.
    """
    transport = HttpsTransport(
        connect_timeout_ms=_TIMEOUT_MS, read_timeout_ms=_TIMEOUT_MS, clock=time.monotonic
    )
    deadline = Deadline.after(_PATIENCE_SECONDS, time.monotonic)
    try:
        answer = transport.request(
            "GET", url, headers={}, body=None, max_bytes=_MAX_BYTES, deadline=deadline
        )
    except TransportError as error:
        raise FetchError(f"{url}: {error}") from None
    if answer.status != HTTPStatus.OK:
        raise FetchError(f"{url}: status {answer.status}")
    try:
        return json.loads(answer.body)
    except ValueError:
        raise FetchError(f"{url}: no JSON") from None


def write_keys(pool_id: str, file: Path, *, fetch: Fetch, now: int) -> bool:
    """Write the keys of both of the pool's issuers; whether the file had to be changed.

    Args:
        now: seconds since the epoch.

    Raises:
        FetchError: when they cannot be fetched.
        jose.key_set.KeySetError: when what was fetched is no usable key set.
    """
    issuers = {}
    for issuer in cognito_issuers(pool_id):
        issuers[issuer] = fetch(f"{issuer}/.well-known/jwks.json")
        parse_key_set(issuers[issuer], fetched_at=now)
    if _is_current(file, issuers, now):
        return False
    text = json.dumps({"fetched_at": now, "issuers": issuers}, indent=2, sort_keys=True)
    file.write_text(f"{text}\n", encoding="utf-8")
    return True


def _is_current(file: Path, issuers: dict[str, Any], now: int) -> bool:
    try:
        for issuer in issuers:
            read_bundled_keys(file, issuer)
    except KeySetError:
        return False
    written = json.loads(file.read_text(encoding="utf-8"))
    is_young: bool = 0 <= now - written["fetched_at"] < LEFT_ALONE_SECONDS
    is_same: bool = written["issuers"] == issuers
    return is_young and is_same


def main(arguments: list[str], fetch: Fetch = fetch) -> None:
    """The command line: a pool's id and a file's path."""
    if len(arguments) != 2:
        sys.exit("usage: python -m infra.fetch_keys <user pool id> <file>")
    pool_id, file = arguments
    try:
        is_changed = write_keys(pool_id, Path(file), fetch=fetch, now=int(time.time()))
    except (FetchError, KeySetError) as error:
        sys.exit(f"the keys of {pool_id} could not be fetched: {error}")
    sys.stdout.write(f"{file}: {'written' if is_changed else 'is current'}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
