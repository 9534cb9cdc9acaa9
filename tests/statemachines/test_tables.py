"""The tables of the timelines name only what there is, and use all that their scenarios name."""

import pytest

from kairos.adapters.templates.names import all_steps, channels_of
from kairos.domain.scenario import NEGATION, Scenario
from kairos.domain.scenarios.registry import SCENARIOS
from kairos.domain.timeline_step import TimelineStep
from kairos.services.acting.registry import ACTIONS
from tests.statemachines.walking import table_of

TIMELINES = sorted(name for name, one in SCENARIOS.items() if one.entries)


def plain(names: tuple[str, ...]) -> set[str]:
    return {name.removeprefix(NEGATION) for name in names}


def settings_of(scenario: Scenario) -> set[str]:
    return set(scenario.settings.model_fields)


@pytest.mark.parametrize("name", TIMELINES)
def test_every_wait_and_every_code_is_a_setting(name: str) -> None:
    scenario, steps = SCENARIOS[name], table_of(name).steps
    codes = [step.code for step in steps if step.code]
    wanted = {step.after for step in steps}
    wanted |= {one for code in codes for one in (code.percent, code.pool, code.valid_for) if one}
    wanted |= {"code_source", "next_code_after"} if codes else set()
    assert wanted - settings_of(scenario) == set()
    assert {step.after for step in steps} <= set(scenario.durations)


@pytest.mark.parametrize("name", TIMELINES)
def test_every_condition_is_named_and_every_named_one_is_asked(name: str) -> None:
    scenario, table = SCENARIOS[name], table_of(name)
    asked = plain(table.only_if) | plain(scenario.starts_if)
    asked |= {one for step in table.steps for one in plain(step.when)}
    assert asked == set(scenario.criteria)


@pytest.mark.parametrize("name", TIMELINES)
def test_every_way_in_of_a_step_exists_and_each_leads_to_a_step(name: str) -> None:
    entries, steps = set(SCENARIOS[name].entries), table_of(name).steps
    assert {one for step in steps for one in step.entries} <= entries
    for entry in entries:
        assert any(entry in step.entries or not step.entries for step in steps)


@pytest.mark.parametrize("name", TIMELINES)
def test_a_scenarios_channels_are_those_of_its_messages(name: str) -> None:
    used = {channel for step in messages(name) for channel in step.channels}
    assert set(SCENARIOS[name].channels) == used


@pytest.mark.parametrize("name", TIMELINES)
def test_every_message_has_a_text_and_every_action_is_known(name: str) -> None:
    texts = set(all_steps())
    assert {(name, step.step) for step in messages(name)} - texts == set()
    for step in messages(name):
        assert set(step.channels) <= set(channels_of(name, step.step))
    assert {step.action for step in table_of(name).steps if step.action} <= set(ACTIONS)


def messages(name: str) -> list[TimelineStep]:
    return [step for step in table_of(name).steps if step.action is None]


@pytest.mark.parametrize("name", TIMELINES)
def test_every_length_of_time_is_a_setting(name: str) -> None:
    assert set(SCENARIOS[name].durations) <= settings_of(SCENARIOS[name])
