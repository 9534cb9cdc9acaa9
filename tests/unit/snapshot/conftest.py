"""The shop that most tests of the snapshot begin with."""

from pathlib import Path

import pytest

from tests.unit.recording.stories import ADA
from tests.unit.snapshot.world import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Ada bought at 12:00; it is 12:30, and all is quiet."""
    world = World(tmp_path)
    world.buy(ADA)
    world.pump()
    world.tick()
    world.listen()
    return world
