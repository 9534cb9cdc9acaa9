"""A shop whose deliveries are recorded into memory, with faults planted and workers interleaved."""

import base64
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from kairos import keys
from kairos.adapters.clock import SystemClock
from kairos.adapters.memory import MemoryItems
from kairos.domain.delivery import Delivery
from kairos.domain.identity import Identities, IdentityKey, IdentityKind
from kairos.domain.order import Amounts, Line, OrderSnapshot
from kairos.domain.profile import Profile
from kairos.domain.shop import Sender, Shop
from kairos.ports import Item, Put
from kairos.services.customers import load_profile
from kairos.services.privacy.erase import Erasing, erase_customer
from kairos.services.recording.events import cart_events, order_events
from kairos.services.recording.outcome import Outcome
from kairos.services.recording.record import Recorder
from tests.shelves import without_segments

SHOP = Shop(
    id="velo",
    name="Velo",
    platform="shopify",
    currency="EUR",
    sender=Sender(email="shop@example.com", name="Velo"),
)
KEY = IdentityKey(secret=b"made up")
START = datetime(2026, 3, 1, 12, tzinfo=UTC)
EUR_10 = Amounts(currency="EUR", total=1000, tax=160)
BELL = Line(product_id="7", title="Bell", quantity=1, unit_price=1000, total=1000)


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def order(number="1", minutes=0, status="paid", **more) -> OrderSnapshot:
    told = {"placed_at": START, "amounts": EUR_10, "lines": (BELL,), **more}
    return OrderSnapshot(id=number, updated_at=at(minutes), status=status, **told)


def who(**told) -> Identities:
    return Identities(**told)


def node(kind: IdentityKind, value: str) -> str:
    return KEY.node(SHOP.id, kind, value)


class Crash(Exception):
    """The worker is killed."""


class FaultyItems:
    """Passes calls on to the store; before the call and after it, `on_call` may raise or do as it likes."""

    def __init__(self, inner, on_call: Callable[[int, str], None], calls: tuple[str, ...] = ()):
        self.inner = inner
        self.counted = calls
        self.on_call = on_call
        self.calls = 0

    def __getattr__(self, name):
        method = getattr(self.inner, name)
        if self.counted and name not in self.counted:
            return method

        def call(*given, **named):
            number, self.calls = self.calls, self.calls + 1
            self.on_call(number, "before")
            answer = method(*given, **named)
            self.on_call(number, "after")
            return answer

        return call


class NoObjects:
    """A bucket without exports, and without transitions: these shops have no segments. What the site's files
    are told of the erased is proven in tests/unit/site."""

    def put(self, key, *_told):
        if not key.startswith("site/new/"):
            raise AssertionError(key)

    def get(self, key):
        raise AssertionError(key)

    def delete(self, key):
        raise AssertionError(key)


class Bus:
    """Keeps what was published, by id."""

    def __init__(self):
        self.published = {}

    def publish(self, events):
        self.published.update({event.id: event for event in events})


class World:
    """One shop, its store and its bus. deliver: one telling (some snapshots), as by a worker of its own."""

    def __init__(self):
        self.items = MemoryItems()
        self.items.write(Put(Item(keys.shop(SHOP.id), "1", SHOP.as_json())))
        self.bus = Bus()
        self.requests = []
        self.told = {}

    def deliver(
        self, *snapshots, on_call: Callable[[int, str], None] | None = None, calls: tuple[str, ...] = ()
    ) -> Outcome:
        """on_call: told before and after each call of the store and the bus; calls: only of these names."""
        if on_call is None:
            return self.recorder(self.items, self.bus).record(self.delivery(snapshots))
        items = FaultyItems(self.items, on_call, calls)
        bus = FaultyItems(self.bus, lambda _, when: on_call(items.calls, when), calls)
        return self.recorder(items, bus).record(self.delivery(snapshots))

    def recorder(self, items, bus) -> Recorder:
        def act_on(*told):
            self.requests.append(told)

        return Recorder(
            items, bus, KEY, SystemClock(), self._read, act_on, self.erase, NoObjects(), without_segments
        )

    def erase(self, shop, nodes, when):
        """As a request of privacy law does."""
        erase_customer(Erasing(self.items, NoObjects(), shop, when), nodes)

    def delivery(self, snapshots: Sequence) -> Delivery:
        body = base64.b64encode(repr(snapshots).encode()).decode()
        self.told[body] = snapshots
        return Delivery(shop=SHOP.id, platform="shopify", headers={}, body=body, received_at=START)

    def _read(self, delivery, _shop, _clock):
        return list(self.told[delivery.body])

    def fork(self) -> "World":
        """A world of its own in which all this has happened."""
        other = World()
        other.items.stored = dict(self.items.stored)
        other.bus.published = dict(self.bus.published)
        return other

    def profile(self, kind: IdentityKind, value: str) -> Profile | None:
        """Folded afresh."""
        return load_profile(self.items, SHOP.id, node(kind, value))

    def stored_profiles(self) -> dict[str, Profile]:
        found = [item for key, item in self.items.stored.items() if key.sk == "profile"]
        return {item.body["id"]: Profile.model_validate(item.body) for item in found}

    def canonical(self) -> dict:
        """All that is stored; versions that merely count are left out."""
        return {
            key: (item.version if "#" in item.version else None, item.body, item.expires_at)
            for key, item in self.items.stored.items()
        }

    def final_events(self) -> set[str]:
        """The ids of what the bus must have been told about the state that now stands."""
        held = list(self.items.stored.items())
        carts = {key.pk.split("#cart#")[1] for key, _ in held if "#cart#" in key.pk}
        orders = {key.pk.split("#order#")[1] for key, _ in held if "#order#" in key.pk}
        told = cart_events(self.items, SHOP.id, carts) + order_events(self.items, SHOP.id, orders)
        return {event.id for event in told}
