"""The settings that concern signing keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from environment import EnvironmentReader

if TYPE_CHECKING:
    from pathlib import Path


class KeySettings(NamedTuple):
    """How long signing keys are trusted, and how often they may be fetched."""

    max_age_seconds: int
    max_stale_seconds: int
    failure_cooldown_seconds: int
    unknown_kid_interval_seconds: int
    unknown_kid_burst: int
    bundled_file: Path | None
    bundled_max_age_seconds: int


def read_key_settings(read: EnvironmentReader) -> KeySettings:
    """Read them. Problems are recorded with ``read``."""
    bundled = read.text("JWKS_FILE")
    return KeySettings(
        # How long a key that the issuer has withdrawn may go on being trusted.
        max_age_seconds=read.integer(
            "JWKS_MAX_AGE_SECONDS", default=3600, minimum=60, maximum=86_400
        ),
        # How much longer keys are served while the issuer's key set cannot be fetched.
        max_stale_seconds=read.integer(
            "JWKS_MAX_STALE_SECONDS", default=14_400, minimum=0, maximum=86_400
        ),
        failure_cooldown_seconds=read.integer(
            "JWKS_FAILURE_COOLDOWN_SECONDS", default=5, minimum=1, maximum=60
        ),
        # A sandbox that meets a flood of forged key names fetches once in this interval, and
        # a real rotation is therefore accepted at latest after it.
        unknown_kid_interval_seconds=read.integer(
            "JWKS_UNKNOWN_KID_INTERVAL_SECONDS", default=5, minimum=1, maximum=60
        ),
        unknown_kid_burst=read.integer("JWKS_UNKNOWN_KID_BURST", default=2, minimum=1, maximum=10),
        bundled_file=_path(bundled) if bundled else None,
        bundled_max_age_seconds=read.integer(
            "JWKS_FILE_MAX_AGE_SECONDS", default=604_800, minimum=0, maximum=2_592_000
        ),
    )


def _path(text: str) -> Path:
    from pathlib import Path  # noqa: PLC0415  # most deployments bundle no keys

    return Path(text)
