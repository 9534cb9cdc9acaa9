"""A shop in memory, with a cart, orders and a clock that stands still unless moved."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from kairos import keys
from kairos.adapters.memory import MemoryItems
from kairos.domain.cart import CartSnapshot
from kairos.domain.customer import CustomerSnapshot
from kairos.domain.event import Event
from kairos.domain.identity import Identities, IdentityKey
from kairos.domain.order import Amounts, Line, OrderSnapshot
from kairos.domain.shop import Sender, Shop
from kairos.ports import Item, Put
from kairos.services.recording.documents import store_cart, store_customer, store_order
from kairos.services.recording.events import cart_events
from kairos.services.recording.links import record_links

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
CART = "k1"
BUYER = Identities(platform_id="17", email="buyer@example.org")
KEY = IdentityKey(secret=b"secret")


class MovedClock:
    def __init__(self, at: datetime = NOON, wait_scale: float = 1) -> None:
        self.at = at
        self.real = at
        self.scale = wait_scale

    def now(self) -> datetime:
        return self.at

    def shown(self, real: datetime) -> datetime:
        return self.at + (real - self.real) / self.scale

    def real_elapsed(self, since: datetime) -> timedelta:
        return self.real - since


class Machines:
    """Executions that are only noted; one that runs already is success. fail: the next start raises this."""

    def __init__(self) -> None:
        self.started: list[tuple[str, str, Mapping[str, Any]]] = []
        self.fail: Exception | None = None

    def start(self, scenario: str, name: str, given: Mapping[str, Any]) -> None:
        if self.fail:
            failure, self.fail = self.fail, None
            raise failure
        self.started.append((scenario, name, given))


class Shopfront:
    """The shop "shoes"."""

    def __init__(self, shop: str = "shoes") -> None:
        self.items = MemoryItems()
        self.clock = MovedClock()
        self.machines = Machines()
        self.id = shop
        self.shop = Shop(
            id=shop,
            name="Shoes",
            platform="generic",
            currency="EUR",
            timezone="Europe/Berlin",
            sender=Sender(email="hello@example.com", name="Shoes"),
        )
        self.items.write(Put(Item(keys.shop(shop), "1", self.shop.as_json())))

    def set_scenario(self, **standing: Any) -> None:
        place = keys.scenario_settings(self.id, "abandoned_cart")
        self.items.write(Put(Item(place, "1", {"enabled": True, **standing})))

    def nodes(self, who: Identities = BUYER) -> tuple[str, ...]:
        return record_links(self.items, self.id, KEY, who, self.clock.now()).nodes

    def cart(self, items: int = 1, key: str = CART, who: Identities = BUYER, **ago: float) -> None:
        told = CartSnapshot(
            id=key,
            updated_at=self.clock.now() - timedelta(**ago),
            currency="EUR",
            total=5000,
            lines=(Line(product_id="p1", quantity=items),) if items else (),
            identities=who,
        )
        store_cart(self.items, self.id, told, self.nodes(who))

    def order(self, **ago: float) -> None:
        at = self.clock.now() - timedelta(**ago)
        told = OrderSnapshot(
            id=at.isoformat(),
            updated_at=at,
            placed_at=at,
            status="paid",
            amounts=Amounts(currency="EUR", total=5000),
            identities=BUYER,
        )
        store_order(self.items, self.id, told, self.nodes())

    def become_known(self) -> None:
        """The buyer is known, and has neither cart nor order."""
        now = self.clock.now()
        told = CustomerSnapshot(id="17", updated_at=now, identities=BUYER)
        store_customer(self.items, self.id, KEY, told, self.nodes())

    def event(self, key: str = CART) -> Event:
        """CartChanged as record_events publishes it."""
        [told] = cart_events(self.items, self.id, [key])
        return told
