"""The environment of each Lambda, as the drawn settings have it."""

from __future__ import annotations

import json
from typing import Any

from receivers.transmitters import Kind
from tests.delay.drawn import (
    MACHINE_CLIENT,
    PLAIN_CLIENT,
    PROVIDER,
    PROVIDER_CLIENT,
    ROSTERS,
    ROTATING_CLIENT,
    USERINFO_URL,
    Drawn,
    Profile,
)
from tests.delay.provider import INTROSPECTION_URL, KEY_SET_URL, REVOCATION_URL
from tests.delay.provider import USERINFO_URL as PROVIDERS_USERINFO_URL
from tests.dynamodb import TABLE
from tests.providers import API, SECRET_PARAMETER
from tests.tokens import ISSUER, POOL_ID

Environment = dict[str, str]

#: What the provider calls this deployment, and where it sends revocations.
AUDIENCE, REVOCATIONS = "client4web", "https://api.example.com/global-token-revocation"

_CLIENTS = f"{PLAIN_CLIENT},{ROTATING_CLIENT}"
_AWS = {
    "AWS_REGION": "eu-west-1",
    "AWS_ACCESS_KEY_ID": "AKID",
    "AWS_SECRET_ACCESS_KEY": "secret",
}


def authorizer(drawn: Drawn) -> Environment:
    """The authorizer's."""
    environ = {
        "ISSUERS": ISSUER,
        "CLIENT_IDS": _CLIENTS,
        "GATEWAY_TTL_SECONDS": str(drawn.gateway),
        "VERDICT_TTL_SECONDS": str(drawn.verdict),
        "LEEWAY_SECONDS": str(drawn.leeway),
        **_keys(drawn),
    }
    if drawn.grace:
        environ |= {"OUTAGE_RULE": "stale", "STALE_GRACE_SECONDS": str(drawn.grace)}
    if drawn.has_userinfo:
        environ["USERINFO_URL"] = USERINFO_URL
    if drawn.profile is not None:
        environ |= _AWS | {"OIDC_ISSUERS": _issuers(drawn.profile)}
    if drawn.has_ledger:
        environ |= {
            "LEDGER_TABLE": TABLE,
            "AWS_REGION": "eu-west-1",
            "MEMORY_TTL_SECONDS": str(drawn.memory),
            "LEDGER_COOLDOWN_MS": str(drawn.cooldown_ms),
            "LEDGER_OUTAGE_RULE": "refuse" if drawn.ledger_refuses else "getuser",
            "TOKEN_USES": "access,id",
            "MACHINE_CLIENT_IDS": MACHINE_CLIENT,
        }
        if drawn.mode in ROSTERS:
            environ |= {"SESSION_POLICY": drawn.mode, "SESSION_LIMIT": str(drawn.limit)}
    return environ


def hook(drawn: Drawn) -> Environment:
    """The hook's. A client whose refresh tokens rotate has to be exempt."""
    ledger = {"LEDGER_TABLE": TABLE} if drawn.has_ledger else {}
    return ledger | {"AWS_REGION": "eu-west-1", "EXEMPT_CLIENT_IDS": ROTATING_CLIENT}


def sign_out(drawn: Drawn) -> Environment:
    """The sign-out endpoint's."""
    environ = {
        "USER_POOL_ID": POOL_ID,
        "CLIENT_IDS": _CLIENTS,
        "LEDGER_TABLE": TABLE,
        "LEEWAY_SECONDS": str(drawn.leeway),
        **_AWS,
        **_keys(drawn),
    }
    if drawn.profile is not None:
        environ["OIDC_ISSUERS"] = _issuers(drawn.profile)
    return environ


def receiver(drawn: Drawn, kind: Kind) -> Environment:
    """One receiver's, to which the provider sends."""
    sends: dict[str, Any] = {"issuer": PROVIDER, "keySetUrl": KEY_SET_URL}
    sends["algorithms"] = ["ES256"]
    if kind is not Kind.GLOBAL_REVOCATION:
        sends["audiences"] = [AUDIENCE]
        if names_sessions(drawn):
            sends["sessionClaim"] = "sid"
    if drawn.maps_users:
        sends["cognitoUser"] = "username"
    environ = {"TRANSMITTERS": json.dumps([sends]), "LEDGER_TABLE": TABLE, **_AWS, **_keys(drawn)}
    if kind is Kind.GLOBAL_REVOCATION:
        environ["ENDPOINT_URL"] = REVOCATIONS
    return environ | {"USER_POOL_ID": POOL_ID}


def names_sessions(drawn: Drawn) -> bool:
    """Whether access tokens name the sessions that the provider's messages name."""
    return drawn.profile is not None and drawn.profile.names_sessions


def _keys(drawn: Drawn) -> Environment:
    return {
        "JWKS_MAX_AGE_SECONDS": str(drawn.key_age),
        "JWKS_MAX_STALE_SECONDS": str(drawn.key_stale),
    }


def _issuers(profile: Profile) -> str:
    stated = {
        "issuer": PROVIDER,
        "audiences": [API],
        "clientIds": [PROVIDER_CLIENT],
        "keySetUrl": KEY_SET_URL,
        "algorithms": ["ES256"],
        "sessionCheck": profile.check,
        "revocationUrl": REVOCATION_URL,
    }
    if profile.names_sessions:
        stated["sessionClaim"] = "sid"
    if profile.check == "introspection":
        stated |= {"introspectionUrl": INTROSPECTION_URL, "introspectionClientId": "api"}
        stated["introspectionSecretParameter"] = SECRET_PARAMETER
    elif profile.check == "userinfo":
        stated["userinfoUrl"] = PROVIDERS_USERINFO_URL
    return json.dumps([stated])
