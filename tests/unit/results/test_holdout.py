"""Who is held out of a scenario stays held out, and who is in stays in."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kairos.domain.holdout import HOLDOUT, holdout_of, is_held_out
from kairos.domain.run import Run

START = datetime(2026, 1, 1, tzinfo=UTC)


def run(day: int, held: bool, cause: str = "cart:1") -> Run:
    return Run(
        shop="demo",
        scenario="win_back",
        cause=cause,
        customer="c1",
        registered_at=START + timedelta(days=day),
        state="ended" if held else "started",
        reason=HOLDOUT if held else None,
        settings={},
    )


@pytest.mark.parametrize("drawn", [True, False])
def test_the_lot_decides_for_whom_no_run_is_known(drawn: bool) -> None:
    assert holdout_of([], drawn) is drawn


@pytest.mark.parametrize("held", [True, False])
def test_an_earlier_run_decides_whatever_the_lot_says_now(held: bool) -> None:
    assert holdout_of([run(0, held)], drawn=not held) is held


@given(st.lists(st.booleans(), min_size=1, max_size=6), st.randoms(use_true_random=False), st.booleans())
def test_the_first_run_decides_in_whatever_order_they_are_told(
    held: list[bool], chance: object, drawn: bool
) -> None:
    runs = [run(day, one, f"cart:{day}") for day, one in enumerate(held)]
    shuffled = runs[:]
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert holdout_of(shuffled, drawn) is held[0]


def test_a_run_that_ended_for_another_reason_was_not_held_out() -> None:
    assert not is_held_out(run(0, False).model_copy(update={"state": "ended", "reason": "finished"}))
