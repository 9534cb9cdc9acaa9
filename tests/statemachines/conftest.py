"""A world for each test, one interpreter for all."""

import itertools
from collections.abc import Iterator

import pytest

from tests.statemachines.world import Machine, World, install, interpreter

_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def machine() -> Iterator[Machine]:
    """The real definition of abandoned_cart, ready to run."""
    with interpreter() as made:
        yield made


@pytest.fixture
def world(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> World:
    """A shop on a Monday noon, its buyer consenting, codes uploaded, the scenario on."""
    made = World(f"shoes-{next(_numbers)}")
    install(made, machine, monkeypatch)
    made.consent()
    made.put_codes("FIVE-A")
    return made
