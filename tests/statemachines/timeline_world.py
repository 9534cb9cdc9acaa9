"""A shop whose timelines run: the scenario's own machine, and the one that it hands its steps over to."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import pytest

from kairos import keys
from kairos.domain.identity import Identities
from kairos.domain.run import Run
from kairos.ports import Item, Put
from kairos.services.recording.record import Recorder
from kairos.services.segments.evaluating import Evaluating, evaluate_nodes
from kairos.services.segments.shelf import load_segments
from kairos.services.segments.telling import Telling
from tests.shelves import settle
from tests.statemachines.world import WHO, Machine, NoObjects, World, install, interpreter


class Told(NamedTuple):
    """A message or a decision of a run. day: days after the run's beginning, to a thousandth."""

    day: float
    what: str


class TimelineWorld(World):
    """One shop with one timeline on. states: of all executions so far, in their order."""

    def __init__(self, shop_id: str, scenario: str, **settings: Any) -> None:
        self.scenario = scenario
        self.states: list[str] = []
        super().__init__(shop_id)
        self._recorder = Recorder(
            self.items,
            self,
            self.key,
            self.clock,
            lambda *_: (),
            lambda *_: None,
            lambda *_: None,
            NoObjects(),
        )
        self.switch_on(**settings)

    def put_scenario(self, enabled: bool = True, holdout_percent: int = 0, **settings: Any) -> None:
        body = {"enabled": enabled, "holdout_percent": holdout_percent, "settings": settings}
        self.items.write(Put(Item(keys.scenario_settings(self.id, self.scenario), "1", body)))

    def switch_on(self, holdout_percent: int = 0, **settings: Any) -> None:
        """The scenario is on, and every customer was evaluated since."""
        self.put_scenario(holdout_percent=holdout_percent, **settings)
        settle(self.items, self.shop)

    def tick(self, who: Identities = WHO) -> None:
        """Time alone has done what it does: the customer is evaluated anew, as the engine would."""
        assert who.email is not None
        node = self.key.node(self.id, "email", who.email)
        parts = Evaluating(self.items, self.clock, self, NoObjects())
        found = evaluate_nodes(
            parts, load_segments(self.items, self.shop), [node], "time", str(self.clock.at)
        )
        self.publish(Telling(NoObjects(), self.id, str(self.clock.at)).singly(found[node].told))

    def follow(self) -> list[str]:
        """Let every execution go to its end; the states entered."""
        while self.started:
            self.states += self.run_one()
        return self.states

    def runs(self) -> list[Run]:
        """All on record, by their beginning."""
        found = [Run.model_validate(item.body) for key, item in self.items.stored.items() if key.sk == "run"]
        return sorted(found, key=lambda run: run.registered_at)


@contextmanager
def timeline(scenario: str) -> Iterator[Machine]:
    """The real definitions of the scenario and of what it hands over to."""
    with interpreter(scenario) as made:
        yield made


def open_world(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, shop_id: str, scenario: str, **settings: Any
) -> TimelineWorld:
    """A shop on a Monday noon, its buyer consenting, codes uploaded, the scenario on."""
    made = TimelineWorld(shop_id, scenario, **settings)
    install(made, machine, monkeypatch)
    made.consent()
    made.put_codes("FIVE-A")
    return made
