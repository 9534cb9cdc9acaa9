"""Orders and refunds."""

from typing import Literal

from kairos.domain.consent import ConsentStatement
from kairos.domain.identity import Identities
from kairos.domain.person import Person
from kairos.domain.value import Instant, Value, filled

OrderStatus = Literal["draft", "pending", "awaiting_transfer", "paid", "cancelled", "refunded", "failed"]

_COUNTING: frozenset[OrderStatus] = frozenset({"awaiting_transfer", "paid"})


class Line(Value):
    """One line of an order or cart. unit_price and total: minor units, as the customer was shown them."""

    product_id: str | None = None
    variant_id: str | None = None
    sku: str | None = None
    title: str = ""
    quantity: int = 1
    unit_price: int = 0
    total: int = 0
    image: str | None = None
    url: str | None = None


class Amounts(Value):
    """What an order came to, in minor units of one currency.

    total: what was to be paid, tax and shipping included, discounts off. tax: the tax within total.
    """

    currency: str
    total: int
    tax: int = 0
    shipping: int = 0
    discount: int = 0


ALL_REFUNDS = "all"
"""The id of the sum of an order's refunds, where its source tells no more than that."""


class Refund(Value):
    """Money given back. amount: minor units of the order's (shop) currency, tax included; positive.

    tax: the tax within it, None where the source does not tell it.
    """

    id: str
    amount: int
    tax: int | None = None
    refunded_at: Instant


class RefundSnapshot(Value):
    """A refund that came by itself, for an order that may come later."""

    kind: str = "refund"
    order_id: str
    updated_at: Instant
    refund: Refund


class OrderSnapshot(Value):
    """One order as its source stated it at `updated_at`.

    amounts: in the shop's currency; presentment: in the currency that the customer saw, if another.
    cart_token, checkout_token: what it was a cart and checkout before, where the platform says so.
    delivered_at: when all of it had reached the customer, None where nobody tells.
    in_part: True where its source tells neither codes nor who ordered beyond their id, and may tell less of
    refunds and delivery than was told before (see `completed`); None otherwise.
    """

    kind: str = "order"
    id: str
    updated_at: Instant
    deleted: bool = False
    number: str = ""
    placed_at: Instant
    status: OrderStatus = "pending"
    test: bool = False
    amounts: Amounts
    presentment: Amounts | None = None
    refunds: tuple[Refund, ...] = ()
    lines: tuple[Line, ...] = ()
    codes: tuple[str, ...] = ()
    identities: Identities = Identities()
    person: Person = Person()
    consents: tuple[ConsentStatement, ...] = ()
    cart_token: str | None = None
    checkout_token: str | None = None
    source_name: str | None = None
    delivered_at: Instant | None = None
    in_part: bool | None = None


def completed(told: OrderSnapshot, before: OrderSnapshot) -> OrderSnapshot:
    """The telling in part, with what it leaves out as it was told before: what it tells itself goes first."""
    refunds = {one.id: one for one in (*before.refunds, *told.refunds)}
    return told.model_copy(
        update={
            "refunds": tuple(refunds[one] for one in sorted(refunds)),
            "codes": told.codes or before.codes,
            "identities": filled(told.identities, before.identities),
            "person": filled(told.person, before.person),
            "consents": told.consents or before.consents,
            "delivered_at": before.delivered_at or told.delivered_at,
        }
    )


class Order(Value):
    """An order with every refund known for it, however it became known."""

    snapshot: OrderSnapshot
    refunds: tuple[Refund, ...] = ()

    @property
    def refunded(self) -> int:
        """Minor units given back so far, tax included, at most the order's total."""
        return min(sum(refund.amount for refund in self.refunds), self.snapshot.amounts.total)

    @property
    def counts(self) -> bool:
        """Paid or awaiting transfer; not cancelled, wholly refunded, deleted, a test or a draft."""
        told = self.snapshot
        wholly_refunded = told.amounts.total > 0 and self.refunded >= told.amounts.total
        return told.status in _COUNTING and not (told.test or told.deleted or wholly_refunded)

    @property
    def revenue(self) -> int:
        """Total less refunds, shipping and tax included, minor units."""
        return self.snapshot.amounts.total - self.refunded

    @property
    def revenue_without_tax(self) -> int:
        """Total less refunds, shipping included, tax taken off, minor units; never below 0."""
        tax = self.snapshot.amounts.tax - sum(map(self._tax_of, self.refunds))
        return self.revenue - min(max(tax, 0), max(self.revenue, 0))

    def _tax_of(self, refund: Refund) -> int:
        """The tax that went back with it: as told, else in proportion to the order's, rounded half up."""
        amounts = self.snapshot.amounts
        if refund.tax is not None or amounts.total <= 0:
            return refund.tax or 0
        return (2 * refund.amount * amounts.tax + amounts.total) // (2 * amounts.total)


def with_refunds(snapshot: OrderSnapshot, separate: tuple[Refund, ...]) -> Order:
    """The order with the union, by refund id, of those it states and those that came by themselves.

    ALL_REFUNDS counts only where it tells more than the others together: it is made of them.
    """
    known = {refund.id: refund for refund in (*separate, *snapshot.refunds)}
    whole = known.pop(ALL_REFUNDS, None)
    if whole is not None and whole.amount > sum(refund.amount for refund in known.values()):
        known = {ALL_REFUNDS: whole}
    return Order(snapshot=snapshot, refunds=tuple(known[ref] for ref in sorted(known)))
