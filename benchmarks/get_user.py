"""One ``GetUser`` over loopback, as the caller sees it, with a connection that is kept alive."""

from __future__ import annotations

import itertools
import time
from typing import Any

import boto3
from botocore import UNSIGNED
from botocore.config import Config

from authorizer.revocation.getuser import GetUser
from authorizer.revocation.verdict import ACTIVE
from authorizer.tokens import VerifiedToken
from benchmarks import stopwatch
from benchmarks.figures import Figure, compare
from benchmarks.pool import REGION
from benchmarks.processes import loopback_server
from benchmarks.run import Run
from benchmarks.series import in_turn
from benchmarks.verifier import NO_LIMIT, local_verifier
from transport.https import HttpsTransport

ROUNDS = 25
CALLS = 100


def measure(run: Run) -> list[Figure]:
    """The call of this project against boto3's, unsigned as GetUser is."""
    token = local_verifier(run.clock).verify(run.tokens(1)[0], NO_LIMIT)
    tokens, count = itertools.repeat(token), run.count(CALLS)
    with loopback_server() as endpoint:
        transport = HttpsTransport(
            connect_timeout_ms=1000, read_timeout_ms=1000, clock=time.monotonic
        )
        source = GetUser(endpoint, transport=transport)
        client: Any = boto3.client(
            "cognito-idp",
            region_name=REGION,
            endpoint_url=endpoint,
            config=Config(signature_version=UNSIGNED, retries={"max_attempts": 0}),
        )

        def ask(token: VerifiedToken) -> None:
            assert source.ask(token, NO_LIMIT) is ACTIVE

        def ask_by_sdk(token: VerifiedToken) -> None:
            assert client.get_user(AccessToken=token.text)["Username"]

        candidates = {
            "ours": stopwatch.each(ask, tokens, count),
            "boto3": stopwatch.each(ask_by_sdk, tokens, count),
        }
        for once in candidates.values():
            once()
        series = in_turn(run.rounds(ROUNDS), candidates)
        transport.close()
        client.close()
    return [
        compare(
            "get_user.call",
            "GetUser over loopback",
            "µs",
            ours=series["ours"],
            peer="boto3",
            theirs=series["boto3"],
        )
    ]
