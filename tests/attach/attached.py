"""What an example attaches, whichever tool wrote it: authorizers, routes, permissions, refusals.

References are spelled as text: ``<ssm:/Stack/authorizer/function-arn>`` is that parameter's
value, ``<Orders>`` the id of a resource and ``<Orders.Arn>`` an attribute of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class ApiKind(StrEnum):
    """The kinds of API that ask a Lambda authorizer."""

    REST = "rest"
    HTTP = "http"
    WEBSOCKET = "websocket"
    GRAPHQL = "graphql"


@dataclass(frozen=True, kw_only=True)
class Authorizer:
    """One authorizer of an API, as the gateway is told it; None is what it is not told."""

    kind: ApiKind
    api: str
    uri: str
    identity_sources: tuple[str, ...]
    type: str = "REQUEST"
    ttl: int | str | None = None
    payload_version: str | None = None
    is_simple: bool = False


@dataclass(frozen=True, kw_only=True)
class Permission:
    """Who may invoke a function."""

    function: str
    principal: str
    source: str | None


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """A gateway response."""

    status: str
    headers: Mapping[str, str]
    body: str | None


@dataclass(frozen=True, kw_only=True)
class Attached:
    """One example.

    ``routes`` has the authorizer's name by API and route, or None; ``refusals`` are by API and
    type. ``log_formats`` is everything that an API is told to write to a log.
    """

    authorizers: Mapping[str, Authorizer] = field(default_factory=dict)
    routes: Mapping[tuple[str, str], str | None] = field(default_factory=dict)
    permissions: tuple[Permission, ...] = ()
    refusals: Mapping[tuple[str, str], Refusal] = field(default_factory=dict)
    log_formats: tuple[str, ...] = ()

    def of(self, kind: ApiKind) -> Iterator[tuple[str, Authorizer]]:
        """Authorizers of one kind of API, by name."""
        return ((name, each) for name, each in self.authorizers.items() if each.kind is kind)
