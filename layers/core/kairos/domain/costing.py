"""What a scenario cost: its messages, the steps of its state machine, and the discounts that were used."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from kairos.domain.consent import Channel
from kairos.domain.exchange_rates import PER_EURO
from kairos.domain.money import decimals
from kairos.domain.results import ResultSettings

PRICES_OF = date(2026, 11, 22)
"""The day of the prices: AWS's list prices of us-east-1, first tier, without the free tier."""

PER_MESSAGE: Mapping[Channel, Decimal] = {
    "email": Decimal("0.0001"),
    "push": Decimal("0.0000005"),
    "web_push": Decimal(0),
    "webhook": Decimal(0),
}
"""US dollars of one message. Browsers' push services and the shop's own address cost nothing; what an SMS
costs depends on its country and is the shop's to say; of channels not listed here nothing is known."""

PER_STATE = Decimal("0.000025")
"""US dollars of one transition of Step Functions (Standard)."""

STATES_PER_RUN, STATES_PER_MOMENT = 4, 3
"""Estimated: starting and ending a run, and each moment at which it looks, chooses and waits again."""


class Work(NamedTuple):
    """sent: messages by channel. runs: begun; moments: of theirs, see RunCourse. discount: minor units."""

    sent: Mapping[Channel, int]
    runs: int
    moments: int
    discount: int


class Cost(NamedTuple):
    """In minor units of the shop's currency, fractions and all; None where it can't be known."""

    messages: Decimal | None
    transitions: Decimal | None
    discounts: Decimal

    @property
    def total(self) -> Decimal | None:
        """All together."""
        if self.messages is None or self.transitions is None:
            return None
        return self.messages + self.transitions + self.discounts


def cost_of(work: Work, currency: str, settings: ResultSettings) -> Cost:
    """Unknown are the messages where an SMS was sent and the shop has not said what one costs; they and the
    transitions, where no rate leads from dollars to the shop's currency."""
    rate = _per_dollar(currency)
    states = STATES_PER_RUN * work.runs + STATES_PER_MOMENT * work.moments
    transitions = None if rate is None else PER_STATE * states * rate
    return Cost(_messages(work.sent, rate, currency, settings), transitions, Decimal(work.discount))


def _messages(
    sent: Mapping[Channel, int], rate: Decimal | None, currency: str, settings: ResultSettings
) -> Decimal | None:
    total = Decimal(0)
    for channel, number in sent.items():
        price = (
            _of_sms(currency, settings) if channel == "sms" else _of_dollars(PER_MESSAGE.get(channel), rate)
        )
        if number and price is None:
            return None
        total += number * (price or 0)
    return total


def _of_sms(currency: str, settings: ResultSettings) -> Decimal | None:
    return None if settings.sms_price is None else Decimal(settings.sms_price).scaleb(decimals(currency))


def _of_dollars(dollars: Decimal | None, rate: Decimal | None) -> Decimal | None:
    if not dollars:
        return dollars
    return None if rate is None else dollars * rate


def _per_dollar(currency: str) -> Decimal | None:
    """Minor units of the currency for one US dollar."""
    rate = PER_EURO.get(currency)
    return None if rate is None else (rate / PER_EURO["USD"]).scaleb(decimals(currency))
