"""What becomes of pushed sign-outs, as docs/receivers.md has it.

Success promises the end of what the message names: a session where access tokens name sessions,
else all of the user that was signed in up to the message; and all of the pool's user of that name,
up to its arrival, if the provider's users are the pool's. Nothing is promised by another answer,
and by a message that is refused, or was carried out before, nothing ends.
"""

from __future__ import annotations

from receivers.transmitters import Kind
from tests.delay import messages
from tests.delay.drawn import PROVIDER
from tests.delay.endpoints import Endpoints
from tests.delay.environments import names_sessions
from tests.delay.history import Known, Revocation, SignedInUpTo, any_of, nobody
from tests.delay.messages import Message
from tests.delay.oracle import WrongAnswer
from tests.delay.sessions import Session, User, from_newest
from tests.delay.world import World

_SUCCESS = {
    Kind.BACKCHANNEL_LOGOUT: 200,
    Kind.SECURITY_EVENTS: 202,
    Kind.GLOBAL_REVOCATION: 204,
}
#: Not all of it is known to be done. 404: the provider's own users were marked before Cognito was
#: asked for theirs.
_HALF_WAY = frozenset({404, 503})


#: Logout tokens and revocations live for two minutes, by whatever clock.
_YOUNG_SECONDS = 60


class Pushes:
    """Acts on a world as the provider that pushes sign-outs, for which there has to be a ledger."""

    def __init__(self, world: World, endpoints: Endpoints) -> None:
        self._world = world
        self._endpoints = endpoints
        self._sent: list[Message] = []

    def log_out(self, session: Session, how: int) -> None:
        """Back-channel logout."""
        self._send(messages.logout(self._world.provider, session, how))

    def tell(self, session: Session, how: int, *, is_late: bool) -> None:
        """A security event, which may stay with its transmitter for now."""
        self._send(messages.event(self._world.provider, session, how), is_late=is_late)

    def revoke(self, session: Session) -> None:
        """Global token revocation."""
        self._send(messages.revocation(self._world.provider, session))

    def send_again(self, which: int) -> None:
        """What was sent before, or stayed with its transmitter. Messages count from the newest."""
        if self._sent:
            self._deliver(from_newest(self._sent, which))

    def _send(self, message: Message, *, is_late: bool = False) -> None:
        if self._world.drawn.has_ledger:
            self._sent.append(message)
            if not is_late:
                self._deliver(message)

    def _deliver(self, message: Message) -> None:
        begun = [] if message.is_done else [*self._begin_there(message), *self._begin(message)]
        is_owed = self._is_owed(message)
        status = self._endpoints.receive(message.kind, message.text, message.sub_id)
        is_done = status == _SUCCESS[message.kind]
        if is_owed and not is_done:
            raise WrongAnswer(f"a {message.what} was answered {status}")
        message.is_sent = True
        message.is_done |= is_done
        for one in begun:
            if isinstance(one.may, SignedInUpTo):
                one.may.moment = self._moment(message, one.may.user)
            if is_done:
                self._world.history.enforce(one, self._world.now)
            elif status not in _HALF_WAY:
                one.may = one.must = nobody

    def _is_owed(self, message: Message) -> bool:
        """Whether nothing excuses another answer than success."""
        world = self._world
        is_named = names_sessions(world.drawn) if not message.user else True
        if message.kind is Kind.GLOBAL_REVOCATION and world.drawn.maps_users:
            is_named = message.user in {user.subject for user in world.users}
        is_answering = world.cognito.failure is None or not world.drawn.maps_users
        is_new = not message.is_sent and world.now - message.issued_at < _YOUNG_SECONDS
        is_well = self._endpoints.are_well(PROVIDER, message.kid)
        return is_new and is_named and is_answering and is_well

    def _begin_there(self, message: Message) -> list[Revocation]:
        """Of the provider's own sessions."""
        world = self._world
        if world.drawn.profile is None:
            return []
        if message.session and names_sessions(world.drawn):
            sessions = [s for s in world.sessions if s.name == message.session and s.profile]
            way = f"a session's {message.what}, there"
            return [world.history.begin(way, Known.PUSHED, world.now, may=any_of(sessions))]
        users = [user for user in world.provider.users if user.subject == message.user]
        return [self._of_user(message, user, f"a user's {message.what}, there") for user in users]

    def _begin(self, message: Message) -> list[Revocation]:
        """Of the pool's."""
        world = self._world
        if not world.drawn.maps_users:
            return []
        users = [user for user in world.users if user.subject == message.user]
        return [self._of_user(message, user, f"a user's {message.what}") for user in users]

    def _of_user(self, message: Message, user: User, way: str) -> Revocation:
        may, must = SignedInUpTo(user), SignedInUpTo(user, self._moment(message, user))
        return self._world.history.begin(way, Known.PUSHED, self._world.now, may=may, must=must)

    def _moment(self, message: Message, user: User) -> int:
        """Up to when who signed in is signed out. An event may be delivered days late."""
        arrived_at = int(self._world.hook_clock())
        if user in self._world.provider.users:
            is_event = message.kind is Kind.SECURITY_EVENTS
            return message.issued_at if is_event else max(arrived_at, message.issued_at)
        return arrived_at
