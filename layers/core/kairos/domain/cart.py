"""Carts: one may be told by a cart snapshot and by checkouts that carry its token, and end as an order."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from kairos.domain.consent import ConsentStatement
from kairos.domain.identity import Identities
from kairos.domain.order import Line
from kairos.domain.person import Person
from kairos.domain.value import Instant, Value

CheckoutStep = Literal["cart", "contact", "shipping", "payment"]


class CartSnapshot(Value):
    """A cart or checkout as its source stated it at `updated_at`.

    kind: "cart" or "checkout". id: the source's token. cart_token: for a checkout, the cart it came from.
    total: minor units of `currency`, tax as the customer saw it. completed_at: became an order then.
    """

    kind: Literal["cart", "checkout"] = "cart"
    id: str
    cart_token: str | None = None
    updated_at: Instant
    created_at: Instant | None = None
    deleted: bool = False
    currency: str | None = None
    total: int = 0
    lines: tuple[Line, ...] = ()
    identities: Identities = Identities()
    person: Person = Person()
    consents: tuple[ConsentStatement, ...] = ()
    restore_url: str | None = None
    step: CheckoutStep = "cart"
    completed_at: Instant | None = None

    @property
    def cart_key(self) -> str:
        """The one cart that this tells of: its token, or the checkout's own where no cart is named."""
        if self.kind == "cart":
            return self.id
        return self.cart_token or f"checkout:{self.id}"


class Cart(Value):
    """One cart, folded from all that tells of it.

    changed_at: the last change by the visitor. ordered: an order came of it, whatever became of that.
    """

    key: str
    changed_at: Instant
    currency: str | None = None
    total: int = 0
    lines: tuple[Line, ...] = ()
    identities: Identities = Identities()
    person: Person = Person()
    restore_url: str | None = None
    step: CheckoutStep = "cart"
    ordered: bool = False

    @property
    def is_open(self) -> bool:
        """Holds at least one item and no order came of it."""
        return bool(self.lines) and not self.ordered


_STEPS: tuple[CheckoutStep, ...] = ("cart", "contact", "shipping", "payment")


def says_whose(told: Sequence[CartSnapshot]) -> CartSnapshot | None:
    """The telling that decides whose cart it is; None if none says.

    The newest that names a person by a signed source (platform id, e-mail, phone), else the newest that
    names anybody: a later anonymous telling never takes a cart away from the customer who checked out.
    """
    naming = [one for one in told if not one.deleted and not one.identities.is_empty]
    return max(naming, key=lambda one: (_names_a_person(one.identities), *_place(one)), default=None)


def _names_a_person(told: Identities) -> bool:
    return told.verified and bool(told.platform_id or told.email or told.phone)


def _place(one: CartSnapshot) -> tuple[datetime, str, str]:
    return one.updated_at, one.kind, one.id


def fold_cart(key: str, told: Sequence[CartSnapshot], ordered: bool) -> Cart | None:
    """The cart that these snapshots tell of; None where there is none. Their order does not matter.

    The newest decides items and total (a checkout before a cart at equal times), and the restoring link
    comes from the newest that states one; identities and person come from `says_whose`.
    """
    newest_first = sorted(told, key=_place, reverse=True)
    if not newest_first:
        return None
    newest = newest_first[0]
    alive = [one for one in newest_first if not one.deleted]
    named = says_whose(told) or newest
    return Cart(
        key=key,
        changed_at=newest.updated_at,
        currency=newest.currency,
        total=0 if newest.deleted else newest.total,
        lines=() if newest.deleted else newest.lines,
        identities=named.identities,
        person=named.person,
        restore_url=next((one.restore_url for one in alive if one.restore_url), None),
        step=max((one.step for one in alive), key=_STEPS.index, default="cart"),
        ordered=ordered or any(one.completed_at for one in told),
    )
