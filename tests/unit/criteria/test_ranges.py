"""A range that nothing can lie in is refused; one that holds a single value is not."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from pydantic import ValidationError

from kairos.domain.criteria.numbers import CountTest, DecimalTest
from kairos.domain.criteria.rule import parse_rule
from kairos.domain.criteria.times import TimeTest
from kairos.domain.errors import Refused

_bounds = some.dictionaries(
    some.sampled_from(["at_least", "at_most", "more_than", "less_than", "equals"]),
    some.integers(0, 5),
    min_size=1,
)


@given(_bounds)
def test_bounds_on_a_whole_number_are_refused_exactly_if_no_number_passes(bounds: dict[str, int]) -> None:
    passing = any(CountTest.model_construct(**bounds).holds(number) for number in range(8))
    try:
        CountTest.model_validate(bounds)
        refused = False
    except ValidationError:
        refused = True
    assert refused is not passing


@given(_bounds)
def test_bounds_on_a_decimal_are_refused_exactly_if_nothing_passes(bounds: dict[str, int]) -> None:
    texts = {name: f"{bound}.0" for name, bound in bounds.items()}
    halves = range(-1, 14)
    passing = any(DecimalTest.model_construct(**texts).holds(half, over=2) for half in halves)
    try:
        DecimalTest.model_validate(texts)
        refused = False
    except ValidationError:
        refused = True
    assert refused is not passing


@pytest.mark.parametrize(
    ("older_than", "within"),
    [
        ("P60D", "P60D"),
        ("P60D", "P30D"),
        ("P6M", "P6M"),
        ("P6M", "P5M"),
        ("P1Y", "P12M"),
        ("P32D", "P1M"),
        ("P1M", "P27D"),
    ],
)
def test_nothing_is_older_than_a_length_and_within_one_no_longer(older_than: str, within: str) -> None:
    with pytest.raises(ValidationError, match="nothing is older_than"):
        TimeTest(older_than=older_than, within=within)


@pytest.mark.parametrize(
    ("older_than", "within"),
    [("P30D", "P60D"), ("P60D", "P60DT1S"), ("P31D", "P1M"), ("P1M", "P29D"), ("P5M", "P6M")],
)
def test_what_may_be_in_some_month_is_taken(older_than: str, within: str) -> None:
    assert TimeTest(older_than=older_than, within=within).older_than == older_than


@pytest.mark.parametrize(
    "told",
    [
        {"exactly_days_ago": 10, "within": "P8D"},
        {"exactly_days_ago": 60, "within": "P1M"},
        {"exactly_days_ago": 10, "older_than": "P12D"},
        {"exactly_days_ago": 10, "older_than": "P1M"},
    ],
)
def test_a_day_so_long_ago_is_neither_newer_nor_older(told: Any) -> None:
    with pytest.raises(ValidationError, match="nothing of exactly_days_ago"):
        TimeTest.model_validate(told)


@pytest.mark.parametrize(
    "told",
    [
        {"exactly_days_ago": 10, "within": "P9D"},
        {"exactly_days_ago": 0, "within": "PT1S"},
        {"exactly_days_ago": 10, "older_than": "P11D"},
        {"exactly_days_ago": 29, "older_than": "P1M"},
    ],
)
def test_a_day_may_lie_partly_within_a_length(told: Any) -> None:
    assert TimeTest.model_validate(told).exactly_days_ago == told["exactly_days_ago"]


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"kind": "order_count", "at_least": 5, "at_most": 3}, "rule"),
        ({"kind": "order_count", "at_least": 1, "window": {"older_than": "P9D", "within": "P9D"}}, "window"),
        ({"kind": "revenue", "more_than": "5", "less_than": "5.00"}, "rule"),
        (
            {"kind": "last_order", "between": {"first_day": "2026-03-02", "last_day": "2026-03-01"}},
            "between",
        ),
    ],
)
def test_the_refusal_names_the_place_and_a_remedy(told: Any, field: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_rule(told)
    assert refused.value.field == field
    assert refused.value.remedy != "Correct it."


def test_one_day_is_a_range() -> None:
    day = {"first_day": "2026-03-01", "last_day": "2026-03-01"}
    assert parse_rule({"kind": "last_order", "between": day})


@pytest.mark.parametrize(("greater", "less"), [("5", "5.0"), ("6", "5"), ("2026-03-02", "2026-03-01")])
def test_no_value_is_greater_than_a_bound_and_less_than_one_no_greater(greater: str, less: str) -> None:
    with pytest.raises(Refused, match="is greater than"):
        parse_rule({"kind": "attribute", "name": "shoe_size", "greater": greater, "less": less})
