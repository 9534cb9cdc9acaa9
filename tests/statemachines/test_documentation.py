"""docs/scenarios.md says what the definitions say."""

import json
import re
from pathlib import Path
from typing import get_args

import pytest

from kairos.domain.message import Reason
from kairos.domain.scenario import Scenario
from kairos.domain.scenarios.registry import SCENARIOS
from kairos.domain.value import Value
from local.draw_statemachine import draw
from tests.statemachines.paths import PATHS, ScenarioPath

ROOT = Path(__file__).parents[2]
_TEXT = (ROOT / "docs" / "scenarios.md").read_text()
_SENDING = (ROOT / "docs" / "sending.md").read_text()


@pytest.mark.parametrize("path", PATHS, ids=[path.name for path in PATHS])
def test_the_table_of_paths_is_what_the_machine_does(path: ScenarioPath) -> None:
    assert f"| {path.name} | {len(path.states)} | {len(path.mails)} | {path.reason} |" in _TEXT


def test_the_tables_hold_no_other_path() -> None:
    rows = re.findall(r"^\| (.+?) \| \d+ \| \d+ \| .+ \|$", _TEXT, re.MULTILINE)
    assert sorted(rows) == sorted(path.name for path in PATHS)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_drawing_is_that_of_the_definition(scenario: str) -> None:
    definition = (ROOT / "statemachines" / f"{scenario}.asl.yaml").read_text()
    assert f"```mermaid\n{draw(definition)}\n```" in _TEXT


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=list(SCENARIOS))
def test_every_setting_stands_there_with_its_default(scenario: Scenario) -> None:
    fields = scenario.settings.model_fields
    for name, field in fields.items():
        shown = "none" if field.default is None else f"`{_plain(field.default)}`"
        assert f"| `{name}` | {shown} |" in _TEXT
    section = _TEXT.split(f"## {scenario.name}")[1].split("### Settings")[1].split("###")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)) == set(fields)


def _plain(default: object) -> str:
    if isinstance(default, tuple) and default and isinstance(default[0], Value):
        return f"{len(default)} days"
    return default if isinstance(default, str) else json.dumps(default)


def test_every_named_criterion_stands_there() -> None:
    named = {name for scenario in SCENARIOS.values() for name in scenario.criteria}
    assert {name for name in named if f"| `{name}` |" not in _TEXT} == set()


def test_every_reason_of_sending_is_explained() -> None:
    assert {reason for reason in get_args(Reason) if f"`{reason}`" not in _SENDING} == set()
