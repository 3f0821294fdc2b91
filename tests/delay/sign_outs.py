"""Signing out by the endpoint: what a caller shows, and what the answer promises.

200 promises the end of the session whose access token was shown, of all of the user's if that was
asked for, and at the issuer if its refresh token was shown. Nothing is promised by 503, nor to who
shows what the endpoint does not know: an ID token, a token of a key that is published no longer;
nor ``everywhere`` by a token that has expired (docs/settings.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.delay.endpoints import Endpoints
from tests.delay.history import Known, Revocation, SignedInUpTo, any_of, asked_of
from tests.delay.oracle import WrongAnswer
from tests.delay.sessions import Session, Token
from tests.delay.world import World


@dataclass(frozen=True)
class Shown:
    """What a caller shows. ``token`` is one of the session's: newest, oldest, id; or none."""

    token: str = "newest"
    refresh_token: bool = False
    is_everywhere: bool = False


SHOWN = (
    Shown(refresh_token=True),
    Shown(),
    Shown(is_everywhere=True),
    Shown("", refresh_token=True),
    Shown("oldest", is_everywhere=True),
    Shown("id", refresh_token=True),
    Shown(refresh_token=True, is_everywhere=True),
)


class SignOuts:
    """Acts on a world as who signs out."""

    def __init__(self, world: World, endpoints: Endpoints) -> None:
        self._world = world
        self._endpoints = endpoints

    def sign_out(self, session: Session, how: int) -> None:
        """One request to the endpoint, which there is with the ledger only."""
        world, shown = self._world, SHOWN[how % len(SHOWN)]
        if not world.drawn.has_ledger:
            return
        token = _token(session, shown.token)
        body: dict[str, Any] = {"client_id": session.client_id, "issuer": session.issuer}
        if shown.is_everywhere:
            body["everywhere"] = True
        if shown.refresh_token:
            body["refresh_token"] = session.refresh_token
        promised = self._begin(session, token, is_everywhere=shown.is_everywhere)
        text = None if token is None else world.issuer_of(session).show(token)
        is_owed = self._is_owed(session, token, shown)
        status = self._endpoints.sign_out(body, text)
        if status not in {200, 503} or (status == 503 and is_owed):
            raise WrongAnswer(f"a sign-out was answered {status}")
        self._end(promised, session, token, is_done=status == 200)
        if shown.refresh_token and status == 200:
            self._end_at_issuer(session)

    def _is_owed(self, session: Session, token: Token | None, shown: Shown) -> bool:
        """Whether nothing excuses an outage."""
        issuer = self._world.issuer_of(session)
        is_issuer_asked = shown.refresh_token or shown.is_everywhere
        is_well = token is not None and self._endpoints.are_well(session.issuer, token.kid)
        # Beside a token that has expired, a refresh token is rationed.
        is_rationed = token is not None and shown.refresh_token and self._is_expired(token)
        return is_well and not is_rationed and not (is_issuer_asked and issuer.failure is not None)

    def _begin(
        self, session: Session, token: Token | None, *, is_everywhere: bool
    ) -> list[Revocation]:
        """All that this may come to, from now on."""
        world = self._world
        if token is None or token.use != "access":
            return []
        begun = []
        if token.has_place:
            way = self._name("signed out", session)
            begun.append(world.history.begin(way, Known.PUSHED, world.now, may=any_of([session])))
        if not token.has_place or (is_everywhere and not self._is_expired(token)):
            way = self._name("signed out everywhere", session)
            may = SignedInUpTo(session.user)
            must = SignedInUpTo(session.user, self._moment(token))
            begun.append(world.history.begin(way, Known.PUSHED, world.now, may=may, must=must))
        return begun

    def _end(
        self, promised: list[Revocation], session: Session, token: Token | None, *, is_done: bool
    ) -> None:
        world = self._world
        for one in promised:
            is_known = token is not None and token.kid in world.issuer_of(session).keys
            if isinstance(one.may, SignedInUpTo):
                assert token is not None
                one.may.moment = self._moment(token)
                # It may have expired since it was sent.
                is_known = is_known and not (token.has_place and self._is_expired(token))
            if is_done and is_known:
                world.history.enforce(one, world.now)

    def _end_at_issuer(self, session: Session) -> None:
        """Whoever is asked about its tokens says so; where marks alone judge them, nobody is."""
        if any(token.is_asked for token in session.tokens):
            way = self._name("signed out by a refresh token", session)
            self._world.end(way, Known.ISSUER, must=asked_of([session]))

    def _is_expired(self, token: Token) -> bool:
        return self._world.hook_clock() >= token.expires_at + self._world.drawn.leeway

    def _moment(self, token: Token) -> float:
        """Up to when who signed in is signed out: until now, or by an expired token its own."""
        if self._is_expired(token):
            return token.signed_in_at
        return max(int(self._world.hook_clock()), token.signed_in_at)

    def _name(self, way: str, session: Session) -> str:
        return way if session.profile is None else f"{way}, there"


def _token(session: Session, which: str) -> Token | None:
    uses = {"newest": "access", "oldest": "access", "id": "id", "": ""}
    tokens = [token for token in session.tokens if token.use == uses[which]]
    return None if not tokens else tokens[0 if which == "oldest" else -1]
