"""Far sides and worlds for the tests of this folder, and the count of what they leave behind."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import psutil
import pytest

from tests.faults.certificates import Authority
from tests.faults.far_side import good
from tests.faults.far_sides import FarSides
from tests.faults.world import PATIENT, World

MakeWorld = Callable[..., World]

_ENDING_SECONDS = 5


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """An authority of this run's own."""
    return Authority(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="session")
def far_sides(authority: Authority) -> Iterator[FarSides]:
    """Far sides that speak plainly."""
    far = FarSides(authority)
    yield far
    far.close()


@pytest.fixture
def make_world(far_sides: FarSides) -> Iterator[MakeWorld]:
    """Makes sandboxes, and afterwards looks at what they said and what they left behind."""
    process = psutil.Process()
    threads, files = set(threading.enumerate()), process.num_fds()
    made = []

    def make(environment: dict[str, str] = PATIENT, far: FarSides = far_sides) -> World:
        made.append(World(far, environment))
        return made[-1]

    with ExitStack() as closing:
        for side in far_sides.sides.values():
            closing.callback(side.be, good)
        yield make
    for world in made:
        assert world.leave()
        assert world.leaks() == []
    left = set(threading.enumerate()) - threads
    for thread in left:
        # A far side's may have its last lines before it.
        thread.join(_ENDING_SECONDS)
    assert not [thread for thread in left if thread.is_alive()]
    assert process.num_fds() <= files


@pytest.fixture
def world(make_world: MakeWorld) -> World:
    """A new sandbox with long time-outs."""
    return make_world()
