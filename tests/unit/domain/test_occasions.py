"""Days of the cultural calendar, as published calendars have them."""

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from kairos.domain.calendar_days import days_in, easter
from kairos.domain.occasions import DayRule, Occasion
from kairos.domain.scenarios.season_calendar import OCCASIONS

BY_ID = {one.id: one for one in OCCASIONS}


@pytest.mark.parametrize(
    "sunday",
    [date(1818, 3, 22), date(2000, 4, 23), date(2024, 3, 31), date(2025, 4, 20), date(2026, 4, 5),
     date(2038, 4, 25), date(1954, 4, 18), date(1981, 4, 19), date(2049, 4, 18)],
)  # fmt: skip
def test_easter_is_on_its_sunday(sunday: date) -> None:
    """Among them its earliest and latest days, and the years of the rule's two exceptions."""
    assert easter(sunday.year) == sunday


@pytest.mark.parametrize(
    ("occasion", "country", "day"),
    [
        ("mothers_day", "DE", date(2026, 5, 10)),
        ("mothers_day", "GB", date(2026, 3, 15)),
        ("mothers_day", "FR", date(2026, 5, 31)),
        ("mothers_day", "FR", date(2023, 6, 4)),  # the last Sunday of May was Whit Sunday
        ("mothers_day", "ES", date(2026, 5, 3)),
        ("mothers_day", "NO", date(2026, 2, 8)),
        ("fathers_day", "IT", date(2026, 3, 19)),
        ("fathers_day", "DE", date(2026, 5, 14)),
        ("fathers_day", "US", date(2026, 6, 21)),
        ("fathers_day", "AU", date(2026, 9, 6)),
        ("valentines_day", "CH", date(2026, 2, 14)),
        ("valentines_day", "BR", date(2026, 6, 12)),
        ("hari_raya", "MY", date(2026, 3, 21)),
        ("eid_al_fitr", "SA", date(2026, 3, 19)),  # its days off begin the day before
        ("lunar_new_year", "SG", date(2026, 2, 17)),
        ("diwali", "IN", date(2026, 11, 8)),
        ("thanksgiving", "US", date(2026, 11, 26)),
        ("thanksgiving", "CA", date(2026, 10, 12)),
        ("christmas", "DE", date(2026, 12, 25)),
        ("christmas", "RS", date(2026, 1, 7)),
        ("summer", "SE", date(2026, 6, 21)),
        ("summer", "NZ", date(2026, 12, 21)),
    ],
)
def test_each_country_has_its_own_day(occasion: str, country: str, day: date) -> None:
    assert BY_ID[occasion].dates_in(day.year, country) == (day,)


@pytest.mark.parametrize(
    ("occasion", "country"), [("hari_raya", "DE"), ("thanksgiving", "FR"), ("diwali", "SE")]
)
def test_who_does_not_keep_a_day_has_none(occasion: str, country: str) -> None:
    assert BY_ID[occasion].dates_in(2026, country) == ()


@pytest.mark.parametrize(
    ("year", "day"), [(2027, date(2027, 2, 28)), (2028, date(2028, 2, 29)), (2100, date(2100, 2, 28))]
)
def test_29_february_is_the_28th_in_a_year_without_it(year: int, day: date) -> None:
    assert days_in("02-29", year, "DE") == (day,)


def test_days_are_gathered_with_the_countries_that_keep_them() -> None:
    told = BY_ID["thanksgiving"].dates(2026, ["US", "CA", "DE"])
    assert told == {date(2026, 10, 12): ("CA",), date(2026, 11, 26): ("US",)}


@pytest.mark.parametrize(
    "text", ["02-30", "13-01", "fifth sunday of may", "last Sunday", "easter+1000", "holiday ", ""]
)
def test_what_names_no_day_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="names no day of the year"):
        DayRule(day=text)


def test_an_exception_needs_its_other_day() -> None:
    told: dict[str, Any] = {"day": "05-01", "unless": "easter"}
    with pytest.raises(ValidationError, match="go together"):
        DayRule.model_validate(told)


def test_a_country_nobody_knows_has_no_holiday() -> None:
    assert days_in("holiday Christmas Day", 2026, "ZZ") == ()


def test_what_comes_twice_in_a_year_by_the_moon_is_kept_twice() -> None:
    """Eid al-Fitr is 354 days after itself: in 2033 in January and in December, two days each in Malaysia."""
    assert BY_ID["hari_raya"].dates_in(2033, "MY") == (date(2033, 1, 3), date(2033, 12, 23))


def test_a_holiday_of_several_days_is_its_first_also_over_the_turn_of_the_year(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    days = {2032: {date(2032, 12, 31)}, 2033: {date(2033, 1, 1), date(2033, 1, 2), date(2033, 12, 20)}}
    monkeypatch.setattr(
        "kairos.domain.calendar_days.holidays_named", lambda _name, year, _country: frozenset(days[year])
    )
    assert days_in("holiday Of the Moon", 2033, "OM") == (date(2033, 12, 20),)


NAMED = [
    (one.id, rule.day, country)
    for one in OCCASIONS
    for rule in one.days
    for country in rule.countries
    if rule.day.startswith("holiday ")
]


@pytest.mark.parametrize(("occasion", "day", "country"), NAMED)
def test_every_country_that_a_holiday_is_said_of_keeps_it(occasion: str, day: str, country: str) -> None:
    assert BY_ID[occasion].dates_in(2026, country), day


@pytest.mark.parametrize("occasion", OCCASIONS, ids=lambda one: one.id)
def test_every_occasion_has_a_name_in_each_language_of_the_product(occasion: Occasion) -> None:
    assert set(occasion.names) >= {"en", "de", "fr", "it"}
