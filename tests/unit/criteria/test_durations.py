"""Lengths of time: months by the calendar, everything else exact."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from kairos.domain.criteria.durations import after, before, parse_duration

BERLIN = ZoneInfo("Europe/Berlin")
_instants = some.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1), timezones=some.just(UTC))  # noqa: DTZ001


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@given(_instants, some.integers(1, 400), some.integers(0, 100))
def test_days_and_hours_are_exact_whatever_the_clocks_do(at: datetime, days: int, hours: int) -> None:
    length = timedelta(days=days, hours=hours)
    text = f"P{days}DT{hours}H"
    assert before(text, at, BERLIN) == at - length
    assert after(text, at, BERLIN) == at + length


@given(_instants, some.integers(1, 60), some.integers(1, 60))
def test_more_months_before_are_never_later(at: datetime, months: int, more: int) -> None:
    assert before(f"P{months + more}M", at, BERLIN) < before(f"P{months}M", at, BERLIN)


def test_a_month_keeps_the_wall_clock_across_the_change_of_clocks() -> None:
    # 29 March 2026 is the change; noon in Berlin is 11:00 UTC before and 10:00 UTC after it.
    assert after("P1M", _utc("2026-03-10T11:00"), BERLIN) == _utc("2026-04-10T10:00")
    assert after("P31D", _utc("2026-03-10T11:00"), BERLIN) == _utc("2026-04-10T11:00")


def test_a_month_ends_on_its_last_day() -> None:
    assert before("P6M", _utc("2026-08-31T10:00"), BERLIN) == _utc("2026-02-28T11:00")
    assert before("P1Y", _utc("2028-02-29T11:00"), BERLIN) == _utc("2027-02-28T11:00")


def test_the_month_is_the_shops() -> None:
    # Half past midnight on 1 March in Berlin is still February in UTC.
    assert before("P1M", _utc("2026-02-28T23:30"), BERLIN) == _utc("2026-01-31T23:30")
    assert before("P1M", _utc("2026-02-28T23:30"), ZoneInfo("UTC")) == _utc("2026-01-28T23:30")


def test_weeks_are_seven_days_and_years_twelve_months() -> None:
    assert parse_duration("P2W") == parse_duration("P14D")
    assert parse_duration("P1Y") == parse_duration("P12M")
    assert parse_duration("PT24H") == parse_duration("P1D")


@pytest.mark.parametrize(
    "text",
    ["", "P", "PT", "P1", "15D", "P-1D", "P1.5D", "P1DT", "PT1D", "p1d", "P1H", "P1D ", "P\u0661D"],
)
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="ISO 8601"):
        parse_duration(text)


@pytest.mark.parametrize("text", ["P101Y", "P40000D", "PT999999999999H", "P99999999999999999999D"])
def test_what_is_longer_than_a_century_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"100 years|ISO 8601"):
        parse_duration(text)
