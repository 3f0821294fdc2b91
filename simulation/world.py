"""What all parts of one simulation share: its clock, its chance, and the names of things."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from random import Random

from simpy import Environment

from authorizer.settings import Settings as AuthorizerSettings
from simulation.load import SessionMode, Settings
from simulation.table import TABLE

REGION = "eu-west-1"
POOL_ID = f"{REGION}_Fleet"
ISSUER = f"https://cognito-idp.{REGION}.amazonaws.com/{POOL_ID}"
CLIENT_ID = "fleetclient"
KEY_ID = "fleet-key"

#: When a simulation begins, seconds since the epoch: 2026-11-20T12:00:00Z.
BEGIN = 1_795_176_000


class Time:
    """Both clocks of everybody: SandBoxes' clocks agree, for AWS keeps them in step."""

    def __init__(self, env: Environment) -> None:
        self.env = env

    def now(self) -> float:
        """Seconds since the simulation began: the monotonic clock."""
        return self.env.now

    def clock(self) -> float:
        """Seconds since the epoch: the wall clock."""
        return BEGIN + self.env.now


def chance(seed: int, purpose: str) -> Random:
    """Random numbers for one purpose, so that drawing more for one leaves others as they were."""
    return Random(f"{seed}/{purpose}")  # noqa: S311  # a simulation, no secret


def environment(settings: Settings) -> Mapping[str, str]:
    """The authorizer's environment under these settings."""
    environ = {
        "ISSUERS": ISSUER,
        "CLIENT_IDS": CLIENT_ID,
        "VERDICT_TTL_SECONDS": str(settings.verdict_ttl_seconds),
        "GATEWAY_TTL_SECONDS": str(settings.gateway_ttl_seconds),
        "VERDICT_MAX_ENTRIES": str(settings.verdict_max_entries),
    }
    if settings.stale_grace_seconds:
        environ |= {
            "OUTAGE_RULE": "stale",
            "STALE_GRACE_SECONDS": str(settings.stale_grace_seconds),
        }
    if settings.ledger:
        environ |= {
            "AWS_REGION": REGION,
            "LEDGER_TABLE": TABLE,
            "MEMORY_TTL_SECONDS": str(settings.memory_ttl_seconds),
        }
    if settings.session_mode is SessionMode.LEDGER:
        environ |= {"SESSION_POLICY": "evict_oldest", "SESSION_LIMIT": "1"}
    return environ


def authorizer_settings(settings: Settings) -> AuthorizerSettings:
    """The same, as the authorizer reads it.

    Raises:
        environment.SettingsError: when the authorizer refuses them.
    """
    return AuthorizerSettings.from_env(environment(settings))


def key_set() -> Mapping[str, object]:
    """A key set to fetch. Nothing is verified by it, so any odd number of 2048 bits will do."""
    modulus = base64.urlsafe_b64encode(((1 << 2047) | 1).to_bytes(256)).rstrip(b"=").decode()
    key = {"kty": "RSA", "n": modulus, "e": "AQAB", "kid": KEY_ID, "use": "sig", "alg": "RS256"}
    return {"keys": [key]}
