"""What is tested is what is deployed: one version of each package, locked with hashes."""

from __future__ import annotations

import re
from importlib.metadata import distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

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
    return [f"{name}=={version}" for name, _, version in entries(path)]


def entries(path: str) -> list[tuple[str, str, str]]:
    """Package, extras with commas between, and version of each."""
    text = (ROOT / path).read_text(encoding="utf-8")
    return re.findall(r"^([a-z0-9._-]+)(?:\[([a-z,-]+)\])?==([^ ;\\]+)", text, re.MULTILINE)


@pytest.mark.parametrize("path", LOCKS)
def test_developers_test_what_is_deployed(path: str) -> None:
    """Each locked version of a deployment is the one in the developers' environment."""
    assert locked(path)
    assert set(locked(path)) <= set(locked("requirements-dev.txt"))


@pytest.mark.parametrize("path", [*LOCKS, "requirements-dev.txt"])
def test_every_entry_has_hashes(path: str) -> None:
    """A package can't be replaced under its version, and no registry is named."""
    text = (ROOT / path).read_text(encoding="utf-8")
    blocks = re.findall(r"^[a-z0-9].*(?:\n    .*)*", text, re.MULTILINE)
    assert len(blocks) == len(locked(path))
    assert all("--hash=sha256:" in block for block in blocks)
    assert "://" not in text


def test_extras_are_locked_with_their_packages() -> None:
    """pip before 23.3 takes the newest of what is asked for with an extra, unless it is pinned."""
    pinned = {name: set(extras.split(",")) for name, extras, _ in entries("requirements-dev.txt")}
    asked: dict[str, set[str]] = {}
    for asking in distributions():
        extras = pinned.get(canonicalize_name(asking.metadata["Name"]), {""})
        for wanted in map(Requirement, asking.requires or []):
            if wanted.extras and _applies(wanted, extras):
                asked.setdefault(canonicalize_name(wanted.name), set()).update(wanted.extras)
    assert asked["coverage"] == {"toml"}
    assert {name: extras - pinned[name] for name, extras in asked.items()} == {
        name: set() for name in asked
    }


def _applies(wanted: Requirement, extras: set[str]) -> bool:
    """Here, and with one of the extras that its asker is installed with; "" is none."""
    return wanted.marker is None or any(wanted.marker.evaluate({"extra": e}) for e in extras)
