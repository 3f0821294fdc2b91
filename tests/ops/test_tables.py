"""What people copy from tables stands whole on one line, at a terminal of any width."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from rich.console import Console

from jose.compact import UnverifiedToken
from ledger.roster import SessionPolicy
from local.stack import StackSettings
from ops.answers import Exit
from ops.tables import UncutTable
from tests.ops.bench import open_ops_bench
from tests.ops.healthy_account import healthy_account

_WORDS = ("d6ad69bd-4f71-4391-a759-4f4b1f250744", "2026-11-20T15:24:20Z", f"https://{'a' * 90}")

_SAID = "lives, as far as the ledger knows, and that is not far"


def _printed(table: UncutTable, columns: int) -> str:
    console = Console(width=columns, markup=False, highlight=False)
    with console.capture() as captured:
        console.print(table, crop=False)
    return captured.get()


@pytest.mark.parametrize("columns", [20, 80, 132, 170, 171, 200, 400])
def test_no_word_is_broken(columns: int) -> None:
    """Every word stands whole, and what is said besides is all there."""
    table = UncutTable("session", "since", "more", "said", title="Sessions")
    table.add_row(*_WORDS, _SAID)
    table.add_row(*_WORDS, None)
    printed = _printed(table, columns)
    assert [printed.count(word) for word in _WORDS] == [2, 2, 2]
    assert set(_SAID.split()) <= set(printed.split())
    assert "…" not in printed


def test_a_table_that_fits_is_one() -> None:
    """Rows stand beside each other where there is room, and one below the other where not."""
    table = UncutTable("code", "said")
    table.add_row("a" * 30, "one two three")
    (beside,) = [line for line in _printed(table, 45).splitlines() if "a" * 30 in line]
    assert "one" in beside
    assert _printed(table, 40) == f"\ncode  {'a' * 30}\nsaid  one two three\n\n"


def test_sessions_at_80_columns() -> None:
    """Each session's id can be copied for `revoke session`."""
    settings = StackSettings(
        has_hook=False, session_policy=SessionPolicy.EVICT_OLDEST, session_limit=2
    )
    with open_ops_bench(settings) as bench:
        tokens = [bench.sign_in("ada", device) for device in ("laptop", "phone")]
        for each in tokens:
            bench.call(each.access)
        printed = bench.run("sessions", "ada", is_json=False, columns=80).stdout
        for each in tokens:
            assert UnverifiedToken.parse(each.access).payload["origin_jti"] in printed
        assert bench.stack.client_ids["phone"] in printed


def test_findings_at_80_columns() -> None:
    """Each finding's code can be copied for `--accept`, and each address opened."""
    account = healthy_account()
    account.answers["cognito-idp:DescribeUserPool"] = "AccessDeniedException"
    account.answers["monitoring:DescribeAlarms"] = {"MetricAlarms": [], "CompositeAlarms": []}
    found = account.run("doctor").document["data"]["findings"]
    ran = account.run("doctor", is_json=False, columns=80)
    assert ran.exit_code == Exit.FINDING, ran.everything
    assert found
    for finding in found:
        assert finding["code"] in ran.stdout
        assert finding["docs"] in ran.stdout


def test_every_table_is_such_a_one() -> None:
    """No command makes a table of Rich's own, which cuts."""
    ops = Path(__file__).parents[2] / "ops"
    making = [
        path for path in ops.rglob("*.py") if re.search(r"rich\.table", path.read_text("utf-8"))
    ]
    assert [path.name for path in making] == ["tables.py"]
