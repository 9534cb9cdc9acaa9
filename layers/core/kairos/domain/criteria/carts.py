"""Criteria about carts."""

from typing import Annotated, Literal

from pydantic import Field

from kairos.domain.cart import CheckoutStep
from kairos.domain.codes import STEPS, cart_code, code_of
from kairos.domain.criteria.acts import done_within, is_word, kind_sql, over_acts
from kairos.domain.criteria.choice import Choice
from kairos.domain.criteria.criterion import AnyText, Criterion
from kairos.domain.criteria.durations import LastingDuration
from kairos.domain.criteria.numbers import DecimalTest
from kairos.domain.criteria.order_search import PURCHASED
from kairos.domain.criteria.query import Query, every, isin
from kairos.domain.criteria.times import TimeTest, window_of
from kairos.domain.moment import Moment
from kairos.domain.profile import Profile
from kairos.domain.purchases import CartFact
from kairos.domain.visits import ActivityAct


class AbandonedCart(Choice, Criterion):
    """A cart with at least one item of which no order came.

    when: since its last change. value: its total as the visitor saw it, unknown in another currency than
    the shop's. The choice: at least one of its products inside. steps: the furthest checkout step reached
    is one of these. identified: a signed source says whose cart it is. cart: this cart only, by its key.
    """

    kind: Literal["abandoned_cart"] = "abandoned_cart"
    when: TimeTest | None = None
    value: DecimalTest | None = None
    steps: Annotated[tuple[CheckoutStep, ...], Field(min_length=1)] | None = None
    identified: bool | None = None
    cart: AnyText | None = None

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        ids = self.ids(moment)
        return any(self._fits(cart, ids, moment) for cart in profile.carts)

    def _fits(self, cart: CartFact, ids: frozenset[str] | None, moment: Moment) -> bool:
        value = cart.total if cart.currency == moment.shop.currency else None
        return (
            cart.items > 0
            and not cart.ordered
            and (self.cart is None or cart.key == self.cart)
            and (self.identified is None or cart.verified == self.identified)
            and (self.steps is None or cart.step in self.steps)
            and (self.value is None or self.value.holds_money(value, moment))
            and (ids is None or not ids.isdisjoint(cart.product_ids))
            and (self.when is None or self.when.holds(cart.changed_at, moment))
        )

    def sql(self, query: Query) -> str:
        """See Criterion."""
        tests, codes = ["items > 0", "NOT ordered"], self.product_codes(query)
        if self.cart is not None:
            tests.append(_has_key(self.cart))
        if self.identified is not None:
            tests.append("verified" if self.identified else "NOT verified")
        if self.steps is not None:
            tests.append(isin("step", (code_of(STEPS, step) for step in self.steps)))
        if self.value is not None:
            tests += ["NOT foreign_money", self.value.money_sql(query.moment, "total")]
        if codes is not None:
            tests.append(query.having("carts", "cart_lines", isin("product", codes)))
        found = query.feature("carts", "count(*)", every(tests), window_of(self.when, query.moment))
        return f"{found} > 0"


def _has_key(cart: str) -> str:
    return f"key = {cart_code(cart)}::UBIGINT"


class OrderedSinceCart(Criterion):
    """An order came of the cart, or was placed at or after its last change, paid yet or not.

    Drafts, failed and test orders aside. cart: by its key, else the customer's newest cart.
    """

    kind: Literal["ordered_since_cart"] = "ordered_since_cart"
    cart: AnyText | None = None

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        newest = profile.carts[-1] if profile.carts else None
        cart = newest if self.cart is None else profile.cart(self.cart)
        if cart is None:
            return False
        return cart.ordered or any(
            order.is_purchase and order.placed_at >= cart.changed_at for order in profile.orders
        )

    def sql(self, query: Query) -> str:
        """See Criterion."""
        if self.cart is None:
            changed = query.feature("carts", "arg_max(ts, number)")
            ordered = query.feature("carts", "arg_max(ordered::UTINYINT, number)")
        else:
            changed = query.feature("carts", "max(ts)", _has_key(self.cart))
            ordered = query.feature("carts", "count(*)", f"{_has_key(self.cart)} AND ordered")
        bought = query.feature("orders", "max(ts)", PURCHASED)
        return f"({changed} > 0 AND ({ordered} > 0 OR {bought} >= {changed}))"


class CartAddsWithoutOrder(Criterion):
    """Put something into a cart at least so often of late, without a counting order in that time.

    As the tag tells it; what it tells to be removed from a cart was not put into it.
    """

    kind: Literal["cart_adds_without_order"] = "cart_adds_without_order"
    at_least: Annotated[int, Field(ge=1, le=10_000)]
    within: LastingDuration

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        lately = TimeTest(within=self.within)
        if any(lately.holds(order.placed_at, moment) for order in reversed(profile.counting_orders)):
            return False
        adds = done_within(filter(_adds, profile.acts), lately, moment)
        return len(adds) >= self.at_least

    def sql(self, query: Query) -> str:
        """See Criterion."""
        lately = TimeTest(within=self.within)
        removing = isin("stage", query.codes("stage", _removes))
        adds = over_acts(query, "count(*)", every([kind_sql("cart"), f"NOT {removing}"]), lately)
        idle = f"(NOT {lately.time_sql(query, query.column('last_order'))})"
        return every([f"{adds} >= {self.at_least}", idle])


_removes = is_word("removed")


def _adds(act: ActivityAct) -> bool:
    return act.kind == "cart" and not _removes(act.stage or "")
