"""Builds an authorizer from an environment. The only module that knows the real world."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import IO, TYPE_CHECKING

from authorizer.flow import Authorizer
from authorizer.log_line import LogLines, StandardOutput
from authorizer.revocation.check import RevocationCheck, SessionCheck
from authorizer.revocation.getuser import GetUser
from authorizer.revocation.memory import VerdictMemory
from authorizer.revocation.userinfo import UserInfo
from authorizer.revocation.verdict import SessionSource
from authorizer.settings import Settings
from authorizer.telemetry import SERVICE, Telemetry
from authorizer.verification import Verifier
from jose.key_set import read_bundled_keys
from jose.keys import KeyStore
from transport import MonotonicClock, Transport, WallClock
from transport.https import HttpsTransport

if TYPE_CHECKING:
    from ledger.dynamodb import Calls


def wire(
    environ: Mapping[str, str],
    *,
    clock: WallClock = time.time,
    monotonic: MonotonicClock = time.monotonic,
    pause: Callable[[float], None] = time.sleep,
    transport: Transport | None = None,
    ledger_calls: Calls | None = None,
    log_stream: IO[str] | None = None,
    service: str = SERVICE,
) -> Authorizer:
    """An authorizer with a memory of its own, as each Lambda sandbox has one.

    Args:
        environ: the settings; see :meth:`authorizer.settings.Settings.from_env`.
        clock: wall-clock time, seconds since the epoch: for tokens, keys and verdicts.
        monotonic: for durations and deadlines.
        pause: waits for so many seconds, when another sandbox is asking about the same session.
        transport: the way to the network; HTTPS connections kept alive if none is given.
        ledger_calls: how to call the ledger's table; signed HTTPS if nothing else is given.
        log_stream: where log lines go; standard output if none is given.
        service: what log lines and metrics call it.

    Raises:
        environment.SettingsError: when the settings cannot be used, with every problem.
        jose.keys.KeySetError: when bundled keys cannot be used.
    """
    settings = Settings.from_env(environ)
    if transport is None:
        transport = HttpsTransport(
            connect_timeout_ms=settings.connect_timeout_ms,
            read_timeout_ms=settings.read_timeout_ms,
            clock=monotonic,
        )
    stores = {
        issuer: KeyStore(
            key_set_url(issuer, settings),
            settings.keys,
            transport=transport,
            clock=clock,
            bundled=(
                read_bundled_keys(settings.keys.bundled_file, issuer)
                if settings.keys.bundled_file is not None
                else None
            ),
        )
        for issuer in settings.issuers
    }
    sources = pool_sources(settings, transport)
    if settings.providers:
        # Imported here, as the ledger is below: nobody's cold start pays for what is not there.
        from authorizer import provider_wiring  # noqa: PLC0415

        secrets = provider_wiring.parameter_secrets(
            environ, settings, transport=transport, clock=clock
        )
        stores |= provider_wiring.provider_stores(settings, transport=transport, clock=clock)
        sources += provider_wiring.provider_sources(
            settings, transport=transport, secret_of=secrets
        )
    lines = LogLines(
        StandardOutput() if log_stream is None else log_stream,
        service=service,
        deployment=settings.deployment_name,
        clock=clock,
    )
    telemetry = Telemetry(lines, stores, environ)
    telemetry.announce(settings)
    memory = VerdictMemory(
        ttl_seconds=settings.verdict_ttl_seconds,
        stale_grace_seconds=settings.stale_grace_seconds,
        max_entries=settings.verdict_max_entries,
    )
    check = RevocationCheck(settings, sources, memory, clock=clock, monotonic=monotonic)
    revocation: SessionCheck = check
    if settings.ledger is not None:
        # Imported here, so that nobody's cold start pays for a ledger that is not there.
        from authorizer.revocation.ledger_wiring import wire_ledger  # noqa: PLC0415

        revocation = wire_ledger(
            environ,
            settings,
            settings.ledger,
            sources=sources,
            fallback=check,
            clock=clock,
            monotonic=monotonic,
            pause=pause,
            calls=ledger_calls,
        )
    return Authorizer(
        settings,
        Verifier(settings, stores, clock=clock),
        revocation,
        telemetry,
        clock=clock,
        monotonic=monotonic,
    )


def key_set_url(issuer: str, settings: Settings) -> str:
    """Where the keys of one of the pool's issuers are published."""
    if settings.local_endpoint is not None:
        issuer = f"{settings.local_endpoint}/{issuer.rpartition('/')[2]}"
    return f"{issuer}/.well-known/jwks.json"


def pool_sources(settings: Settings, transport: Transport) -> list[SessionSource]:
    """Whom to ask about the sessions of the pool's users, in the order of preference."""
    endpoint = settings.local_endpoint or (
        f"https://cognito-idp.{settings.region}.{settings.endpoint_domain}"
    )
    sources: list[SessionSource] = [GetUser(endpoint, transport=transport)]
    if settings.userinfo_url is not None:
        sources.append(UserInfo(settings.userinfo_url, transport=transport))
    return sources
