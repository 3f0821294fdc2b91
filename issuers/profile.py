"""What a deployment states about an OpenID provider. Nothing of it is ever taken from a token."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from environment import EnvironmentReader
from environment.reader import LOOPBACK_HOSTS

VARIABLE = "OIDC_ISSUERS"
_MAX_ISSUERS = 10


class SessionCheck(StrEnum):
    """Who is asked whether a session of this issuer lives."""

    LEDGER = "ledger"
    """The ledger's marks alone, which receivers and operators write."""
    INTROSPECTION = "introspection"
    """Marks, and the issuer's introspection endpoint (RFC 7662)."""
    USERINFO = "userinfo"
    """Marks, and the issuer's USERINFO endpoint (OpenID Connect Core 1.0, section 5.3)."""


class Algorithm(StrEnum):
    """Signature algorithms that can be stated for an issuer (RFC 7518, section 3.1)."""

    RS256 = "RS256"
    PS256 = "PS256"
    ES256 = "ES256"


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
    raw = read.text(VARIABLE, "[]")
    try:
        documents = json.loads(raw)
    except (ValueError, RecursionError):
        documents = None
    if not isinstance(documents, list) or len(documents) > _MAX_ISSUERS:
        read.problem(VARIABLE, f"must be a JSON list of at most {_MAX_ISSUERS} issuers")
        return ()
    issuers = tuple(
        issuer
        for number, document in enumerate(documents, start=1)
        if (issuer := _Profile(read, number, document, allows_loopback).issuer()) is not None
    )
    if len({issuer.issuer for issuer in issuers}) < len(issuers):
        read.problem(VARIABLE, "must name each issuer once")
    return issuers


class _Profile:
    """Reads one member of the list."""

    def __init__(
        self, read: EnvironmentReader, number: int, document: Any, allows_loopback: bool
    ) -> None:
        self._read = read
        self._number = number
        self._document: Mapping[str, Any] = document if isinstance(document, dict) else {}
        self._allows_loopback = allows_loopback

    def issuer(self) -> OidcIssuer | None:
        unknown = sorted(set(self._document) - _MEMBERS)
        if unknown:
            self._problem(f"has no setting {', '.join(map(repr, unknown))}")
        issuer = self._address("issuer")
        if issuer is None:
            self._problem("needs an issuer: its https:// address as it stands in `iss`")
            return None
        audiences = self._names("audiences")
        if not audiences:
            # An empty list is never "any": a token for another API must not open this one.
            self._problem("needs audiences: the API's own identifiers at this issuer")
        check = self._choice("sessionCheck", SessionCheck, SessionCheck.LEDGER)
        profile = OidcIssuer(
            issuer=issuer,
            audiences=audiences,
            algorithms=self._algorithms(),
            token_types=frozenset(name.lower() for name in self._names("tokenTypes")),
            client_ids=self._names("clientIds"),
            machine_client_ids=self._names("machineClientIds"),
            key_set_url=self._address("keySetUrl"),
            scope_claim=self._text("scopeClaim") or "scope",
            permissions_claim=self._text("permissionsClaim"),
            groups_claim=self._text("groupsClaim"),
            session_claim=self._text("sessionClaim"),
            session_check=check,
            introspection_url=self._address("introspectionUrl"),
            introspection_client_id=self._text("introspectionClientId"),
            introspection_secret_parameter=self._text("introspectionSecretParameter"),
            userinfo_url=self._address("userinfoUrl"),
            revocation_url=self._address("revocationUrl"),
            logout_url=self._address("logoutUrl"),
            client_secret_parameter=self._text("clientSecretParameter"),
        )
        if check is SessionCheck.INTROSPECTION and not (
            profile.introspection_url
            and profile.introspection_client_id
            and profile.introspection_secret_parameter
        ):
            self._problem(
                "needs introspectionUrl, introspectionClientId and introspectionSecretParameter"
            )
        if check is SessionCheck.USERINFO and not profile.userinfo_url:
            self._problem("needs userinfoUrl")
        return profile

    def _problem(self, what: str) -> None:
        self._read.problem(VARIABLE, f"issuer {self._number} {what}")

    def _text(self, name: str) -> str:
        value = self._document.get(name, "")
        if not isinstance(value, str) or value.split() not in ([], [value]):
            self._problem(f"needs a name without white space as {name}")
            return ""
        return value

    def _names(self, name: str) -> frozenset[str]:
        values = self._document.get(name, [])
        if not isinstance(values, list) or not all(
            isinstance(value, str) and value.split() == [value] for value in values
        ):
            self._problem(f"needs a list of names as {name}")
            return frozenset()
        return frozenset(values)

    def _choice(
        self, name: str, options: type[SessionCheck], default: SessionCheck
    ) -> SessionCheck:
        value = self._document.get(name, default.value)
        try:
            return options(value)
        except ValueError:
            self._problem(f"needs one of {', '.join(options)} as {name}")
            return default

    def _algorithms(self) -> frozenset[Algorithm]:
        names = self._names("algorithms")
        if not names <= set(Algorithm):
            self._problem(f"needs some of {', '.join(Algorithm)} as algorithms")
            return frozenset()
        return frozenset(map(Algorithm, names)) or frozenset({Algorithm.RS256})

    def _address(self, name: str) -> str | None:
        value = self._document.get(name)
        if value is None:
            return None
        if not isinstance(value, str) or not self._is_address(value):
            self._problem(f"needs an https:// address without user, query or fragment as {name}")
            return None
        return value

    def _is_address(self, text: str) -> bool:
        try:
            parts = urlsplit(text)
            host, _ = parts.hostname, parts.port
        except ValueError:
            return False
        is_local = self._allows_loopback and parts.scheme == "http" and host in LOOPBACK_HOSTS
        return (
            (parts.scheme == "https" or is_local)
            and bool(host)
            and parts.username is None
            and "?" not in text
            and "#" not in text
            and text.isascii()
            and text.split() == [text]
        )
