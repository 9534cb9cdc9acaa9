"""What a scenario cost, in the shop's currency, and nothing where it can't be known."""

from decimal import Decimal

import pytest

from kairos.domain.codes import CHANNELS
from kairos.domain.costing import Work, cost_of
from kairos.domain.exchange_rates import PER_EURO
from kairos.domain.results import ResultSettings

PLAIN = ResultSettings()


def work(discount: int = 0, runs: int = 0, moments: int = 0, **sent: int) -> Work:
    return Work({one: sent.get(one, 0) for one in CHANNELS}, runs, moments, discount)


def test_a_thousand_mails_cost_ten_cents() -> None:
    """AWS lists $0.10 per 1,000 e-mails."""
    assert cost_of(work(email=1_000), "USD", PLAIN).messages == 10


def test_a_thousand_transitions_cost_two_and_a_half_cents() -> None:
    """AWS lists $0.025 per 1,000; a run is estimated at 4, and 3 more for each moment."""
    assert cost_of(work(runs=100, moments=200), "USD", PLAIN).transitions == Decimal("2.5")


def test_dollars_are_converted_by_the_euros_rates() -> None:
    told = cost_of(work(email=1_000), "CHF", PLAIN).messages
    assert told == 10 * PER_EURO["CHF"] / PER_EURO["USD"]


def test_currencies_without_decimals_are_counted_in_whole_units() -> None:
    told = cost_of(work(email=1_000), "JPY", PLAIN).messages
    assert told == Decimal("0.1") * PER_EURO["JPY"] / PER_EURO["USD"]


def test_an_sms_costs_what_the_shop_says() -> None:
    assert cost_of(work(sms=3), "EUR", ResultSettings(sms_price="0.075")).messages == Decimal("22.5")


def test_the_cost_of_messages_is_unknown_while_an_sms_has_no_price() -> None:
    told = cost_of(work(sms=1, email=5), "EUR", PLAIN)
    assert (told.messages, told.total) == (None, None)
    assert cost_of(work(email=5), "EUR", PLAIN).total is not None


def test_dollars_are_unknown_in_a_currency_without_a_rate() -> None:
    told = cost_of(work(email=1, runs=1, discount=300), "XTS", PLAIN)
    assert (told.messages, told.transitions, told.total) == (None, None, None)
    assert told.discounts == 300


@pytest.mark.parametrize("channel", ["web_push", "webhook"])
def test_browsers_notifications_and_the_shops_own_address_cost_nothing(channel: str) -> None:
    assert cost_of(work(**{channel: 10}), "XTS", PLAIN).messages == 0


def test_everything_together_is_the_total() -> None:
    told = cost_of(work(email=1_000, runs=100, moments=200, discount=500), "USD", PLAIN)
    assert told.total == Decimal("512.5")
