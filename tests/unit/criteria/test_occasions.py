"""Orders around days that return every year."""

from datetime import UTC, datetime
from typing import Any

import pytest

from kairos.domain.errors import Refused
from kairos.domain.profile import Profile
from kairos.domain.purchases import OrderFact
from tests.unit.criteria.both import holds
from tests.unit.criteria.people import moment, order, profile

CHRISTMAS: dict[str, Any] = {"kind": "ordered_around", "occasions": ["12-24"]}
ONLY = {**CHRISTMAS, "only": True}


def at(*told: str) -> Profile:
    """Orders at these times; the moment they are asked at is 10 March 2026, noon."""
    return profile(*(_order(one) for one in told))


def _order(told: str, **fields: Any) -> OrderFact:
    placed = datetime.fromisoformat(told).replace(tzinfo=UTC)
    return order(placed_at=placed, id=told, **fields)


@pytest.mark.parametrize(
    ("placed", "around"),
    [
        ("2025-12-09T23:59:59", False),
        ("2025-12-10T00:00:00", True),
        ("2025-12-24T23:59:59", True),
        ("2025-12-25T00:00:00", False),
        ("2024-12-20T12:00:00", True),
        ("2023-12-20T12:00:00", True),
    ],
)
def test_the_fortnight_before_an_occasion_belongs_to_it_every_year(placed: str, around: bool) -> None:
    assert holds(CHRISTMAS, at(placed)) is around


def test_days_before_and_after_are_the_rules_to_choose() -> None:
    rule = {**CHRISTMAS, "before": 0, "after": 2}
    assert not holds(rule, at("2025-12-23T12:00:00"))
    assert holds(rule, at("2025-12-26T23:59:59"))
    assert not holds(rule, at("2025-12-27T00:00:00"))


def test_an_occasion_after_the_turn_of_the_year_reaches_back_over_it() -> None:
    assert holds({**CHRISTMAS, "occasions": ["01-06"]}, at("2025-12-31T12:00:00"))


def test_days_are_those_of_the_shops_calendar() -> None:
    rule = {**CHRISTMAS, "before": 0}
    late = at("2025-12-24T23:30:00")
    assert holds(rule, late)
    assert not holds(rule, late, moment(timezone="Europe/Berlin"))


def test_an_occasion_with_its_year_comes_once() -> None:
    rule = {**CHRISTMAS, "occasions": ["2025-04-20"]}
    assert holds(rule, at("2025-04-19T12:00:00"))
    assert not holds(rule, at("2024-04-19T12:00:00"))


def test_the_29th_of_february_falls_on_the_1st_of_march_where_there_is_none() -> None:
    rule = {**CHRISTMAS, "occasions": ["02-29"], "before": 0}
    assert holds(rule, at("2025-03-01T12:00:00"))
    assert holds(rule, at("2024-02-29T12:00:00"))
    assert not holds(rule, at("2024-03-01T12:00:00"))


def test_only_means_at_no_other_time() -> None:
    assert holds(ONLY, at("2024-12-20T12:00:00", "2025-12-20T12:00:00"))
    assert not holds(ONLY, at("2025-06-01T12:00:00", "2025-12-20T12:00:00"))
    assert not holds(ONLY, at())


def test_orders_longer_ago_are_not_looked_at() -> None:
    assert holds(ONLY, at("2022-06-01T12:00:00", "2025-12-20T12:00:00"))
    assert not holds({**ONLY, "within": "P4Y"}, at("2022-06-01T12:00:00", "2025-12-20T12:00:00"))


def test_it_may_ask_for_a_number_of_orders() -> None:
    rule = {**CHRISTMAS, "times": {"at_least": 2}}
    assert not holds(rule, at("2025-12-20T12:00:00"))
    assert holds(rule, at("2024-12-20T12:00:00", "2025-12-20T12:00:00"))


def test_only_orders_that_count_are_looked_at() -> None:
    cancelled = _order("2025-12-20T12:00:00", status="cancelled", counts=False)
    assert not holds(CHRISTMAS, profile(cancelled))
    summer = _order("2025-06-20T12:00:00", status="cancelled", counts=False)
    assert holds(ONLY, profile(summer, _order("2025-12-20T12:00:00")))


@pytest.mark.parametrize(
    ("field", "told"),
    [
        ("occasions", []),
        ("occasions", ["24-12"]),
        ("occasions", ["02-30"]),
        ("occasions", ["2025-02-29"]),
        ("occasions", ["Christmas"]),
        ("before", 61),
        ("after", -1),
        ("within", "P11Y"),
        ("within", "P4000D"),
    ],
)
def test_what_is_no_occasion_is_refused_with_the_field(field: str, told: Any) -> None:
    with pytest.raises(Refused) as wrong:
        holds({**CHRISTMAS, field: told}, at())
    assert wrong.value.field.startswith(field)
