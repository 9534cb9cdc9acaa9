"""How far customers came in the checkout since their last order."""

from typing import Any

import pytest

from kairos.domain.profile import Profile
from kairos.domain.visits import ActivityAct
from tests.unit.criteria.both import holds
from tests.unit.criteria.doing import DAY, SECOND, act
from tests.unit.criteria.people import cart, order, profile


def stopped_at(*steps: str, **told: Any) -> dict[str, Any]:
    return {"kind": "checkout_progress", "steps": list(steps), **told}


def step(name: str, ago: Any = DAY) -> ActivityAct:
    return act("checkout_step", "https://shop.example.com/checkout", ago, stage=name)


def went(*acts: ActivityAct, orders: Any = (), carts: Any = ()) -> Profile:
    return profile(*orders, carts=tuple(carts), acts=tuple(sorted(acts, key=lambda one: one.at)))


def test_the_furthest_step_is_where_they_stopped() -> None:
    who = went(step("contact"), step("shipping"), step("contact"))
    assert holds(stopped_at("shipping"), who)
    assert not holds(stopped_at("contact"), who)
    assert not holds(stopped_at("payment"), who)
    assert holds(stopped_at("contact", "shipping"), who)


def test_who_reached_no_step_stopped_at_none() -> None:
    assert not holds(stopped_at("cart", "contact", "shipping", "payment"), profile())


def test_a_step_may_stand_in_the_target_where_no_stage_names_one() -> None:
    assert holds(stopped_at("payment"), went(act("checkout_step", "Payment ")))
    assert holds(stopped_at("payment"), went(act("checkout_step", "payment", stage="step 3")))
    assert holds(stopped_at("contact"), went(act("checkout_step", "payment", stage="contact")))
    assert not holds(stopped_at("payment"), went(act("checkout_step", "step 3")))


@pytest.mark.parametrize("status", ["paid", "pending", "cancelled"])
def test_who_ordered_at_the_step_or_after_it_went_further(status: str) -> None:
    bought = order(DAY, status=status, counts=False)
    assert not holds(stopped_at("payment"), went(step("payment", DAY), orders=[bought]))
    assert holds(stopped_at("payment"), went(step("payment", DAY - SECOND), orders=[bought]))


@pytest.mark.parametrize("told", [{"status": "draft"}, {"status": "failed"}, {"test": True}])
def test_a_draft_a_failure_and_a_test_are_no_order(told: Any) -> None:
    tried = order(SECOND, counts=False, **told)
    assert holds(stopped_at("payment"), went(step("payment", DAY), orders=[tried]))


def test_after_an_order_only_what_came_later_counts() -> None:
    who = went(step("payment", 3 * DAY), step("contact", DAY), orders=[order(2 * DAY)])
    assert holds(stopped_at("contact"), who)
    assert not holds(stopped_at("payment"), who)


def test_a_cart_tells_its_step_too() -> None:
    who = went(step("contact"), carts=[cart(DAY, step="shipping")])
    assert holds(stopped_at("shipping"), who)
    assert not holds(stopped_at("contact"), who)


@pytest.mark.parametrize("told", [{"ordered": True}, {"items": 0}])
def test_an_empty_or_ordered_cart_tells_nothing(told: Any) -> None:
    assert not holds(stopped_at("shipping"), went(carts=[cart(DAY, step="shipping", **told)]))


def test_only_steps_in_the_window_are_looked_at() -> None:
    who = went(step("payment", 7 * DAY), step("contact", DAY), carts=[cart(8 * DAY, step="payment")])
    assert holds(stopped_at("contact", window={"within": "P7D"}), who)
    assert holds(stopped_at("payment", window={"within": "P7DT1S"}), who)
