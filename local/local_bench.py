"""The local stack as the story's bench."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager

import requests
from botocore.exceptions import ClientError

from local.bench import GRANTED, NOT_ASKED, Bench, Delays, Grant, Outcome, RefusedByCognitoError
from local.clock import MovableClock
from local.cognito.tokens import ADMIN_SCOPE
from local.product_api import SCOPE_OF_ADMIN
from local.stack import PASSWORD, LocalStack, StackSettings

_CALL_TIMEOUT_SECONDS = 10


class LocalBench:
    """See :class:`local.bench.Bench`."""

    def __init__(self, stack: LocalStack, clock: MovableClock, http: requests.Session) -> None:
        self._stack = stack
        self._http = http
        self._clock = clock
        self._names = (f"user-{number}" for number in itertools.count(1))

    def new_user(self) -> str:
        """See :class:`local.bench.Bench`."""
        name = next(self._names)
        self._stack.create_user(name)
        return name

    def sign_in(self, user: str, device: str) -> Grant:
        """See :class:`local.bench.Bench`."""
        return self._authenticate(
            device, self._stack.client_ids[device], USERNAME=user, PASSWORD=PASSWORD
        )

    def sign_in_to_admin(self, user: str, device: str) -> Grant:
        """See :class:`local.bench.Bench`."""
        tokens = self._stack.cognito.managed_login(
            self._stack.client_ids[device], user, ADMIN_SCOPE, SCOPE_OF_ADMIN
        )
        assert tokens.refresh is not None
        return Grant(device, tokens.access, tokens.refresh, tokens.expires_in_seconds)

    def sign_in_elsewhere(self) -> Grant:
        """See :class:`local.bench.Bench`."""
        user = next(self._names)
        self._stack.create_user(user, pool_id=self._stack.foreign_pool_id)
        return self._authenticate(
            "elsewhere", self._stack.foreign_client_id, USERNAME=user, PASSWORD=PASSWORD
        )

    def refresh(self, grant: Grant) -> Grant:
        """See :class:`local.bench.Bench`."""
        client_id = self._stack.client_ids[grant.device]
        return self._authenticate(grant.device, client_id, REFRESH_TOKEN=grant.refresh)

    def revoke(self, grant: Grant) -> None:
        """See :class:`local.bench.Bench`."""
        self._stack.sdk.revoke_token(
            Token=grant.refresh, ClientId=self._stack.client_ids[grant.device]
        )

    def sign_out_everywhere(self, user: str) -> None:
        """See :class:`local.bench.Bench`."""
        self._stack.sdk.admin_user_global_sign_out(UserPoolId=self._stack.pool_id, Username=user)

    def disable(self, user: str) -> None:
        """See :class:`local.bench.Bench`."""
        self._stack.sdk.admin_disable_user(UserPoolId=self._stack.pool_id, Username=user)

    def delete(self, user: str) -> None:
        """See :class:`local.bench.Bench`."""
        self._stack.sdk.admin_delete_user(UserPoolId=self._stack.pool_id, Username=user)

    def throttle(self, *, is_on: bool) -> None:
        """See :class:`local.bench.Bench`."""
        self._stack.cognito.traffic.throttled = {"GetUser"} if is_on else set()

    def advance(self, seconds: float) -> None:
        """See :class:`local.bench.Bench`."""
        self._clock.advance(seconds)

    def call(self, path: str, access_token: str) -> Outcome:
        """See :class:`local.bench.Bench`."""
        before = len(self._stack.sandboxes.decisions())
        answer = self._http.get(
            self._stack.url + path,
            headers={"Authorization": f"Bearer {access_token}"},
            timeout=_CALL_TIMEOUT_SECONDS,
        )
        decisions = self._stack.sandboxes.decisions()[before:]
        if not decisions:
            return Outcome(answer.status_code, NOT_ASKED)
        return Outcome(answer.status_code, decisions[-1].get("reason", GRANTED))

    def _authenticate(self, device: str, client_id: str, **parameters: str) -> Grant:
        refresh = parameters.get("REFRESH_TOKEN")
        try:
            answer = self._stack.sdk.initiate_auth(
                ClientId=client_id,
                AuthFlow="REFRESH_TOKEN_AUTH" if refresh else "USER_PASSWORD_AUTH",
                AuthParameters=parameters,
            )
        except ClientError as error:
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            reason = error.response["Error"]["Message"]
            raise RefusedByCognitoError(Outcome(status, reason)) from error
        result = answer["AuthenticationResult"]
        return Grant(
            device,
            result["AccessToken"],
            result.get("RefreshToken", refresh or ""),
            result["ExpiresIn"],
        )


@contextmanager
def open_local_bench(delays: Delays) -> Iterator[Bench]:
    """A local stack of its own for each part of the story; :data:`local.bench.OpenBench`."""
    clock = MovableClock()
    settings = StackSettings(
        verdict_ttl_seconds=delays.verdict_ttl_seconds,
        gateway_ttl_seconds=delays.gateway_ttl_seconds,
    )
    with LocalStack(clock, settings) as stack, requests.Session() as http:
        # No proxy from the environment stands between this machine and itself.
        http.trust_env = False
        yield LocalBench(stack, clock, http)
