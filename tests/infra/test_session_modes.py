"""Which settings of sessions and of the ledger go together."""

from __future__ import annotations

from typing import Any

import pytest

from infra.context_reader import ContextError
from infra.settings import DeploymentSettings
from ledger.roster import Limit, SessionPolicy


def read(**members: Any) -> DeploymentSettings:
    return DeploymentSettings.from_context({"authorizer": members})


def keys_of_problems(**members: Any) -> list[str]:
    with pytest.raises(ContextError) as caught:
        read(**members)
    return [problem.partition(":")[0] for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("good", "bad", "key"),
    [
        (
            {"sessionMode": "native", "sessionLimit": 100},
            {"sessionMode": "native", "sessionLimit": 101},
            "sessionLimit",
        ),
        (
            {"sessionMode": "native", "sessionLimit": 1},
            {"sessionMode": "native", "sessionLimit": 0},
            "sessionLimit",
        ),
        (
            {"sessionMode": "ledger", "sessionLimit": 100},
            {"sessionMode": "ledger", "sessionLimit": 101},
            "sessionLimit",
        ),
        (
            {"sessionMode": "ledger", "sessionLimit": 1},
            {"sessionMode": "ledger", "sessionLimit": 0},
            "sessionLimit",
        ),
        (
            {"sessionMode": "hook", "sessionLimit": 1},
            {"sessionMode": "hook", "sessionLimit": 2},
            "sessionLimit",
        ),
        (
            {"sessionMode": "off", "sessionLimit": 1},
            {"sessionMode": "off", "sessionLimit": 2},
            "sessionLimit",
        ),
        (
            {"sessionMode": "ledger", "sessionPolicy": "refuse_new"},
            {"sessionMode": "native", "sessionPolicy": "refuse_new"},
            "sessionPolicy",
        ),
        (
            {"sessionMode": "ledger", "sessionPolicy": "notify_only"},
            {"sessionMode": "ledger", "sessionPolicy": "off"},
            "sessionPolicy",
        ),
        (
            {"sessionMode": "ledger", "sessionIdleSeconds": 3600},
            {"sessionMode": "ledger", "sessionIdleSeconds": 3599},
            "sessionIdleSeconds",
        ),
        (
            {"sessionMode": "ledger", "sessionIdleSeconds": 3600},
            {"sessionMode": "hook", "sessionIdleSeconds": 3600},
            "sessionIdleSeconds",
        ),
        (
            {"sessionMode": "native", "ledger": False},
            {"sessionMode": "ledger", "ledger": False},
            "sessionMode",
        ),
        (
            {"sessionMode": "hook", "markMarginSeconds": 20},
            {"sessionMode": "ledger", "markMarginSeconds": 20},
            "markMarginSeconds",
        ),
        (
            {"sessionMode": "ledger", "displacedAnswer": "explain"},
            {"sessionMode": "native", "displacedAnswer": "explain"},
            "displacedAnswer",
        ),
        (
            {"sessionMode": "hook", "displacedAnswer": "explain"},
            {"sessionMode": "off", "displacedAnswer": "explain"},
            "displacedAnswer",
        ),
        ({"memoryTtlSeconds": 4}, {"memoryTtlSeconds": 4, "ledger": False}, "memoryTtlSeconds"),
        (
            {"ledgerOutageRule": "refuse"},
            {"ledgerOutageRule": "refuse", "ledger": False},
            "ledgerOutageRule",
        ),
        (
            {"displacedAnswer": "explain"},
            {"displacedAnswer": "explain", "ledger": False},
            "displacedAnswer",
        ),
        (
            {"markMarginSeconds": 20},
            {"markMarginSeconds": 20, "ledger": False},
            "markMarginSeconds",
        ),
        ({"revocationFeed": True}, {"revocationFeed": True, "ledger": False}, "revocationFeed"),
    ],
)
def test_pairs(good: dict[str, Any], bad: dict[str, Any], key: str) -> None:
    """Each pair of settings that means something is taken, and its neighbour refused by its key."""
    read(**good)
    assert keys_of_problems(**bad) == [key]


@pytest.mark.parametrize("mode", ["hook", "native", "off"])
def test_only_its_own_mode_keeps_a_roster(mode: str) -> None:
    """The authorizer is told of a limit where it is the one to keep it."""
    assert read(sessionMode=mode).authorizer.roster.policy is SessionPolicy.OFF


def test_the_roster_is_what_was_set() -> None:
    """Limit, policy and idle time reach the authorizer together; the oldest ends by default."""
    told = read(sessionMode="ledger", sessionLimit="3", sessionIdleSeconds=7200).authorizer
    assert told.roster == Limit(SessionPolicy.EVICT_OLDEST, 3, 7200)


def test_the_feed_goes_with_the_ledger() -> None:
    """Without a ledger there is nothing to feed, and nobody has to say so."""
    assert read().revocation_feed
    assert not read(ledger=False).revocation_feed


def test_the_old_switch_is_gone() -> None:
    """A setting that the mode replaced is reported, and not ignored."""
    assert keys_of_problems(singleSession=True) == ["singleSession"]
