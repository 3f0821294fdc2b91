"""How the app, the provider and the product are set up to know each other."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field
from typing import Any

import boto3

from local.product_api import REGION
from local.stack import StackSettings

CLIENT_ID = "web"
_AUDIENCE = "https://api.example.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorldSettings:
    """How the product is deployed beside the app."""

    session_check: str = "ledger"
    memory_ttl_seconds: int = 0
    verdict_ttl_seconds: int = 0
    gateway_ttl_seconds: int = 0
    pushes_logouts: bool = False
    """Whether the provider sends logout tokens, and the product takes them."""


@dataclass(frozen=True, slots=True)
class Deployment:
    """One app at one provider, with secrets of its own."""

    settings: WorldSettings
    app_url: str
    provider_url: str
    app_secret: str = field(default_factory=lambda: uuid.uuid4().hex * 2, repr=False)
    client_secret: str = field(default_factory=lambda: uuid.uuid4().hex, repr=False)
    #: moto's memory is the process's: each deployment's parameter needs a name of its own.
    parameter: str = field(default_factory=lambda: f"/web/{uuid.uuid4().hex}")

    def stack(self) -> StackSettings:
        """The product's settings."""
        settings = self.settings
        issuers = {"OIDC_ISSUERS": json.dumps([self._issuer()])}
        routes = {"/sign-out": issuers | {"RETURN_ADDRESSES": f"{self.app_url}/"}}
        if settings.pushes_logouts:
            routes["/backchannel-logout"] = {"TRANSMITTERS": json.dumps([self._transmitter()])}
        return StackSettings(
            has_hook=False,
            memory_ttl_seconds=settings.memory_ttl_seconds,
            verdict_ttl_seconds=settings.verdict_ttl_seconds,
            gateway_ttl_seconds=settings.gateway_ttl_seconds,
            authorizer_environ=issuers,
            routes=routes,
        )

    def keep_secret(self, endpoint: str) -> None:
        """Put the client's secret where the product reads it, as an operator does.

        Args:
            endpoint: of Systems Manager.
        """
        parameters: Any = boto3.client(
            "ssm",
            endpoint_url=endpoint,
            region_name=REGION,
            aws_access_key_id="local",
            aws_secret_access_key="local",
        )
        parameters.put_parameter(Name=self.parameter, Value=self.client_secret, Type="SecureString")
        parameters.close()

    def provider_environ(self, api_url: str) -> dict[str, str]:
        """The provider's environment; ``api_url`` is the gateway's."""
        receiver = {"BACK_CHANNEL_LOGOUT_URL": f"{api_url}/backchannel-logout"}
        return self._of_both() | (receiver if self.settings.pushes_logouts else {})

    def app_environ(self, api_url: str) -> dict[str, str]:
        """The app's environment; ``api_url`` is the gateway's."""
        return self._of_both() | {
            "API_URL": f"{api_url}/hello",
            "SIGN_OUT_URL": f"{api_url}/sign-out",
            "AUTH_SECRET": self.app_secret,
        }

    def _of_both(self) -> dict[str, str]:
        return {
            "ISSUER": self.provider_url,
            "APP_URL": self.app_url,
            "API_AUDIENCE": _AUDIENCE,
            "CLIENT_ID": CLIENT_ID,
            "CLIENT_SECRET": self.client_secret,
        }

    def _issuer(self) -> dict[str, Any]:
        return {
            "issuer": self.provider_url,
            "audiences": [_AUDIENCE],
            "tokenTypes": ["at+jwt"],
            "clientIds": [CLIENT_ID],
            "sessionClaim": "sid",
            "sessionCheck": self.settings.session_check,
            "introspectionUrl": f"{self.provider_url}/token/introspection",
            "introspectionClientId": CLIENT_ID,
            "introspectionSecretParameter": self.parameter,
            "revocationUrl": f"{self.provider_url}/token/revocation",
            "logoutUrl": f"{self.provider_url}/session/end",
            "clientSecretParameter": self.parameter,
        }

    def _transmitter(self) -> dict[str, Any]:
        return {"issuer": self.provider_url, "audiences": [CLIENT_ID], "sessionClaim": "sid"}
