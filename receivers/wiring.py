"""Builds a receiver from an environment. The only module that knows the real world."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import IO, TYPE_CHECKING
from urllib.parse import urlsplit

from aws_lambda_powertools.logging import Logger
from aws_lambda_powertools.metrics import EphemeralMetrics

from issuers.discovery import discover
from issuers.secret import parameter_secret
from jose.keys import KeyStore
from ledger.aws import dynamodb
from ledger.dynamodb import Calls
from ledger.replay import ReplayGuard
from ledger.writer import Writer
from receivers import backchannel_logout, global_revocation, security_events
from receivers.ending import Ending
from receivers.flow import Receiver, Route
from receivers.settings import Settings
from receivers.stream_secret import StreamSecret
from receivers.telemetry import NAMESPACE, Telemetry
from receivers.transmitters import Kind, Transmitter
from receivers.verification import Verifier
from transport import MonotonicClock, Transport, WallClock
from transport.https import HttpsTransport

if TYPE_CHECKING:
    from types_boto3_cognito_idp.client import CognitoIdentityProviderClient

    from receivers.cognito import CognitoUsers

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
    ledger_calls: Calls | None = None,
    cognito: CognitoIdentityProviderClient | None = None,
    log_stream: IO[str] | None = None,
    service: str = "",
) -> Receiver:
    """A receiver with its settings read and its clients made.

    Args:
        environ: the settings; see :meth:`receivers.settings.Settings.from_env`.
        kind: what it takes.
        clock: wall-clock time, seconds since the epoch: for tokens, keys and marks.
        monotonic: for deadlines.
        transport: the way to key sets and parameters; HTTPS if none is given.
        ledger_calls: how to call the ledger's table; signed HTTPS if nothing else is given.
        cognito: an SDK client; made if users map to Cognito and none is given.
        log_stream: where log lines go; standard output if none is given.
        service: what log lines and metrics call it; the kind, if it is empty. Powertools keeps
            one logger, with one stream, for each name: two in one process need two names.

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
    return Receiver(
        _route(settings, verifier, environ, transport=transport, clock=clock),
        Ending(
            ReplayGuard(settings.ledger_table, calls),
            Writer(settings.ledger_table, calls),
            user_pool_id=settings.user_pool_id,
            cognito=_cognito_users(settings, cognito),
            clock=clock,
        ),
        budget_ms=settings.budget_ms,
        telemetry=Telemetry(
            settings.deployment,
            Logger(service=service, stream=log_stream, use_rfc3339=True, utc=True),
            EphemeralMetrics(namespace=NAMESPACE, service=service),
        ),
        monotonic=monotonic,
    )


def _route(
    settings: Settings,
    verifier: Verifier,
    environ: Mapping[str, str],
    *,
    transport: Transport,
    clock: WallClock,
) -> Route:
    if settings.kind is Kind.BACKCHANNEL_LOGOUT:
        return backchannel_logout.BackchannelLogout(settings, verifier, clock=clock)
    if settings.kind is Kind.GLOBAL_REVOCATION:
        return global_revocation.GlobalRevocation(settings, verifier, clock=clock)
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


def _cognito_users(
    settings: Settings, client: CognitoIdentityProviderClient | None
) -> CognitoUsers | None:
    if not settings.user_pool_id:
        return None
    from receivers.cognito import CognitoUsers, make_client  # noqa: PLC0415  # cold starts

    return CognitoUsers(settings.user_pool_id, client or make_client(settings))
