"""Public holidays, as the calendars of these countries have them."""

from datetime import date

import pytest

from kairos.domain.holidays import is_holiday

ZURICH_LABOUR_DAY = date(2026, 5, 1)


@pytest.mark.parametrize(
    ("day", "country"),
    [
        (date(2026, 8, 1), "CH"),
        (date(2026, 12, 25), "DE"),
        (date(2026, 7, 14), "FR"),
        (date(2026, 4, 6), "IT"),  # Easter Monday
        (date(2027, 11, 25), "US"),  # Thanksgiving
    ],
)
def test_a_public_holiday_is_one(day: date, country: str) -> None:
    assert is_holiday(day, country)


def test_other_days_and_other_countries_have_none() -> None:
    assert not is_holiday(date(2026, 7, 14), "CH")
    assert not is_holiday(date(2026, 3, 10), "FR")


@pytest.mark.parametrize("province", ["ZH", "Zürich", "CH-ZH"])
def test_a_province_has_its_own(province: str) -> None:
    assert is_holiday(ZURICH_LABOUR_DAY, "CH", province)
    assert not is_holiday(ZURICH_LABOUR_DAY, "CH")
    assert not is_holiday(ZURICH_LABOUR_DAY, "CH", "Bern")


@pytest.mark.parametrize("province", ["", "Nowhere", "ZH"])
def test_a_province_that_is_not_the_countrys_counts_as_unknown(province: str) -> None:
    assert is_holiday(date(2026, 12, 25), "DE", province)


def test_a_country_nobody_knows_has_no_holidays() -> None:
    assert not is_holiday(date(2026, 1, 1), "ZZ")
