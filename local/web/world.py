"""``examples/authjs`` in front of the local stack: an app and an OpenID provider, in Node, and the
real authorizer and sign-out endpoint behind the local gateway. On real time.
"""

from __future__ import annotations

import re
import time
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

import requests
from playwright.sync_api import Browser

from local.bench import GRANTED, NOT_ASKED, Outcome
from local.stack import LocalStack
from local.web.deployment import CLIENT_ID, Deployment, WorldSettings
from local.web.device import Device
from local.web.listening import ListeningSocket
from local.web.node import EXAMPLE, node_program
from local.web.session_cookie import Tokens

_TIMEOUT_SECONDS = 30


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
        # Should anything here fail, what runs already is stopped again.
        with ExitStack() as started:
            provider = started.enter_context(ListeningSocket("localhost"))
            # To a browser another site than the provider, as in real life.
            app = started.enter_context(ListeningSocket("127.0.0.1"))
            self.provider_url, self.app_url = provider.url, app.url
            self._deployment = Deployment(settings, app.url, provider.url)
            self.log_files = [logs / "provider.log", logs / "app.log"]
            self.stack = started.enter_context(LocalStack(time.time, self._deployment.stack()))
            self._http = started.enter_context(requests.Session())
            self._http.trust_env = False
            self._deployment.keep_secret(self.stack.cognito.url)
            for name, environ, socket, log in (
                ("provider.mjs", self._deployment.provider_environ, provider, self.log_files[0]),
                ("app.mjs", self._deployment.app_environ, app, self.log_files[1]),
            ):
                program = node_program(EXAMPLE / name, environ(self.stack.url), socket, log)
                started.enter_context(program)
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
        device = Device(self._browser, self.app_url, self.provider_url, self._deployment.app_secret)
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
        answer = self._refresh(refresh_token)
        return Outcome(answer.status_code, answer.json().get("error", GRANTED))

    def renew(self, refresh_token: str) -> str | None:
        """The access token that a refresh token brings; None if it brings none."""
        access: str | None = self._refresh(refresh_token).json().get("access_token")
        return access

    def visit_with(self, cookie_header: str, path: str) -> Outcome:
        """One of the app's pages, asked for with a copy of somebody's cookies."""
        answer = self._http.get(
            self.app_url + path, headers={"Cookie": cookie_header}, timeout=_TIMEOUT_SECONDS
        )
        found = re.search('<p id="who">([^<]*)</p>', answer.text)
        return Outcome(answer.status_code, found[1] if found else "")

    def _refresh(self, refresh_token: str) -> requests.Response:
        return self._http.post(
            f"{self.provider_url}/token",
            data={"grant_type": "refresh_token", "refresh_token": refresh_token},
            auth=(CLIENT_ID, self._deployment.client_secret),
            timeout=_TIMEOUT_SECONDS,
        )
