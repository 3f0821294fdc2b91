"""What the provider pushes: logout tokens, security events and revocations, and whom each names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from receivers.backchannel_logout import EVENT
from receivers.security_events import CREDENTIAL_CHANGE, SESSION_REVOKED
from receivers.transmitters import Kind
from tests.delay.drawn import PROVIDER
from tests.delay.environments import AUDIENCE, REVOCATIONS
from tests.delay.provider import Provider
from tests.delay.sessions import Session
from tests.unit.receivers.bench import iss_sub, opaque

_RISC = "https://schemas.openid.net/secevent/risc/event-type"
_OAUTH = "https://schemas.openid.net/secevent/oauth/event-type"

#: An event's type and members, and whom its subject is.
_EVENTS: tuple[tuple[str, Mapping[str, str], str], ...] = (
    (SESSION_REVOKED, {}, "session"),
    (SESSION_REVOKED, {}, "opaque"),
    (SESSION_REVOKED, {}, "user"),
    (CREDENTIAL_CHANGE, {"change_type": "update"}, "whole user"),
    (f"{_RISC}/account-disabled", {}, "user"),
    (f"{_RISC}/account-purged", {}, "whole user"),
    (f"{_RISC}/sessions-revoked", {}, "user"),
    (f"{_OAUTH}/tokens-revoked", {}, "user"),
    # A further credential takes no other away.
    (CREDENTIAL_CHANGE, {"change_type": "create"}, "nobody"),
)
LOGOUTS, EVENTS = 3, len(_EVENTS)


@dataclass(eq=False)
class Message:
    """One message, which may be sent more than once. Names are empty if none is named."""

    kind: Kind
    what: str
    """In the name of the way that it is."""
    text: str
    issued_at: int
    """By the provider's clock, in whole seconds."""
    kid: str
    user: str = ""
    session: str = ""
    is_sent: bool = False
    """Whether it was sent before, whatever came of it."""
    is_done: bool = False
    """Whether it was carried out, so that it ends nothing again."""

    @property
    def sub_id(self) -> Mapping[str, str] | None:
        """What stands beside a revocation's token."""
        is_apart = self.kind is Kind.GLOBAL_REVOCATION
        return iss_sub(self.user, PROVIDER) if is_apart else None


def logout(provider: Provider, session: Session, how: int) -> Message:
    """A logout token that names session and user, the session, or the user."""
    claims: dict[str, Any] = {"aud": AUDIENCE, "events": {EVENT: {}}}
    user, sid = session.user.subject, session.name
    if how % LOGOUTS != 1:
        claims["sub"] = user
    if how % LOGOUTS != 2:
        claims["sid"] = sid
    named = claims.get("sub", ""), claims.get("sid", "")
    return _message(provider, Kind.BACKCHANNEL_LOGOUT, "logout", claims, *named)


def event(provider: Provider, session: Session, how: int) -> Message:
    """A security event token."""
    uri, members, subject = _EVENTS[how % EVENTS]
    user, sid = session.user.subject, session.name
    both = {
        "format": "complex",
        "user": iss_sub(user, PROVIDER),
        "session": opaque(sid),
    }
    sub_id, named = {
        "session": (both, (user, sid)),
        "opaque": (opaque(sid), ("", sid)),
        "user": (iss_sub(user, PROVIDER), (user, "")),
        "whole user": (both, (user, "")),
        "nobody": (both, ("", "")),
    }[subject]
    claims = {"aud": AUDIENCE, "sub_id": sub_id, "events": {uri: members}}
    return _message(provider, Kind.SECURITY_EVENTS, "event", claims, *named)


def revocation(provider: Provider, session: Session) -> Message:
    """A revocation of all of a user's."""
    claims = {"aud": REVOCATIONS, "sub": AUDIENCE}
    user = session.user.subject
    return _message(provider, Kind.GLOBAL_REVOCATION, "revocation", claims, user, "")


def _message(
    provider: Provider,
    kind: Kind,
    what: str,
    claims: Mapping[str, Any],
    *named: str,
) -> Message:
    now, kid = int(provider.clock()), provider.keys[-1]
    user, session = named
    return Message(kind, what, provider.sign(kind, claims), now, kid, user, session)
