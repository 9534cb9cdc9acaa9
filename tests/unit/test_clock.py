from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from kairos.adapters.clock import ScaledClock, SystemClock

ANCHOR = datetime(2026, 3, 1, 9, tzinfo=UTC)
LATER = ANCHOR + timedelta(days=2)
instants = st.integers(-(10**8), 10**8).map(lambda seconds: ANCHOR + timedelta(seconds=seconds))


def test_history_stays_as_it_is():
    assert ScaledClock(0.001, ANCHOR, LATER).shown(ANCHOR - timedelta(days=9)) == ANCHOR - timedelta(days=9)


def test_after_the_anchor_time_runs_ahead_with_the_wait_scale():
    shown = ScaledClock(0.001, ANCHOR, LATER).shown(ANCHOR + timedelta(seconds=14.4))
    assert shown == LATER + timedelta(hours=4)


@given(instants, instants)
def test_what_came_later_is_never_shown_earlier(one, other):
    clock = ScaledClock(0.0002, ANCHOR, LATER)
    earlier, later = sorted((one, other))
    assert clock.shown(earlier) <= clock.shown(later)


def test_a_timestamp_years_ahead_is_shown_at_the_end_of_time():
    assert ScaledClock(1e-6, ANCHOR, LATER).shown(ANCHOR + timedelta(days=999)).year == 9999


def test_the_real_clock_shows_an_instant_as_it_is():
    assert SystemClock().shown(ANCHOR) == ANCHOR
