"""The user pool that all candidates verify tokens of: one key, many sessions, real time."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.events import rest_request
from tests.tokens import CLIENT_ID, ISSUER, POOL_ID, REGION, SessionMaker, key_set, sign

KEY_SET_PATH = f"/{POOL_ID}/.well-known/jwks.json"
KEY_SET = key_set("key1")

__all__ = ["CLIENT_ID", "ISSUER", "KEY_SET", "KEY_SET_PATH", "POOL_ID", "REGION"]


def new_token(now: float, **changes: Any) -> str:
    """An access token of a session of its own, signed in a minute ago."""
    return sign(SessionMaker(signed_in_at=int(now) - 60).access(**changes))


def event_of(token: str) -> dict[str, Any]:
    """What a REST API sends an authorizer of type REQUEST."""
    return rest_request(f"Bearer {token}", path="/orders")


def write_events(file: Path, tokens: list[str]) -> None:
    """One event per line."""
    file.write_text("".join(f"{json.dumps(event_of(token))}\n" for token in tokens))


def textbook_environ(endpoint: str) -> Mapping[str, str]:
    """The textbook authorizer's settings."""
    return {"ISSUER": ISSUER, "CLIENT_IDS": CLIENT_ID, "LOCAL_ENDPOINT": endpoint}


def authorizer_environ(endpoint: str, *, has_ledger: bool, remembers: bool) -> Mapping[str, str]:
    """The settings of this project's.

    Args:
        has_ledger: whether the session ledger is on.
        remembers: whether verdicts and rows outlive the measurement, or have their default lives.
    """
    environ = {"ISSUERS": ISSUER, "CLIENT_IDS": CLIENT_ID, "LOCAL_ENDPOINT": endpoint}
    if has_ledger:
        environ["LEDGER_TABLE"] = "sessions"
    if remembers:
        environ["VERDICT_TTL_SECONDS"] = "3600"
        if has_ledger:
            environ["MEMORY_TTL_SECONDS"] = "3600"
    return environ
