"""A Shopify shop whose webhooks may be lost, its Admin API on this machine, and Kairos in memory."""

import base64
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import Any, cast

from kairos import keys
from kairos.adapters.memory import MemoryItems
from kairos.adapters.platforms.platform import delivery_of, read_delivery
from kairos.adapters.shop_apis.reading import ShopReaders
from kairos.domain.delivery import Delivery
from kairos.domain.reconciliation import KINDS, Kind, Reconciliation
from kairos.domain.shop import Shop
from kairos.domain.snapshot import Snapshot
from kairos.ports import Files, Item, Key, NotRead, Put, ShopDocument
from kairos.services.reconciling.looking import Reconciling
from kairos.services.reconciling.standing import Standing, note_access
from kairos.services.reconciling.ticking import tick
from kairos.services.recording.batch import Batches
from kairos.services.recording.lag import LagWatch
from kairos.services.recording.messages import QueuedMessage
from kairos.services.recording.reconciled import SOURCE
from kairos.services.recording.record import Recorder
from kairos.services.shop_access import open_reader
from tests.adapters.shop_apis.fake_lists import TOKEN, FakeLists, fake_lists
from tests.shelves import without_segments
from tests.unit.api.fakes import FixedClock, MemorySecrets
from tests.unit.recording.world import KEY, Bus, NoObjects

TOPICS = {"orders": "orders/updated", "customers": "customers/update"}


class Kept:
    """Objects and counts and a queue, all kept."""

    def __init__(self) -> None:
        self.counted: list[tuple[str, dict[str, str]]] = []
        self.sent: list[Any] = []

    def put(self, *_: object) -> None:
        """A raw delivery."""

    def add(self, name: str, amount: int = 1, **labels: str) -> None:
        assert amount == 1
        self.counted.append((name, labels))

    def send(self, body: Any, attributes: Any = None) -> None:
        self.sent.append((body, attributes))


