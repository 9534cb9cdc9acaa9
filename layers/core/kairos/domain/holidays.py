"""Public holidays by country and day, from the package `holidays`."""

from datetime import date
from functools import lru_cache
from typing import Any

from kairos.domain.cities import folded_name


def is_holiday(day: date, country: str, province: str | None = None) -> bool:
    """Whether the day is a public holiday in the country (two capitals), or in its province if that is known.

    province: as addresses state it, by code or name. False for a country that the package does not know.
    """
    return day in _calendar(country, province, day.year)


@lru_cache(256)
def _calendar(country: str, province: str | None, year: int) -> frozenset[date]:
    # Imported here: it takes a second, and most shops send on holidays too.
    import holidays

    if country not in holidays.list_supported_countries():
        return frozenset()
    known = _subdivision(holidays.country_holidays(country), province, country)
    return frozenset(holidays.country_holidays(country, subdiv=known, years=year))


def _subdivision(calendar: Any, province: str | None, country: str) -> str | None:
    """The package's code of the province; None where it knows none by that name."""
    told = folded_name(province or "").removeprefix(f"{country.lower()} ")
    names = {folded_name(code): code for code in calendar.subdivisions}
    aliases = {folded_name(name): code for name, code in calendar.subdivisions_aliases.items()}
    found: str | None = (aliases | names).get(told)
    return found


def holidays_named(name: str, year: int, country: str) -> frozenset[date]:
    """The days of the year that are public holidays of this English name in the country ("Diwali").

    A day that only stands in for another one ("observed") has another name.
    """
    return _by_name(country, year).get(folded_name(name), frozenset())


@lru_cache(512)
def _by_name(country: str, year: int) -> dict[str, frozenset[date]]:
    import holidays

    if country not in holidays.list_supported_countries():
        return {}
    language = "en_US" if "en_US" in holidays.country_holidays(country).supported_languages else None
    found: dict[str, frozenset[date]] = {}
    for day, told in holidays.country_holidays(country, years=year, language=language).items():
        for name in str(told).split("; "):
            # Where the date depends on the moon, the package says that it is estimated.
            plain = folded_name(name.removesuffix(" (estimated)"))
            found[plain] = found.get(plain, frozenset()) | {day}
    return found
