"""The proof can fail: it finds defects that are planted, and tells of them so that one can act."""

from __future__ import annotations

import pytest

from tests.delay import defects, order_defects
from tests.delay.generator import generate
from tests.delay.run import ScheduleFailed, play, play_seed
from tests.delay.tally import Tally

DEFECTS = defects.DEFECTS | order_defects.DEFECTS

#: The slowest is found by the 91st schedule; of the defects of what takes orders, most can only
#: show where there is a provider, and no other schedules are played for them. ``test_schedules.py``
#: plays the same ones without any defect, and finds nothing.
SEEDS = range(200)


def _play_all(*, with_provider: bool) -> None:
    for seed in SEEDS:
        drawn, steps = generate(seed)
        if drawn.profile is not None or not with_provider:
            play(drawn, steps, Tally())


def _play_seeds() -> None:
    for seed in SEEDS:
        play_seed(seed, Tally())


@pytest.mark.parametrize("name", DEFECTS)
def test_planted_defects_are_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each defect is found within a stated number of schedules."""
    DEFECTS[name](monkeypatch)
    with pytest.raises(ScheduleFailed):
        _play_all(with_provider=name in order_defects.DEFECTS)


def test_a_failure_can_be_replayed(monkeypatch: pytest.MonkeyPatch) -> None:
    """It says the seed, the settings, few steps with times, the answer, what is right, and how."""
    DEFECTS["marks spare the second before"](monkeypatch)
    with pytest.raises(ScheduleFailed) as caught:
        _play_seeds()
    story = str(caught.value)
    seed = int(story.split()[1].rstrip(","))
    assert story.endswith(f"replay: python -m tests.delay.replay {seed}")
    assert "Drawn(gateway=" in story
    assert " s  request " in story
    assert "answered 200, right is [401]" in story
    steps = [line for line in story.splitlines() if " s  " in line and " s      " not in line]
    assert len(steps) <= 8
