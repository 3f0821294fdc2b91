"""No 200 later than declared, and no refusal without a reason, on seeded random schedules.

Ten thousand with ``--long``. A failure is printed as the shortest schedule that still fails, with
its settings, steps, times and answers, and the command that replays it.
"""

from __future__ import annotations

import pytest

from authorizer.choices import LedgerOutageRule
from infra.revocation_delay import known_to_cognito, pushed
from session_feed.events import EFFECTS, Effect
from tests.delay.generator import generate
from tests.delay.run import play_seed
from tests.delay.tally import Tally

#: Schedules in a block, blocks, and what each block must at least have exercised: how often each
#: way, how often asked within its delay and beyond, and which share of the declared delay was used.
SHORT = (250, 2, (12, 5, 12, 0.3))
LONG = (1250, 8, (100, 30, 100, 0.9))

#: What ends tokens of the provider's.
THERE = (
    "a client's mark",
    "a session's event",
    "a session's logout",
    "a session's mark",
    "a user's event",
    "a user's logout",
    "a user's mark",
    "a user's revocation",
    "everyone's mark",
    "key withdrawn",
    "revoked",
    "signed out",
    "signed out by a refresh token",
    "signed out everywhere",
)

#: Every way to end a token that is scheduled: all operations that the feed reads, and what is known
#: without it. Cognito itself ends nothing when a password changes.
WAYS = frozenset(
    {
        *(name for name, (effect, _) in EFFECTS.items() if effect is not Effect.END_SESSIONS),
        *(f"{name}, fed" for name in EFFECTS),
        "the hook",
        "the hook's mark",
        "displaced",
        "everyone's mark",
        "a client's mark",
        "a user's mark",
        "a session's mark",
        "a user's logout",
        "a user's event",
        "a user's revocation",
        "signed out",
        "signed out everywhere",
        "signed out by a refresh token",
        "key withdrawn",
        *(f"{name}, there" for name in THERE),
    }
)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test for each block, so that they can be spread over processes."""
    if "block" in metafunc.fixturenames:
        is_long = metafunc.config.getoption("--long")
        metafunc.parametrize("block", range((LONG if is_long else SHORT)[1]))


def test_every_answer_is_a_right_one(block: int, request: pytest.FixtureRequest) -> None:
    """Whatever happens in whatever order: each request is answered as the oracle allows."""
    is_long = request.config.getoption("--long")
    size, _, least = LONG if is_long else SHORT
    tally = Tally()
    for seed in range(block * size, (block + 1) * size):
        play_seed(seed, tally)
    _is_no_empty_proof(tally, *least)


def _is_no_empty_proof(tally: Tally, times: int, within: int, beyond: int, share: float) -> None:
    table = "\n".join(tally.lines())
    assert set(tally.ways) == WAYS, table
    for way in WAYS:
        assert tally.ways[way] >= times, (way, table)
        assert tally.within[way] >= within, (way, table)
        assert tally.beyond[way] >= beyond, (way, table)
        assert tally.share.get(way, 0.0) >= share, (way, table)


@pytest.mark.parametrize("seed", range(50))
def test_declared_delays_are_those_printed_at_synth(seed: int) -> None:
    """The oracle's own sums are the product's."""
    drawn, _ = generate(seed)
    memory = drawn.memory if drawn.has_ledger else None
    cognito = known_to_cognito(
        "any",
        gateway_ttl_seconds=drawn.gateway,
        memory_ttl_seconds=memory,
        verdict_ttl_seconds=drawn.verdict,
        stale_grace_seconds=drawn.grace,
    )
    assert drawn.declared == cognito.total_seconds
    if memory is not None:
        mark = pushed(
            "any",
            gateway_ttl_seconds=drawn.gateway,
            memory_ttl_seconds=memory,
            ledger_outage_rule=LedgerOutageRule.REFUSE,
        )
        assert drawn.declared_pushed == mark.total_seconds
