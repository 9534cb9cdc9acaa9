"""The profile: a customer as the fold of all that was recorded for them. Derived, never incremented."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from pydantic import Field, ValidationInfo, field_validator

from kairos.domain.activity import OFF_SITE, Activity, ActivityKind, Device
from kairos.domain.cart import Cart, CheckoutStep
from kairos.domain.consent import Channel
from kairos.domain.customer import CustomerSnapshot
from kairos.domain.identity import Identities
from kairos.domain.order import Order, OrderStatus
from kairos.domain.person import Person
from kairos.domain.value import Instant, Second, Value


class OrderFact(Value):
    """An order as criteria see it. Amounts in minor units of `currency`, less refunds.

    currency: the shop's when the order was told; another where the shop's has changed since, or where the
    platform tells orders in the customer's alone.
    test: placed to try the shop out; it never counts, whatever its status.
    returned: some of it, or all, was given back.
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

    @property
    def wholly_refunded(self) -> bool:
        """Paid once, and all of it given back."""
        return self.status in ("paid", "awaiting_transfer") and not self.counts and not self.test

    @property
    def standing(self) -> OrderStatus:
        """What became of the order: refunded, whatever its platform still calls it, once wholly so."""
        return "refunded" if self.wholly_refunded else self.status

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


class ActivityFact(Value):
    """One visitor's day on the site, counted by kind."""

    day: str
    kinds: dict[str, int]


class ActivityAct(Value):
    """One thing done on the site. starts_visit: nothing was done in the half hour before.

    target, stage, seconds, fields: see Activity. device: what it was done on, None where not told.
    """

    at: Second
    kind: ActivityKind
    target: str | None = None
    stage: str | None = None
    seconds: int = 0
    device: Device | None = None
    fields: tuple[tuple[str, str], ...] = ()
    starts_visit: bool = False


EngagementKind = Literal["delivered", "opened", "clicked", "bounced", "complained", "unsubscribed"]


class EngagementFact(Value):
    """What became of one message, once per message and kind. opened, clicked: by a person, not a machine.

    at: of the event; sent_at: of the message it concerns, which it never precedes, whatever the provider's
    clock says. message: the scenario's step.
    """

    kind: EngagementKind
    sent_at: Second
    at: Second
    scenario: str
    message: str
    channel: Channel = "email"

    @field_validator("at")
    @classmethod
    def _not_before_it_was_sent(cls, at: datetime, told: ValidationInfo) -> datetime:
        sent_at: datetime = told.data.get("sent_at", at)
        return max(at, sent_at)


class RunFact(Value):
    """One run of a scenario. ended_at: None while it goes on."""

    scenario: str
    started_at: Second
    ended_at: Second | None = None


class SurveyFact(Value):
    """An answer to a survey. score: 0 (worst) to 10 (best)."""

    at: Second
    score: int = Field(ge=0, le=10)


class MembershipFact(Value):
    """A segment that the customer is in, and since when."""

    segment: str
    entered_at: Second


class Profile(Value):
    """One customer of one shop.

    id: the customer's id; nodes: every identity node that is this customer. registered_at: when the
    account was made; first_seen_at: the earliest trace. Orders by time placed, carts by last change.
    accepts, reachable: channels on which messages are consented to, and on which an address is known and
    not suppressed. preferred_hour (0-23), preferred_weekday (0 is Monday): when they tend to act, in the
    shop's time zone. lists: the fixed lists they stand on. points: balance.
    All after `activity` is only filled where it is asked for, and never stored; events oldest first.
    """

    id: str
    nodes: tuple[str, ...]
    email: str | None = None
    phone: str | None = None
    platform_id: str | None = None
    person: Person = Person()
    registered_at: Second | None = None
    first_seen_at: Instant | None = None
    tags: tuple[str, ...] = ()
    group: str | None = None
    acquisition: str | None = None
    orders: tuple[OrderFact, ...] = ()
    carts: tuple[CartFact, ...] = ()
    activity: tuple[ActivityFact, ...] = ()
    accepts: tuple[Channel, ...] = Field(default=(), exclude=True)
    reachable: tuple[Channel, ...] = Field(default=(), exclude=True)
    preferred_channel: Channel | None = Field(default=None, exclude=True)
    preferred_hour: int | None = Field(default=None, exclude=True, ge=0, le=23)
    preferred_weekday: int | None = Field(default=None, exclude=True, ge=0, le=6)
    lists: tuple[str, ...] = Field(default=(), exclude=True)
    points: int = Field(default=0, exclude=True, ge=0)
    acts: tuple[ActivityAct, ...] = Field(default=(), exclude=True)
    engagement: tuple[EngagementFact, ...] = Field(default=(), exclude=True)
    runs: tuple[RunFact, ...] = Field(default=(), exclude=True)
    surveys: tuple[SurveyFact, ...] = Field(default=(), exclude=True)
    memberships: tuple[MembershipFact, ...] = Field(default=(), exclude=True)

    @property
    def counting_orders(self) -> tuple[OrderFact, ...]:
        """Orders that count, oldest first."""
        return tuple(order for order in self.orders if order.counts)

    @property
    def last_visit(self) -> datetime | None:
        """When they were last on the site."""
        return next((act.at for act in reversed(self.acts) if act.kind not in OFF_SITE), None)

    @property
    def orders_by_product(self) -> dict[str, list[OrderFact]]:
        """Product id -> the counting orders that hold it, oldest first."""
        holding: dict[str, list[OrderFact]] = {}
        for order in self.counting_orders:
            for product in order.product_ids:
                holding.setdefault(product, []).append(order)
        return holding

    def cart(self, key: str) -> CartFact | None:
        """The cart of that key, if it is this customer's."""
        return next((cart for cart in self.carts if cart.key == key), None)


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


