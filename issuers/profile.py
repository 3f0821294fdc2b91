"""What a deployment states about an OpenID provider. Nothing of it is ever taken from a token."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from environment import EnvironmentReader
from issuers.statement import Algorithm, Statement, read_statements

__all__ = ["VARIABLE", "Algorithm", "OidcIssuer", "SessionCheck", "read_oidc_issuers"]

VARIABLE = "OIDC_ISSUERS"


class SessionCheck(StrEnum):
    """Who is asked whether a session of this issuer lives."""

    LEDGER = "ledger"
    """The ledger's marks alone, which receivers and operators write."""
    INTROSPECTION = "introspection"
    """Marks, and the issuer's introspection endpoint (RFC 7662)."""
    USERINFO = "userinfo"
    """Marks, and the issuer's USERINFO endpoint (OpenID Connect Core 1.0, section 5.3)."""


@dataclass(frozen=True, slots=True)
class OidcIssuer:
    """One provider. ``issuer`` is compared with ``iss`` byte for byte."""

    issuer: str
    audiences: frozenset[str]
    algorithms: frozenset[Algorithm]
    token_types: frozenset[str]
    """Values of ``typ`` that are taken, in lower case; empty for JWT, at+jwt or none."""
    client_ids: frozenset[str]
    """Whose tokens are taken; empty for every client that the audience is meant for."""
    machine_client_ids: frozenset[str]
    key_set_url: str | None
    """A pinned address of the key set; None if discovery says it."""
    scope_claim: str
    permissions_claim: str
    groups_claim: str
    session_claim: str
    """What names the session, ``sid`` say; empty if access tokens name none."""
    session_check: SessionCheck
    introspection_url: str | None
    introspection_client_id: str
    introspection_secret_parameter: str
    """Name of the SecureString parameter that holds the client's secret."""
    userinfo_url: str | None
    revocation_url: str | None
    """Where refresh tokens are revoked (RFC 7009)."""
    logout_url: str | None
    """Where a browser ends its session at the provider (RP-Initiated Logout 1.0)."""
    client_secret_parameter: str
    """Name of the SecureString parameter with the app's secret, for revoking; empty if public."""


_TEXTS = ("scopeClaim", "permissionsClaim", "groupsClaim", "sessionClaim", "clientSecretParameter")
_ADDRESSES = ("keySetUrl", "introspectionUrl", "userinfoUrl", "revocationUrl", "logoutUrl")
_LISTS = ("audiences", "algorithms", "tokenTypes", "clientIds", "machineClientIds")
_MEMBERS = frozenset(
    {
        "issuer",
        "sessionCheck",
        "introspectionClientId",
        "introspectionSecretParameter",
        *_TEXTS,
        *_ADDRESSES,
        *_LISTS,
    }
)


def read_oidc_issuers(read: EnvironmentReader, *, allows_loopback: bool) -> tuple[OidcIssuer, ...]:
    """Read ``OIDC_ISSUERS``, a JSON list. Problems are recorded with ``read``.

    Args:
        read: the environment.
        allows_loopback: whether addresses may be plain ones of this machine: local stacks only.
    """
    statements = read_statements(
        read, VARIABLE, "issuer", _MEMBERS, allows_loopback=allows_loopback
    )
    issuers = tuple(
        issuer for statement in statements if (issuer := _issuer(statement)) is not None
    )
    if len({issuer.issuer for issuer in issuers}) < len(issuers):
        read.problem(VARIABLE, "must name each issuer once")
    return issuers


def _issuer(stated: Statement) -> OidcIssuer | None:
    issuer = stated.address("issuer")
    if issuer is None:
        stated.problem("needs an issuer: its https:// address as it stands in `iss`")
        return None
    audiences = stated.names("audiences")
    if not audiences:
        # An empty list is never "any": a token for another API must not open this one.
        stated.problem("needs audiences: the API's own identifiers at this issuer")
    check = stated.choice("sessionCheck", SessionCheck, SessionCheck.LEDGER)
    profile = OidcIssuer(
        issuer=issuer,
        audiences=audiences,
        algorithms=stated.algorithms(),
        token_types=frozenset(name.lower() for name in stated.names("tokenTypes")),
        client_ids=stated.names("clientIds"),
        machine_client_ids=stated.names("machineClientIds"),
        key_set_url=stated.address("keySetUrl"),
        scope_claim=stated.text("scopeClaim") or "scope",
        permissions_claim=stated.text("permissionsClaim"),
        groups_claim=stated.text("groupsClaim"),
        session_claim=stated.text("sessionClaim"),
        session_check=check,
        introspection_url=stated.address("introspectionUrl"),
        introspection_client_id=stated.text("introspectionClientId"),
        introspection_secret_parameter=stated.text("introspectionSecretParameter"),
        userinfo_url=stated.address("userinfoUrl"),
        revocation_url=stated.address("revocationUrl"),
        logout_url=stated.address("logoutUrl"),
        client_secret_parameter=stated.text("clientSecretParameter"),
    )
    if check is SessionCheck.INTROSPECTION and not (
        profile.introspection_url
        and profile.introspection_client_id
        and profile.introspection_secret_parameter
    ):
        stated.problem(
            "needs introspectionUrl, introspectionClientId and introspectionSecretParameter"
        )
    if check is SessionCheck.USERINFO and not profile.userinfo_url:
        stated.problem("needs userinfoUrl")
    return profile
