"""``plan``, on small loads: a simulation of few requests takes little."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from infra.session_options import SessionMode as DeployedMode
from infra.settings import DeploymentSettings
from ops.answers import Exit
from ops.plan.context import context_of
from ops.plan.planning import PAID_BY_THE_MONTH, PRICED_TTLS, Proposal, declared_seconds, propose
from ops.program import app
from ops.world import World
from simulation import Effort, Limits, Load, SessionMode
from simulation.cost import MONTH_SECONDS, read_prices
from simulation.planner import CURVE_TTLS
from tests.ops.bench import Ran
from tests.ops.scripted_aws import Answer, ScriptedAws, promised_members

_LITTLE = Effort(requests=300, least_seconds=10, most_seconds=30, watched=1)
_SMALL = Load(5, 50, 1)
_LISTED = "servicequotas:GetServiceQuota"


def _propose(
    load: Load = _SMALL,
    limits: Limits | None = None,
    delay: int = 20,
    mode: SessionMode = SessionMode.HOOK,
    mean: float | None = None,
) -> Proposal:
    return propose(
        load,
        limits or Limits(),
        delay,
        session_mode=mode,
        mean_requests_per_second=load.requests_per_second if mean is None else mean,
        effort=_LITTLE,
    )


def _plan(*options: str, quota: Answer = "AccessDeniedException", is_json: bool = True) -> Ran:
    load = ("--requests-per-second", "1", "--sessions", "10", "--sandboxes", "1")
    account = ScriptedAws({_LISTED: quota}, now=0)
    return account.run("plan", *load, *options, is_json=is_json)


def test_the_context_is_what_is_deployed() -> None:
    """The lines for cdk.json deploy the settings that were proposed."""
    proposal = _propose(mode=SessionMode.LEDGER)
    deployed = DeploymentSettings.from_context(context_of(proposal.plan))
    chosen = proposal.plan.settings
    assert deployed.sessions.session_mode is DeployedMode.LEDGER
    assert deployed.authorizer.verdict_ttl_seconds == chosen.verdict_ttl_seconds
    assert deployed.authorizer.memory_ttl_seconds == chosen.memory_ttl_seconds
    assert deployed.gateway_ttl_seconds == chosen.gateway_ttl_seconds
    assert deployed.authorizer.max_revocation_delay_seconds == 20
    assert deployed.watching.get_user_quota == 120
    delays = deployed.authorizer.revocation_delays("all", 0, has_ledger=True)
    assert delays.known_to_cognito.total_seconds == proposal.delay_seconds


@pytest.mark.parametrize("mode", SessionMode)
def test_modes_have_one_name(mode: SessionMode) -> None:
    """The simulation's modes are the stack's."""
    assert DeployedMode(mode.value)


@pytest.mark.parametrize("delay", [0, 4, 20])
def test_the_wish_is_kept(delay: int) -> None:
    """What is proposed bites no later than wished."""
    assert declared_seconds(_propose(delay=delay).plan.settings) <= delay


def test_the_bill_of_a_month() -> None:
    """What is paid by the request follows the mean load, what is paid by the month does not."""
    full, idle = _propose(), _propose(mean=0)
    millions = 5 * MONTH_SECONDS / 1e6
    assert full.usd_per_month["API Gateway"] == pytest.approx(
        millions * read_prices()["usd"]["api_gateway_million_requests"]
    )
    assert set(full.usd_per_month) >= PAID_BY_THE_MONTH
    kept = {item for item, usd in idle.usd_per_month.items() if usd}
    assert kept <= PAID_BY_THE_MONTH
    assert idle.usd_per_month["metrics"] == pytest.approx(full.usd_per_month["metrics"])


def test_a_quota_that_must_be_bought_is_in_the_price() -> None:
    """An alternative that takes more quota than there is costs what more of it costs."""
    proposal = _propose(Load(400, 400, 2), Limits(getuser_per_second=120))
    first, second = proposal.alternatives[:2]
    assert first.verdict_ttl_seconds == 0
    assert first.quota_per_second == pytest.approx(first.getuser_per_second / 0.8)
    bought = read_prices()["usd"]["cognito_quota_rps_month"] * (first.quota_per_second - 120)
    # Without verdicts to share the ledger is written less.
    assert first.usd_per_month - second.usd_per_month > 0.9 * bought
    assert second.quota_per_second == 120


def test_alternatives_lie_on_the_curve() -> None:
    """Each delay that is priced is one whose calls are drawn."""
    assert set(PRICED_TTLS) <= set(CURVE_TTLS)
    assert [a.verdict_ttl_seconds for a in _propose().alternatives] == list(PRICED_TTLS)


def test_an_answer() -> None:
    """It ends with 0 where the wish is possible; everything promised to scripts is there."""
    ran = _plan("--delay", "20", quota={"Quota": {"Value": 200.0}})
    assert ran.exit_code == Exit.FINE, ran.everything
    assert set(ran.data) == set(
        promised_members("plan").replace("`", "").split(" |")[0].split(", ")
    )
    assert ran.data["cost"]["as_of"] == read_prices()["as_of"]
    assert [q["per_second"] for q in ran.data["quotas"]] == [200, 200]
    assert ran.document["warnings"] == []
    json.dumps(ran.data)


def test_without_the_account() -> None:
    """Where AWS cannot be asked its defaults are taken, and that is said."""
    ran = _plan("--delay", "20")
    assert ran.exit_code == Exit.FINE
    assert [q["source"] for q in ran.data["quotas"]] == ["AWS's default"] * 2
    assert [q["per_second"] for q in ran.data["quotas"]] == [120, 25]
    assert len(ran.document["warnings"]) == 2


def test_without_a_region() -> None:
    """A plan takes neither Region nor credentials."""
    arguments = ["plan", "--requests-per-second", "1", "--sessions", "10", "--sandboxes", "1"]
    world = World(clock=lambda: 0)
    ran = CliRunner().invoke(app, [*arguments, "--delay", "20", "--json"], obj=world)
    assert ran.exit_code == Exit.FINE
    assert len(json.loads(ran.stdout)["warnings"]) == 2


def test_quotas_that_are_typed_in() -> None:
    """What is typed in is taken without asking anybody; what cannot be done ends with 1."""
    ran = _plan("--delay", "0", "--getuser-quota", "1", "--sign-out-quota", "25")
    assert ran.exit_code == Exit.FINDING
    assert [q["source"] for q in ran.data["quotas"]] == ["typed in"] * 2
    assert ran.data["is_possible"] is False
    assert ran.data["quota_to_buy"]["getuser_per_second"] > 1
    assert not ran.document["warnings"]


def test_a_mean_above_the_peak() -> None:
    """A month's mean is no more than the peak."""
    ran = _plan("--delay", "20", "--mean-requests-per-second", "2")
    assert ran.exit_code == Exit.USAGE


def test_the_charts(tmp_path: Path) -> None:
    """There is a picture in the file and a chart in the terminal, without control characters."""
    path = tmp_path / "plan.png"
    ran = _plan("--delay", "20", "--chart", str(path), is_json=False)
    assert ran.exit_code == Exit.FINE, ran.everything
    assert path.read_bytes().startswith(b"\x89PNG\r\n")
    assert "GetUser calls a second, by delay in seconds" in ran.stdout
    assert "\x1b" not in ran.stdout
    for said in ("verdictTtlSeconds", "API Gateway", read_prices()["as_of"], "AWS's default"):
        assert said in ran.stdout


@pytest.mark.parametrize("name", ["plan.svg", "missing/plan.png"])
def test_a_chart_that_cannot_be_drawn(tmp_path: Path, name: str) -> None:
    """Another kind of file, or a folder that is not there, is a usage error."""
    assert _plan("--delay", "20", "--chart", str(tmp_path / name)).exit_code == Exit.USAGE
