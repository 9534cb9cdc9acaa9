"""What was done on the site makes visits; what was done elsewhere makes none."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kairos.domain.activity import Activity
from kairos.domain.codes import DEVICES, draw, last_device
from kairos.domain.order import Amounts, Order, OrderSnapshot, Refund
from kairos.domain.profile import EngagementFact, Profile
from kairos.domain.purchases import order_fact
from kairos.domain.visits import acts_of

START = datetime(2026, 3, 1, 10, tzinfo=UTC)
PAUSE = timedelta(minutes=30)
SECOND = timedelta(seconds=1)


def did(after: timedelta, **told: Any) -> Activity:
    return Activity(id=told.pop("id", str(after)), at=START + after, **({"kind": "page"} | told))


def test_a_visit_begins_after_half_an_hour_without_anything_done() -> None:
    acts = acts_of([did(2 * PAUSE + SECOND), did(timedelta()), did(PAUSE)])
    assert [act.starts_visit for act in acts] == [True, False, True]


def test_a_call_to_support_neither_begins_a_visit_nor_prolongs_it() -> None:
    acts = acts_of(
        [did(-PAUSE, kind="support"), did(timedelta()), did(PAUSE, kind="support"), did(PAUSE + SECOND)]
    )
    assert [act.starts_visit for act in acts] == [False, True, False, True]


def test_the_last_visit_is_the_latest_act_on_the_site() -> None:
    acts = acts_of([did(timedelta()), did(PAUSE, kind="support")])
    assert Profile(id="c", nodes=("c",), acts=acts).last_visit == START
    assert Profile(id="c", nodes=("c",), acts=acts[1:]).last_visit is None


def test_the_device_last_used_is_of_the_latest_act_that_names_one() -> None:
    acts = acts_of([did(timedelta(), device="mac"), did(SECOND, device="phone"), did(2 * SECOND)])
    assert last_device(acts) == DEVICES.index("phone") + 1
    assert last_device(()) == 0


@pytest.mark.parametrize("ids", ["ab", "ba"])
def test_of_two_devices_in_the_same_second_it_is_the_later_listed(ids: str) -> None:
    acts = [did(timedelta(), id=ids[0], device="linux"), did(timedelta(), id=ids[1], device="phone")]
    assert last_device(acts_of(acts)) == DEVICES.index("linux") + 1


def test_what_became_of_a_message_never_precedes_it() -> None:
    told = {"kind": "opened", "sent_at": START, "scenario": "s", "message": "m"}
    assert EngagementFact(**told, at=START - SECOND).at == START
    assert EngagementFact(**told, at=START + SECOND).at == START + SECOND


@pytest.mark.parametrize(("refunded", "returned"), [((), False), ((1,), True), ((500, 500), True)])
def test_an_order_is_returned_once_any_of_it_was_given_back(refunded: Any, returned: bool) -> None:
    told = OrderSnapshot(
        id="o",
        updated_at=START,
        placed_at=START,
        status="paid",
        amounts=Amounts(currency="EUR", total=1000),
    )
    refunds = tuple(
        Refund(id=str(at), amount=amount, refunded_at=START) for at, amount in enumerate(refunded)
    )
    assert order_fact(Order(snapshot=told, refunds=refunds)).returned is returned


def test_the_lot_of_a_customer_is_32_bits_of_the_hash_of_the_id() -> None:
    # sha256("c1") begins with these bytes, says sha256sum.
    assert draw("c1") == 0xD0F631CA
