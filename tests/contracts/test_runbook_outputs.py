"""docs/operations.md: what it says is printed is, by the same command on the local stack."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from jose.compact import UnverifiedToken
from local.stack import StackSettings
from tests.contracts.runbook import Shown, outputs
from tests.ops.bench import OpsBench, Ran, open_ops_bench
from tests.ops.command_lines import program_arguments
from tests.ops.healthy_account import client, healthy_account

_SETTINGS = StackSettings(has_hook=False, verdict_ttl_seconds=15, memory_ttl_seconds=5)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_FRAMES = re.compile(r"[\u2500-\u257f]+")

#: Of accounts that are scripted, as the local stack lacks most of what is looked at.
_SCRIPTED = {"doctor"}


@pytest.fixture(scope="module")
def plain() -> Iterator[OpsBench]:
    with open_ops_bench(_SETTINGS) as bench:
        yield bench


@pytest.fixture(scope="module")
def caching() -> Iterator[OpsBench]:
    with open_ops_bench(replace(_SETTINGS, gateway_ttl_seconds=30)) as bench:
        bench.add_http_api(ttl_seconds=30)
        yield bench


def _normal(text: str) -> str:
    """Without frames, widths and moments."""
    return " ".join(_FRAMES.sub(" ", _MOMENT.sub("MOMENT", text)).split())


def _arguments(bench: OpsBench, shown: Shown, session: str) -> list[str]:
    given = program_arguments(shown.command) or []
    own = {
        "1h57kf5cpq17m0eml12EXAMPLE": bench.stack.client_ids["phone"],
        "d6ad69bd-4f71-4391-a759-4f4b1f250744": session,
    }
    return [own.get(word, word) for word in given]


def _run(bench: OpsBench, shown: Shown) -> Ran:
    """In a new session of ada's, in the situation in which the output is shown."""
    # Marks of the runs before are about whole seconds.
    bench.clock.advance(10)
    token = bench.sign_in("ada").access
    assert bench.call(token) == 200
    if shown.situation == "after a revocation":
        bench.change("revoke", "user", "ada")
    if shown.situation == "without the ledger":
        bench.broken = {"dynamodb:UpdateItem"}
    bench.answers = ["yes"]
    session = UnverifiedToken.parse(token).payload["origin_jti"]
    try:
        return bench.run(
            *_arguments(bench, shown, session),
            standard_input=token,
            is_terminal=shown.situation != "after a revocation",
            is_json=False,
        )
    finally:
        bench.broken = set()
        bench.answers = []


@pytest.mark.parametrize("shown", outputs(), ids=lambda s: f"{s.command} {s.situation}")
def test_this_is_what_is_printed(plain: OpsBench, caching: OpsBench, shown: Shown) -> None:
    """Every line that the runbook shows is printed, but for frames, moments and ids."""
    arguments = program_arguments(shown.command) or []
    if arguments[0] in _SCRIPTED:
        account = healthy_account()
        account.answers["cognito-idp:DescribeUserPoolClient"] = client(EnableTokenRevocation=False)
        printed = account.run(*arguments, is_json=False).everything
    else:
        bench = caching if shown.situation == "with a gateway cache" else plain
        printed = _run(bench, shown).everything
    for line in shown.lines:
        assert _normal(line) in _normal(printed), line
