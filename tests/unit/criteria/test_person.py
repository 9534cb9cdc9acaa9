"""Age, gender and language, at their edges."""

from datetime import date

import pytest

from tests.unit.criteria.people import at_time, holds, person, profile, turns_at


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
    assert holds({"kind": "age", "at_least": 18}, born, at_time(now, timezone)) is adult


def test_who_was_born_on_the_leap_day_grows_older_on_1_march() -> None:
    born = person(birthday=date(2008, 2, 29))
    assert not holds({"kind": "age", "at_least": 18}, born, at_time("2026-02-28T12:00"))
    assert holds({"kind": "age", "at_least": 18}, born, at_time("2026-03-01T12:00"))


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
    assert turns_at(rule, person(birthday=date.fromisoformat(born)), now, timezone) == turns
