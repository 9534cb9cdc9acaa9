"""Lengths of time: months by the calendar, everything else exact."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from kairos.domain.criteria.durations import after, before, begins, least_seconds, parse_duration, turns

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


_ZONES = some.sampled_from([ZoneInfo(name) for name in ("UTC", "Europe/Berlin", "Australia/Lord_Howe")])
_UNEVEN = some.sampled_from(
    [
        *("2023-02-28T22:59:59", "2024-02-29T12:00:00", "2023-03-28T21:59:59", "2023-03-31T10:00:00"),
        *("2023-03-26T01:00:00", "2023-10-29T00:30:00", "2023-10-29T01:00:00", "2023-11-29T01:30:00"),
        *("2023-04-01T14:30:00", "2023-09-30T15:30:00", "2023-04-26T00:30:00", "2023-12-31T23:00:00"),
    ]
)
_months = some.sampled_from(["P1M", "P2M", "P6M", "P1Y", "P1M1D", "P3MT5H"])
_seconds = some.one_of(some.integers(-4 * 86_400, 4 * 86_400), some.integers(-7200, 7200))


@given(_UNEVEN, _seconds, some.integers(0, 86_400), _months, _ZONES)
def test_what_has_become_as_old_as_months_stays_so(
    near: str, off: int, later: int, duration: str, zone: ZoneInfo
) -> None:
    now = _utc(near) + timedelta(seconds=off)

    assert begins(duration, now, zone) <= begins(duration, now + timedelta(seconds=later), zone)
    assert begins(duration, now, zone) >= before(duration, now, zone)


@given(_UNEVEN, _seconds, some.integers(1, 5 * 86_400), _months, _ZONES)
def test_nothing_becomes_as_old_as_months_before_it_was_foretold(
    near: str, off: int, younger: int, duration: str, zone: ZoneInfo
) -> None:
    now = _utc(near) + timedelta(seconds=off)
    at = begins(duration, now, zone) + timedelta(seconds=younger)
    foretold = turns(duration, at, now, zone)

    assert foretold > now
    assert begins(duration, foretold - timedelta(seconds=1), zone) < at


@given(_UNEVEN, _seconds, some.integers(0, 36 * 3600), _months, _ZONES)
def test_months_last_no_shorter_than_the_least(
    near: str, off: int, later: int, duration: str, zone: ZoneInfo
) -> None:
    now = _utc(near) + timedelta(seconds=off)
    then = now + timedelta(seconds=later)
    least = least_seconds(duration, now, zone, timedelta(hours=37))

    assert (then - begins(duration, then, zone)).total_seconds() >= least


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
