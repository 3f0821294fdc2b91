"""Every way to end a session: what it does, who may be refused for it, and who must be when.

What Cognito ends concerns access tokens: nobody else is asked about ID tokens, which may be refused
with their session and need not be. What stands in the ledger concerns all tokens that it names.
"""

from __future__ import annotations

from pre_token_hook.hook import Outcome, SignInRefused
from pre_token_hook.sign_out import SignOutError
from pre_token_hook.trigger import Trigger
from session_feed.events import EFFECTS, Effect
from tests.delay.drawn import MACHINE_CLIENT, MARGIN_SECONDS
from tests.delay.functions import Functions
from tests.delay.history import Happened, Known, any_of, asked_of
from tests.delay.sessions import Session, Token
from tests.delay.world import World
from tests.tokens import ADMIN_SCOPE


class Ways:
    """Acts on a world as Cognito, its users and an operator."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._functions = Functions(
            world.drawn,
            clock=world.clock,
            hook_clock=world.hook_clock,
            sign_out=self._sign_out,
            calls=world.call_ledger,
        )

    # What Cognito alone knows, until the feed tells of it

    def revoke(self, operation: str, session: Session) -> None:
        """RevokeToken and what else ends one session."""
        if session.lives and session.scope:
            self._end(operation, [session])

    def sign_out(self, operation: str, index: int) -> None:
        """GlobalSignOut by the user, AdminUserGlobalSignOut by an operator: all sessions."""
        user = self._world.users[index]
        if not user.is_deleted and not user.is_disabled:
            self._end(operation, self._of(index))

    def disable(self, index: int) -> None:
        """AdminDisableUser: all sessions end, and no other begins."""
        self._end("AdminDisableUser", self._of(index))
        self._world.users[index].is_disabled = True

    def enable(self, index: int) -> None:
        """AdminEnableUser: which revives nothing."""
        self._world.users[index].is_disabled = False

    def delete(self, operation: str, index: int) -> None:
        """The user is gone; another one takes the name."""
        self._end(operation, self._of(index))
        self._world.users[index].is_deleted = True
        self._world.users[index] = self._world.cognito.new_user()

    def change_password(self, operation: str, index: int) -> None:
        """AdminSetUserPassword and its like: Cognito ends nothing, the feed will."""
        self._event(operation, self._world.users[index].subject, [])

    def _end(self, operation: str, sessions: list[Session], *, by_hook: bool = False) -> None:
        world = self._world
        ended = [session for session in sessions if not session.is_ended]
        for session in ended:
            session.is_ended = True
        if sessions:
            self._event(operation, sessions[0].user.subject, sessions, by_hook=by_hook)
        if ended:
            way = "the hook" if by_hook else operation
            world.end(way, Known.ISSUER, may=any_of(ended), must=asked_of(ended))

    def _of(self, index: int) -> list[Session]:
        user = self._world.users[index]
        return [session for session in self._world.sessions if session.user is user]

    # A sign-in, with the hook before it

    def sign_in(self, index: int, client_id: str, cookie_age: int, *, calls: int = 1) -> None:
        """A new session of a user; Cognito may call the hook again."""
        world, user = self._world, self._world.users[index]
        if user.is_disabled:
            return
        if world.drawn.mode == "hook":
            older = self._of(index)
            try:
                for _ in range(calls):
                    self._call_hook(older, user.subject, client_id)
            except SignInRefused:
                world.say("    … refused by the hook")
                return
        scope = "openid" if world.drawn.has_userinfo and len(world.sessions) % 2 else ADMIN_SCOPE
        session = world.cognito.sign_in(user, client_id, scope, cookie_age)
        world.say(f"    … {session.name} of {user.subject}")

    def refresh(self, session: Session) -> None:
        """New tokens for a session that Cognito lets live; the hook is called, and does nothing."""
        world = self._world
        if session.lives and session.client_id != MACHINE_CLIENT and len(session.tokens) < 8:
            if world.drawn.mode == "hook":
                subject, client_id = session.user.subject, session.client_id
                self._functions.call_hook(subject, client_id, is_sign_in=False)
            world.cognito.issue(session)

    def _call_hook(self, older: list[Session], subject: str, client_id: str) -> None:
        """Older sessions are told at once; of ID tokens only those from before the margin."""
        world = self._world
        outcome = self._functions.call_hook(subject, client_id, is_sign_in=True)
        if outcome != Outcome.SIGNED_OUT or not world.drawn.has_ledger:
            return
        before = int(world.hook_clock()) - MARGIN_SECONDS

        def must(token: Token) -> bool:
            return token.session in older and (token.use == "access" or token.issued_at < before)

        world.end("the hook's mark", Known.PUSHED, may=any_of(older), must=must)

    def _sign_out(self, trigger: Trigger) -> None:
        world = self._world
        if world.cognito.failure is not None:
            raise SignOutError("TooManyRequestsException")
        sessions = [s for s in world.sessions if _is_of(s, trigger.subject)]
        self._end("AdminUserGlobalSignOut", sessions, by_hook=True)

    # The feed

    def _event(
        self, operation: str, subject: str, sessions: list[Session], *, by_hook: bool = False
    ) -> None:
        at = int(self._world.cognito.clock())
        self._world.events.append(Happened(operation, at, subject, tuple(sessions), by_hook))

    def deliver(self, *, newest_first: bool, times: int) -> None:
        """EventBridge brings what has happened, in some order, perhaps twice."""
        world = self._world
        happened, world.events = world.events, []
        if world.drawn.has_ledger:
            for one in reversed(happened) if newest_first else happened:
                for _ in range(times):
                    self._deliver(one)

    def _deliver(self, happened: Happened) -> None:
        world = self._world
        effect, _ = EFFECTS[happened.operation]

        def must(token: Token) -> bool:
            session = token.session
            if effect is Effect.END_SESSIONS:
                return _is_of(session, happened.subject) and session.auth_time < happened.at
            is_before = effect is Effect.END_TOKENS and token.issued_at < happened.at
            return (token.use == "access" or is_before) and session in happened.sessions

        way = f"{happened.operation}, fed"
        begun = world.history.begin(way, Known.PUSHED, world.now, may=must)
        if not world.written(begun, lambda: self._functions.feed(happened)):
            # Lambda tries again, or somebody redrives the dead letters.
            world.events.append(happened)


def _is_of(session: Session, subject: str) -> bool:
    """Whether it is a session of the pool's user of that name."""
    return session.profile is None and session.user.subject == subject
