"""What the Lambdas behind routes have Cognito and the provider do: look up, revoke, sign out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

from cognito.errors import CognitoError
from tests.delay.drawn import PROVIDER
from tests.delay.history import Known, asked_of
from tests.delay.issuer import FAILURES, THROTTLED, fail
from tests.delay.provider import REVOCATION_URL
from tests.delay.sandbox import KEY_SETS, KeysHeld
from tests.delay.sessions import Session
from tests.delay.ways import Ways
from tests.delay.world import World
from tests.tokens import ISSUER
from transport import Answer, Deadline, TransportError

#: As :mod:`cognito.calls` names the failures.
_CODES = (
    "could not connect",
    "TooManyRequestsException",
    "InternalErrorException",
    "status 403",
    "not an answer of Cognito's",
)


class Orders:
    """Cognito's operations, and the network to key sets and the provider."""

    def __init__(self, world: World, ways: Ways) -> None:
        self._world = world
        self._ways = ways
        self.key_sets = {ISSUER: KeysHeld(), PROVIDER: KeysHeld()}
        """What the Lambdas were served, by issuer."""

    def call(
        self, operation: str, arguments: Mapping[str, Any], deadline: Deadline
    ) -> Mapping[str, Any]:
        """See :class:`cognito.calls.Calls`."""
        world = self._world
        world.turns.step()
        failure = world.cognito.failure
        if deadline.remaining_seconds() <= 0:
            raise CognitoError("timed out", may_pass=True)
        if failure is not None:
            code = _CODES[FAILURES.index(failure)]
            raise CognitoError(code, may_pass=failure is THROTTLED)
        if operation == "RevokeToken":
            self._revoke(arguments["Token"], arguments["ClientId"])
        elif operation == "GlobalSignOut":
            self._sign_out(arguments["AccessToken"])
        else:
            return self._administer(operation, arguments["Username"])
        return {}

    def _revoke(self, refresh_token: str, client_id: str) -> None:
        session = self._of_refresh_token(refresh_token)
        if session.client_id != client_id:
            raise _refused("NotAuthorizedException")
        self._ways.revoke("RevokeToken", session)

    def _sign_out(self, access_token: str) -> None:
        token = self._world.cognito.shown(access_token)
        user = token.session.user
        if not token.session.lives or self._world.cognito.clock() >= token.expires_at:
            raise _refused("NotAuthorizedException")
        self._ways.sign_out("GlobalSignOut", self._world.users.index(user))

    def _administer(self, operation: str, username: str) -> Mapping[str, Any]:
        subjects = [user.subject for user in self._world.users]
        if username not in subjects:
            raise _refused("UserNotFoundException")
        if operation == "AdminUserGlobalSignOut":
            self._ways.sign_out(operation, subjects.index(username))
            return {}
        assert operation == "AdminGetUser"
        attributes = [{"Name": "sub", "Value": username}]
        return {"Username": username, "UserStatus": "CONFIRMED", "UserAttributes": attributes}

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes | None,
        max_bytes: int,
        deadline: Deadline,
    ) -> Answer:
        """See :class:`transport.Transport`."""
        world = self._world
        world.turns.step()
        if deadline.remaining_seconds() <= 0:
            raise TransportError("timed out")
        if url in KEY_SETS:
            return self._fetch_keys(KEY_SETS[url])
        assert url == REVOCATION_URL
        if world.provider.failure is not None:
            return fail(world.provider.failure)
        session = self._of_refresh_token(parse_qs((body or b"").decode())["token"][0])
        if session.lives:
            session.is_ended = True
            if session.tokens[0].is_asked:
                ended = asked_of([session])
                world.end("revoked, there", Known.ISSUER, may=ended, must=ended)
        return Answer(200, b"")

    def _fetch_keys(self, name: str) -> Answer:
        issuer, keys, now = self._world.issuers[name], self.key_sets[name], self._world.now
        keys.asked_at = now
        if issuer.key_failure is not None:
            keys.failed_at = now
        return issuer.key_set_answer()

    def _of_refresh_token(self, text: str) -> Session:
        return next(one for one in self._world.sessions if one.refresh_token == text)


def _refused(code: str) -> CognitoError:
    return CognitoError(code, may_pass=False)
