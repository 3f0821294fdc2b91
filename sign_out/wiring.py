"""Builds the endpoint from an environment. The only module that knows the real world."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import IO

from cognito.aws import user_pools
from cognito.calls import Calls
from issuers.profile import OidcIssuer
from issuers.secret import parameter_secret
from issuers.verification import key_store
from jose.keys import KeyStore
from ledger.aws import dynamodb
from ledger.dynamodb import Calls as LedgerCalls
from ledger.writer import Writer
from sign_out.allowance import Allowance
from sign_out.cognito import Cognito
from sign_out.flow import SignOut
from sign_out.marks import Marker
from sign_out.pool_tokens import PoolTokens
from sign_out.provider_revocation import ProviderRevocation
from sign_out.provider_tokens import ProviderTokens
from sign_out.session import SessionReader, TokenReader
from sign_out.settings import Settings
from sign_out.telemetry import SERVICE, Telemetry
from telemetry import Reports
from transport import Deadline, MonotonicClock, Transport, WallClock
from transport.https import HttpsTransport


def wire(
    environ: Mapping[str, str],
    *,
    clock: WallClock = time.time,
    monotonic: MonotonicClock = time.monotonic,
    transport: Transport | None = None,
    ledger_calls: LedgerCalls | None = None,
    cognito_calls: Calls | None = None,
    pause: Callable[[float], object] = time.sleep,
    log_stream: IO[str] | None = None,
    service: str = SERVICE,
) -> SignOut:
    """An endpoint with its settings read and its clients made.

    Args:
        environ: the settings; see :meth:`sign_out.settings.Settings.from_env`.
        clock: wall-clock time, seconds since the epoch: for tokens, keys and marks.
        monotonic: for deadlines and rations.
        transport: the way to Cognito and to providers; HTTPS if none is given.
        ledger_calls: how to call the ledger's table; signed HTTPS if nothing else is given.
        cognito_calls: how to call Cognito; over ``transport`` if nothing else is given.
        pause: waits for so many seconds before another attempt at Cognito.
        log_stream: where log lines go; standard output if none is given.
        service: what log lines and metrics call it; see :class:`telemetry.Reports`.

    Raises:
        environment.SettingsError: when the settings cannot be used, with every problem.
    """
    settings = Settings.from_env(environ)
    transport = transport or HttpsTransport(
        connect_timeout_ms=settings.timeout_ms,
        read_timeout_ms=settings.timeout_ms,
        clock=monotonic,
    )
    calls = ledger_calls or dynamodb(
        environ,
        local_endpoint=settings.local_endpoint,
        timeout_ms=settings.timeout_ms,
        clock=clock,
        monotonic=monotonic,
    )
    cognito_calls = cognito_calls or user_pools(
        settings.region,
        environ,
        local_endpoint=settings.local_endpoint,
        transport=transport,
        clock=clock,
        pause=pause,
    )
    pool_keys = KeyStore(settings.key_set_url, settings.keys, transport=transport, clock=clock)
    pool_tokens = PoolTokens(settings, clock=clock)
    readers: dict[str, TokenReader] = dict.fromkeys(settings.issuers, pool_tokens)
    readers |= {
        profile.issuer: ProviderTokens(profile, settings, clock=clock)
        for profile in settings.providers
    }
    keys = dict.fromkeys(settings.issuers, pool_keys)
    keys |= {
        profile.issuer: key_store(profile, settings.keys, transport=transport, clock=clock)
        for profile in settings.providers
    }
    return SignOut(
        settings,
        sessions=SessionReader(readers, keys),
        marker=Marker(Writer(settings.ledger_table, calls), clock=clock),
        cognito=Cognito(settings, cognito_calls),
        providers={
            profile.issuer: ProviderRevocation(
                profile,
                transport=transport,
                secret=_secret(profile, environ, settings, transport=transport, clock=clock),
            )
            for profile in settings.providers
        },
        allowance=Allowance(settings.unverified_per_minute, monotonic=monotonic),
        telemetry=Telemetry(Reports(service, settings.deployment, log_stream)),
        monotonic=monotonic,
    )


def _secret(
    profile: OidcIssuer,
    environ: Mapping[str, str],
    settings: Settings,
    *,
    transport: Transport,
    clock: WallClock,
) -> Callable[[Deadline], str] | None:
    if not profile.client_secret_parameter:
        return None
    return parameter_secret(
        profile.client_secret_parameter,
        environ,
        local_endpoint=settings.local_endpoint,
        transport=transport,
        clock=clock,
    )
