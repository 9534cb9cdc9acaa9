"""Times at which messages may go: quiet hours, holidays, the customer's hour, on days of 23 to 25 hours."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kairos.domain.shop import QuietHours
from kairos.services.sending.allowed_hours import AllowedHours, spread

ZURICH = ZoneInfo("Europe/Zurich")
NIGHT = QuietHours(start=time(21), end=time(8))
ZONES = (
    "UTC",
    "Europe/Zurich",
    "Europe/London",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Africa/Casablanca",
)
CHANGES = (
    datetime(2026, 3, 8, 7, tzinfo=UTC),
    datetime(2026, 3, 29, 1, tzinfo=UTC),
    datetime(2026, 4, 4, 15, tzinfo=UTC),
    datetime(2026, 10, 3, 15, 30, tzinfo=UTC),
    datetime(2026, 10, 25, 1, tzinfo=UTC),
    datetime(2026, 11, 1, 6, tzinfo=UTC),
)


def utc(*when: int) -> datetime:
    return datetime(*when, tzinfo=UTC)  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        (utc(2026, 3, 28, 21), utc(2026, 3, 29, 6)),  # ten hours of night, one of them left out
        (utc(2026, 10, 24, 20), utc(2026, 10, 25, 7)),  # twelve, one of them twice
        (utc(2026, 3, 28, 12), utc(2026, 3, 28, 12)),
    ],
)
def test_quiet_hours_end_by_the_wall_clock(now: datetime, opens: datetime) -> None:
    assert AllowedHours(NIGHT, ZURICH).first_open(now) == opens


def test_an_end_that_is_left_out_ends_right_after_it() -> None:
    hours = AllowedHours(QuietHours(start=time(1), end=time(2, 30)), ZURICH)
    assert hours.first_open(utc(2026, 3, 29, 0, 30)) == utc(2026, 3, 29, 1)


def test_holidays_end_at_midnight_there_and_quiet_hours_may_follow() -> None:
    christmas = AllowedHours(None, ZURICH, "CH")
    assert christmas.first_open(utc(2026, 12, 25, 12)) == utc(2026, 12, 25, 23)
    assert christmas._replace(quiet=NIGHT).first_open(utc(2026, 12, 25, 12)) == utc(2026, 12, 26, 7)


def test_holidays_in_a_row_are_all_kept() -> None:
    assert AllowedHours(None, ZURICH, "DE").first_open(utc(2026, 12, 25, 12)) == utc(2026, 12, 26, 23)


def test_an_hour_that_the_day_leaves_out_is_that_of_the_next_day() -> None:
    assert AllowedHours(None, ZURICH).at_hour(utc(2026, 3, 29, 0), 2) == utc(2026, 3, 30, 0)


def test_an_hour_that_comes_twice_is_the_first() -> None:
    assert AllowedHours(None, ZURICH).at_hour(utc(2026, 10, 24, 22), 2) == utc(2026, 10, 25, 0)


def test_the_part_of_an_hour_that_is_open_will_do() -> None:
    hours = AllowedHours(QuietHours(start=time(20), end=time(8, 30)), ZURICH)
    assert hours.at_hour(utc(2026, 11, 21, 12), 8) == utc(2026, 11, 22, 7, 30)


def test_an_hour_that_is_never_open_is_not_waited_for() -> None:
    assert AllowedHours(NIGHT, ZURICH).at_hour(utc(2026, 11, 21, 12), 23) is None
    assert AllowedHours(None, ZURICH, "CH").at_hour(utc(2026, 12, 24, 20), 19) is None


times = st.times().map(lambda one: one.replace(microsecond=0, tzinfo=None))
moments = st.builds(
    lambda change, away: change + timedelta(seconds=away),
    st.sampled_from(CHANGES),
    st.integers(-100_000, 100_000),
)


@given(start=times, end=times, zone=st.sampled_from(ZONES), now=moments)
@example(
    start=time(1, 1, 1),
    end=time(0),
    zone="America/New_York",
    now=datetime(2026, 11, 1, 5, 59, 59, tzinfo=UTC),
)
def test_the_first_open_moment_is_open_and_nothing_before_it_is(
    start: time, end: time, zone: str, now: datetime
) -> None:
    hours = AllowedHours(QuietHours(start=start, end=end), ZoneInfo(zone))
    opens = hours.first_open(now)
    assert opens >= now
    assert hours.is_open(opens)
    steps = range(0, int((opens - now).total_seconds()), 61)
    assert not any(hours.is_open(now + timedelta(seconds=step)) for step in steps)


@given(hour=st.integers(0, 23), zone=st.sampled_from(ZONES), now=moments)
def test_every_hour_comes_within_a_day_unless_the_day_leaves_it_out(
    hour: int, zone: str, now: datetime
) -> None:
    hours = AllowedHours(None, ZoneInfo(zone))
    found = hours.at_hour(now, hour)
    shown = {hours.hour_of(now + timedelta(minutes=minutes)) for minutes in range(0, 24 * 60, 15)}
    assert found is not None or hour not in shown or len(shown) < 24
    if found is not None:
        assert hours.hour_of(found) == hour
        assert now <= found <= now + timedelta(hours=25)


@given(drawn=st.integers(0, 0xFFFF), minutes=st.integers(0, 300), closes_after=st.integers(0, 18_000))
def test_what_is_spread_stays_where_it_fits(drawn: int, minutes: int, closes_after: int) -> None:
    at = utc(2026, 11, 21, 12)
    closes = at + timedelta(seconds=closes_after)
    found = spread(at, f"{drawn:04x}" + "0" * 28, timedelta(minutes=minutes), lambda one: one < closes)
    assert at <= found <= at + timedelta(minutes=minutes)
    assert found == at or found < closes
