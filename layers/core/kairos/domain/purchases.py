"""Orders and carts as criteria see them."""

from kairos.domain.cart import Cart, CheckoutStep
from kairos.domain.order import Order, OrderStatus
from kairos.domain.value import Second, Value

NO_PURCHASE: frozenset[OrderStatus] = frozenset({"draft", "failed"})
"""Of orders that nobody placed."""


class OrderFact(Value):
    """An order as criteria see it. Amounts in minor units of `currency`, less refunds.

    currency: the shop's when the order was told; another where the shop's has changed since, or where the
    platform tells orders in the customer's alone.
    test: placed to try the shop out; it never counts, whatever its status.
    returned: some of it, or all, was given back. discount: what was taken off its price.
    delivered_at: when all of it had reached the customer, None where nobody tells.
    product_ids, quantities: each product once, sorted, and how many of it; empty quantities are all 1.
    """

    id: str
    placed_at: Second
    status: OrderStatus
    counts: bool
    currency: str
    revenue: int
    revenue_without_tax: int
    items: int
    product_ids: tuple[str, ...] = ()
    quantities: tuple[int, ...] = ()
    codes: tuple[str, ...] = ()
    test: bool = False
    returned: bool = False
    discount: int = 0
    delivered_at: Second | None = None

    @property
    def is_purchase(self) -> bool:
        """Placed, paid yet or not, whatever became of it; no draft, failure or test."""
        return not self.test and self.status not in NO_PURCHASE

    @property
    def wholly_refunded(self) -> bool:
        """Paid once, and all of it given back."""
        return self.status in ("paid", "awaiting_transfer") and not self.counts and not self.test

    @property
    def standing(self) -> OrderStatus:
        """What became of the order: refunded, whatever its platform still calls it, once wholly so."""
        return "refunded" if self.wholly_refunded else self.status

    @property
    def discount_without_tax(self) -> int:
        """What was taken off, less tax in the proportion of what was paid, rounded half up: platforms tell it
        as the prices were shown. All of it where nothing was paid."""
        if self.revenue <= 0:
            return self.discount
        return (2 * self.discount * self.revenue_without_tax + self.revenue) // (2 * self.revenue)

    @property
    def bought(self) -> dict[str, int]:
        """Quantity by product id."""
        return dict(zip(self.product_ids, self.quantities or (1,) * len(self.product_ids), strict=True))


class CartFact(Value):
    """A cart as criteria see it. total: minor units of its own currency, as the visitor saw it.

    verified: a signed source says whose it is.
    """

    key: str
    changed_at: Second
    total: int
    currency: str | None = None
    items: int
    product_ids: tuple[str, ...] = ()
    step: CheckoutStep
    ordered: bool
    verified: bool


def order_fact(order: Order) -> OrderFact:
    """What criteria need of an order."""
    told = order.snapshot
    bought: dict[str, int] = {}
    for line in told.lines:
        if line.product_id:
            bought[line.product_id] = bought.get(line.product_id, 0) + max(line.quantity, 1)
    return OrderFact(
        id=told.id,
        placed_at=told.placed_at,
        status=told.status,
        counts=order.counts,
        currency=told.amounts.currency,
        revenue=order.revenue,
        revenue_without_tax=order.revenue_without_tax,
        items=sum(line.quantity for line in told.lines),
        product_ids=tuple(sorted(bought)),
        quantities=tuple(bought[product] for product in sorted(bought)),
        codes=tuple(sorted(told.codes)),
        test=told.test,
        returned=order.refunded > 0,
        discount=told.amounts.discount,
        delivered_at=told.delivered_at,
    )


def cart_fact(cart: Cart) -> CartFact:
    """What criteria need of a cart."""
    products = {line.product_id for line in cart.lines if line.product_id}
    return CartFact(
        key=cart.key,
        changed_at=cart.changed_at,
        total=cart.total,
        currency=cart.currency,
        items=sum(line.quantity for line in cart.lines),
        product_ids=tuple(sorted(products)),
        step=cart.step,
        ordered=cart.ordered,
        verified=cart.identities.verified,
    )