class World:
    """queue: deliveries on the RecordQueue. skew: how far the shop's clock is ahead of ours."""

    def __init__(self, admin: FakeLists) -> None:
        admin.forget()
        self.admin, self.items, self.clock = admin, MemoryItems(), FixedClock()
        self.secrets, self.kept, self.bus = MemorySecrets(), Kept(), Bus()
        self.readers = ShopReaders(self._seconds, loopback=True)
        self.queue: list[Delivery] = []
        self.errors: list[tuple[str, Exception]] = []
        self.refused: list[tuple[str, NotRead]] = []
        self.skew = timedelta()
        self.pages_left: int | None = None
        self.shop = self.open("velo")

    def open(self, name: str, token: str = TOKEN, **more: Any) -> Shop:
        """A shop of the deployment that gives access to the fake."""
        told = {
            "id": name,
            "name": name,
            "platform": "shopify",
            "currency": "EUR",
            "sender": {"email": "shop@example.com", "name": name},
            "api": self.admin.address,
        }
        shop = Shop.model_validate(told | more)
        self.items.write(Put(Item(keys.shop(name), "1", shop.as_json())))
        self.items.write(Put(Item(keys.listed_shop(name), "1", {})))
        self.secrets.put(name, {"api": token})
        note_access(self.items, shop, self.clock.time)
        return shop

    def wait(self, **time: float) -> None:
        self.clock.time += timedelta(**time)

    def change(self, kind: str, number: int, told: bool = False, **more: Any) -> dict[str, Any]:
        """Something happens in the shop, a second after anything before. told: its webhook arrives."""
        self.wait(seconds=1)
        at = (self.clock.time + self.skew).isoformat()
        before = self.admin.held[kind].get(str(number), {"created_at": at})
        body = {**before, "id": number, "updated_at": at, **more}
        if kind == "orders":
            body = {"currency": "EUR", "total_price": "10.00", "financial_status": "paid", **body}
        self.admin.keep(kind, body)
        if told:
            self.tell(kind, body)
        return body

    def tell(self, kind: str, body: Any) -> None:
        """The webhook of a document arrives."""
        self.queue.append(self._delivery(kind, body))

    def _delivery(self, kind: str, body: Any) -> Delivery:
        return Delivery(
            shop=self.shop.id,
            platform="shopify",
            headers={"x-shopify-topic": TOPICS[kind]},
            body=base64.b64encode(json.dumps(body).encode()).decode(),
            received_at=self.clock.time,
        )

    def tick(self) -> list[str]:
        """A tick of the schedule."""
        return tick(self.reconciling())

    def reconciling(self, enqueue: Callable[[Shop, ShopDocument], None] | None = None) -> Reconciling:
        return Reconciling(
            self.items,
            self.clock,
            self.kept,
            partial(open_reader, self.secrets, self.readers.connect),
            enqueue or self.enqueue,
            self._has_time,
            lambda *told: self.errors.append(told),
            lambda *told: self.refused.append(told),
        )

    def enqueue(self, shop: Shop, document: ShopDocument) -> None:
        delivery = delivery_of(shop, document, self.clock.time)
        self.queue.append(delivery.model_copy(update={"source": SOURCE}))

    def _has_time(self) -> bool:
        if self.pages_left is None:
            return True
        self.pages_left -= 1
        return self.pages_left >= 0

    def _seconds(self) -> float:
        return self.clock.time.timestamp()

    def record(self, order: Callable[[list[Delivery]], Sequence[Delivery]] = list) -> list[tuple[str, str]]:
        """Record what is queued; answers kind and finding of each document that reconciling brought."""
        messages = [
            QueuedMessage(str(number), json.dumps(one.as_json()))
            for number, one in enumerate(order(self.queue))
        ]
        self.queue, self.kept.counted = [], []
        assert self.batches().record(messages, self.clock.time, lambda: True) == []
        assert not self.kept.sent or all("reason" not in (named or {}) for _, named in self.kept.sent)
        return [(told["kind"], told["reason"]) for name, told in self.kept.counted if name == "Reconciled"]

    def batches(self) -> Batches:
        lag = LagWatch(self.items, self.clock)
        kept = self.kept
        return Batches(
            self.recorder(),
            cast(Files, kept),
            kept,
            kept,
            lag,
            lambda *told: self.errors.append(told),
            kept,
            kept,
        )

    def recorder(self, **more: Any) -> Recorder:
        def nothing(*_: object) -> None:
            raise AssertionError("no request of privacy law came in")

        given = {"objects": NoObjects(), "load": without_segments} | more
        return Recorder(self.items, self.bus, KEY, self.clock, read_delivery, nothing, nothing, **given)

    def state(self, shop: str = "velo") -> Reconciliation:
        told = Standing(self.items, shop).told
        assert told is not None
        return told

    def stored(self) -> dict[str, Any]:
        """What is stored of the documents, by kind and id."""
        return {
            f"{kind}/{number}": item.body.get("snapshot", item.body)
            for kind in KINDS
            for number in self.admin.held[kind]
            if (item := self.items.get(self._place(kind, number)))
        }

    def true(self) -> dict[str, Any]:
        """What should be: the shop's documents, as the adapter reads them."""
        return {
            f"{kind}/{number}": self._read(kind, body).as_json()
            for kind in KINDS
            for number, body in self.admin.held[kind].items()
        }

    def _place(self, kind: Kind, number: str) -> Key:
        if kind == "orders":
            return keys.order(self.shop.id, number)
        return keys.customer_record(self.shop.id, KEY.node(self.shop.id, "platform_id", number))

    def _read(self, kind: Kind, body: Any) -> Snapshot:
        [told] = read_delivery(self._delivery(kind, body), self.shop, self.clock)
        return told


@contextmanager
def admin_api() -> Iterator[FakeLists]:
    """The shop's Admin API, while this lasts."""
    with fake_lists() as lists:
        yield lists


def found(world: World, now: datetime) -> list[str]:
    """The marks of what was missing, by kind and finding."""
    place = keys.found_by_reconciling(world.shop.id, now.date().isoformat(), "", "", "")
    return ["/".join(item.key.sk.split("#")[2:4]) for item in world.items.query(place.pk, "found#")]
