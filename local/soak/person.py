"""One user and whoever is after his account: what they do, and the answers they may get."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

import requests
from botocore.exceptions import ClientError

from local.forgery import rename_key, sign_anew
from local.soak.plan import DECLARED_DELAY_SECONDS, GATEWAY_TTL_SECONDS, LEEWAY_SECONDS
from local.soak.surroundings import Ended, Held, Surroundings
from local.soak.tally import Surprise
from local.stack import PASSWORD

_CALL_TIMEOUT_SECONDS = 20
#: Clocks tick in whole seconds where claims are concerned.
_MARGIN_SECONDS = 1.5
_HELD = 6
#: Of whichever request: others act at the same time.
_DECISIONS_TOLD = 4


class Person:
    """Acts, one thing at a time, and compares each answer with those that he may get."""

    def __init__(self, name: str, around: Surroundings) -> None:
        self._name = name
        self._around = around
        self._held: Held | None = None
        self._ended: deque[Ended] = deque(maxlen=_HELD)
        self._replaced: deque[Held] = deque(maxlen=_HELD)
        self._acts: dict[Callable[[], None], int] = {
            self._call: 50,
            self._call_route_denied: 6,
            self._refresh: 6,
            self._sign_in: 5,
            self._revoke: 2,
            self._sign_out: 1,
            self._disable: 1,
            self._call_revoked: 12,
            self._call_expired: 6,
            self._call_forged: 6,
            self._call_unknown_key: 2,
            self._call_malformed: 3,
            self._call_without_token: 2,
        }

    def act(self) -> None:
        """Do one thing, signing in first where there is nothing to do it with."""
        held = self._held
        if held is None:
            self._sign_in()
        elif held.expires_at - self._around.clock() < LEEWAY_SECONDS:
            self._refresh()
        else:
            [chosen] = self._around.random.choices(list(self._acts), list(self._acts.values()))
            chosen()

    # -- what he does at Cognito ---------------------------------------------------------------

    def _sign_in(self) -> None:
        device = self._around.random.choice(sorted(self._around.stack.client_ids))
        before, self._held = self._held, None
        parameters = {"USERNAME": self._name, "PASSWORD": PASSWORD}
        self._authenticate("sign in", device, "USER_PASSWORD_AUTH", parameters)
        if self._held is not None and before is not None:
            # The hook has signed him out elsewhere. If the sign-in failed, it may or may not have.
            self._ended.append(Ended(before.access, before.issued_at, self._around.clock()))

    def _refresh(self) -> None:
        held = self._some(self._held)
        self._replaced.append(held)
        self._held = None
        self._authenticate(
            "refresh", held.device, "REFRESH_TOKEN_AUTH", {"REFRESH_TOKEN": held.refresh}
        )

    def _revoke(self) -> None:
        held, sdk = self._some(self._held), self._around.stack.sdk
        client_id = self._around.stack.client_ids[held.device]
        self._end("revoke", lambda: sdk.revoke_token(Token=held.refresh, ClientId=client_id))

    def _sign_out(self) -> None:
        sdk, pool_id = self._around.stack.sdk, self._around.stack.pool_id
        self._end(
            "sign out everywhere",
            lambda: sdk.admin_user_global_sign_out(UserPoolId=pool_id, Username=self._name),
        )

    def _disable(self) -> None:
        sdk, pool_id = self._around.stack.sdk, self._around.stack.pool_id
        self._end(
            "disable", lambda: sdk.admin_disable_user(UserPoolId=pool_id, Username=self._name)
        )
        self._ask("enable", lambda: sdk.admin_enable_user(UserPoolId=pool_id, Username=self._name))

    def _end(self, kind: str, act: Callable[[], object]) -> None:
        held = self._some(self._held)
        self._held = None
        self._ask(kind, act)
        self._ended.append(Ended(held.access, held.issued_at, self._around.clock()))

    def _authenticate(self, kind: str, device: str, flow: str, parameters: dict[str, str]) -> None:
        stack = self._around.stack
        found = []

        def act() -> None:
            answer = stack.sdk.initiate_auth(
                ClientId=stack.client_ids[device],
                AuthFlow=flow,  # type: ignore[arg-type]  # one of the two that are passed above
                AuthParameters=parameters,
            )
            found.append(answer["AuthenticationResult"])

        self._ask(kind, act, {"400"})
        now = self._around.clock()
        for result in found:
            self._held = Held(
                device=device,
                access=result["AccessToken"],
                refresh=result.get("RefreshToken", parameters.get("REFRESH_TOKEN", "")),
                issued_at=now,
                expires_at=now + result["ExpiresIn"],
            )

    def _ask(
        self,
        kind: str,
        act: Callable[[], object],
        in_outages: frozenset[str] | set[str] = frozenset(),
    ) -> None:
        started_at, answer = self._around.clock(), "200"
        try:
            act()
        except ClientError as error:
            answer = str(error.response["ResponseMetadata"]["HTTPStatusCode"])
        self._check(kind, answer, {"200"}, in_outages, started_at)

    # -- what he, and others, call -------------------------------------------------------------

    def _call(self) -> None:
        self._get("call", self._some(self._held).access, {"200"}, {"503"})

    def _call_route_denied(self) -> None:
        self._get("route denied", self._some(self._held).access, {"403"}, {"503"}, path="/admin")

    def _call_revoked(self) -> None:
        now = self._around.clock()
        shown = [ended for ended in self._ended if self._is_shown(ended.issued_at)]
        if not shown:
            return self._call()
        ended = self._around.random.choice(shown)
        if now - ended.ended_at > DECLARED_DELAY_SECONDS + _MARGIN_SECONDS:
            return self._get("revoked", ended.access, {"401"}, {"503"})
        # An answer that the gateway keeps may end with the token: that is 403.
        return self._get("just revoked", ended.access, {"200", "401", "403"}, {"503"})

    def _call_expired(self) -> None:
        now = self._around.clock()
        cached = LEEWAY_SECONDS + GATEWAY_TTL_SECONDS + _MARGIN_SECONDS
        expired = [
            held
            for held in self._replaced
            if now > held.expires_at + cached and self._is_shown(held.issued_at)
        ]
        if not expired:
            return self._call()
        return self._get("expired", expired[-1].access, {"401"}, {"503"})

    def _is_shown(self, issued_at: float) -> bool:
        """Whether the key that has signed it is still published."""
        return self._around.clock() - issued_at < self._around.plan.shown_seconds

    def _call_forged(self) -> None:
        self._get("forged", sign_anew(self._some(self._held).access), {"401"}, {"503"})

    def _call_unknown_key(self) -> None:
        kid = f"forged-{self._around.random.random()}"
        text = rename_key(self._some(self._held).access, kid)
        self._get("unknown key", text, {"401", "503"}, set())

    def _call_malformed(self) -> None:
        text = self._some(self._held).access
        at = self._around.random.randrange(len(text))
        cut, split, padded = text[:at], text[:at] + "." + text[at:], text + "="
        changed = self._around.random.choice([cut, split, padded])
        if changed is cut and cut.count(".") == 2:
            # Within its signature: that may be a token still, whose key is asked for.
            return self._get("cut off", cut, {"401"}, {"503"})
        return self._get("malformed", changed, {"401"}, set())

    def _call_without_token(self) -> None:
        self._get("no token", None, {"401"}, set())

    def _get(
        self,
        kind: str,
        token: str | None,
        expected: set[str],
        in_outages: set[str],
        *,
        path: str = "/hello",
    ) -> None:
        started_at = self._around.clock()
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        try:
            answer = self._around.web.get(
                self._around.stack.url + path, headers=headers, timeout=_CALL_TIMEOUT_SECONDS
            )
        except requests.RequestException as error:
            self._check(kind, type(error).__name__, expected, in_outages, started_at)
        else:
            self._check(kind, str(answer.status_code), expected, in_outages, started_at)

    def _check(
        self,
        kind: str,
        answer: str,
        expected: set[str],
        in_outages: frozenset[str] | set[str],
        started_at: float,
    ) -> None:
        around = self._around
        around.tally.count(kind, answer)
        is_disturbed = started_at < around.weather.disturbed_until
        if answer in expected or (is_disturbed and answer in in_outages):
            return
        took_ms = round((around.clock() - started_at) * 1000)
        decided = around.stack.sandboxes.decisions()[-_DECISIONS_TOLD:]
        state = (
            f"{self._name}, {took_ms} ms, {'disturbed' if is_disturbed else 'calm'};"
            f" last decided: {', '.join(decision['reason'] for decision in decided)}"
        )
        around.tally.surprise(
            Surprise(started_at, kind, answer, " or ".join(sorted(expected)), state)
        )

    @staticmethod
    def _some(held: Held | None) -> Held:
        assert held is not None
        return held
