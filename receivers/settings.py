"""One receiver's settings: read once from the environment, frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from environment import EnvironmentReader
from jose.key_settings import KeySettings, read_key_settings
from receivers.transmitters import Kind, Transmitter, read_transmitters


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a receiver can be told. Times carry their unit in the name."""

    kind: Kind
    deployment: str
    transmitters: tuple[Transmitter, ...]
    endpoint_url: str
    """What callers name in ``aud``; empty where it is not asked for."""
    user_pool_id: str
    """Where users are signed out; empty if none maps to Cognito."""
    ledger_table: str
    leeway_seconds: int
    max_lifetime_seconds: int
    event_max_age_seconds: int
    token_max_bytes: int
    keys: KeySettings
    timeout_ms: int
    budget_ms: int
    local_endpoint: str | None

    @property
    def region(self) -> str:
        """The user pool's."""
        return self.user_pool_id.partition("_")[0]

    @classmethod
    def from_env(cls, environ: Mapping[str, str], kind: Kind) -> Settings:
        """Read and check every variable.

        Raises:
            environment.SettingsError: with every problem, each by its variable's name.
        """
        read = EnvironmentReader(environ)
        local_endpoint = read.loopback_url("LOCAL_ENDPOINT")
        transmitters = read_transmitters(read, kind, allows_loopback=local_endpoint is not None)
        ledger_table = read.text("LEDGER_TABLE")
        if not ledger_table:
            read.problem("LEDGER_TABLE", "must name the ledger's table")
        settings = cls(
            kind=kind,
            deployment=read.label("DEPLOYMENT_NAME", default="default"),
            transmitters=transmitters,
            endpoint_url=_endpoint_url(read, kind, allows_loopback=local_endpoint is not None),
            user_pool_id=_user_pool_id(read, transmitters),
            ledger_table=ledger_table,
            leeway_seconds=read.integer("LEEWAY_SECONDS", default=30, minimum=0, maximum=120),
            # Back-Channel Logout 1.0, section 4 prefers two minutes, the revocation draft's
            # section 3.5 five; what lives for longer is worth stealing.
            max_lifetime_seconds=read.integer(
                "MAX_LIFETIME_SECONDS", default=600, minimum=60, maximum=3600
            ),
            # Security event tokens do not expire (Shared Signals Framework 1.0, section 4.1.7) and
            # are sent again after outages. Each is remembered for as long as it would be taken.
            event_max_age_seconds=read.integer(
                "EVENT_MAX_AGE_SECONDS", default=604_800, minimum=300, maximum=2_592_000
            ),
            token_max_bytes=read.integer(
                "TOKEN_MAX_BYTES", default=8192, minimum=512, maximum=32_768
            ),
            keys=read_key_settings(read),
            timeout_ms=read.integer("TIMEOUT_MS", default=2000, minimum=100, maximum=10_000),
            budget_ms=read.integer("BUDGET_MS", default=8000, minimum=500, maximum=28_000),
            local_endpoint=local_endpoint,
        )
        read.finish()
        return settings


def _endpoint_url(read: EnvironmentReader, kind: Kind, *, allows_loopback: bool) -> str:
    """As it stands, with a slash at its end if it has one: it is compared byte for byte."""
    if kind is not Kind.GLOBAL_REVOCATION:
        return ""
    url = read.text("ENDPOINT_URL")
    if not url:
        read.problem("ENDPOINT_URL", "must be the address that callers send revocations to")
    elif allows_loopback and url.startswith("http:"):
        read.loopback_url("ENDPOINT_URL")
    else:
        read.https_url("ENDPOINT_URL")
    return url


def _user_pool_id(read: EnvironmentReader, transmitters: tuple[Transmitter, ...]) -> str:
    is_stated = bool(read.text("USER_POOL_ID"))
    user_pool_id = read.user_pool_id("USER_POOL_ID") if is_stated else ""
    maps_to_cognito = any(transmitter.cognito is not None for transmitter in transmitters)
    if maps_to_cognito and not is_stated:
        read.problem("USER_POOL_ID", "must name the user pool with cognitoUser")
    return user_pool_id if maps_to_cognito else ""
