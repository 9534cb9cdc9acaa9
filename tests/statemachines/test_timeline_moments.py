"""A timeline whose messages must wait: for the budget of messages, and for the end of quiet hours."""

import itertools
from collections.abc import Callable, Iterator
from datetime import time

import pytest

from kairos.domain.sending_rules import Cap, SendingRules
from kairos.domain.shop import QuietHours
from tests.statemachines.lively_world import LivelyWorld, open_lively
from tests.statemachines.timeline_world import timeline
from tests.statemachines.world import Machine

ONE_A_MONTH = SendingRules(
    spread="PT0S", free_until_delivered=0, moderate=Cap(messages=1, within="P30D"), preferred_hour=False
)
QUIET = QuietHours(start=time(12), end=time(18))
"""The order is of 13 o'clock in Berlin; 18 o'clock is 5 hours later."""
_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def machine() -> Iterator[Machine]:
    with timeline("second_order") as made:
        yield made


@pytest.fixture
def opened(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> Callable[..., LivelyWorld]:
    """Thanks are due after 3 days, suggestions after 21."""
    return lambda **settings: open_lively(
        machine, monkeypatch, f"moments-{next(_numbers)}", "second_order", **settings
    )


def test_a_message_waits_until_the_budget_has_room(opened: Callable[..., LivelyWorld]) -> None:
    world = opened()
    world.change_shop(sending=ONE_A_MONTH)
    world.buy()
    world.follow()
    assert world.told() == ["3 thanks", "33 suggestions"]
    assert world.reasons() == ["finished"]


def test_what_would_wait_for_longer_than_the_next_step_is_left_out(
    opened: Callable[..., LivelyWorld],
) -> None:
    world = opened(suggestions_after="P3DT1H")
    world.change_shop(quiet_hours=QUIET)
    world.buy()
    world.follow()
    assert world.told() == ["3.208 suggestions"]
    assert world.reasons() == ["finished"]


def test_a_message_waits_for_the_end_of_quiet_hours(opened: Callable[..., LivelyWorld]) -> None:
    world = opened()
    world.change_shop(quiet_hours=QUIET)
    world.buy()
    world.follow()
    assert world.told()[0] == "3.208 thanks"
