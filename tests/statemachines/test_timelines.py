"""Every timeline, on its real definition with the real functions: each step, each branch, each end."""

import re
from pathlib import Path

import pytest

from kairos.domain.scenarios.registry import SCENARIOS
from kairos.domain.timeline_step import TimelineStep
from tests.statemachines.timeline_paths import TIMELINE_PATHS
from tests.statemachines.walking import Walked, table_of, walk
from tests.statemachines.world import BUYER

ELSEWHERE = {"second_order"}
"""Walked in a file of its own."""

TIMELINES = sorted(name for name, one in SCENARIOS.items() if one.entries and name not in ELSEWHERE)
_TEXT = (Path(__file__).parents[2] / "docs" / "scenarios.md").read_text()
SECTIONS = {name: _TEXT.split(f"\n## {name}\n")[1].split("\n## ")[0] for name in TIMELINES}
NUMBERS = range(len(TIMELINE_PATHS))


def _named(number: int) -> str:
    return f"{TIMELINE_PATHS[number].scenario}: {TIMELINE_PATHS[number].name}"


def walked_of(scenario: str) -> list[Walked]:
    return [walk(number) for number in NUMBERS if TIMELINE_PATHS[number].scenario == scenario]


@pytest.mark.parametrize("number", NUMBERS, ids=_named)
def test_path(number: int) -> None:
    path, walked = TIMELINE_PATHS[number], walk(number)
    assert walked.told == path.told
    assert walked.reasons == path.reasons


def _optional(step: TimelineStep) -> bool:
    """Whether there are customers or shops for whom it is not."""
    return bool(step.when or step.needs)


@pytest.mark.parametrize("scenario", TIMELINES)
def test_every_step_is_taken_and_every_condition_of_one_fails_once(scenario: str) -> None:
    walked, steps = walked_of(scenario), table_of(scenario).steps
    taken = {step for one in walked for step in one.taken}
    others = {step for one in walked for step in (*one.left_out, *_alternatives(one, steps))}

    assert [step for step in steps if step not in taken] == []
    assert [step for step in steps if _optional(step) and step not in others] == []


def _alternatives(walked: Walked, steps: tuple[TimelineStep, ...]) -> list[TimelineStep]:
    """Rows of a step's name and time that were not taken, since another row was."""
    return [
        step
        for step in steps
        for one in walked.taken
        if (one.step, one.after) == (step.step, step.after) and one != step
    ]


@pytest.mark.parametrize("scenario", TIMELINES)
def test_every_way_in_is_taken(scenario: str) -> None:
    assert {entry for one in walked_of(scenario) for entry in one.entries} == set(SCENARIOS[scenario].entries)


@pytest.mark.parametrize("scenario", TIMELINES)
def test_every_condition_of_a_run_ends_one(scenario: str) -> None:
    criteria = SCENARIOS[scenario].criteria
    ends = {criteria[name].holds_not for name in table_of(scenario).only_if}
    assert ends - {reason for one in walked_of(scenario) for reason in one.reasons} == set()


@pytest.mark.parametrize("number", NUMBERS, ids=_named)
def test_a_run_enters_three_states_for_each_moment_waited_for_and_five_more(number: int) -> None:
    walked, runs = walk(number), len(walk(number).reasons)
    moments = {step.after for step in table_of(TIMELINE_PATHS[number].scenario).steps}
    waits = walked.states.count("WaitForStep")

    assert waits <= runs * len(moments)
    assert len(walked.states) == 5 * runs + 3 * waits


def test_prospects_needs_at_most_five_states_a_step() -> None:
    steps = len(table_of("prospects").steps)
    assert max(len(one.states) for one in walked_of("prospects")) <= 5 * steps


def test_no_history_holds_an_address_or_a_code() -> None:
    for number in NUMBERS:
        assert BUYER not in walk(number).history
        assert "TEN-" not in walk(number).history


@pytest.mark.parametrize("number", NUMBERS, ids=_named)
def test_the_documentation_tells_the_path(number: int) -> None:
    path, walked = TIMELINE_PATHS[number], walk(number)
    section = SECTIONS[path.scenario]
    done = "; ".join(walked.told) or "-"
    reasons = ", ".join(str(reason) for reason in walked.reasons)
    assert f"| {path.name} | {len(walked.states)} | {done} | {reasons} |" in section


@pytest.mark.parametrize("scenario", TIMELINES)
def test_the_documentation_tells_no_other_path(scenario: str) -> None:
    table = SECTIONS[scenario].split("### Paths")[1]
    told = re.findall(r"^\| (.+?) \| \d+ \|", table, re.MULTILINE)
    assert told == [path.name for path in TIMELINE_PATHS if path.scenario == scenario]
