"""The soak: what it takes for growth, what for a wrong answer, and a few seconds of it."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from dataclasses import replace
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from jose.key_set import MAX_KEYS
from local.soak import __main__ as program
from local.soak.enough import (
    MOST_LONGER_SECONDS,
    MOST_UNAVAILABLE_LONG,
    MOST_UNAVAILABLE_SHORT,
    goes_on,
    lacks,
)
from local.soak.flatness import LIMITS, Limit, judge, slope_of
from local.soak.plan import LEAST_PART, LEEWAY_SECONDS, Plan
from local.soak.report import tell
from local.soak.run import Outcome, soak
from local.soak.samples import Sample
from local.soak.tally import Surprise, Tally
from local.soak.weather import OUTAGES, Weather

_FLAT = Sample(at_seconds=0, resident_mib=200, python_mib=40, threads=12, descriptors=20)
_MINUTES = 24
_EVERY_SECONDS = 5


def _samples(
    change: Callable[[float], dict[str, float]] = lambda _: {}, minutes: float = _MINUTES
) -> list[Sample]:
    """One every five seconds; ``change`` gives members by the minute."""
    count = int(minutes * 60 / _EVERY_SECONDS) + 1
    return [
        replace(_FLAT, at_seconds=number * _EVERY_SECONDS, **change(number * _EVERY_SECONDS / 60))
        for number in range(count)
    ]


def _growing(samples: list[Sample]) -> set[str]:
    return {found.limit.name for found in judge(samples) if not found.is_flat}


def test_what_stays_as_it_is_is_flat() -> None:
    """Samples that are all alike grow by nothing."""
    findings = judge(_samples())
    assert [found.growth for found in findings] == [0, 0, 0, 0]
    assert all(found.is_flat for found in findings)


def test_noise_is_flat() -> None:
    """What goes up and down, be it by chance or like a saw, does not grow."""
    random = Random(3)
    noisy = _samples(
        lambda minute: {
            "resident_mib": 200 + random.uniform(-8, 8),
            "python_mib": 40 + 3 * (minute % 1),
            "threads": 12 + random.randrange(8),
            "descriptors": 20 + random.randrange(12),
        }
    )
    assert _growing(noisy) == set()


def test_a_spike_or_an_early_step_is_flat() -> None:
    """One reading far off, and memory that an allocator takes once and keeps, are no leak."""
    spiked = _samples(lambda minute: {"resident_mib": 900 if 7 < minute < 7.2 else 200})
    stepped = _samples(lambda minute: {"resident_mib": 230 if minute > 3 else 200})
    assert _growing(spiked) == set()
    assert _growing(stepped) == set()


@pytest.mark.parametrize(
    ("name", "leak"), [("python_mib", 0.1), ("resident_mib", 0.3), ("threads", 0.2)]
)
def test_a_small_leak_grows_whatever_the_noise(name: str, leak: float) -> None:
    """A hundred bytes a request, or a thread in five minutes, is found in half an hour."""
    random = Random(4)
    leaking = _samples(
        lambda minute: {name: getattr(_FLAT, name) + leak * minute + random.uniform(-1, 1)}
    )
    assert _growing(leaking) == {name}


@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: limit.name)
def test_growth_is_allowed_up_to_its_limit(limit: Limit) -> None:
    """Growth at the limit is flat, a little more is not; short runs are given the floor."""
    for minutes in (2.0, 60.0):
        allowed = max(limit.floor, limit.per_minute * minutes)

        def grown_by(
            growth: float, minutes: float = minutes, first: float = limit.value(_FLAT)
        ) -> list[Sample]:
            return _samples(lambda minute: {limit.name: first + growth * minute / minutes}, minutes)

        assert _growing(grown_by(allowed * 0.999)) == set()
        assert _growing(grown_by(allowed * 1.001)) == {limit.name}


def test_too_few_samples_say_nothing() -> None:
    """One sample, or several of one moment, are refused rather than called flat."""
    for samples in ([], [_FLAT], [_FLAT, _FLAT]):
        with pytest.raises(ValueError, match="so few samples"):
            judge(samples)


def test_the_slope_is_the_median_of_all_pairs() -> None:
    """An outlier does not move the slope of points on a line."""
    points = [(float(n), 2.0 * n + 1) for n in range(9)]
    points[4] = (4.0, 1000.0)
    assert slope_of(points) == 2.0


@pytest.mark.parametrize("minutes", [0.05, 0.5, 1, 5, 10, 30, 240])
def test_plans_of_any_length_hold_together(minutes: float) -> None:
    """There is something to judge, tokens expire, and a key set stays one that can be read."""
    plan = Plan(seconds=minutes * 60)
    assert 0 < plan.warm_up_seconds <= plan.seconds * 0.4
    assert plan.measured_seconds / plan.sample_seconds >= 7
    assert 2 * (plan.kept_key_pairs + 1) <= MAX_KEYS
    assert (plan.kept_key_pairs - 1) * LEAST_PART * plan.rotate_every_seconds > plan.shown_seconds
    assert plan.shown_seconds > plan.token_seconds + LEEWAY_SECONDS
    if minutes >= 0.5:
        assert plan.token_seconds < plan.seconds / 2


_SHORT, _LONG = Plan(seconds=30), Plan(seconds=1800)


def _enough(plan: Plan = _SHORT) -> Tally:
    """As few of everything as a soak of this plan may have, and as many 503 as it may."""
    tally, minutes = Tally(), plan.seconds / 60
    for kind, answer, least in (
        ("call", "200", 120),
        ("revoked", "401", 10),
        ("expired", "401", 4),
        ("forged", "401", 10),
    ):
        tally.answers[kind, answer] = int(least * minutes)
    for outage in OUTAGES:
        tally.happened(outage, int(minutes / 10))
    tally.happened("keys rotated", int(minutes / 2))
    tally.happened("sandbox replaced", int(minutes))
    return tally


def _outcome(**changes: Any) -> Outcome:
    return replace(Outcome(_SHORT, _enough(), judge(_samples()), []), **changes)


def test_the_verdict_needs_everything_to_be_right() -> None:
    """A surprise, a fault of ours or growth spoils a soak that is good otherwise."""
    assert _outcome().is_good
    surprised, faulty = _enough(), _enough()
    surprised.surprise(Surprise(0, "call", "500", "200", ""))
    faulty.reasons["internal_fault"] += 1
    leaking = judge(_samples(lambda minute: {"python_mib": minute}))
    assert not _outcome(tally=surprised).is_good
    assert not _outcome(tally=faulty).is_good
    assert not _outcome(findings=leaking).is_good
    assert not _outcome(tally=Tally()).is_good


@pytest.mark.parametrize("plan", [_SHORT, _LONG], ids=["short", "long"])
@pytest.mark.parametrize("kind", ["call", "revoked", "expired", "forged"])
def test_each_kind_of_answer_is_needed(kind: str, plan: Plan) -> None:
    """One granted, revoked, expired or forged token fewer than the least is too few."""
    tally = _enough(plan)
    assert lacks(plan, tally) == []
    tally.answers[kind, "200" if kind == "call" else "401"] -= 1
    [problem] = lacks(plan, tally)
    assert problem.startswith(kind)


@pytest.mark.parametrize("event", [*OUTAGES, "keys rotated", "sandbox replaced"])
def test_a_long_soak_needs_everything_that_can_happen(event: str) -> None:
    """In ten minutes every kind of outage, rotations and new sandboxes; in less, none of them."""
    for plan, is_needed in ((Plan(seconds=600), True), (Plan(seconds=599), False)):
        tally = _enough(Plan(seconds=600))
        assert lacks(plan, tally) == []
        tally.events[event] -= 1
        assert any(problem.startswith(event) for problem in lacks(plan, tally)) is is_needed


def test_a_busy_machine_gets_a_minute_more() -> None:
    """As long as planned; longer only while too little was seen, and not for ever."""
    over = _SHORT.measured_seconds
    assert goes_on(_SHORT, _enough(_SHORT), over - 0.1)
    assert not goes_on(_SHORT, _enough(_SHORT), over)
    assert goes_on(_SHORT, Tally(), over + MOST_LONGER_SECONDS - 0.1)
    assert not goes_on(_SHORT, Tally(), over + MOST_LONGER_SECONDS)


@pytest.mark.parametrize(
    ("plan", "most"), [(_SHORT, MOST_UNAVAILABLE_SHORT), (_LONG, MOST_UNAVAILABLE_LONG)]
)
def test_the_unavailable_have_a_bound(plan: Plan, most: float) -> None:
    """503 are expected in outages, up to a share; a run of nothing else is not good."""
    tally = _enough(plan)
    tally.answers["call", "200"] += 10_000
    others = tally.requests
    tally.answers["call", "503"] = int(others * most / (1 - most))
    assert lacks(plan, tally) == []
    tally.answers["call", "503"] += 2
    [problem] = lacks(plan, tally)
    assert problem.startswith("answered 503")


@pytest.mark.parametrize("is_good", [True, False])
def test_the_exit_code_is_the_verdict(
    is_good: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """0 if all is well, else 1; and the table says why."""
    tally = _enough()
    if not is_good:
        tally.surprise(Surprise(0, "route denied", "200", "403", "user-1"))
    monkeypatch.setattr(program, "soak", lambda _plan, told: told(0) or _outcome(tally=tally))
    monkeypatch.setattr(program, "isolate", lambda environ: None)
    monkeypatch.setenv("POWERTOOLS_METRICS_DISABLED", "true")
    assert program.main(["--minutes", "0.1", "--seed", "7"]) == (0 if is_good else 1)
    said = capsys.readouterr().out
    assert ("route denied" in said) is not is_good
    assert "seed 7" in said


def test_only_the_first_surprises_are_kept() -> None:
    """All are counted; a broken stack must not fill the memory that is being measured."""
    tally = Tally()
    for number in range(100):
        tally.surprise(Surprise(number, "call", "500", "200", ""))
    assert tally.surprises == 100
    assert [told.at_seconds for told in tally.told] == list(range(20))


def test_a_reading_waits_for_what_goes_wrong() -> None:
    """Nothing is read while a sandbox is being replaced: its connections would look like growth."""
    said: list[str] = []
    begun, attempted = threading.Event(), threading.Event()

    def recycle(number: int) -> None:
        begun.set()
        attempted.wait(10)
        said.append(f"sandbox {number} replaced")

    sandboxes = SimpleNamespace(all=(1,), recycle=recycle)
    times = iter([0.0])
    weather = Weather(
        SimpleNamespace(sandboxes=sandboxes),  # type: ignore[arg-type]  # all that is needed
        Plan(seconds=3),
        Tally(),
        random=Random(0),
        clock=lambda: next(times, 2.5),
    )
    with weather.changing():
        assert begun.wait(10)
        opener = threading.Timer(0.05, attempted.set)
        opener.start()
        with weather.still():
            said.append("read")
    assert said == ["sandbox 0 replaced", "read"]


def test_a_few_seconds_of_it() -> None:
    """The real thing, for a moment: people are served, nothing surprises, all is measured."""
    plan = Plan(seconds=3, workers=2, people_per_worker=2, requests_per_second=40, sandboxes=2)
    left: list[float] = []
    outcome = soak(plan, told=left.append)
    assert list(outcome.tally.told) == []
    assert outcome.tally.answers["call", "200"] > 0
    assert outcome.tally.answers["sign in", "200"] >= 4
    assert outcome.tally.reasons["internal_fault"] == 0
    assert [found.limit for found in outcome.findings] == list(LIMITS)
    assert all(found.most > 0 for found in outcome.findings)
    assert left[0] > left[-1]
    said = io.StringIO()
    tell(Console(file=said, width=100), outcome.tally, outcome.findings, outcome.grown)
    assert f"{outcome.tally.requests} requests" in said.getvalue()
