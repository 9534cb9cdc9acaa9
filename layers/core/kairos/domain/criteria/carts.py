"""Criteria about carts."""

from datetime import UTC
from typing import Annotated, Literal

from pydantic import Field

from kairos.domain.cart import CheckoutStep
from kairos.domain.criteria.criterion import Criterion, DecimalTest, Names, Text, TimeTest
from kairos.domain.criteria.durations import LastingDuration, before
from kairos.domain.moment import Moment
from kairos.domain.order import OrderStatus
from kairos.domain.profile import CartFact, OrderFact, Profile

_NO_PURCHASE: frozenset[OrderStatus] = frozenset({"draft", "failed"})


class AbandonedCart(Criterion):
    """A cart with at least one item of which no order came.

    when: since its last change. value: its total as the visitor saw it, unknown in another currency than
    the shop's. products: at least one of them inside. steps: the furthest checkout step reached is one of
    these. identified: a signed source says whose cart it is. cart: this cart only, by its key.
    """

    kind: Literal["abandoned_cart"] = "abandoned_cart"
    when: TimeTest | None = None
    value: DecimalTest | None = None
    products: Names | None = None
    steps: Annotated[tuple[CheckoutStep, ...], Field(min_length=1)] | None = None
    identified: bool | None = None
    cart: Text | None = None

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        return any(self._fits(cart, moment) for cart in profile.carts)

    def _fits(self, cart: CartFact, moment: Moment) -> bool:
        value = cart.total if cart.currency == moment.shop.currency else None
        return (
            cart.items > 0
            and not cart.ordered
            and (self.cart is None or cart.key == self.cart)
            and (self.identified is None or cart.verified == self.identified)
            and (self.when is None or self.when.holds(cart.changed_at, moment))
            and (self.value is None or self.value.holds_money(value, moment))
            and (self.products is None or bool(set(self.products) & set(cart.product_ids)))
            and (self.steps is None or cart.step in self.steps)
        )


class OrderedSinceCart(Criterion):
    """An order came of the cart, or was placed at or after its last change, paid yet or not.

    Drafts, failed and test orders aside. cart: by its key, else the customer's newest cart.
    """

    kind: Literal["ordered_since_cart"] = "ordered_since_cart"
    cart: Text | None = None

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        newest = profile.carts[-1] if profile.carts else None
        cart = newest if self.cart is None else profile.cart(self.cart)
        if cart is None:
            return False
        return cart.ordered or any(_bought_after(order, cart) for order in profile.orders)


def _bought_after(order: OrderFact, cart: CartFact) -> bool:
    return order.placed_at >= cart.changed_at and not order.test and order.status not in _NO_PURCHASE


class CartAddsWithoutOrder(Criterion):
    """Changed a cart at least so often of late without a counting order since.

    Activity is kept by day (UTC): the day on which the time begins counts whole.
    """

    kind: Literal["cart_adds_without_order"] = "cart_adds_without_order"
    at_least: Annotated[int, Field(ge=1)]
    within: LastingDuration

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        begins = before(self.within, moment.now, moment.shop.zone)
        if any(order.placed_at > begins for order in profile.counting_orders):
            return False
        first_day = begins.astimezone(UTC).date().isoformat()
        adds = sum(day.kinds.get("cart", 0) for day in profile.activity if day.day >= first_day)
        return adds >= self.at_least
