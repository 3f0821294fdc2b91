"""Which route a request takes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from local.gateway.config import Api, Flavour, Route
from local.gateway.messages import HttpRequest

_SEGMENT = re.compile(r"\{(?P<name>[A-Za-z0-9._:-]+)(?P<greedy>\+?)\}|(?P<text>[^{}]+)")


@dataclass(frozen=True, slots=True)
class Match:
    """A route, and what the request's path put in for its parameters."""

    route: Route
    path_parameters: Mapping[str, str]


def match_route(api: Api, request: HttpRequest) -> Match | None:
    """The most specific route for a request, as AWS ranks them: text, parameter, greedy one.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
    """
    matches = [
        (_rank(route), Match(route, parameters))
        for route in api.routes
        if route.method in (request.method, "ANY")
        if (parameters := _parameters(api, route, request.path)) is not None
    ]
    return min(matches, key=lambda ranked: ranked[0])[1] if matches else None


def _parameters(api: Api, route: Route, path: str) -> dict[str, str] | None:
    if route.path == "$default":
        return {} if api.flavour is Flavour.HTTP else None
    # A REST API serves /hello/ by /hello, and says /hello/ of it; of HTTP APIs it is not known.
    slash = "/?" if api.flavour is Flavour.REST and not route.path.endswith("/") else ""
    found = re.fullmatch(_pattern(route.path) + slash, path)
    if found is None:
        return None
    names = [part["name"] for part in _SEGMENT.finditer(route.path) if part["name"]]
    return dict(zip(names, found.groups(), strict=True))


def _pattern(template: str) -> str:
    parts = []
    for part in _SEGMENT.finditer(template):
        if part["text"]:
            parts.append(re.escape(part["text"]))
        else:
            parts.append("(.+)" if part["greedy"] else "([^/]+)")
    return "".join(parts)


def _rank(route: Route) -> tuple[bool, int, int, bool]:
    return (
        route.path == "$default",
        route.path.count("+}"),
        route.path.count("{"),
        route.method == "ANY",
    )
