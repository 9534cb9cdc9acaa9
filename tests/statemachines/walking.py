"""Walking a path of a timeline once, noting which rows of its table were taken and which left out."""

import itertools
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from kairos.domain.timeline_step import Timeline, TimelineStep
from kairos.services import stepping
from tests.statemachines.lively_world import open_lively
from tests.statemachines.timeline_paths import TIMELINE_PATHS
from tests.statemachines.timeline_world import timeline

MACHINES = Path(__file__).parents[2] / "statemachines"
_numbers = itertools.count(1)


class Walked(NamedTuple):
    """What came of a path. states: entered. taken, left_out: rows of the table. entries: ways in."""

    told: list[str]
    reasons: list[str | None]
    states: list[str]
    taken: list[TimelineStep]
    left_out: list[TimelineStep]
    entries: list[str | None]
    history: str


def table_of(scenario: str) -> Timeline:
    """What the scenario's machine hands over."""
    told = yaml.safe_load((MACHINES / f"{scenario}.asl.yaml").read_text())
    given: dict[str, Any] = told["States"]["FollowSteps"]["Arguments"]["Input"]
    return Timeline.model_validate({**given, "shop": "shop", "run": "run"})


@cache
def walk(number: int) -> Walked:
    """Walk the path of that number, once for all tests."""
    path = TIMELINE_PATHS[number]
    with pytest.MonkeyPatch.context() as patch, timeline(path.scenario) as machine:
        taken, left_out = _watched(patch)
        shop = f"timelines-{next(_numbers)}"
        world = open_lively(machine, patch, shop, path.scenario, **path.settings)
        path.arrange(world)
        states = world.follow()
        entries = [run.entry for run in world.runs()]
        return Walked(world.told(), world.reasons(), states, taken, left_out, entries, world.history)


def _watched(patch: pytest.MonkeyPatch) -> tuple[list[TimelineStep], list[TimelineStep]]:
    """Rows as they are taken and left out from now on."""
    taken: list[TimelineStep] = []
    left_out: list[TimelineStep] = []
    following = stepping._Following
    send, act, leave_out = following._send, following._act, following._leave_out

    def sent(of: Any, step: TimelineStep, overtaken: Any) -> Any:
        taken.append(step)
        return send(of, step, overtaken)

    def acted(of: Any, step: TimelineStep) -> None:
        taken.append(step)
        act(of, step)

    def passed(of: Any, due: Any, why: str) -> None:
        left_out.extend(due.choices)
        leave_out(of, due, why)

    patch.setattr(following, "_send", sent)
    patch.setattr(following, "_act", acted)
    patch.setattr(following, "_leave_out", passed)
    return taken, left_out
