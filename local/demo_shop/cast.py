"""Those who leave a cart while one watches: each has a past, and does something of their own."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from local.demo_shop.catalogue import Product
from local.demo_shop.people import Language, Person, make_person
from local.demo_shop.seeded import seeded
from local.demo_shop.shopify.cart import Checkout, Item, cart, checkout
from local.demo_shop.shopify.customer import customer
from local.demo_shop.shopify.order import Purchase, order
from local.demo_shop.shopify.telling import token_of
from local.demo_shop.webhook import Webhook

Role = Literal[
    "newcomer", "recent buyer", "orders", "empties", "no consent", "unsubscribes", "late", "just bought"
]
FIRST_NUMBER = 10_000
"""Numbers of the cast begin here: clear of the customers in the history."""


REGISTERED = 100
"""Days since everybody in the cast made their account."""


TOO_RECENT, RECENT = timedelta(days=15), timedelta(days=180)
"""Between these ages of the last order abandoned_cart takes somebody for a recent buyer (less some days)."""


class Part(NamedTuple):
    """What a role is. bought: days since the last order, None for never. story, ends: as the demo tells them.

    mails: how many they get.
    """

    role: Role
    language: Language
    bought: int | None
    story: str
    ends: str
    mails: int
    subscribed: bool = True


PARTS = (
    Part("newcomer", "fr", None, "never bought", "a reminder after 4 h, a code 24 h later", 2),
    Part("recent buyer", "de", 60, "bought two months ago", "one reminder, after 24 h", 1),
    Part("orders", "it", 75, "bought lately, orders in between", "no mail", 0),
    Part("empties", "en", 90, "bought lately, empties the cart", "no mail", 0),
    Part("no consent", "de", None, "never agreed to mail", "no mail", 0, subscribed=False),
    Part("unsubscribes", "en", None, "clicks unsubscribe in the reminder", "one reminder, no code", 1),
    Part("late", "de", None, "says who they are only at the checkout", "a reminder, then a code", 2),
    Part("just bought", "fr", 5, "bought five days ago", "no mail", 0),
)


class Actor(NamedTuple):
    """One of the cast in one performance. All times are real ones, as the shop's own clock tells.

    since: when the account was made. bought_at: the last order, None for none.
    """

    part: Part
    person: Person
    items: tuple[Item, ...]
    since: datetime
    bought_at: datetime | None

    @property
    def cart_token(self) -> str:
        """The cart's token, which a scenario's run is named after."""
        return token_of("live cart", self.person.email)

    def past(self) -> list[Webhook]:
        """What the shop sent of them before: the account, and the last order."""
        account = customer(self.person, self.part.subscribed, self.since, self.since)
        told = [Webhook("customers/create", account, self.since)]
        if self.bought_at:
            bought = self._purchase(1_000_000 + self.person.number, self.items[:1], self.bought_at)
            told.append(Webhook("orders/create", order(bought, self.part.subscribed), self.bought_at))
        return told

    def leaves_cart(self, at: datetime) -> Webhook:
        """The cart, still nobody's."""
        return Webhook("carts/create", cart(self.cart_token, self.items, at, at), at)

    def begins_checkout(self, at: datetime) -> Webhook:
        """The checkout that says whose cart it is."""
        left = Checkout(self.cart_token, self.person, self.items, self.part.subscribed, at, at, self.since)
        return Webhook("checkouts/create", checkout(left), at)

    def orders(self, at: datetime) -> Webhook:
        """The cart becomes an order."""
        bought = self._purchase(2_000_000 + self.person.number, self.items, at)
        checkout_token = token_of("checkout", self.cart_token)
        bought = bought._replace(cart_token=self.cart_token, checkout_token=checkout_token)
        return Webhook("orders/create", order(bought, self.part.subscribed), at)

    def empties_cart(self, left_at: datetime, at: datetime) -> Webhook:
        """Nothing is left in the cart."""
        return Webhook("carts/update", cart(self.cart_token, (), left_at, at), at)

    def _purchase(self, number: int, items: tuple[Item, ...], at: datetime) -> Purchase:
        return Purchase(number, self.person, items, placed_at=at, told_at=at, customer_since=self.since)


def make_cast(
    seed: int, performance: int, catalogue: tuple[Product, ...], days_ago: Callable[[int], datetime]
) -> tuple[Actor, ...]:
    """Everybody who acts in this performance (0, 1, 2 …): other people and carts each time.

    days_ago: the real time to tell for so many days ago by the stack's clock.
    """
    in_stock = [one for one in catalogue if one.stock]
    actors = []
    for place, part in enumerate(PARTS):
        number = FIRST_NUMBER + performance * len(PARTS) + place
        random = seeded(seed, "actor", number)
        person = make_person(random, number, part.language)
        items = tuple(Item(one) for one in random.sample(in_stock, random.randint(1, 3)))
        bought_at = days_ago(part.bought) if part.bought is not None else None
        actors.append(Actor(part, person, items, days_ago(REGISTERED), bought_at))
    return tuple(actors)


def fits_part(actor: Actor, shown: Callable[[datetime], datetime], now: datetime) -> bool:
    """Whether the actor's last order is as old by the stack's clock as the part needs it. now: shown."""
    if actor.bought_at is None or actor.part.bought is None:
        return True
    age = now - shown(actor.bought_at)
    lately = age < TOO_RECENT
    return lately if timedelta(days=actor.part.bought) < TOO_RECENT else not lately and age < RECENT


def real_time_of(wanted: datetime, real_anchor: datetime, shown: Callable[[datetime], datetime]) -> datetime:
    """The real time that a shop must tell for the stack's clock to show `wanted`, or the latest before it.

    Up to the anchor the clock shows instants as they are; from then on it runs ahead, from where it stood:
    what lies between has no real time, and the anchor is the latest before.
    """
    if wanted <= real_anchor:
        return wanted
    after = real_anchor + timedelta(microseconds=1)
    first_shown = shown(after)
    if wanted < first_shown:
        return real_anchor
    second = (shown(after + timedelta(seconds=1)) - first_shown) / timedelta(seconds=1)
    return after + (wanted - first_shown) / second