VISIT_PAUSE = 30 * 60
"""Seconds without activity after which the next thing done begins a new visit; our own default."""


def acts_of(activities: Iterable[Activity]) -> tuple[ActivityAct, ...]:
    """The customer's acts, oldest first, with the visits that they make up."""
    acts: list[ActivityAct] = []
    last_seen: datetime | None = None
    for one in sorted(activities, key=lambda one: (one.at, one.id)):
        act = ActivityAct(
            at=one.at,
            kind=one.kind,
            target=one.target,
            stage=one.stage,
            seconds=one.seconds or 0,
            device=one.device,
            fields=tuple(sorted((one.fields or {}).items())),
        )
        if act.kind not in OFF_SITE:
            begins = last_seen is None or (act.at - last_seen).total_seconds() > VISIT_PAUSE
            act, last_seen = act.model_copy(update={"starts_visit": begins}), act.at
        acts.append(act)
    return tuple(acts)


_PersonField = Literal["first_name", "last_name", "language", "birthday", "gender", "address"]
_FIELDS: tuple[_PersonField, ...] = (
    "first_name",
    "last_name",
    "language",
    "birthday",
    "gender",
    "address",
)


def fold_person(newest_first: Iterable[Person]) -> Person:
    """Each field from the newest statement that has it."""
    told = list(newest_first)
    fields = {name: next((getattr(p, name) for p in told if getattr(p, name)), None) for name in _FIELDS}
    attributes: dict[str, str] = {}
    for person in reversed(told):
        attributes.update(person.attributes)
    return Person(**fields, attributes=attributes)


class Recorded(NamedTuple):
    """All that is kept for one customer, in any order. carts and orders as they now stand.

    known_as: what signed sources linked or attached to the customer, for where no record names it.
    """

    customers: Sequence[CustomerSnapshot] = ()
    orders: Sequence[Order] = ()
    carts: Sequence[Cart] = ()
    activity: Sequence[ActivityFact] = ()
    acts: Sequence[Activity] = ()
    known_as: Identities = Identities()


def _newest_first(
    customers: Sequence[CustomerSnapshot], carts: Sequence[Cart], orders: Sequence[Order]
) -> list[Person]:
    """Every statement about the person: the platform's records first, then orders and carts, newest first."""
    records = sorted(customers, key=lambda one: (one.updated_at, one.id), reverse=True)
    passing = [(order.snapshot.updated_at, order.snapshot.id, order.snapshot.person) for order in orders]
    passing += [(cart.changed_at, cart.key, cart.person) for cart in carts]
    passing.sort(key=lambda one: (one[0], one[1]), reverse=True)
    return [one.person for one in records] + [one[2] for one in passing]


def fold_profile(customer: str, nodes: Sequence[str], recorded: Recorded) -> Profile | None:
    """The profile that these items add up to, in whatever order they are given; None if they are none."""
    customers, orders, carts, activity, acts, known_as = recorded
    alive = sorted((one for one in customers if not one.deleted), key=lambda c: (c.updated_at, c.id))
    kept = [order for order in orders if not order.snapshot.deleted]
    if not alive and not kept and not carts and not activity:
        return None
    told = [
        *((o.snapshot.updated_at, o.snapshot.id, o.snapshot.identities) for o in kept),
        *((c.changed_at, c.key, c.identities) for c in carts),
    ]
    identities = [i for _, _, i in sorted(told, key=lambda one: (one[0], one[1]), reverse=True)]
    identities = [*(one.identities for one in reversed(alive)), *identities, known_as]
    registered = [one.registered_at for one in alive if one.registered_at]
    seen = registered + [o.snapshot.placed_at for o in kept] + [c.changed_at for c in carts]
    newest = alive[-1] if alive else None
    return Profile(
        id=customer,
        nodes=tuple(sorted(nodes)),
        email=next((i.email for i in identities if i.email and i.verified), None),
        phone=next((i.phone for i in identities if i.phone and i.verified), None),
        platform_id=next((i.platform_id for i in identities if i.platform_id), None),
        person=fold_person(_newest_first(alive, carts, kept)),
        registered_at=min(registered, default=None),
        first_seen_at=min(seen, default=None),
        tags=newest.tags if newest else (),
        group=newest.group if newest else None,
        acquisition=next((one.acquisition for one in alive if one.acquisition), None),
        orders=tuple(sorted(map(order_fact, kept), key=lambda one: (one.placed_at, one.id))),
        carts=tuple(sorted(map(cart_fact, carts), key=lambda one: (one.changed_at, one.key))),
        activity=tuple(sorted(activity, key=lambda one: one.day)),
        acts=acts_of(acts),
    )
