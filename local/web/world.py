"""``examples/authjs`` in front of the local stack: an app and an OpenID provider, in Node, and the
real authorizer and sign-out endpoint behind the local gateway. On real time.
"""

from __future__ import annotations

import json
import re
import time
import uuid
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import boto3
import requests
from playwright.sync_api import Browser

from local.bench import GRANTED, NOT_ASKED, Outcome
from local.product_api import REGION
from local.stack import LocalStack, StackSettings
from local.web.device import Device
from local.web.listening import ListeningSocket
from local.web.node import EXAMPLE, node_program
from local.web.session_cookie import Tokens

_AUDIENCE = "https://api.example.com"
_CLIENT_ID = "web"
_TIMEOUT_SECONDS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class WorldSettings:
    """How the product is deployed beside the app."""

    session_check: str = "ledger"
    memory_ttl_seconds: int = 0
    verdict_ttl_seconds: int = 0
    gateway_ttl_seconds: int = 0
    pushes_logouts: bool = False
    """Whether the provider sends logout tokens, and the product takes them."""


class World:
    """Everything, running for the length of a ``with``.

    Attributes:
        stack: the local stack, whose API the app calls.
        app_url: where the app answers.
        provider_url: where the provider answers, and its issuer.
        log_files: what the Node programs have written.
    """

    def __init__(self, browser: Browser, logs: Path, settings: WorldSettings) -> None:
        """
        Args:
            browser: in which people have their devices.
            logs: a folder for the output of the Node programs.
            settings: of the product.
        """
        self._browser = browser
        self._app_secret, self._client_secret = uuid.uuid4().hex * 2, uuid.uuid4().hex
        # Should anything here fail, what runs already is stopped again.
        with ExitStack() as started:
            provider = started.enter_context(ListeningSocket("localhost"))
            # To a browser another site than the provider, as in real life.
            app = started.enter_context(ListeningSocket("127.0.0.1"))
            self.provider_url, self.app_url = provider.url, app.url
            self._settings = settings
            self.log_files = [logs / "provider.log", logs / "app.log"]
            self.stack = started.enter_context(LocalStack(time.time, self._stack()))
            self._http = started.enter_context(requests.Session())
            self._http.trust_env = False
            started.enter_context(
                node_program(
                    EXAMPLE / "provider.mjs", self._provider_environ(), provider, self.log_files[0]
                )
            )
            started.enter_context(
                node_program(EXAMPLE / "app.mjs", self._app_environ(), app, self.log_files[1])
            )
            self._exit = started.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._exit.close()

    def new_device(self) -> Device:
        """A browser without cookies."""
        device = Device(self._browser, self.app_url, self.provider_url, self._app_secret)
        self._exit.callback(device.close)
        return device

    def call(self, access_token: str) -> Outcome:
        """``GET /hello`` at the API; the reason is the one that the authorizer logged."""
        self.stack.sandboxes.take_decisions()
        answer = self._http.get(
            f"{self.stack.url}/hello",
            headers={"Authorization": f"Bearer {access_token}"},
            timeout=_TIMEOUT_SECONDS,
        )
        decisions = self.stack.sandboxes.take_decisions()
        if not decisions:
            return Outcome(answer.status_code, NOT_ASKED)
        return Outcome(answer.status_code, decisions[-1].get("reason", GRANTED))

    def sign_out(self, tokens: Tokens, *, is_everywhere: bool = False) -> None:
        """``POST /sign-out``, as the app's server does it, and nothing else."""
        answer = self._http.post(
            f"{self.stack.url}/sign-out",
            headers={"Authorization": f"Bearer {tokens.access}"},
            json={"refresh_token": tokens.refresh, "everywhere": is_everywhere},
            timeout=_TIMEOUT_SECONDS,
        )
        answer.raise_for_status()

    def refresh(self, refresh_token: str) -> Outcome:
        """Use a refresh token at the provider; the reason is its error code."""
        answer = self._http.post(
            f"{self.provider_url}/token",
            data={"grant_type": "refresh_token", "refresh_token": refresh_token},
            auth=(_CLIENT_ID, self._client_secret),
            timeout=_TIMEOUT_SECONDS,
        )
        return Outcome(answer.status_code, answer.json().get("error", GRANTED))

    def visit_with(self, cookie_header: str, path: str) -> Outcome:
        """One of the app's pages, asked for with a copy of somebody's cookies."""
        answer = self._http.get(
            self.app_url + path, headers={"Cookie": cookie_header}, timeout=_TIMEOUT_SECONDS
        )
        found = re.search('<p id="who">([^<]*)</p>', answer.text)
        return Outcome(answer.status_code, found[1] if found else "")

    def _stack(self) -> StackSettings:
        settings = self._settings
        parameter = f"/web/{uuid.uuid4().hex}"
        self._parameter = parameter
        profile = {
            "issuer": self.provider_url,
            "audiences": [_AUDIENCE],
            "tokenTypes": ["at+jwt"],
            "clientIds": [_CLIENT_ID],
            "sessionClaim": "sid",
            "sessionCheck": settings.session_check,
            "introspectionUrl": f"{self.provider_url}/token/introspection",
            "introspectionClientId": _CLIENT_ID,
            "introspectionSecretParameter": parameter,
            "revocationUrl": f"{self.provider_url}/token/revocation",
            "logoutUrl": f"{self.provider_url}/session/end",
            "clientSecretParameter": parameter,
        }
        transmitter = {
            "issuer": self.provider_url,
            "audiences": [_CLIENT_ID],
            "sessionClaim": "sid",
        }
        issuers = {"OIDC_ISSUERS": json.dumps([profile])}
        routes = {"/sign-out": issuers | {"RETURN_ADDRESSES": f"{self.app_url}/"}}
        if settings.pushes_logouts:
            routes["/backchannel-logout"] = {"TRANSMITTERS": json.dumps([transmitter])}
        return StackSettings(
            has_hook=False,
            memory_ttl_seconds=settings.memory_ttl_seconds,
            verdict_ttl_seconds=settings.verdict_ttl_seconds,
            gateway_ttl_seconds=settings.gateway_ttl_seconds,
            authorizer_environ=issuers,
            routes=routes,
        )

    def _provider_environ(self) -> dict[str, str]:
        parameters: Any = boto3.client(
            "ssm",
            endpoint_url=self.stack.cognito.url,
            region_name=REGION,
            aws_access_key_id="local",
            aws_secret_access_key="local",
        )
        parameters.put_parameter(
            Name=self._parameter, Value=self._client_secret, Type="SecureString"
        )
        parameters.close()
        pushes = self._settings.pushes_logouts
        address = {"BACK_CHANNEL_LOGOUT_URL": f"{self.stack.url}/backchannel-logout"}
        return (address if pushes else {}) | {
            "ISSUER": self.provider_url,
            "APP_URL": self.app_url,
            "API_AUDIENCE": _AUDIENCE,
            "CLIENT_ID": _CLIENT_ID,
            "CLIENT_SECRET": self._client_secret,
        }

    def _app_environ(self) -> dict[str, str]:
        return {
            "ISSUER": self.provider_url,
            "APP_URL": self.app_url,
            "API_URL": f"{self.stack.url}/hello",
            "SIGN_OUT_URL": f"{self.stack.url}/sign-out",
            "CLIENT_ID": _CLIENT_ID,
            "CLIENT_SECRET": self._client_secret,
            "AUTH_SECRET": self._app_secret,
        }
