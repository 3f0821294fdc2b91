"""Cognito, running: its server, its knobs, and the sign-ins that no API of Cognito's offers."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Self

from local.clock import WallClock
from local.cognito.directory import Directory
from local.cognito.keys import KeyRing
from local.cognito.layer import CognitoLayer, moto_application
from local.cognito.operations import Operations
from local.cognito.sessions import SessionBook
from local.cognito.tokens import AccessTokenJudge, TokenMint, Tokens
from local.cognito.traffic import Traffic
from local.cognito.trail import Trail
from local.cognito.trigger import PreTokenTrigger, TriggerSource
from local.server import LoopbackServer

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


class LocalCognito:
    """A Cognito endpoint on the loopback interface, for the length of a ``with``.

    Attributes:
        url: the endpoint, for SDKs (``endpoint_url``) and for ``LOCAL_ENDPOINT``.
        keys: the pools' signing keys; rotate them here.
        traffic: counters, quotas, throttling, outages.
        trigger: the functions that pools may name as Pre Token Generation triggers.
        trail: the operations that ended sessions, as CloudTrail's events.
    """

    def __init__(
        self, clock: WallClock, *, port: int = 0, behind: WSGIApplication | None = None
    ) -> None:
        """
        Args:
            clock: for tokens and sessions, in seconds since the epoch.
            port: 0 for any free one.
            behind: what answers where this does not, Cognito's other operations included; moto
                if nothing else is given.
        """
        self.keys = KeyRing()
        self.traffic = Traffic(clock)
        self._directory = Directory()
        self.trigger = PreTokenTrigger(self._directory)
        self._sessions = sessions = SessionBook(clock)
        self._mint = TokenMint(self.keys, clock)
        judge = AccessTokenJudge(self.keys, sessions, self._directory, clock)
        self.trail = Trail(self._directory, sessions, judge, clock)
        self._operations = Operations(
            directory=self._directory,
            sessions=sessions,
            mint=self._mint,
            judge=judge,
            trigger=self.trigger,
            traffic=self.traffic,
        )
        layer = CognitoLayer(
            self._operations, self.keys, self.traffic, self.trail, behind or moto_application()
        )
        self._server = LoopbackServer(layer, port=port)
        self.url = self._server.url

    def __enter__(self) -> Self:
        self._server.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.__exit__(kind, error, trace)

    def managed_login(self, client_id: str, username: str, *scopes: str) -> Tokens:
        """The tokens of a sign-in by managed login (OAuth), which gives the scopes asked for.

        Raises:
            CognitoError: no such user or client, or the trigger failed.
        """
        return self._operations.sign_in(
            self._directory.client(client_id),
            username,
            source=TriggerSource.MANAGED_LOGIN,
            scopes=scopes,
        )

    def forget_ended(self, before: float) -> None:
        """Forget sessions that ended and were begun before a moment, and what moto knows of tokens.

        A stack that runs for long would grow without end. Operations by which users change
        themselves (``AccessToken`` passed on to moto) know no earlier token afterwards.
        """
        self._sessions.forget_ended(before)
        self._directory.forget_tokens()

    def machine_token(self, client_id: str, *scopes: str) -> str:
        """The access token of a client-credentials grant.

        Raises:
            CognitoError: no such client.
        """
        return self._mint.machine_token(self._directory.client(client_id), scopes)
