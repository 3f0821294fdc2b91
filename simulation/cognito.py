"""Cognito as the authorizer and the hook meet it: sessions, quotas, latency.

Behind :class:`transport.Transport`, so that the project's own ``GetUser`` and key store talk to it.
What it says is true at the moment when it is asked; the answer then takes its time. That is the
order that leaves a revoked session the longest life.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from simulation.latency import Latencies
from simulation.load import Limits
from simulation.quotas import TokenBucket, UserBuckets
from simulation.sessions import is_watched
from simulation.suspension import Suspension
from transport import Answer, Deadline, TransportError

ENDPOINT = "https://cognito-idp.eu-west-1.amazonaws.com"
#: Of the authorizer's transport: it gives up on an answer after this.
READ_TIMEOUT_SECONDS = 1.0


def _active(subject: str) -> Answer:
    return Answer(200, b'{"Username":"%s","UserAttributes":[]}' % subject.encode())


def _refused(code: str, message: str = "") -> Answer:
    return Answer(400, json.dumps({"__type": code, "message": message}).encode())


_THROTTLED = _refused("TooManyRequestsException", "Rate exceeded")
_REVOKED = _refused("NotAuthorizedException", "Access Token has been revoked")
_EXPIRED = _refused("NotAuthorizedException", "Access Token has expired")


class Cognito:
    """One account's user pools in one Region."""

    def __init__(
        self,
        limits: Limits,
        *,
        sampled_one_in: int,
        is_overloaded: bool,
        has_too_many_sign_ins: bool,
        now: Callable[[], float],
        clock: Callable[[], float],
    ) -> None:
        """
        Args:
            limits: the quotas of the whole account.
            sampled_one_in: of how many sessions one is simulated. Rates are divided by it; what a
                bucket holds is not, for how often one runs empty depends on the calls that it
                holds and on the ratio of the rates alone. Whoever is watched stands for one
                session and not for n, and takes an n-th.
            is_overloaded: whether more is asked than the quota allows, so that it starts spent.
            has_too_many_sign_ins: the same for sign-outs.
            now: the simulation's clock.
            clock: wall-clock time, seconds since the epoch.
        """
        per_second = limits.getuser_per_second / sampled_one_in
        self.reads = TokenBucket(
            per_second, limits.getuser_per_second, now, is_full=not is_overloaded
        )
        self.user_reads = UserBuckets(limits.getuser_per_user_per_second, now)
        self.updates = TokenBucket(
            limits.user_updates_per_second / sampled_one_in,
            limits.user_updates_per_second,
            now,
            is_full=not has_too_many_sign_ins,
        )
        self._sampled_one_in = sampled_one_in
        self._now = now
        self._clock = clock
        self.ended: set[str] = set()
        """Names of the sessions that have been revoked."""
        self.on_getuser: Callable[[str, bool], None] = lambda _text, _is_throttled: None
        """Called with the token's text, and whether the quota was spent."""

    def refill(self, limits: Limits) -> None:
        """From now on the account's quotas are for what is simulated, and nothing is spent."""
        per_second, updates = limits.getuser_per_second, limits.user_updates_per_second
        self.reads = TokenBucket(per_second, per_second, self._now)
        self.updates = TokenBucket(updates, updates, self._now)
        self._sampled_one_in = 1

    def getuser(self, text: str) -> Answer:
        """GetUser for a token's text, as :meth:`simulation.sessions.Session.token` makes it."""
        subject, session, _, expires_at = text.split("/")
        account, user = self.reads, self.user_reads.of(subject)
        if not (account.has() and user.has()):
            self.on_getuser(text, True)
            return _THROTTLED
        account.take_part(self._part_of(subject))
        user.take()
        self.on_getuser(text, False)
        if session in self.ended:
            return _REVOKED
        return _EXPIRED if self._clock() >= int(expires_at) else _active(subject)

    def sign_out(self, subject: str, sessions: list[str]) -> bool:
        """AdminUserGlobalSignOut of a user with these sessions; False if the quota is spent."""
        if not self.updates.take_part(self._part_of(subject)):
            return False
        self.ended.update(sessions)
        return True

    def revoke_token(self, session: str) -> None:
        """RevokeToken: the quota, 120 a second, is nobody's bottleneck here."""
        self.ended.add(session)

    def evict(self, session: str) -> None:
        """What session management does at a newer sign-in: no call of anybody's."""
        self.ended.add(session)

    def _part_of(self, subject: str) -> float:
        return 1 / self._sampled_one_in if is_watched(subject) else 1.0


class CognitoTransport:
    """The way from sandboxes to Cognito; see :class:`transport.Transport`."""

    def __init__(
        self,
        cognito: Cognito,
        key_set: Mapping[str, Any],
        suspension: Suspension,
        *,
        getuser_seconds: Callable[[], float],
        key_set_seconds: Callable[[], float],
    ) -> None:
        self._cognito = cognito
        self._key_set = Answer(200, json.dumps(key_set).encode())
        self._suspension = suspension
        self._getuser_seconds = getuser_seconds
        self._key_set_seconds = key_set_seconds
        self.key_set_fetches = 0

    @classmethod
    def over(
        cls,
        cognito: Cognito,
        key_set: Mapping[str, Any],
        suspension: Suspension,
        latencies: Latencies,
        random: Any,
    ) -> CognitoTransport:
        """With latencies drawn from their distributions."""
        return cls(
            cognito,
            key_set,
            suspension,
            getuser_seconds=latencies.getuser.draws(random),
            key_set_seconds=latencies.key_set.draws(random),
        )

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],  # noqa: ARG002  # see the protocol
        body: bytes | None,
        max_bytes: int,  # noqa: ARG002
        deadline: Deadline,
    ) -> Answer:
        """See :class:`transport.Transport`."""
        self._suspension.begin_wait()
        if method == "GET":
            assert url.endswith("/.well-known/jwks.json")
            self.key_set_fetches += 1
            answer, seconds = self._key_set, self._key_set_seconds()
        else:
            assert body is not None
            answer = self._cognito.getuser(json.loads(body)["AccessToken"])
            seconds = self._getuser_seconds()
        patience = min(READ_TIMEOUT_SECONDS, deadline.remaining_seconds())
        self._suspension.wait(min(seconds, patience))
        if seconds > patience:
            raise TransportError("timed out")
        return answer
