"""Age, gender, language, attributes and dates, at their edges."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from kairos.domain.criteria.rule import parse_rule
from kairos.domain.errors import Refused
from kairos.domain.moment import Flips, Moment
from kairos.domain.profile import Profile
from tests.unit.criteria.people import holds, moment, person, profile


def _at(text: str, timezone: str = "UTC") -> Moment:
    return moment(datetime.fromisoformat(text).replace(tzinfo=UTC), timezone)


@pytest.mark.parametrize(
    ("now", "timezone", "adult"),
    [
        ("2026-03-09T23:59:59", "UTC", False),
        ("2026-03-10T00:00:00", "UTC", True),
        ("2026-03-09T22:59:59", "Europe/Berlin", False),
        ("2026-03-09T23:00:00", "Europe/Berlin", True),
    ],
)
def test_a_birthday_begins_at_midnight_in_the_shops_zone(now: str, timezone: str, adult: bool) -> None:
    born = person(birthday=date(2008, 3, 10))
    assert holds({"kind": "age", "at_least": 18}, born, _at(now, timezone)) is adult


def test_who_was_born_on_the_leap_day_grows_older_on_1_march() -> None:
    born = person(birthday=date(2008, 2, 29))
    assert not holds({"kind": "age", "at_least": 18}, born, _at("2026-02-28T12:00"))
    assert holds({"kind": "age", "at_least": 18}, born, _at("2026-03-01T12:00"))


def test_18_to_35_includes_both_ends() -> None:
    rule = {"kind": "age", "at_least": 18, "at_most": 35}
    ages = [age for age in range(15, 40) if holds(rule, person(birthday=date(2026 - age, 1, 1)))]
    assert ages == list(range(18, 36))


def test_a_birthday_to_come_is_unknown() -> None:
    assert not holds({"kind": "age", "less_than": 18}, person(birthday=date(2030, 1, 1)))


def test_an_unstated_gender_is_none_of_them() -> None:
    rule = {"kind": "gender", "any_of": ["female", "male", "other"]}
    assert holds(rule, person(gender="other"))
    assert not holds(rule, profile())


@pytest.mark.parametrize(
    ("spoken", "asked", "fits"),
    [
        ("de", "de", True),
        ("de-CH", "de", True),
        ("de_AT", "de", True),
        ("DE", "de", True),
        ("de", "de-CH", False),
        ("den", "de", False),
        (None, "de", False),
    ],
)
def test_a_language_takes_its_regions(spoken: str | None, asked: str, fits: bool) -> None:
    assert holds({"kind": "language", "any_of": [asked]}, person(language=spoken)) is fits


@pytest.mark.parametrize(
    ("test", "fits"),
    [
        ({"equals": "BLUE"}, True),
        ({"equals": "blu"}, False),
        ({"any_of": ["red", "Blue"]}, True),
        ({"contains": "LU"}, True),
        ({"exists": True}, True),
        ({"exists": False}, False),
        ({"greater": "3"}, False),
        ({"less": "3"}, False),
        ({"equals": "blue", "contains": "red"}, False),
    ],
)
def test_an_attribute_compares_as_text(test: dict[str, object], fits: bool) -> None:
    assert holds({"kind": "attribute", "name": "color", **test}, person(attributes={"color": "blue"})) is fits


@pytest.mark.parametrize(
    ("value", "test", "fits"),
    [
        ("44", {"greater": "9"}, True),
        ("44", {"greater": "44"}, False),
        ("44.0", {"less": "44.5"}, True),
        ("2026-03-01", {"greater": "2026-02-28"}, True),
        ("2026-03-01", {"less": "2026-02-28"}, False),
        ("2026-03-01", {"greater": "43"}, False),
        ("NaN", {"greater": "1"}, False),
    ],
)
def test_an_attribute_compares_numbers_and_dates(value: str, test: dict[str, str], fits: bool) -> None:
    assert holds({"kind": "attribute", "name": "x", **test}, person(attributes={"x": value})) is fits


def test_a_missing_or_empty_attribute_only_matches_exists_false() -> None:
    for empty in (profile(), person(attributes={"color": " "})):
        assert holds({"kind": "attribute", "name": "color", "exists": False}, empty)
        assert not holds({"kind": "attribute", "name": "color", "equals": "blue"}, empty)
        assert not holds({"kind": "attribute", "name": "color", "exists": True}, empty)


def test_a_name_is_an_attribute_too() -> None:
    assert holds({"kind": "attribute", "name": "first_name", "contains": "an"}, person(first_name="Anna"))


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
    assert holds(rule, person(birthday=date.fromisoformat(birthday)), _at(f"{now}T12:00")) is fits


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
        ({"after": "2020-03-02", "before": "2020-02-28"}, set()),
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
    ],
)
def test_a_date_is_compared_in_one_way_and_a_returning_one_with_no_other_date(tests: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        parse_rule({"kind": "date_field", "name": "birthday", **tests})


def _turns(rule: Any, of: Profile, now: str, timezone: str = "UTC") -> str | None:
    """When time alone could next change the answer, in UTC."""
    at = _at(now, timezone)
    flips = Flips()
    parse_rule(rule).matches(of, Moment(now=at.now, shop=at.shop, flips=flips))
    return flips.next.strftime("%Y-%m-%dT%H:%M:%S") if flips.next else None


@pytest.mark.parametrize(
    ("born", "now", "timezone", "turns"),
    [
        ("2008-03-10", "2026-03-09T12:00", "UTC", "2026-03-10T00:00:00"),
        ("2008-03-10", "2026-03-10T00:00", "UTC", "2027-03-10T00:00:00"),
        ("2008-03-10", "2026-03-09T22:59:59", "Europe/Berlin", "2026-03-09T23:00:00"),
        ("2008-02-29", "2026-02-28T12:00", "UTC", "2026-03-01T00:00:00"),
        ("2008-02-29", "2027-12-01T12:00", "UTC", "2028-02-29T00:00:00"),
        ("2026-05-01", "2026-03-09T12:00", "UTC", "2026-05-01T00:00:00"),
    ],
)
def test_an_age_turns_when_the_next_birthday_begins(born: str, now: str, timezone: str, turns: str) -> None:
    rule = {"kind": "age", "at_least": 18}
    assert _turns(rule, person(birthday=date.fromisoformat(born)), now, timezone) == turns


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
    assert _turns(rule, born, "2026-03-10T12:00", "Europe/Berlin") == turns


def test_what_no_time_changes_is_never_looked_at_again() -> None:
    rule = {"kind": "date_field", "name": "wedding", "recurring": False, "before": "2030-01-01"}
    assert _turns(rule, person(attributes={"wedding": "2029-12-31"}), "2026-03-10T12:00") is None
    once = {"kind": "date_field", "name": "wedding", "recurring": False, "today": True}
    assert _turns(once, person(attributes={"wedding": "2026-03-09"}), "2026-03-10T12:00") is None


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
