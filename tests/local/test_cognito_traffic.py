"""Counters, quotas, throttling and outages."""

from __future__ import annotations

import requests

from local.cognito.traffic import EVERYTHING, KEY_SET
from tests.local.cognito_bench import USER, CognitoBench, refusal

TOO_MANY = (400, "TooManyRequestsException", "Rate exceeded")


def key_set_status(bench: CognitoBench) -> int:
    with requests.Session() as http:
        http.trust_env = False
        url = f"{bench.cognito.url}/{bench.pool_id}/.well-known/jwks.json"
        return http.get(url, timeout=5).status_code


def reads_until_refused(bench: CognitoBench, token: str, at_most: int) -> int:
    for number in range(at_most):
        if bench.judged(token) == TOO_MANY:
            return number
    return at_most


def test_calls_are_counted(bench: CognitoBench) -> None:
    """Each operation has its counter, refused calls included."""
    tokens = bench.sign_in()
    bench.judged(tokens.access)
    bench.judged("nonsense")
    key_set_status(bench)
    assert bench.cognito.traffic.calls["GetUser"] == 2
    assert bench.cognito.traffic.calls["InitiateAuth"] == 1
    assert bench.cognito.traffic.calls[KEY_SET] == 1


def test_one_operation_throttled(bench: CognitoBench) -> None:
    """GetUser alone can be throttled, and recovers."""
    tokens = bench.sign_in()
    bench.cognito.traffic.throttled.add("GetUser")
    assert bench.judged(tokens.access) == TOO_MANY
    assert bench.is_alive(tokens) is False
    bench.sign_in()
    bench.cognito.traffic.throttled.clear()
    assert bench.judged(tokens.access) is None


def test_everything_throttled(bench: CognitoBench) -> None:
    """So can everything at once."""
    bench.cognito.traffic.throttled.add(EVERYTHING)
    assert refusal(bench.sign_in) == TOO_MANY


def test_outage(bench: CognitoBench) -> None:
    """What is down answers 500 InternalErrorException: the key set, or an operation."""
    tokens = bench.sign_in()
    bench.cognito.traffic.down = {KEY_SET, "GetUser"}
    assert key_set_status(bench) == 500
    judged = bench.judged(tokens.access)
    assert judged is not None
    assert judged[:2] == (500, "InternalErrorException")
    bench.cognito.traffic.down = set()
    assert key_set_status(bench) == 200
    assert bench.judged(tokens.access) is None


def test_ten_reads_a_second_for_one_user(bench: CognitoBench) -> None:
    """The eleventh read about a user in one second is refused; the next second starts anew."""
    tokens = bench.sign_in()
    bench.cognito.traffic.has_quotas = True
    assert reads_until_refused(bench, tokens.access, 20) == 10
    bench.clock.advance(1)
    assert bench.judged(tokens.access) is None


def test_twenty_five_sign_outs_a_second_for_the_account(bench: CognitoBench) -> None:
    """The twenty-sixth update in one second is refused, whichever operation it is."""
    bench.cognito.traffic.has_quotas = True

    def sign_out() -> None:
        bench.sdk.admin_user_global_sign_out(UserPoolId=bench.pool_id, Username=USER)

    assert [refusal(sign_out) for _ in range(25)] == [None] * 25
    assert refusal(sign_out) == TOO_MANY
    bench.clock.advance(1)
    assert refusal(sign_out) is None


def test_without_quotas_nothing_is_refused(bench: CognitoBench) -> None:
    """Quotas hold only when they are asked for."""
    tokens = bench.sign_in()
    assert reads_until_refused(bench, tokens.access, 12) == 12
