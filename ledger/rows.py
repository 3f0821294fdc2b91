"""The table's rows: one string key each, built from verified claims, and what stands in them.

=========  ==================================  ====================================================
row        key                                 attributes
=========  ==================================  ====================================================
pool       ``pool#<issuer>``                   ``not_before``, ``verdict_ttl_seconds`` (tightening)
client     ``client#<issuer>#<client id>``     ``not_before``
user       ``user#<issuer>#<sub>``             ``not_before``, ``issued_not_before``,
                                               ``issued_reason``, ``generation``, ``sessions``,
                                               ``floor_at``, ``floor_session``, ``version``
session    ``session#<issuer>#<sub>#<id>``     ``revoked_at``, ``reason``, ``checked_at_ms``,
                                               ``checked_generation``, ``asking_until_ms``,
                                               ``throttled_at_ms``
replay     ``replay#<issuer>#<digest>``        as :mod:`ledger.replay` says
=========  ==================================  ====================================================

Times are whole seconds since the epoch where they are compared with claims, and milliseconds
where they are compared with clocks. ``ttl`` is DynamoDB's own: when a row may be deleted.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from transport.aws_answers import service_endpoint

KEY = "pk"
_MAX_PART_CHARS = 512
#: Numbers travel as texts, of up to 38 digits.
#: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
_WHOLE_NUMBER = re.compile("-?[0-9]{1,38}")

#: An item as DynamoDB's own protocol writes it: {"name": {"N": "1"}}.
Item = Mapping[str, Mapping[str, Any]]


class LedgerError(Exception):
    """The ledger did not answer, or not with what it should hold. Nothing is known."""


class SchemaError(LedgerError):
    """A row is not of this schema. The ledger is well; this row is not."""


class ContendedError(LedgerError):
    """A row was written by others each time it was tried. The ledger is well; the row is busy."""


def pool_name(issuer: str) -> str:
    """The row of an issuer."""
    return f"pool#{_part(issuer)}"


def client_name(issuer: str, client_id: str) -> str:
    """The row of an app client."""
    return f"client#{_part(issuer)}#{_part(client_id)}"


def user_name(issuer: str, subject: str) -> str:
    """The row of a user."""
    return f"user#{_part(issuer)}#{_part(subject)}"


def session_name(issuer: str, subject: str, session_id: str) -> str:
    """The row of a session."""
    return f"session#{_part(issuer)}#{_part(subject)}#{_part(session_id)}"


def cognito_issuer(user_pool_id: str) -> str:
    """A user pool's name in the ledger, whichever form of issuer its tokens carry."""
    region = user_pool_id.partition("_")[0]
    return f"{service_endpoint('cognito-idp', region)}/{user_pool_id}"


def cognito_issuers(user_pool_id: str) -> tuple[str, str]:
    """Both names of a user pool in tokens, the ledger's first."""
    issuer = cognito_issuer(user_pool_id)
    return issuer, issuer.replace("//", "//issuer-", 1)


def _part(text: str) -> str:
    """Percent-encoded, so that no claim can reach into its neighbour's part of the key.

    A part that would be long is replaced by its digest: DynamoDB takes keys of 2,048 bytes.
    """
    encoded = quote(text, safe=":/.-_~|@")
    if len(encoded) <= _MAX_PART_CHARS:
        return encoded
    return f"sha256%{hashlib.sha256(text.encode()).hexdigest()}"


@dataclass(frozen=True, slots=True)
class PoolRow:
    """Of an issuer: everyone before a moment, and how fresh verdicts must be."""

    not_before: int = 0
    verdict_ttl_seconds: int | None = None

    @classmethod
    def read(cls, item: Item) -> PoolRow:
        """Raises LedgerError: if the item is not of this schema."""
        ttl = item.get("verdict_ttl_seconds")
        return cls(_number(item, "not_before"), None if ttl is None else _value(ttl))


