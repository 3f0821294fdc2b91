"""What verifying a provider's tokens takes: the headers they may have, and its keys."""

from __future__ import annotations

from issuers.discovery import discover
from issuers.profile import OidcIssuer
from jose.compact import ACCESS_TOKENS, HeaderRule
from jose.key_settings import KeySettings
from jose.keys import KeyStore
from transport import Transport, WallClock


def header_rule(profile: OidcIssuer) -> HeaderRule:
    """The headers of its access tokens."""
    return HeaderRule(_algorithms(profile), profile.token_types or ACCESS_TOKENS.types)


def key_store(
    profile: OidcIssuer, settings: KeySettings, *, transport: Transport, clock: WallClock
) -> KeyStore:
    """Its keys, from the address that is stated, or the one that discovery finds."""
    return KeyStore(
        profile.key_set_url or discover(profile.issuer, transport),
        settings,
        transport=transport,
        clock=clock,
        algorithms=_algorithms(profile),
    )


def _algorithms(profile: OidcIssuer) -> frozenset[str]:
    return frozenset(algorithm.value for algorithm in profile.algorithms)
