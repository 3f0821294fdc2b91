"""One token has one spelling: whatever decoders commonly forgive is refused."""

from __future__ import annotations

from functools import cache
from urllib.parse import quote

import pytest

from authorizer.errors import Reason
from tests.attacks.refusals import refuse_event
from tests.events import Event, http_v2, rest_request, rest_token, websocket_connect
from tests.sandbox import Sandbox, new_token

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@cache
def _token() -> str:
    """A good token with both characters in which base64 and base64url differ."""
    while True:
        token = new_token()
        if {"-", "_"} <= set(token.split(".")[2]):
            return token


def _trailing_bits(segment: str) -> str:
    """Another text that lax decoders read as the same bytes."""
    unused = {2: 4, 3: 2}[len(segment) % 4]
    return segment[:-1] + _ALPHABET[_ALPHABET.index(segment[-1]) | ((1 << unused) - 1)]


@cache
def _variants() -> dict[str, str]:
    token = _token()
    header, payload, signature = token.split(".")
    variants = {
        "padding at the end": f"{token}==",
        "one padding character": f"{token}=",
        "much padding": token + "=" * 16,
        "padding of the header": f"{header}==.{payload}.{signature}",
        "padding of the payload": f"{header}.{payload}==.{signature}",
        "trailing bits of the signature": f"{header}.{payload}.{_trailing_bits(signature)}",
        "space in the signature": f"{header}.{payload}.{signature[:9]} {signature[9:]}",
        "newline in the signature": f"{header}.{payload}.{signature[:9]}\n{signature[9:]}",
        "newline in the payload": f"{header}.{payload[:9]}\r\n{payload[9:]}.{signature}",
        "space around a dot": f"{header} . {payload}.{signature}",
        "tab before a dot": f"{header}\t.{payload}.{signature}",
        "standard alphabet": f"{header}.{payload}." + signature.replace("-", "+").replace("_", "/"),
        "plus only": f"{header}.{payload}." + signature.replace("-", "+"),
        "slash only": f"{header}.{payload}." + signature.replace("_", "/"),
        "encoded dots": token.replace(".", "%2E"),
        "encoded lower-case dots": token.replace(".", "%2e"),
        "encoded dash": token.replace("-", "%2D"),
        "encoded twice": quote(quote(f"{token}=", safe=""), safe=""),
        "null byte inside": f"{header}.{payload}\0.{signature}",
        "null byte at the end": f"{token}\0",
        "junk that decoders skip": f"{header}.{payload}.{signature[:9]}!{signature[9:]}",
        "full-width dots": token.replace(".", "\uff0e"),
        "full-width letter": token.replace("e", "\uff45", 1),
        "zero-width space": f"{header}\u200b.{payload}.{signature}",
        "kelvin sign": f"{header}.{payload}.\u212a{signature[1:]}",
        "long s": f"{header}.{payload}.\u017f{signature[1:]}",
        "lone surrogate": f"{header}.{payload}.{signature}\ud800",
        "leading dot": f".{token}",
        "trailing dot": f"{token}.",
        "two dots": f"{header}..{payload}.{signature}",
        "double quotes": f'"{token}"',
        "single quotes": f"'{token}'",
        "angle brackets": f"<{token}>",
        "tilde": f"{token}~",
        "backslash": f"{token}\\",
    }
    for name, segment in (("header", header), ("payload", payload)):
        if len(segment) % 4:
            variants[f"trailing bits of the {name}"] = token.replace(
                segment, _trailing_bits(segment)
            )
    return variants


def _events(token: str) -> dict[str, tuple[dict[str, str], Event]]:
    return {
        "REST": ({}, rest_request(f"Bearer {token}")),
        "TOKEN": ({}, rest_token(f"Bearer {token}")),
        "HTTP API": ({}, http_v2(f"Bearer {token}")),
        "cookie": ({"TOKEN_SOURCE": "cookie:t"}, http_v2(cookies=[f"t={token}"])),
        "query": ({"TOKEN_SOURCE": "query:token"}, websocket_connect(token=token)),
    }


@pytest.mark.parametrize("place", list(_events("")))
def test_the_one_spelling_is_granted(place: str) -> None:
    """The token that the variants are made of is good in every place."""
    environment, event = _events(_token())[place]
    assert Sandbox(environment).send(event).status == 200


@pytest.mark.parametrize("place", list(_events("")))
@pytest.mark.parametrize("variant", list(_variants()))
def test_another_spelling_is_refused(variant: str, place: str) -> None:
    """A text that a lax decoder would take for a good token is refused before any look-up."""
    environment, event = _events(_variants()[variant])[place]
    refuse_event(event, Reason.TOKEN_MALFORMED, sandbox=Sandbox(environment), fetches=0)


def test_a_revoked_token_in_another_spelling_stays_refused() -> None:
    """No spelling of a revoked token looks like a token that was not asked about yet."""
    box = Sandbox({"VERDICT_TTL_SECONDS": "60"})
    session = box.call(_token()).line["session"]
    box.cognito.revoked.add(session)
    box.clock.advance(60)
    assert box.call(_token()).reason == Reason.SESSION_REVOKED
    for variant in _variants().values():
        refuse_event(rest_request(f"Bearer {variant}"), Reason.TOKEN_MALFORMED, sandbox=box)
