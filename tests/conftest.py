"""No test talks to anything but this machine, and none sees the caller's AWS settings."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from hypothesis import settings
from joserfc.jwk import RSAKey
from pytest_socket import socket_allow_hosts

settings.register_profile("project", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("project")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Suites with a long form run it with ``--long``: ``make faults``."""
    parser.addoption("--long", action="store_true", help="run the long form of faults and proofs")


@pytest.fixture(autouse=True)
def _isolated(monkeypatch: pytest.MonkeyPatch) -> None:
    socket_allow_hosts(["127.0.0.1", "localhost", "::1"], allow_unix_socket=True)
    for name in [name for name in os.environ if name.startswith(("AWS_", "POWERTOOLS_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture(autouse=True, scope="session")
def _known_keys_are_imported_once() -> Iterator[None]:
    """moto imports one and the same private key for each pool, which takes a sixth of a second."""
    import_key = RSAKey.import_key

    @cache
    def imported(text: str) -> RSAKey:
        return import_key(json.loads(text))

    def import_once(value: Any, *others: Any) -> RSAKey:
        if isinstance(value, dict) and not others:
            return imported(json.dumps(value, sort_keys=True))
        return import_key(value, *others)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(RSAKey, "import_key", import_once)
        yield
