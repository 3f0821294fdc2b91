"""Reads a token's claims (RFC 7519) by type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jose.faults import Fault, JoseError

#: 9999-12-31: NumericDate values beyond it are nonsense and overflow what comes after.
LATEST_MOMENT = 253_402_300_799

_MAX_NAME_CHARS = 2048


def name(value: Any) -> str:
    """A short text that is not empty.

    Raises:
        JoseError: CLAIM_MALFORMED.
    """
    if not isinstance(value, str) or not 0 < len(value) <= _MAX_NAME_CHARS:
        raise JoseError(Fault.CLAIM_MALFORMED)
    return value


def text(value: Any) -> str:
    """A text of any length. Raises as :func:`name`."""
    if not isinstance(value, str):
        raise JoseError(Fault.CLAIM_MALFORMED)
    return value


def names(values: Any) -> tuple[str, ...]:
    """A list of names without white space, which is what separates them further on.

    Raises as :func:`name`.
    """
    if not isinstance(values, list):
        raise JoseError(Fault.CLAIM_MALFORMED)
    for value in values:
        if not isinstance(value, str) or value.split() != [value]:
            raise JoseError(Fault.CLAIM_MALFORMED)
    return tuple(values)


def moment(value: Any) -> int:
    """Seconds since the epoch, as an integer: no float, no text, no truth value.

    Raises as :func:`name`.
    """
    if type(value) is not int or not 0 < value <= LATEST_MOMENT:
        raise JoseError(Fault.CLAIM_MALFORMED)
    return value


class Claims:
    """Every reader refuses what is not of the stated type.

    All of them raise :class:`jose.faults.JoseError`: CLAIM_MISSING or CLAIM_MALFORMED.
    """

    def __init__(self, payload: Mapping[str, Any]) -> None:
        self._payload = payload

    def has(self, name: str) -> bool:
        """It is there, of whatever type."""
        return name in self._payload

    def require(self, *names: str) -> None:
        """All of these are there."""
        for name in names:
            if name not in self._payload:
                raise JoseError(Fault.CLAIM_MISSING)

    def forbid(self, *names: str) -> None:
        """None of these is there."""
        for name in names:
            if name in self._payload:
                raise JoseError(Fault.CLAIM_MALFORMED)

    def audiences(self) -> frozenset[str]:
        """``aud``: one text or a list of them (RFC 7519, section 4.1.3); empty if absent."""
        value = self._payload.get("aud", [])
        values = [value] if isinstance(value, str) else value
        if not isinstance(values, list) or not all(isinstance(v, str) for v in values):
            raise JoseError(Fault.CLAIM_MALFORMED)
        return frozenset(values)

    def name(self, claim: str) -> str:
        """A short text that is not empty."""
        return name(self._payload.get(claim))

    def optional_name(self, claim: str) -> str:
        """As :meth:`name`, but empty if it is not there."""
        return self.name(claim) if claim in self._payload else ""

    def optional_text(self, claim: str) -> str:
        """A text of any length, empty if it is not there."""
        return text(self._payload.get(claim, ""))

    def names(self, claim: str) -> tuple[str, ...]:
        """A list of names without white space, which is what separates them further on."""
        return names(self._payload.get(claim, []))

    def words(self, claim: str) -> tuple[str, ...]:
        """Names in one text, separated by white space, or in a list; none if it is not there."""
        value = self._payload.get(claim, "")
        return tuple(value.split()) if isinstance(value, str) else self.names(claim)

    def moment(self, claim: str) -> int:
        """Seconds since the epoch, as an integer: no float, no text, no truth value."""
        return moment(self._payload.get(claim))

    def moment_or_none(self, claim: str) -> int | None:
        """As :meth:`moment`, but None if it is not there."""
        return self.moment(claim) if claim in self._payload else None
