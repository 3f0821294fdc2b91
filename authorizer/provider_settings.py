"""The settings that concern OpenID providers beside Cognito."""

from __future__ import annotations

from environment import EnvironmentReader
from issuers.profile import VARIABLE, OidcIssuer, SessionCheck, read_oidc_issuers


def read_providers(
    read: EnvironmentReader,
    cognito_issuers: tuple[str, ...],
    *,
    has_ledger: bool,
    allows_loopback: bool,
) -> tuple[OidcIssuer, ...]:
    """Read them, and what they can't be combined with. Problems are recorded with ``read``."""
    providers = read_oidc_issuers(read, allows_loopback=allows_loopback)
    if any(provider.issuer in cognito_issuers for provider in providers):
        read.problem(VARIABLE, "must not name the user pool, which belongs into ISSUERS")
    if not has_ledger and any(p.session_check is SessionCheck.LEDGER for p in providers):
        read.problem(VARIABLE, 'needs LEDGER_TABLE where sessionCheck is "ledger"')
    return providers
