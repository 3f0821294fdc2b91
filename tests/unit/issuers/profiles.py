"""An OpenID provider as a deployment states it."""

from __future__ import annotations

import json
from typing import Any

from environment import EnvironmentReader
from issuers.profile import OidcIssuer, read_oidc_issuers

AUTH0 = "https://tenant.eu.auth0.com/"
API = "https://api.example.com"


def document(**changes: Any) -> dict[str, Any]:
    """The least that must be stated. A change to None leaves a member out."""
    members = {"issuer": AUTH0, "audiences": [API]} | changes
    return {name: value for name, value in members.items() if value is not None}


def read_all(*documents: Any, allows_loopback: bool = False) -> tuple[OidcIssuer, ...]:
    """Read issuers as from the environment. Raises SettingsError."""
    read = EnvironmentReader({"OIDC_ISSUERS": json.dumps(list(documents))})
    issuers = read_oidc_issuers(read, allows_loopback=allows_loopback)
    read.finish()
    return issuers


def profile(**changes: Any) -> OidcIssuer:
    """One issuer."""
    [issuer] = read_all(document(**changes))
    return issuer
