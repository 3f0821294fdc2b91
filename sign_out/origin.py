"""Where a request comes from. A cookie comes along whoever sends the request; a site can't forge
its origin.
"""

from __future__ import annotations

from collections.abc import Mapping

from proxy_integration.request import ProxyRequest


def is_own_site(request: ProxyRequest, allowed_origins: frozenset[str]) -> bool:
    """Whether one of the app's own pages has sent it: ``Origin`` is there, and allowed.

    Browsers send it with every POST (Fetch Standard, section 3.2), and no page can change it. A
    request without one is refused: who is no browser need not use cookies.
    """
    return request.header("origin") in allowed_origins


def cors_headers(request: ProxyRequest, allowed_origins: frozenset[str]) -> Mapping[str, str]:
    """Let the app's own pages read the answer (Fetch Standard, section 3.2), and nobody else's."""
    origin = request.header("origin")
    if origin is None or origin not in allowed_origins:
        return {"Vary": "Origin"}
    return {
        "Vary": "Origin",
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Allow-Credentials": "true",
    }
