"""The clock of a local stack runs ahead and never backwards."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from local.anchors import Anchors, begin, save_reading

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_a_first_start_shows_real_time(tmp_path: Path) -> None:
    assert begin(tmp_path / "clock.json", 0.001, NOON).reading(NOON) == NOON


def test_four_seconds_at_a_thousandth_are_more_than_an_hour() -> None:
    assert Anchors(NOON, NOON, 0.001).reading(NOON + timedelta(seconds=4)) == NOON + timedelta(seconds=4000)


def test_a_restart_goes_on_from_the_last_reading(tmp_path: Path) -> None:
    file = tmp_path / "clock.json"
    save_reading(file, Anchors(NOON, NOON, 0.001), NOON + timedelta(seconds=10))
    again = begin(file, 0.5, NOON + timedelta(minutes=1))
    assert again.reading(NOON + timedelta(minutes=1)) == NOON + timedelta(seconds=10_000)


def test_a_restart_long_after_shows_real_time_again(tmp_path: Path) -> None:
    file = tmp_path / "clock.json"
    save_reading(file, Anchors(NOON, NOON, 0.001), NOON + timedelta(seconds=10))
    later = NOON + timedelta(days=400)
    assert begin(file, 0.001, later).reading(later) == later


def test_anchors_survive_being_written_down() -> None:
    anchors = Anchors(NOON, NOON + timedelta(days=3), 0.0002)
    assert Anchors.from_json(anchors.as_json()) == anchors


@given(
    lives=st.lists(
        st.tuples(st.integers(0, 10**6), st.sampled_from([1.0, 0.1, 0.0002])), min_size=2, max_size=6
    )
)
def test_no_series_of_restarts_turns_the_clock_back(lives: list[tuple[int, float]]) -> None:
    with TemporaryDirectory() as folder:
        file, real, shown = Path(folder) / "clock.json", NOON, NOON
        for seconds, scale in lives:
            anchors = begin(file, scale, real)
            assert anchors.reading(real) >= shown
            real += timedelta(seconds=seconds)
            save_reading(file, anchors, real)
            shown = anchors.reading(real)
