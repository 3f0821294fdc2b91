"""Good and bad requests with the attacker's words wherever a caller can put some."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.cognito import FakeCognito, refused
from tests.events import Event, http_v1, http_v2, rest_request, rest_token, websocket_connect
from tests.sandbox import new_token
from tests.tokens import ISSUER, NOW, SessionMaker, sign, sign_raw
from transport import Answer, TransportError

#: What an attacker writes wherever the request has room for text.
MARK = "Zq7Attackers-Own-Words-x9K"


@dataclass
class Case:
    """A request, the text in it that must not come out, and how Cognito behaves meanwhile."""

    event: Any
    secrets: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    cognito: FakeCognito = field(default_factory=FakeCognito)


class FaultyTransport(FakeCognito):
    """A transport whose own mistakes quote the request, as libraries do."""

    def __init__(self, error: type[Exception]) -> None:
        super().__init__()
        self._error = error

    def request(self, method: str, url: str, **rest: Any) -> Answer:
        text = f"{MARK} {url} {rest['headers']} {rest['body']}"
        if url.endswith("jwks.json"):
            return super().request(method, url, **rest)
        raise self._error(text) from ValueError(text)


def segments_of(token: str) -> list[str]:
    """The parts of a token that must not come out."""
    return [segment for segment in token.split(".") if segment]


def hostile_event(token: str) -> Event:
    """A request with the attacker's words in every place that a caller controls."""
    event = rest_request(
        f"Bearer {token}",
        path=f"/hello/{MARK}",
        headers={"User-Agent": [MARK], f"X-{MARK}": [MARK], "Cookie": [f"{MARK}={MARK}"]},
        query={MARK: [MARK]},
    )
    event["resource"] = event["requestContext"]["resourcePath"] = "/hello/{name}"
    event["pathParameters"] = {"name": MARK}
    return event


def _hostile(token: str, **changes: Any) -> Case:
    return Case(hostile_event(token), [*segments_of(token), MARK], **changes)


def _failing(failure: Answer | TransportError, **environment: str) -> Case:
    cognito = FakeCognito()
    cognito.session_failure = failure
    return _hostile(new_token(), cognito=cognito, environment=environment)


def _keys_failing(failure: Answer | TransportError) -> Case:
    cognito = FakeCognito()
    cognito.key_set_failure = failure
    return _hostile(new_token(), cognito=cognito)


def _signed(header: dict[str, Any] | None = None, **changes: Any) -> Case:
    return _hostile(sign(SessionMaker().access(**changes), header=header))


def _in_place(make: Callable[[str], Event], **environment: str) -> Case:
    token = new_token()
    return Case(make(token), segments_of(token), environment=environment)


def _raw(value: str) -> Case:
    return Case(rest_request(value), [part for part in value.split(".") if len(part) > 11])


