"""A world for each test."""

from collections.abc import Iterator

import pytest

from tests.statemachines.world import World, interpreted


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A shop on a Monday noon, its buyer consenting, codes uploaded, the scenario on."""
    made = World()
    made.consent()
    made.put_codes("FIVE-A", "FIVE-B")
    with interpreted(made, monkeypatch):
        yield made
