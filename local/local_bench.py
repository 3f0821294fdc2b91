"""The local stack as the story's bench."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import requests
from botocore.exceptions import ClientError
from requests.adapters import HTTPAdapter

from ledger.roster import SessionPolicy
from ledger.rows import cognito_issuer
from local.bench import (
    GRANTED,
    NOT_ASKED,
    Bench,
    Deployment,
    Grant,
    Outcome,
    RefusedByCognitoError,
)
from local.clock import MovableClock
from local.cognito.tokens import ADMIN_SCOPE
from local.dynamodb import EVERYTHING
from local.ledger import LedgerTable, write_deadline
from local.plain_jwt import check_plainly
from local.product_api import EXPLAINING_GATEWAY_RESPONSES, GATEWAY_RESPONSES, SCOPE_OF_ADMIN
from local.stack import PASSWORD, LocalStack, StackSettings

_CALL_TIMEOUT_SECONDS = 10
_MOST_CALLS_AT_ONCE = 20


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
        return Grant(device, tokens.access, tokens.id, tokens.refresh, tokens.expires_in_seconds)

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

    def call(self, path: str, token: str) -> Outcome:
        """See :class:`local.bench.Bench`."""
        before = len(self._stack.sandboxes.decisions())
        answer = self._get(path, token)
        decisions = self._stack.sandboxes.decisions()[before:]
        if not decisions:
            return Outcome(answer.status_code, NOT_ASKED)
        return Outcome(answer.status_code, decisions[-1].get("reason", GRANTED))

    def check_plainly(self, token: str) -> Outcome:
        """See :class:`local.bench.Bench`."""
        stack = self._stack
        keys = self._http.get(
            f"{stack.cognito.url}/{stack.pool_id}/.well-known/jwks.json",
            timeout=_CALL_TIMEOUT_SECONDS,
        )
        return check_plainly(
            token,
            keys.json(),
            issuer=self._issuer,
            client_ids=stack.client_ids.values(),
            now=self._clock(),
        )

    def call_and_read(self, path: str, token: str) -> Outcome:
        """See :class:`local.bench.Bench`."""
        answer = self._get(path, token)
        return Outcome(answer.status_code, str(answer.json().get("reason", "")))

    def call_each(self, path: str, token: str) -> Sequence[Outcome]:
        """See :class:`local.bench.Bench`."""
        sandboxes = self._stack.sandboxes
        outcomes = []
        for number in range(len(sandboxes.all)):
            sandboxes.chosen = number
            outcomes.append(self.call(path, token))
        sandboxes.chosen = None
        return outcomes

    def call_at_once(self, path: str, token: str, times: int) -> Counter[int]:
        """See :class:`local.bench.Bench`."""
        with ThreadPoolExecutor(times) as pool:
            answers = pool.map(lambda _: self._get(path, token), range(times))
            return Counter(answer.status_code for answer in answers)

    def session_checks(self) -> int:
        """See :class:`local.bench.Bench`."""
        return self._stack.cognito.traffic.calls["GetUser"]

    def end_sessions(self, user: str) -> None:
        """See :class:`local.bench.Bench`."""
        described = self._stack.sdk.admin_get_user(UserPoolId=self._stack.pool_id, Username=user)
        attributes = {a["Name"]: a.get("Value", "") for a in described["UserAttributes"]}
        self._table.operator.end_user_before(
            self._issuer, attributes["sub"], int(self._clock()), write_deadline()
        )

    def end_everyone(self) -> None:
        """See :class:`local.bench.Bench`."""
        self._table.operator.end_everyone_before(self._issuer, int(self._clock()), write_deadline())

    def tighten_verdicts(self, ttl_seconds: int) -> None:
        """See :class:`local.bench.Bench`."""
        self._table.operator.tighten_verdicts(self._issuer, ttl_seconds, write_deadline())

    def deliver_events(self, *, times: int = 1) -> None:
        """See :class:`local.bench.Bench`."""
        assert self._stack.bus is not None
        self._stack.bus.deliver(times=times)

    def break_ledger(self, *, is_on: bool) -> None:
        """See :class:`local.bench.Bench`."""
        self._stack.dynamodb.down = {EVERYTHING} if is_on else set()

    @property
    def _table(self) -> LedgerTable:
        assert self._stack.table is not None
        return self._stack.table

    @property
    def _issuer(self) -> str:
        return cognito_issuer(self._stack.pool_id)

    def _get(self, path: str, token: str) -> requests.Response:
        return self._http.get(
            self._stack.url + path,
            headers={"Authorization": f"Bearer {token}"},
            timeout=_CALL_TIMEOUT_SECONDS,
        )

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
            result["IdToken"],
            result.get("RefreshToken", refresh or ""),
            result["ExpiresIn"],
        )


@contextmanager
def open_local_bench(deployment: Deployment) -> Iterator[Bench]:
    """A local stack of its own for each part of the story; :data:`local.bench.OpenBench`."""
    clock = MovableClock()
    with LocalStack(clock, _settings(deployment)) as stack, requests.Session() as http:
        # No proxy from the environment stands between this machine and itself.
        http.trust_env = False
        http.mount("http://", HTTPAdapter(pool_maxsize=_MOST_CALLS_AT_ONCE))
        yield LocalBench(stack, clock, http)


def _settings(deployment: Deployment) -> StackSettings:
    environ = {}
    if deployment.takes_id_tokens:
        environ["TOKEN_USES"] = "access,id"
    if deployment.is_explaining:
        environ["DISPLACED_ANSWER"] = "explain"
    limit = deployment.session_limit
    return StackSettings(
        has_hook=limit is None,
        verdict_ttl_seconds=deployment.verdict_ttl_seconds,
        memory_ttl_seconds=deployment.memory_ttl_seconds,
        gateway_ttl_seconds=deployment.gateway_ttl_seconds,
        sandboxes=deployment.sandboxes,
        session_policy=SessionPolicy.OFF if limit is None else SessionPolicy.EVICT_OLDEST,
        session_limit=limit or 1,
        authorizer_environ=environ,
        gateway_responses=(
            EXPLAINING_GATEWAY_RESPONSES if deployment.is_explaining else GATEWAY_RESPONSES
        ),
    )
