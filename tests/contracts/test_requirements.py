"""What is tested is what is deployed: one version of each package, locked with hashes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = (
    "requirements.txt",
    "authorizer/requirements.txt",
    "benchmarks/textbook/requirements.txt",
    "native_sessions/requirements.txt",
    "ops/requirements.txt",
    "pool_trigger/requirements.txt",
    "pre_token_hook/requirements.txt",
    "receivers/requirements.txt",
    "session_feed/requirements.txt",
    "sign_out/requirements.txt",
)


def locked(path: str) -> list[str]:
    """Package and version of each entry of a lock file; a package may have one for each Python."""
    text = (ROOT / path).read_text(encoding="utf-8")
    return re.findall(r"^[a-z0-9._-]+(?:\[[a-z,]+\])?==[^ ;\\]+", text, re.MULTILINE)


@pytest.mark.parametrize("path", LOCKS)
def test_developers_test_what_is_deployed(path: str) -> None:
    """Each locked version of a deployment is the one in the developers' environment."""
    assert locked(path)
    assert set(locked(path)) <= set(locked("requirements-dev.txt"))


@pytest.mark.parametrize("path", [*LOCKS, "requirements-dev.txt"])
def test_every_entry_has_hashes(path: str) -> None:
    """A package can't be replaced under its version, and no registry is named."""
    text = (ROOT / path).read_text(encoding="utf-8")
    entries = re.findall(r"^[a-z0-9].*(?:\n    .*)*", text, re.MULTILINE)
    assert len(entries) == len(locked(path))
    assert all("--hash=sha256:" in entry for entry in entries)
    assert "://" not in text
