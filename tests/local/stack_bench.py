"""The whole local stack with one user, and somebody who signs in and calls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import requests
from requests.adapters import HTTPAdapter

from ledger.rows import user_name
from local.clock import MovableClock
from local.ledger import LedgerTable
from local.stack import PASSWORD, LocalStack, StackSettings
from tests.local.cognito_bench import Held, held

USER = "ada"
_MOST_CALLS_AT_ONCE = 20


class Caller:
    def __init__(self, stack: LocalStack, clock: MovableClock, web: requests.Session) -> None:
        self.stack = stack
        self.clock = clock
        self._web = web

    @property
    def table(self) -> LedgerTable:
        assert self.stack.table is not None
        return self.stack.table

    def sign_in(self, device: str = "laptop") -> Held:
        return held(
            self.stack.sdk.initiate_auth(
                ClientId=self.stack.client_ids[device],
                AuthFlow="USER_PASSWORD_AUTH",
                AuthParameters={"USERNAME": USER, "PASSWORD": PASSWORD},
            )
        )

    def sign_out_everywhere(self) -> None:
        self.stack.sdk.admin_user_global_sign_out(UserPoolId=self.stack.pool_id, Username=USER)

    def revoke(self, tokens: Held, device: str = "laptop") -> None:
        self.stack.sdk.revoke_token(Token=tokens.refresh, ClientId=self.stack.client_ids[device])

    def call(self, token: str, path: str = "/hello") -> requests.Response:
        headers = {"Authorization": f"Bearer {token}"}
        return self._web.get(self.stack.url + path, headers=headers, timeout=10)

    def call_at_once(self, *tokens: str) -> list[int]:
        """The statuses of parallel calls, in the order of their tokens."""
        with ThreadPoolExecutor(len(tokens)) as pool:
            return [answer.status_code for answer in pool.map(self.call, tokens)]

    def reason(self, token: str) -> str:
        """Call, and read why it ended as it did from the authorizer's log."""
        self.call(token)
        return str(self.stack.sandboxes.decisions()[-1]["reason"])

    def deliver_events(self, *, times: int = 1, newest_first: bool = False) -> int:
        assert self.stack.bus is not None
        return self.stack.bus.deliver(times=times, newest_first=newest_first)

    def user_row(self, tokens: Held) -> Mapping[str, Any]:
        return self.table.item(user_name(self.stack.issuer, tokens.claims["sub"]))

    def get_user_calls(self) -> int:
        return self.stack.cognito.traffic.calls["GetUser"]


@contextmanager
def running(**settings: Any) -> Iterator[Caller]:
    clock = MovableClock()
    with LocalStack(clock, StackSettings(**settings)) as stack, requests.Session() as web:
        web.trust_env = False
        web.mount("http://", HTTPAdapter(pool_maxsize=_MOST_CALLS_AT_ONCE))
        stack.create_user(USER)
        yield Caller(stack, clock, web)
