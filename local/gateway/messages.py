"""HTTP requests and answers, as far as the gateway looks at them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One request. ``headers`` holds the lines as they were sent, in their order."""

    method: str
    path: str
    query: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    source_ip: str = "127.0.0.1"

    def header_values(self, name: str) -> list[str]:
        """Every value of a header, whose name is taken in any case."""
        return [value for own, value in self.headers if own.lower() == name.lower()]

    def query_values(self, name: str) -> list[str]:
        """Every value of a query parameter, in its exact case."""
        return [value for own, value in self.query_pairs() if own == name]

    def query_pairs(self) -> list[tuple[str, str]]:
        """The query string, decoded."""
        return parse_qsl(self.query, keep_blank_values=True)


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """One answer. ``further_headers`` are those that may stand more than once: ``Set-Cookie``."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    further_headers: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of_json(cls, status: int, document: object) -> HttpAnswer:
        """An answer with a JSON body."""
        return cls(status, {"Content-Type": "application/json"}, json.dumps(document).encode())
