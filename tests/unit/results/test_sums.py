"""The report's sums are those of the ledger, counted one by one from the stored items."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest

from kairos.domain.codes import LEDGER_STATES
from kairos.domain.results import Period, ResultSettings
from kairos.domain.scenarios.abandoned_cart import ABANDONED_CART
from kairos.engine.reporting import Counted
from kairos.services.results import report as reports
from tests.unit.recording.world import SHOP, START
from tests.unit.results.by_hand import ByHand
from tests.unit.results.drawn import DAYS, NEWSLETTER, Drawn

SCENARIOS = ("win_back", "prospects", NEWSLETTER)
WHOLE = (START - timedelta(days=1), START + timedelta(days=DAYS + 39))
PART = (START + timedelta(days=10), START + timedelta(days=30))


@pytest.fixture(scope="module", params=[1, 2, 3])
def drawn(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Drawn:
    return Drawn(request.param, tmp_path_factory.mktemp("drawn"))


def counted(drawn: Drawn, scenario: str, start: datetime, end: datetime) -> Counted:
    wish = reports.Wish(
        SHOP, ABANDONED_CART._replace(name=scenario), Period(start, end), ResultSettings(), 0, "en"
    )
    return reports.count(drawn.world.opened(), wish, drawn.now)


@pytest.fixture(
    params=[(name, *period) for name in SCENARIOS for period in (WHOLE, PART)],
    ids=lambda told: f"{told[0]} {(told[2] - told[1]).days} days",
)
def both(drawn: Drawn, request: pytest.FixtureRequest) -> tuple[Counted, ByHand]:
    return counted(drawn, *request.param), ByHand(drawn.book, *request.param)


def test_each_figure_of_each_step_and_channel_is_the_ledgers(both: tuple[Counted, ByHand]) -> None:
    told, by_hand = both
    found: dict[tuple[str, str], Counter[str]] = {}
    for (place, figure), number in told.messages.items():
        found.setdefault((place.step, place.channel), Counter())[figure] += number
    assert {place: +some for place, some in found.items()} == {
        place: +some for place, some in by_hand.figures().items()
    }


def test_what_was_put_off_and_left_out_is_counted_by_reason(both: tuple[Counted, ByHand]) -> None:
    told, by_hand = both
    assert told.deferred == by_hand.passed_over("deferred")
    assert told.skipped == by_hand.passed_over("skipped")


def test_runs_are_counted_by_how_they_ended(both: tuple[Counted, ByHand]) -> None:
    told, by_hand = both
    ended = {f"ended: {reason}": number for reason, number in told.ended.items()}
    named = {name: told.runs[name] for name in ("started", "under_way", "held_out")}
    assert +Counter(named | ended) == by_hand.entered()


def test_both_sides_of_the_comparison_hold_who_entered_and_what_they_bought(
    both: tuple[Counted, ByHand],
) -> None:
    told, by_hand = both
    sides = by_hand.sides()
    for name in ("treated", "held_out"):
        spent: list[Any] = sides[name]
        assert getattr(told, name) == (
            len(spent),
            sum(orders > 0 for orders, _ in spent),
            sum(orders for orders, _ in spent),
            sum(net for _, net in spent),
            sum(net * net for _, net in spent),
        )
    assert told.waiting == len(sides["waiting"])


def test_every_message_is_in_exactly_one_state(both: tuple[Counted, ByHand]) -> None:
    told, _ = both
    total = Counter[str]()
    for (_, figure), number in told.messages.items():
        total[figure] += number
    assert total["messages"] == sum(total[one] for one in ("under_way", "sent", "refused", "unknown"))


def test_messages_of_every_state_were_drawn(drawn: Drawn) -> None:
    states = {one.entry.state for one in drawn.book.messages}
    assert states == set(LEDGER_STATES)


def test_no_order_is_claimed_by_two_messages(drawn: Drawn) -> None:
    claimed = 0
    for scenario in SCENARIOS:
        told = counted(drawn, scenario, *WHOLE)
        claimed += sum(number for (_, figure), number in told.messages.items() if figure == "orders")
    book = drawn.book
    customers = {one.entry.customer for one in book.messages}
    assert 5 < claimed <= sum(one.counts for customer in customers for one in book.orders(customer))


def test_a_scenario_that_never_ran_has_an_empty_report(drawn: Drawn) -> None:
    assert not counted(drawn, "sunset", *WHOLE).messages