HOSTILE_REQUESTS: dict[str, Callable[[], Case]] = {
    "granted": lambda: _hostile(new_token()),
    "granted, payload 1.0": lambda: _in_place(lambda token: http_v1(f"Bearer {token}")),
    "granted, payload 2.0": lambda: _in_place(lambda token: http_v2(f"Bearer {token}")),
    "granted, simple": lambda: _in_place(
        lambda token: http_v2(f"Bearer {token}"), HTTP_API_RESPONSE="simple"
    ),
    "granted, TOKEN": lambda: _in_place(lambda token: rest_token(f"Bearer {token}")),
    "granted, WebSocket": lambda: _in_place(
        lambda token: websocket_connect(token=token), TOKEN_SOURCE="query:token"
    ),
    "granted, cookie": lambda: _in_place(
        lambda token: http_v2(cookies=[f"t={token}"]), TOKEN_SOURCE="cookie:t"
    ),
    "granted, unknown claims": lambda: _signed(email=MARK, name=MARK, address={"x": MARK}),
    "route denied": lambda: _hostile(
        new_token(), environment={"ROUTE_RULES": '{"default":"closed"}'}
    ),
    "route denied, simple": lambda: _in_place(
        lambda token: http_v2(f"Bearer {token}", path=f"/{MARK}"),
        HTTP_API_RESPONSE="simple",
        ROUTE_RULES='{"default":"closed"}',
    ),
    "revoked": lambda: _failing(refused("NotAuthorizedException", "Access Token has been revoked")),
    "refused in other words": lambda: _failing(refused("NotAuthorizedException", MARK)),
    "unknown error": lambda: _failing(refused(MARK, MARK)),
    "throttled": lambda: _failing(refused("TooManyRequestsException", MARK)),
    "answer is a page": lambda: _failing(Answer(200, f"<html>{MARK}</html>".encode())),
    "answer is another user": lambda: _failing(Answer(200, json.dumps({"Name": MARK}).encode())),
    "unreachable": lambda: _failing(TransportError(f"no way to {MARK}")),
    "shadow": lambda: _failing(refused("NotAuthorizedException", MARK), ENFORCEMENT="shadow"),
    "fail open": lambda: _failing(TransportError(MARK), OUTAGE_RULE="allow"),
    "keys unreachable": lambda: _keys_failing(TransportError(MARK)),
    "keys are no JSON": lambda: _keys_failing(Answer(200, MARK.encode())),
    "keys are others": lambda: _keys_failing(
        Answer(200, json.dumps({"keys": [{"kid": MARK}]}).encode())
    ),
    "internal fault": lambda: _hostile(new_token(), cognito=FaultyTransport(RuntimeError)),
    "internal fault, key error": lambda: _hostile(new_token(), cognito=FaultyTransport(KeyError)),
    "internal fault, system": lambda: _hostile(new_token(), cognito=FaultyTransport(OSError)),
    "internal fault, memory": lambda: _hostile(new_token(), cognito=FaultyTransport(MemoryError)),
    "internal fault, recursion": lambda: _hostile(
        new_token(), cognito=FaultyTransport(RecursionError)
    ),
    "forged kid": lambda: _signed({"kid": MARK}),
    "forged kid with control characters": lambda: _signed({"kid": f"\n{MARK}\u2028"}),
    "jku": lambda: _signed({"jku": f"https://{MARK}.example"}),
    "member of the attacker's": lambda: _signed({MARK: MARK}),
    "algorithm of the attacker's": lambda: _signed({"alg": MARK}),
    "type of the attacker's": lambda: _signed({"typ": MARK}),
    "issuer of the attacker's": lambda: _signed(iss=f"https://{MARK}.example"),
    "client of the attacker's": lambda: _signed(client_id=MARK),
    "use of the attacker's": lambda: _signed(token_use=MARK),
    "time of the attacker's": lambda: _signed(exp=MARK),
    "groups of the attacker's": lambda: _signed(None, **{"cognito:groups": MARK}),
    "expired": lambda: _signed(exp=NOW - 60),
    "not yet valid": lambda: _signed(nbf=NOW + 60),
    "unverified claims": lambda: _hostile(
        sign(
            SessionMaker(subject=MARK, origin_jti=MARK).access(
                username=MARK, scope=MARK, jti=MARK, **{"cognito:groups": [MARK]}
            ),
            key="attacker",
            header={"kid": "key1"},
        )
    ),
    "unverified claims of an expired token": lambda: _signed(
        exp=NOW - 60, sub=MARK, username=MARK, jti=MARK, origin_jti=MARK
    ),
    "payload of the attacker's": lambda: _hostile(
        sign_raw(b'{"alg":"RS256","kid":"key1"}', f'{{"iss":"{ISSUER}",{MARK}'.encode())
    ),
    "duplicate member": lambda: _hostile(
        sign_raw(b'{"alg":"RS256","kid":"key1"}', f'{{"{MARK}":1,"{MARK}":2}}'.encode())
    ),
    "basic": lambda: _raw("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ"),
    "no token": lambda: _raw(f"Bearer {MARK}"),
    "too long": lambda: _raw("Bearer " + "eyJhbGciOiJub25lIn0" * 1000),
    "two tokens": lambda: Case(
        rest_request(headers={"Authorization": [f"Bearer {MARK}", f"Bearer {MARK}"]}), [MARK]
    ),
    "event is a text": lambda: Case(MARK, [MARK]),
    "event of another kind": lambda: Case({"type": MARK, "methodArn": MARK, MARK: MARK}, [MARK]),
    "event without arn": lambda: Case(hostile_event(MARK) | {"methodArn": MARK}, [MARK]),
}
