"""Builds what OpenID providers beside Cognito need. Imported only where there is one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from authorizer.revocation.introspection import Introspection
from authorizer.revocation.userinfo import UserInfo
from authorizer.revocation.verdict import SessionSource
from authorizer.settings import Settings
from issuers.profile import SessionCheck
from issuers.secret import parameter_secret
from issuers.verification import key_store
from jose.keys import KeyStore
from transport import Deadline, Transport, WallClock

#: Makes, of the name of a parameter, what reads the secret that it holds: see
#: :func:`issuers.secret.parameter_secret`.
SecretOf = Callable[[str], Callable[[Deadline], str]]


def provider_stores(
    settings: Settings, *, transport: Transport, clock: WallClock
) -> dict[str, KeyStore]:
    """A key store for each provider, under its issuer's name."""
    return {
        profile.issuer: key_store(profile, settings.keys, transport=transport, clock=clock)
        for profile in settings.providers
    }


def parameter_secrets(
    environ: Mapping[str, str], settings: Settings, *, transport: Transport, clock: WallClock
) -> SecretOf:
    """Secrets as the function reads them, by its own role."""
    return partial(
        parameter_secret,
        environ=environ,
        local_endpoint=settings.local_endpoint,
        transport=transport,
        clock=clock,
    )


def provider_sources(
    settings: Settings, *, transport: Transport, secret_of: SecretOf
) -> list[SessionSource]:
    """Who can be asked about providers' sessions; each judges the tokens of its issuer only."""
    sources: list[SessionSource] = []
    for profile in settings.providers:
        if profile.session_check is SessionCheck.INTROSPECTION:
            secret = secret_of(profile.introspection_secret_parameter)
            sources.append(Introspection(profile, transport=transport, secret=secret))
        elif profile.session_check is SessionCheck.USERINFO:
            assert profile.userinfo_url is not None
            sources.append(
                UserInfo(profile.userinfo_url, transport=transport, provider=profile.issuer)
            )
    return sources
