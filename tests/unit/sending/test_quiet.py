"""Quiet hours: local wall time, across midnight and clock changes."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kairos.domain.shop import QuietHours
from kairos.services.sending.quiet import is_quiet, quiet_until

ZURICH = ZoneInfo("Europe/Zurich")
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
ZONES = ["Europe/Zurich", "UTC", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]


def hours(start: str, end: str) -> QuietHours:
    return QuietHours(start=time.fromisoformat(start), end=time.fromisoformat(end))


def local(text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZURICH, fold=fold).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-11-21T21:59:59", None),
        ("2026-11-21T22:00:00", "2026-11-22T08:00:00"),
        ("2026-11-21T23:59:59", "2026-11-22T08:00:00"),
        ("2026-11-22T00:00:00", "2026-11-22T08:00:00"),
        ("2026-11-22T07:59:59", "2026-11-22T08:00:00"),
        ("2026-11-22T08:00:00", None),
    ],
)
def test_quiet_hours_across_midnight(now: str, until: str | None) -> None:
    found = quiet_until(local(now), hours("22:00", "08:00"), ZURICH)
    assert found == (local(until) if until else None)


def test_quiet_hours_within_a_day() -> None:
    assert quiet_until(local("2026-11-21T13:00"), hours("12:30", "14:00"), ZURICH) == local(
        "2026-11-21T14:00"
    )
    assert quiet_until(local("2026-11-21T14:00"), hours("12:30", "14:00"), ZURICH) is None


def test_no_quiet_hours_and_empty_ones_hold_nothing_up() -> None:
    assert quiet_until(local("2026-11-21T13:00"), None, ZURICH) is None
    assert quiet_until(local("2026-11-21T13:00"), hours("13:00", "13:00"), ZURICH) is None


def test_the_night_of_the_spring_clock_change_is_an_hour_shorter() -> None:
    start = local("2026-03-28T22:00")
    until = quiet_until(start, hours("22:00", "08:00"), ZURICH)
    assert until is not None
    assert until - start == timedelta(hours=9)


def test_the_night_of_the_autumn_clock_change_is_an_hour_longer() -> None:
    start = local("2026-10-24T22:00")
    until = quiet_until(start, hours("22:00", "08:00"), ZURICH)
    assert until is not None
    assert until - start == timedelta(hours=11)


def test_an_end_that_the_clock_change_skips_holds_nothing_up_after_it() -> None:
    quiet = hours("22:00", "02:30")  # on 29 March 2026 the clock goes from 02:00 to 03:00
    until = quiet_until(local("2026-03-29T01:59"), quiet, ZURICH)
    assert until is not None
    assert not is_quiet(until, quiet, ZURICH)
    assert until <= local("2026-03-29T03:30")


def test_an_end_that_comes_twice_ends_the_quiet_hours_twice() -> None:
    quiet = hours("22:00", "02:30")  # on 25 October 2026 02:00 to 03:00 comes twice
    first = quiet_until(local("2026-10-25T01:00"), quiet, ZURICH)
    second = quiet_until(local("2026-10-25T02:10", fold=1), quiet, ZURICH)
    assert (first, second) == (local("2026-10-25T02:30"), local("2026-10-25T02:30", fold=1))


def test_quiet_hours_that_begin_in_an_hour_that_comes_twice_begin_twice() -> None:
    quiet = hours("02:30", "08:00")  # on 25 October 2026 at 03:00 the clock goes back to 02:00
    first = quiet_until(local("2026-10-25T02:40"), quiet, ZURICH)
    second = quiet_until(local("2026-10-25T02:40", fold=1), quiet, ZURICH)
    assert (first, second) == (local("2026-10-25T02:00", fold=1), local("2026-10-25T08:00"))


def test_quiet_hours_begin_twice_also_where_clocks_go_back_to_universal_time() -> None:
    quiet = hours("01:30", "08:00")  # in London on 25 October 2026 at 02:00 the clock goes back to 01:00
    until = quiet_until(datetime(2026, 10, 25, 0, 45, tzinfo=UTC), quiet, ZoneInfo("Europe/London"))
    assert until == datetime(2026, 10, 25, 1, tzinfo=UTC)


def test_a_clock_that_goes_back_within_the_quiet_hours_ends_nothing() -> None:
    quiet = hours("01:00", "08:00")
    assert quiet_until(local("2026-10-25T02:40"), quiet, ZURICH) == local("2026-10-25T08:00")


@given(
    st.integers(0, 2 * 365 * 86400).map(lambda seconds: NEW_YEAR + timedelta(seconds=seconds)),
    st.times(),
    st.times(),
    st.sampled_from(ZONES),
)
def test_after_the_wait_it_is_never_quiet_and_no_wait_lasts_longer_than_a_day(
    now: datetime, start: time, end: time, zone: str
) -> None:
    quiet = QuietHours(start=start, end=end)
    until = quiet_until(now, quiet, ZoneInfo(zone))
    assert (until is None) == (not is_quiet(now, quiet, ZoneInfo(zone)))
    if until is not None:
        assert not is_quiet(until, quiet, ZoneInfo(zone))
        assert timedelta() < until - now <= timedelta(hours=25)
