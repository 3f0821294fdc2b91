from __future__ import annotations

import json

import pytest

from ops.answers import Exit, UsageError
from ops.moments import read_duration
from tests.ops.bench import OpsBench


def test_tightened_now(bench: OpsBench) -> None:
    """Within the memory TTL an ended session is refused after the shorter TTL."""
    ran = bench.change("ttl", "tighten", "--verdict-ttl", "0")
    assert ran.exit_code == Exit.FINE, ran.everything
    assert ran.data["obeyed_within_seconds"] == 5
    tokens = bench.sign_in("ada")
    assert bench.call(tokens.access) == 200
    bench.stack.sdk.admin_user_global_sign_out(UserPoolId=bench.stack.pool_id, Username="ada")
    assert bench.call(tokens.access) == 401
    shown = bench.run("ttl", "show").data
    assert shown["verdict_ttl_seconds"] == {"deployed": 15, "tightened_to": 0, "now": 0}
    assert shown["apis"][0]["known_to_cognito"]["seconds"] == 5


def test_how_to_make_it_permanent(bench: OpsBench) -> None:
    """The change of the context is printed, and is one that the settings know."""
    ran = bench.change("ttl", "tighten", "--verdict-ttl", "5")
    assert ran.data["context"] == {"authorizer": {"verdictTtlSeconds": 5}}
    people = bench.run("ttl", "tighten", "--verdict-ttl", "5", "--reason", "a drill", is_json=False)
    assert "-c authorizer:verdictTtlSeconds=5" in people.stdout


def test_it_cannot_be_loosened_beyond_what_is_deployed(bench: OpsBench) -> None:
    """A TTL as long as the deployed one is refused: it would do nothing."""
    ran = bench.change("ttl", "tighten", "--verdict-ttl", "15")
    assert ran.exit_code == Exit.USAGE
    assert bench.change("ttl", "tighten", "--verdict-ttl", "14").exit_code == Exit.FINE


def test_loosened_again(bench: OpsBench) -> None:
    """Ended, the deployed TTL holds again."""
    bench.change("ttl", "tighten", "--verdict-ttl", "5")
    assert bench.change("ttl", "loosen").exit_code == Exit.FINE
    shown = bench.run("ttl", "show").data
    assert shown["verdict_ttl_seconds"]["tightened_to"] is None


def test_for_a_while(bench: OpsBench) -> None:
    """With --for it stays so long and ends it; both are in the trail."""
    ran = bench.change("ttl", "tighten", "--verdict-ttl", "5", "--for", "2m")
    assert ran.exit_code == Exit.FINE, ran.everything
    assert sum(bench.paused) == 120
    assert ran.data["ended"] is True
    assert bench.run("ttl", "show").data["verdict_ttl_seconds"]["tightened_to"] is None
    assert [line["action"] for line in bench.trail()] == ["ttl tighten"] * 2 + ["ttl loosen"] * 2


@pytest.mark.parametrize("failing", [{"dynamodb:UpdateItem": 1}, {"logs:PutLogEvents": 2}])
def test_a_while_that_cannot_be_ended(bench: OpsBench, failing: dict[str, int]) -> None:
    """It was done in part, and what is left to do is said."""
    bench.broken_after |= failing
    arguments = ("--verdict-ttl", "5", "--for", "2m", "--reason", "a drill")
    ran = bench.run("ttl", "tighten", *arguments)
    assert ran.exit_code == Exit.PARTLY, ran.everything
    assert ran.data["ended"] is False
    assert ran.data["verdict_ttl_seconds"]["tightened_to"] == 5
    assert [step["outcome"] for step in ran.data["layers"]] == ["done", "failed"]
    assert "verdicts stay tightened until `ttl loosen`" in ran.document["warnings"]


@pytest.mark.parametrize(
    "command", [("tighten", "--verdict-ttl", "5"), ("loosen",), ("void", "ada")], ids=lambda c: c[0]
)
def test_what_the_ledger_does_not_take(bench: OpsBench, command: tuple[str, ...]) -> None:
    """Nothing is said to hold that was not done."""
    bench.sign_in("ada")
    bench.stack.dynamodb.throttled.add("UpdateItem")
    ran = bench.run("ttl", *command, "--reason", "a drill", is_json=False)
    assert ran.exit_code == Exit.UNAVAILABLE
    assert "Nothing was changed" in ran.stdout
    assert "Verdicts are used" not in ran.stdout
    assert "asked anew, from" not in ran.stdout


def test_interrupted_it_stays_tight(bench: OpsBench) -> None:
    """Ctrl-C leaves verdicts tightened, and says how to end that."""
    bench.interrupt_after = 3
    ran = bench.change("ttl", "tighten", "--verdict-ttl", "5", "--for", "1h")
    assert ran.exit_code == Exit.INTERRUPTED
    assert "ttl loosen" in ran.document["error"]["message"]
    assert bench.run("ttl", "show").data["verdict_ttl_seconds"]["tightened_to"] == 5


def test_voided(bench: OpsBench) -> None:
    """What is remembered of a user's sessions is void within the memory TTL."""
    tokens = bench.sign_in("ada")
    assert bench.call(tokens.access) == 200
    bench.stack.sdk.admin_user_global_sign_out(UserPoolId=bench.stack.pool_id, Username="ada")
    bench.clock.advance(5)
    assert bench.call(tokens.access) == 200
    assert bench.change("ttl", "void", "ada").exit_code == Exit.FINE
    bench.clock.advance(5)
    assert bench.call(tokens.access) == 401


def test_the_ledger_does_not_take_it(bench: OpsBench) -> None:
    """If the row cannot be written, the exit code is 3 and the reason is given."""
    bench.stack.dynamodb.throttled.add("UpdateItem")
    ran = bench.change("ttl", "tighten", "--verdict-ttl", "5")
    assert ran.exit_code == Exit.UNAVAILABLE
    assert "ProvisionedThroughput" in json.dumps(ran.data["layers"])


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("15m", 900), ("1h", 3600), ("2d", 172_800)]
)
def test_durations(text: str, seconds: int) -> None:
    """A duration is a number and its unit."""
    assert read_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "5", "h", "0s", "1.5h", "-1h", "1w"])
def test_what_is_no_duration(text: str) -> None:
    """Anything else is refused, nothing at all included."""
    with pytest.raises(UsageError):
        read_duration(text)
