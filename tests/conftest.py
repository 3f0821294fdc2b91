"""No test talks to anything but this machine, and none sees the caller's AWS settings."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings
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
