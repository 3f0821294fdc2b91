"""Who a message is about: subject identifiers (RFC 9493; Shared Signals Framework 1.0, section 3).

Taken are ``iss_sub`` with the transmitter's own issuer, ``opaque``, ``email``, and ``complex`` with
a ``user`` and a ``session``. Of the other formats none names anybody here: they are read, and come
to nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jose.claims import Claims
from jose.faults import JoseError
from receivers.report import Refusal, RefusedError
from receivers.transmitters import Transmitter

_COMPLEX = "complex"


@dataclass(frozen=True, slots=True)
class Subject:
    """Names at the transmitter. Each is empty if it is not given."""

    user: str = ""
    session: str = ""
    email: str = ""
    is_either: bool = False
    """Nobody says whether it is a user's name or a session's: it stands as both."""

    @property
    def whole_user(self) -> Subject:
        """The user, whatever session is named beside."""
        return Subject(user=self.user, email=self.email)


def read_subject(value: Any, transmitter: Transmitter) -> Subject:
    """Read a subject identifier.

    Raises:
        RefusedError: SUBJECT_MALFORMED; or SUBJECT_FOREIGN if it is another issuer's: none may
            sign out anybody else's users.
    """
    try:
        return _read(value, transmitter)
    except JoseError:
        raise RefusedError(Refusal.SUBJECT_MALFORMED) from None


def _read(value: Any, transmitter: Transmitter) -> Subject:
    members = value if isinstance(value, dict) else {}
    # Before the framework's final text, a complex subject had no format.
    is_complex = "user" in members or "session" in members
    kind = members.get("format", _COMPLEX if is_complex else None)
    if kind != _COMPLEX:
        return _simple(value, transmitter)
    user = _simple(members["user"], transmitter) if "user" in members else Subject()
    session = _simple(members["session"], transmitter) if "session" in members else Subject()
    return Subject(user=user.user, email=user.email, session=session.session)


def _simple(value: Any, transmitter: Transmitter) -> Subject:
    members: Mapping[str, Any] = value if isinstance(value, dict) else {}
    claims = Claims(members)
    # RISC's drafts, which Google still speaks, called it so, and wrote hyphens.
    kind = claims.optional_name("format") or claims.name("subject_type").replace("-", "_")
    if kind == "iss_sub":
        issuer, user = claims.name("iss"), claims.name("sub")
        if issuer not in {transmitter.issuer, transmitter.sessions_of}:
            raise RefusedError(Refusal.SUBJECT_FOREIGN)
        return Subject(user=user)
    if kind == "opaque":
        name = claims.name("id")
        return Subject(user=name, session=name, is_either=True)
    if kind == "email":
        return Subject(email=claims.name("email"))
    return Subject()
