"""Whatever stands in a rule, it is refused with field and remedy, or both readings answer it alike."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from kairos.domain.criteria.registry import CRITERIA
from kairos.domain.criteria.rule import Rule, parse_rule
from kairos.domain.errors import Refused
from tests.agreement.readings import Partition
from tests.agreement.world import Json, World

_DOCS = (Path(__file__).parents[2] / "docs" / "criteria.md").read_text()
_EXAMPLES = {
    kind: json.loads(example)
    for kind, example in re.findall(r"^### `(\w+)`\n.*?```json\n(.*?)```", _DOCS, re.MULTILINE | re.DOTALL)
}

_NUMBERS = (0, 1, -1, 1.5, 10**9, 10**40, 1e308, float("nan"), float("-inf"), True)
_TEXTS = (
    *("", " ", "x", "1", "#", "%", "\u0663", "\x00", "\ud800", "x" * 256, "x" * 257),
    *("999999999999999.9999", "0", "-1", "1e5", "NaN"),
    *("P0D", "PT1S", "P1M", "P100Y", "P36525D", "P99999999999D"),
    *("02-29", "12-31", "0001-01-01", "9999-12-31", "2023-02-29", "9999-12-31T23:59:59Z"),
)
_PARTS: tuple[Any, ...] = (
    *([], [None], [[]], ["x"] * 1001, {}, {"x": 1}),
    *({"at_least": 10**40}, {"at_most": 0}, {"at_least": "999999999999999.9999"}),
    *({"first_day": "9999-12-31"}, {"last_day": "9999-12-31"}, {"last_day": "0001-01-01"}),
    *({"between": {"first_day": "0001-01-01"}}, {"between": {"last_day": "9999-12-31"}}),
    *({"exactly_days_ago": 36_500}, {"older_than": "P100Y"}, {"within": "P1200M"}),
)
_ODD = (None, *_NUMBERS, *_TEXTS, *_PARTS, *([text] for text in _TEXTS))


@pytest.fixture(scope="module")
def partition() -> Partition:
    world = World(11, customers=12)
    buyers = parse_rule({"kind": "order_count", "at_least": 1})
    world.segments = {_EXAMPLES[kind]["segment"]: buyers for kind in ("in_segment", "entered_segment")}
    return Partition(world, duckdb.connect(":memory:", config={"threads": 1}))


def places(told: Any, way: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The way to every value in the rule."""
    inner = told.items() if isinstance(told, dict) else enumerate(told) if isinstance(told, list) else ()
    for name, value in inner:
        yield (*way, name)
        yield from places(value, (*way, name))


def with_value(told: Any, way: tuple[str | int, ...], value: Any) -> Any:
    if not way:
        return value
    changed = told.copy()
    changed[way[0]] = with_value(told[way[0]] if len(way) > 1 else None, way[1:], value)
    return changed


def odd_rules(kind: str) -> Iterator[Json]:
    """The example of the kind with one of its values, or of the fields that it leaves out, made odd."""
    told = _EXAMPLES[kind]
    unset: list[tuple[str | int, ...]] = [(name,) for name in CRITERIA[kind].model_fields if name not in told]
    for way in [*places(told), *unset]:
        if way != ("kind",):
            yield from (with_value(told, way, value) for value in _ODD)


def read(told: Json) -> Rule | Refused:
    try:
        return parse_rule(told)
    except Refused as wrong:
        return wrong


@pytest.mark.parametrize("kind", CRITERIA)
def test_odd_values_are_refused_or_answered_alike(kind: str, partition: Partition) -> None:
    tried = [read(told) for told in odd_rules(kind)]
    rules = [one for one in tried if not isinstance(one, Refused)]
    asked = [one for one in rules if getattr(one, "segment", "known") in ("known", *partition.world.segments)]

    assert list(partition.disagreements(asked)) == []
    assert [str(one) for one in tried if isinstance(one, Refused) and not tells_enough(one)] == []


def tells_enough(wrong: Refused) -> bool:
    return bool(wrong.field and wrong.problem.rstrip(".") and wrong.remedy) and wrong.remedy != "Correct it."
