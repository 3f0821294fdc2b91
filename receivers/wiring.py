"""Builds a receiver from an environment. The only module that knows the real world."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import IO
from urllib.parse import urlsplit

from cognito.aws import user_pools
from cognito.calls import Calls
from issuers.discovery import discover
from issuers.secret import parameter_secret
from jose.keys import KeyStore
from ledger.aws import dynamodb
from ledger.dynamodb import Calls as LedgerCalls
from ledger.replay import ReplayGuard
from ledger.writer import Writer
from receivers import backchannel_logout, global_revocation, security_events
from receivers.cognito import CognitoUsers
from receivers.ending import Ending
from receivers.flow import Receiver, Route
from receivers.settings import Settings
from receivers.stream_secret import StreamSecret
from receivers.telemetry import Telemetry
from receivers.transmitters import Kind, Transmitter
from receivers.verification import Verifier
from telemetry import Reports
from transport import MonotonicClock, Transport, WallClock
from transport.https import HttpsTransport

_TOKEN_TYPES = {
    Kind.BACKCHANNEL_LOGOUT: backchannel_logout.TOKEN_TYPE,
    Kind.SECURITY_EVENTS: security_events.TOKEN_TYPE,
    Kind.GLOBAL_REVOCATION: global_revocation.TOKEN_TYPE,
}


def wire(
    environ: Mapping[str, str],
    kind: Kind,
    *,
    clock: WallClock = time.time,
    monotonic: MonotonicClock = time.monotonic,
    transport: Transport | None = None,
    ledger_calls: LedgerCalls | None = None,
    cognito_calls: Calls | None = None,
    pause: Callable[[float], object] = time.sleep,
    log_stream: IO[str] | None = None,
    service: str = "",
) -> Receiver:
    """A receiver with its settings read and its clients made.

    Args:
        environ: the settings; see :meth:`receivers.settings.Settings.from_env`.
        kind: what it takes.
        clock: wall-clock time, seconds since the epoch: for tokens, keys and marks.
        monotonic: for deadlines.
        transport: the way to key sets, parameters and Cognito; HTTPS if none is given.
        ledger_calls: how to call the ledger's table; signed HTTPS if nothing else is given.
        cognito_calls: how to call Cognito; over ``transport`` if nothing else is given.
        pause: waits for so many seconds before another attempt at Cognito.
        log_stream: where log lines go; standard output if none is given.
        service: what log lines and metrics call it; the kind, if it is empty; see
            :class:`telemetry.Reports`.

    Raises:
        environment.SettingsError: when the settings cannot be used, with every problem.
    """
    settings = Settings.from_env(environ, kind)
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
    cognito: CognitoUsers | None = None
    if settings.user_pool_id:
        cognito_calls = cognito_calls or user_pools(
            settings.region,
            environ,
            local_endpoint=settings.local_endpoint,
            transport=transport,
            clock=clock,
            pause=pause,
        )
        cognito = CognitoUsers(settings.user_pool_id, cognito_calls)
    verifier = Verifier(
        settings.transmitters,
        {
            transmitter.issuer: _keys(transmitter, settings, transport=transport, clock=clock)
            for transmitter in settings.transmitters
        },
        token_type=_TOKEN_TYPES[kind],
        max_bytes=settings.token_max_bytes,
    )
    service = service or kind.value
    ending = Ending(
        ReplayGuard(settings.ledger_table, calls),
        Writer(settings.ledger_table, calls),
        user_pool_id=settings.user_pool_id,
        cognito=cognito,
        clock=clock,
    )
    return Receiver(
        _route(settings, verifier, ending, environ, transport=transport, clock=clock),
        ending,
        budget_ms=settings.budget_ms,
        telemetry=Telemetry(Reports(service, settings.deployment, log_stream)),
        monotonic=monotonic,
    )


def _route(
    settings: Settings,
    verifier: Verifier,
    ending: Ending,
    environ: Mapping[str, str],
    *,
    transport: Transport,
    clock: WallClock,
) -> Route:
    if settings.kind is Kind.BACKCHANNEL_LOGOUT:
        return backchannel_logout.BackchannelLogout(settings, verifier, clock=clock)
    if settings.kind is Kind.GLOBAL_REVOCATION:
        return global_revocation.GlobalRevocation(settings, verifier, ending.begin, clock=clock)
    secrets = {
        transmitter.issuer: StreamSecret(
            parameter_secret(
                transmitter.authorization_parameter,
                environ,
                local_endpoint=settings.local_endpoint,
                transport=transport,
                clock=clock,
            ),
            clock=clock,
        )
        for transmitter in settings.transmitters
        if transmitter.authorization_parameter
    }
    return security_events.SecurityEvents(settings, verifier, secrets, clock=clock)


def _keys(
    transmitter: Transmitter, settings: Settings, *, transport: Transport, clock: WallClock
) -> KeyStore:
    metadata = (
        _stream_metadata(transmitter.issuer) if settings.kind is Kind.SECURITY_EVENTS else None
    )
    return KeyStore(
        transmitter.key_set_url or discover(transmitter.issuer, transport, document_url=metadata),
        settings.keys,
        transport=transport,
        clock=clock,
        algorithms=frozenset(algorithm.value for algorithm in transmitter.algorithms),
    )


def _stream_metadata(issuer: str) -> str:
    """Where a transmitter's metadata are: the path goes behind the well-known part.

    Shared Signals Framework 1.0, section 7.2.
    """
    parts = urlsplit(issuer)
    return f"{parts.scheme}://{parts.netloc}/.well-known/ssf-configuration{parts.path.rstrip('/')}"
