"""Redeeming points: once for each id, and never more than there are, whoever redeems at the same time."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kairos import keys
from kairos.domain.errors import NotFound, Refused
from kairos.domain.order import Amounts, OrderSnapshot, Refund, RefundSnapshot
from kairos.domain.points import PointRules
from kairos.domain.snapshot import Snapshot
from kairos.ports import Check, Write
from kairos.services.customers import resolve
from kairos.services.points import Redeeming, RedemptionWish, redeem, show_points
from kairos.services.privacy.export import export_customer
from tests.unit.api.shop_floor import KEY, SHOP, THEN, Floor, customer, person_of
from tests.unit.sending.world import FakeQueue

POINTS = SHOP.model_copy(update={"points": PointRules(enabled=True)})
ADA = KEY.node("demo", "platform_id", "1")


def bought(number: int, total: int, who: int = 1, name: str = "Ada", **told: Any) -> OrderSnapshot:
    return OrderSnapshot(
        **{
            "id": f"o{number}",
            "updated_at": THEN + timedelta(hours=number),
            "placed_at": THEN,
            "status": "paid",
            "amounts": Amounts(currency="EUR", total=total),
            "identities": person_of(name, who),
        }
        | told
    )


def given_back(number: int, amount: int, mark: str = "a") -> RefundSnapshot:
    told = Refund(id=f"r{number}{mark}", amount=amount, refunded_at=THEN + timedelta(days=1))
    return RefundSnapshot(order_id=f"o{number}", updated_at=THEN + timedelta(days=1), refund=told)


class Till:
    """A shop with points, and Ada."""

    def __init__(self, *told: Snapshot) -> None:
        self.floor = Floor()
        self.queue = FakeQueue()
        self.floor.record(customer("Ada", 1), *told)

    def redeem(self, points: int, id: str = "x1", what: str = "a mug", who: str = ADA) -> dict[str, Any]:  # noqa: A002
        wish = RedemptionWish.model_validate({"points": points, "for": what, "id": id})
        return redeem(Redeeming(self.floor.items, self.floor.clock, self.queue), POINTS, who, wish)

    def balance(self, who: str = ADA) -> int:
        shown: int = show_points(self.floor.items, POINTS, who)["balance"]
        return shown

    def racing(self, rival: Callable[[], object]) -> None:
        """The rival acts between the reading and the writing of the next redemption."""
        items, raced = self.floor.items, []
        transact = items.transact

        def first_the_rival(writes: Sequence[Write | Check]) -> None:
            if not raced and any("points#" in str(write) for write in writes):
                raced.append(True)
                rival()
            transact(writes)

        items.transact = first_the_rival  # type: ignore[method-assign]


def test_points_are_spent_and_the_ledger_shows_for_what() -> None:
    till = Till(bought(1, 2000))
    assert till.redeem(15) == {
        "redemption": {"id": "x1", "points": 15, "for": "a mug", "at": "2026-11-01T12:00:00+00:00"},
        "balance": 5,
        "debt": 0,
    }
    shown = show_points(till.floor.items, POINTS, ADA)
    assert [(one["kind"], one["points"]) for one in shown["entries"]] == [("redeemed", -15), ("earned", 20)]


def test_the_same_id_again_spends_nothing_more_and_answers_the_same() -> None:
    till = Till(bought(1, 2000))
    assert till.redeem(15) == till.redeem(15)
    assert till.balance() == 5


def test_an_id_that_was_used_for_something_else_is_refused() -> None:
    till = Till(bought(1, 2000))
    till.redeem(5)
    for other in ({"points": 6}, {"points": 5, "what": "a lamp"}):
        with pytest.raises(Refused) as refused:
            till.redeem(**other)
        assert refused.value.field == "id"


def test_more_than_the_balance_is_refused_and_changes_nothing() -> None:
    till = Till(bought(1, 2000))
    before = dict(till.floor.items.stored)
    with pytest.raises(Refused) as refused:
        till.redeem(21)
    assert refused.value.field == "points"
    assert till.floor.items.stored == before


def test_a_shop_without_points_redeems_none() -> None:
    till = Till(bought(1, 2000))
    wish = RedemptionWish.model_validate({"points": 1, "for": "a mug", "id": "x1"})
    with pytest.raises(Refused):
        redeem(Redeeming(till.floor.items, till.floor.clock, till.queue), SHOP, ADA, wish)


def test_nobody_has_no_points_to_redeem() -> None:
    with pytest.raises(NotFound):
        Till().redeem(1, who="c" + "0" * 26)


def test_two_redemptions_at_the_same_instant_never_spend_the_same_points() -> None:
    till = Till(bought(1, 2000))
    till.racing(lambda: till.redeem(15, "rival"))
    with pytest.raises(Refused):
        till.redeem(15, "first")
    assert till.balance() == 5


def test_the_same_redemption_twice_at_the_same_instant_is_one() -> None:
    till = Till(bought(1, 2000))
    till.racing(lambda: till.redeem(15))
    assert till.redeem(15)["balance"] == 5
    assert till.balance() == 5


def test_who_becomes_one_customer_meanwhile_spends_what_both_had_but_once() -> None:
    till = Till(bought(1, 1000), bought(2, 1000, who=2, name="Bob"))
    bob = KEY.node("demo", "platform_id", "2")

    def they_are_one_and_spend_it_all() -> None:
        both = person_of("Ada", 1).model_copy(update={"email": "bob@example.com"})
        till.floor.record(
            customer("Ada", 1, THEN + timedelta(days=2)).model_copy(update={"identities": both})
        )
        assert till.balance() == 20
        till.redeem(20, "both", who=bob)

    till.racing(they_are_one_and_spend_it_all)
    with pytest.raises(Refused):
        till.redeem(10, "alone")
    assert till.balance() == 0


def test_the_snapshot_is_told_whose_points_changed() -> None:
    till = Till(bought(1, 2000))
    till.redeem(15)
    told = till.queue.messages[-1][0]
    assert (told["shop"], told["customers"], told["cause"]) == ("demo", [ADA], "event")


def test_erasure_takes_the_points_and_a_copy_shows_them_before() -> None:
    till = Till(bought(1, 2000))
    till.redeem(15, what="engraved mug")
    nodes = resolve(till.floor.items, "demo", ADA).nodes
    copy = export_customer(till.floor.items, till.floor.clock, "demo", nodes)
    assert copy["points_redeemed"][0]["what"] == "engraved mug"
    till.floor.erase("demo", nodes, till.floor.clock.now())
    assert "engraved" not in till.floor.items.text()
    assert not [key for key in till.floor.items.stored if key.sk in {keys.points_spent("demo", "").sk}]


def test_nothing_is_redeemed_by_who_is_erased_at_the_same_instant() -> None:
    till = Till(bought(1, 2000))
    nodes = resolve(till.floor.items, "demo", ADA).nodes
    till.racing(lambda: till.floor.erase("demo", nodes, till.floor.clock.now()))
    with pytest.raises(NotFound):
        till.redeem(15)
    assert not [key for key in till.floor.items.stored if key.sk.startswith("points#")]


def test_one_shop_never_sees_anothers_points() -> None:
    till = Till(bought(1, 2000))
    other = POINTS.model_copy(update={"id": "other"})
    with pytest.raises(NotFound):
        show_points(till.floor.items, other, ADA)


happening = st.one_of(
    st.tuples(st.just("order"), st.integers(1, 4), st.integers(0, 5000)),
    st.tuples(st.just("refund"), st.integers(1, 4), st.integers(1, 3000)),
    st.tuples(st.just("redeem"), st.integers(1, 6), st.integers(1, 60)),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(happening, max_size=10), st.randoms(use_true_random=False))
def test_whatever_happens_no_redemption_spends_more_than_there_was_and_arrival_order_does_not_matter(
    happened: list[tuple[str, int, int]], chance: Any
) -> None:
    till, told = Till(), []
    for at, (kind, number, amount) in enumerate(happened):
        if kind == "redeem":
            before, known = till.balance(), f"x{number}"
            spent = {one["of"] for one in show_points(till.floor.items, POINTS, ADA)["entries"]}
            try:
                till.redeem(amount, known)
            except Refused:
                assert known in spent or amount > before
            else:
                assert known in spent or amount <= before
        else:
            one = bought(number, amount) if kind == "order" else given_back(number, amount, str(at))
            told.append(one)
            till.floor.record(one)
        assert till.balance() >= 0
    again = Till()
    chance.shuffle(told)
    again.floor.record(*told)
    for key, item in till.floor.items.stored.items():
        if "points#" in key.sk:
            again.floor.items.stored[key] = item
    assert show_points(again.floor.items, POINTS, ADA) == show_points(till.floor.items, POINTS, ADA)
