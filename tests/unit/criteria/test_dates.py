"""Dates on the profile: their returns, and the midnights at which time alone changes an answer."""

from datetime import date
from typing import Any

import pytest

from kairos.domain.criteria.rule import parse_rule
from kairos.domain.errors import Refused
from tests.unit.criteria.people import at_time, holds, person, profile, turns_at


@pytest.mark.parametrize(
    ("birthday", "now", "test", "fits"),
    [
        ("1990-03-10", "2026-03-10", {"today": True}, True),
        ("1990-03-11", "2026-03-10", {"today": True}, False),
        ("1990-03-17", "2026-03-10", {"next_days": 7}, True),
        ("1990-03-18", "2026-03-10", {"next_days": 7}, False),
        ("1990-03-09", "2026-03-10", {"next_days": 7}, False),
        ("1990-03-03", "2026-03-10", {"last_days": 7}, True),
        ("1990-03-02", "2026-03-10", {"last_days": 7}, False),
        ("1990-01-02", "2026-12-30", {"next_days": 7}, True),
        ("1990-12-30", "2026-01-02", {"last_days": 7}, True),
        ("2008-02-29", "2026-03-01", {"today": True}, True),
        ("2008-02-29", "2026-02-28", {"today": True}, False),
        ("2008-02-29", "2028-02-29", {"today": True}, True),
        ("2027-03-10", "2026-03-10", {"today": True}, False),
    ],
)
def test_a_date_returns_every_year(birthday: str, now: str, test: dict[str, object], fits: bool) -> None:
    rule = {"kind": "date_field", "name": "birthday", **test}
    assert holds(rule, person(birthday=date.fromisoformat(birthday)), at_time(f"{now}T12:00")) is fits


def test_a_date_that_does_not_return_counts_once() -> None:
    rule = {"kind": "date_field", "name": "wedding", "recurring": False, "today": True}
    assert holds(rule, person(attributes={"wedding": "2026-03-10"}))
    assert not holds(rule, person(attributes={"wedding": "2025-03-10"}))


def test_a_field_without_a_date_is_unknown() -> None:
    rule = {"kind": "date_field", "name": "wedding", "next_days": 365}
    assert not holds(rule, person(attributes={"wedding": "soon"}))
    assert not holds(rule, profile())


@pytest.mark.parametrize(
    ("ends", "passing"),
    [
        ({"before": "2020-02-29"}, {"2020-02-28"}),
        ({"after": "2020-02-29"}, {"2020-03-01", "2020-03-02"}),
        ({"after": "2020-02-28", "before": "2020-03-02"}, {"2020-02-29", "2020-03-01"}),
    ],
)
def test_before_and_after_a_date_leave_that_day_out(ends: dict[str, str], passing: set[str]) -> None:
    rule = {"kind": "date_field", "name": "wedding", "recurring": False, **ends}
    days = ("2020-02-28", "2020-02-29", "2020-03-01", "2020-03-02")
    assert {day for day in days if holds(rule, person(attributes={"wedding": day}))} == passing


@pytest.mark.parametrize(
    "tests",
    [
        {},
        {"today": True, "next_days": 3},
        {"before": "2020-01-01", "today": True, "recurring": False},
        {"before": "2020-01-01"},
        {"after": "2020-01-01", "recurring": True},
        {"after": "2020-01-01", "before": "2020-01-02", "recurring": False},
        {"after": "2020-01-02", "before": "2020-01-01", "recurring": False},
    ],
)
def test_a_date_is_compared_in_one_way_a_returning_one_with_no_other_and_no_span_is_empty(
    tests: dict[str, Any],
) -> None:
    with pytest.raises(Refused):
        parse_rule({"kind": "date_field", "name": "birthday", **tests})


@pytest.mark.parametrize(
    ("test", "turns"),
    [
        ({"today": True}, "2026-03-13T23:00:00"),
        ({"next_days": 3}, "2026-03-10T23:00:00"),
        ({"next_days": 4}, "2026-03-14T23:00:00"),
        ({"last_days": 2}, "2026-03-13T23:00:00"),
    ],
)
def test_a_date_turns_at_the_midnights_where_its_span_begins_and_ends(
    test: dict[str, Any], turns: str
) -> None:
    rule = {"kind": "date_field", "name": "birthday", **test}
    born = person(birthday=date(1990, 3, 14))
    assert turns_at(rule, born, "2026-03-10T12:00", "Europe/Berlin") == turns


def test_what_no_time_changes_is_never_looked_at_again() -> None:
    rule = {"kind": "date_field", "name": "wedding", "recurring": False, "before": "2030-01-01"}
    assert turns_at(rule, person(attributes={"wedding": "2029-12-31"}), "2026-03-10T12:00") is None
    once = {"kind": "date_field", "name": "wedding", "recurring": False, "today": True}
    assert turns_at(once, person(attributes={"wedding": "2026-03-09"}), "2026-03-10T12:00") is None


@pytest.mark.parametrize(
    ("day", "test", "fits"),
    [
        ("0001-01-01", {"last_days": 365}, True),
        ("0001-01-01", {"recurring": False, "last_days": 365}, False),
        ("9999-12-31", {"last_days": 365}, False),
        ("9999-12-31", {"recurring": False, "next_days": 365}, False),
        ("9999-12-31", {"recurring": False, "after": "9999-12-30"}, True),
    ],
)
def test_dates_at_the_ends_of_the_calendar_are_read_like_others(
    day: str, test: dict[str, Any], fits: bool
) -> None:
    assert holds({"kind": "date_field", "name": "day", **test}, person(attributes={"day": day})) is fits
