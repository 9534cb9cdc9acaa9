"""Rows of what reports count: messages, what people did with them, what was put off, and how runs went."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from kairos.domain.codes import CHANNELS, LEDGER_STATES, code_of
from kairos.domain.outreach import MessageFact, PassedOver, RunCourse
from kairos.domain.profile import Profile
from kairos.domain.purchases import OrderFact
from kairos.domain.shop import Shop
from kairos.engine.rows import Code, Row, Rows, seconds


def encode_outreach(profile: Profile, shop: Shop, customer: int, code: Code) -> Rows:
    """The rows of one customer under this running number."""
    told = profile.outreach
    orders = [one for one in profile.orders if not one.test]
    return {
        "messages": [
            _message(one, customer, number, _redeemed(one, orders, shop), code)
            for number, one in enumerate(told.messages, start=1)
        ],
        "touches": [
            (customer, number, at, clicked)
            for number, one in enumerate(told.messages, start=1)
            for at, clicked in _touches(one)
        ],
        "passed_over": [_passed_over(one, customer, code) for one in told.passed_over],
        "courses": [_course(one, customer, code) for one in told.runs],
    }


class _Redeemed(NamedTuple):
    """order: its running number, 0 for none. discount: without tax, minor units of the shop's currency."""

    order: int = 0
    discount: int = 0


def _redeemed(message: MessageFact, orders: Sequence[OrderFact], shop: Shop) -> _Redeemed:
    """The first order, of those placed since, that names the message's code.

    orders: as engine.encode numbers them.
    """
    if message.code is None:
        return _Redeemed()
    wanted = message.code.casefold()
    for number, one in enumerate(orders, start=1):
        named = wanted in {code.casefold() for code in one.codes}
        if named and one.is_purchase and one.placed_at >= message.reserved_at:
            given = one.counts and one.currency == shop.currency
            return _Redeemed(number, one.discount_without_tax if given else 0)
    return _Redeemed()


def _message(one: MessageFact, customer: int, number: int, redeemed: _Redeemed, code: Code) -> Row:
    return (
        customer,
        number,
        seconds(one.reserved_at),
        code("scenario", one.scenario),
        code("message", one.step),
        code_of(CHANNELS, one.channel),
        code_of(LEDGER_STATES, one.state),
        code("reason", one.reason),
        seconds(one.sent_at),
        seconds(one.delivered_at),
        seconds(one.bounced_at),
        seconds(one.complained_at),
        seconds(one.unsubscribed_at),
        one.code is not None,
        redeemed.order,
        redeemed.discount,
    )


def _touches(one: MessageFact) -> Iterator[tuple[int, bool]]:
    yield from ((seconds(at), False) for at in one.opened)
    yield from ((seconds(at), True) for at in one.clicked)


def _passed_over(one: PassedOver, customer: int, code: Code) -> Row:
    return (
        customer,
        seconds(one.at),
        code("scenario", one.scenario),
        code("message", one.step),
        one.deferred,
        code("reason", one.reason),
    )


def _course(one: RunCourse, customer: int, code: Code) -> Row:
    return (
        customer,
        seconds(one.started_at),
        code("scenario", one.scenario),
        seconds(one.ended_at),
        code("reason", one.reason),
        one.held_out,
        one.moments,
    )
