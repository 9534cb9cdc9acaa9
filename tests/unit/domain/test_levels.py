"""The levels: a shop's to tune, within reason, and told in the documentation as they are."""

import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from kairos.domain.levels import Levels

_TEXT = (Path(__file__).parents[3] / "docs" / "criteria.md").read_text()


def test_the_documentation_tells_each_level_with_its_default() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (\S+) \|", _TEXT.split("\n## Levels\n")[1], re.MULTILINE)
    assert rows == [(name, str(default)) for name, default in Levels().model_dump().items()]


def test_the_model_names_each_level_and_where_it_comes_from() -> None:
    told = Levels.__doc__ or ""
    assert {name for name in Levels.model_fields if name not in told} == set()


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"sleeping_after": "P90D"}, "sleeping_after"),
        ({"engagement_window": "P181D"}, "sleeping_after"),
        ({"lost_after": "P6M"}, "lost_after"),
        ({"new_within": "P2Y"}, "lost_after"),
        ({"average_orders": 3}, "average_orders"),
        ({"heavy_orders": 2}, "average_orders"),
        ({"unhappy_below": 71}, "unhappy_below"),
        ({"super_active_percent": 101}, "super_active_percent"),
        ({"engagement_delivered": 0}, "engagement_delivered"),
        ({"withdrawing_intervals": 0}, "withdrawing_intervals"),
        ({"usage_window": "P0D"}, "usage_window"),
        ({"lost_after": "a year"}, "lost_after"),
        ({"lost_later": "P1Y"}, "lost_later"),
    ],
)
def test_levels_that_contradict_each_other_or_make_no_sense_are_named(told: Any, field: str) -> None:
    with pytest.raises(ValidationError, match=field):
        Levels.model_validate(told)


def test_levels_may_touch_where_nothing_contradicts() -> None:
    told = {"unhappy_below": 70, "very_satisfied_from": 70, "sleeping_after": "P91D"}
    assert Levels.model_validate(told).sleeping_after == "P91D"