@dataclass(frozen=True, slots=True)
class ClientRow:
    """Of an app client: everyone before a moment."""

    not_before: int = 0

    @classmethod
    def read(cls, item: Item) -> ClientRow:
        """Raises LedgerError: if the item is not of this schema."""
        return cls(_number(item, "not_before"))


@dataclass(frozen=True, slots=True, order=True)
class Rank:
    """A session's place among its user's: by sign-in, ties by name. Greater is newer."""

    authenticated_at: int
    session_id: str


@dataclass(frozen=True, slots=True)
class Member:
    """A session on its user's roster."""

    authenticated_at: int
    client_id: str
    first_seen: int
    last_seen: int
    device: str


@dataclass(frozen=True, slots=True)
class UserRow:
    """Of a user: watermarks, the generation of verdicts, and the roster of sessions.

    ``not_before`` is about sign-ins (``auth_time``), ``issued_not_before`` about tokens
    (``iat``). A verdict counts only in the ``generation`` it was asked for in.
    """

    not_before: int = 0
    issued_not_before: int = 0
    issued_reason: str = ""
    generation: int = 0
    sessions: Mapping[str, Member] = field(default_factory=dict)
    floor: Rank = Rank(0, "")
    version: int = 0

    @classmethod
    def read(cls, item: Item) -> UserRow:
        """Raises LedgerError: if the item is not of this schema."""
        return cls(
            not_before=_number(item, "not_before"),
            issued_not_before=_number(item, "issued_not_before"),
            issued_reason=_text(item, "issued_reason"),
            generation=_number(item, "generation"),
            sessions={
                name: _member(value["M"]) for name, value in _map(item.get("sessions")).items()
            },
            floor=Rank(_number(item, "floor_at"), _text(item, "floor_session")),
            version=_number(item, "version"),
        )


@dataclass(frozen=True, slots=True)
class SessionRow:
    """Of a session: its mark, the last verdict on it, who is asking, and a question in vain."""

    revoked_at: int = 0
    reason: str = ""
    checked_at_ms: int = 0
    checked_generation: int = 0
    asking_until_ms: int = 0
    throttled_at_ms: int = 0

    @classmethod
    def read(cls, item: Item) -> SessionRow:
        """Raises LedgerError: if the item is not of this schema."""
        return cls(
            revoked_at=_number(item, "revoked_at"),
            reason=_text(item, "reason"),
            checked_at_ms=_number(item, "checked_at_ms"),
            checked_generation=_number(item, "checked_generation"),
            asking_until_ms=_number(item, "asking_until_ms"),
            throttled_at_ms=_number(item, "throttled_at_ms"),
        )


def _number(item: Item, name: str) -> int:
    value = item.get(name)
    return 0 if value is None else _value(value)


def _value(value: Mapping[str, Any]) -> int:
    text = value.get("N") if isinstance(value, dict) else None
    if not isinstance(text, str) or not _WHOLE_NUMBER.fullmatch(text):
        raise SchemaError("a row is not of this schema")
    return int(text)


def _text(item: Item, name: str) -> str:
    value = item.get(name, {"S": ""})
    text = value.get("S") if isinstance(value, dict) else None
    if not isinstance(text, str):
        raise SchemaError("a row is not of this schema")
    return text


def _map(value: Mapping[str, Any] | None) -> Mapping[str, Any]:
    members = value.get("M") if isinstance(value, dict) else {} if value is None else None
    if not isinstance(members, dict) or not all(
        isinstance(member, dict) and isinstance(member.get("M"), dict)
        for member in members.values()
    ):
        raise SchemaError("a row is not of this schema")
    return members


def _member(item: Item) -> Member:
    return Member(
        authenticated_at=_number(item, "authenticated_at"),
        client_id=_text(item, "client_id"),
        first_seen=_number(item, "first_seen"),
        last_seen=_number(item, "last_seen"),
        device=_text(item, "device"),
    )
