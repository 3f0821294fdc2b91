"""A pushed sign-out, the authorizer beside it, and one ledger between them."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from authorizer.response import Unauthorized
from authorizer.wiring import wire
from receivers.security_events import SESSION_REVOKED
from receivers.transmitters import Kind
from tests.dynamodb import TABLE
from tests.events import rest_request
from tests.providers import API, access_claims, sign_by
from tests.sandbox import ENVIRONMENT
from tests.tokens import NOW
from tests.unit.receivers.bench import ISSUER, Bench, iss_sub

#: How long a sandbox of the authorizer goes by what it has read, in seconds.
MEMORY = 5


class Api:
    """One sandbox of the authorizer, beside a receiver."""

    def __init__(self, box: Bench) -> None:
        stated = {"issuer": ISSUER, "audiences": [API], "sessionClaim": "sid"}
        self._authorizer = wire(
            ENVIRONMENT
            | {
                "OIDC_ISSUERS": json.dumps([stated]),
                "LEDGER_TABLE": TABLE,
                "MEMORY_TTL_SECONDS": str(MEMORY),
                "AWS_REGION": "eu-west-1",
            },
            clock=box.clock,
            monotonic=box.clock,
            transport=box.network,
            ledger_calls=box.table,
            log_stream=io.StringIO(),
        )

    def lets_in(self, token: str) -> bool:
        """Whether a call with it gets through."""
        try:
            self._authorizer.handle(rest_request(f"Bearer {token}"), "request-1")
        except Unauthorized:
            return False
        return True


def access_token(**changes: Any) -> str:
    claims = access_claims(ISSUER, **changes)
    return sign_by("RS256", claims, key="key1", header={"kid": "kid"})


@pytest.mark.parametrize(
    ("kind", "message", "expected"),
    [
        (Kind.BACKCHANNEL_LOGOUT, {"sid": "sid1"}, [False, True, True]),
        (Kind.BACKCHANNEL_LOGOUT, {"sid": None}, [False, False, True]),
        (Kind.SECURITY_EVENTS, {"events": {SESSION_REVOKED: {}}}, [False, False, True]),
        (Kind.GLOBAL_REVOCATION, {}, [False, False, True]),
    ],
)
def test_the_old_access_token_is_refused(
    kind: Kind, message: dict[str, Any], expected: list[bool]
) -> None:
    """The session's, or all of the user's, within the memory's time; nobody else's."""
    box = Bench(kind)
    api = Api(box)
    tokens = access_token(), access_token(sid="sid2"), access_token(sid="sid3", sub="bob")
    assert [api.lets_in(token) for token in tokens] == [True, True, True]
    assert box.send(**message)["statusCode"] in {200, 202, 204}
    box.clock.advance(MEMORY)
    assert [api.lets_in(token) for token in tokens] == expected


def test_who_signs_in_again_is_let_in() -> None:
    """A mark ends what was signed in before it."""
    box = Bench(Kind.SECURITY_EVENTS)
    box.send(sub_id=iss_sub())
    box.clock.advance(60)
    again = access_token(iat=NOW + 10, auth_time=NOW + 10, sid="sid9")
    assert Api(box).lets_in(again)
