"""One shop with one customer and one abandoned cart, a queue and a provider, all in memory."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any

from kairos import keys
from kairos.adapters.memory import MemoryItems
from kairos.domain.cart import CartSnapshot
from kairos.domain.consent import Channel, Consent, ConsentStatement
from kairos.domain.customer import CustomerSnapshot
from kairos.domain.identity import Identities, IdentityKey
from kairos.domain.message import LedgerEntry, StepRequest
from kairos.domain.order import Line
from kairos.domain.person import Person
from kairos.domain.product import ProductSnapshot
from kairos.domain.run import Run
from kairos.domain.sending_rules import SendingRules
from kairos.domain.shop import QuietHours, Sender, Shop
from kairos.ports import Item, Items, Key, NotSent, Put
from kairos.services.codes import upload
from kairos.services.sending.channels import COMPOSE
from kairos.services.sending.content import Content, Rendered, RenderedEmail, RenderedShort
from kairos.services.sending.deliver import Delivered, Delivering, deliver
from kairos.services.sending.send import Sending, answer
from kairos.services.sending.sweeping import Sweeping, sweep

START = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
EMAIL = "anna@example.com"
SHOP = Shop(
    id="lumen",
    name="Lumen",
    platform="shopify",
    currency="CHF",
    timezone="Europe/Zurich",
    languages=("de", "en", "fr", "it"),
    url="https://shop.example.com",
    sender=Sender(email="shop@example.com", name='Lumen "& Linen"', reply_to="help@example.com"),
    postal_address="Example Street 12, Zurich",
)


class Crash(BaseException):
    """The process is gone: nothing in it can catch this."""


class StandingClock:
    """Real and shown time alike, moved by the test."""

    def __init__(self, at: datetime = START) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def shown(self, real: datetime) -> datetime:
        return real

    def real_elapsed(self, since: datetime) -> timedelta:
        return self.at - since

    def advance(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


class FakeQueue:
    """Messages, and how often each was received."""

    def __init__(self) -> None:
        self.messages: list[tuple[dict[str, Any], int]] = []

    def send(self, body: Mapping[str, Any], _attributes: Mapping[str, str] | None = None) -> None:
        self.messages.append((dict(body), 0))


class FakeProvider:
    """Takes every message unless `outcomes` says otherwise for the next calls."""

    def __init__(self) -> None:
        self.calls: list[Any] = []
        self.accepted: list[Any] = []
        self.outcomes: list[BaseException | str] = []

    def send(self, email: Any) -> str:
        self.calls.append(email)
        outcome = self.outcomes.pop(0) if self.outcomes else "accepted"
        if isinstance(outcome, NotSent):
            raise outcome
        if outcome == "crash before":
            raise Crash
        self.accepted.append(email)
        if outcome == "crash after":
            raise Crash
        if isinstance(outcome, BaseException):
            raise outcome
        return f"provider-{len(self.accepted)}"


class NoCounts:
    """Counts nothing."""

    def add(self, _name: str, _amount: int = 1, **_labels: str) -> None:
        return None


def plain_render(scenario: str, step: str, channel: Channel, content: Content) -> Rendered:
    """A few words, without the template engine."""
    if channel != "email":
        return RenderedShort(title=scenario, text=f"{step} {content.code}", url="https://shop.example.com")
    return RenderedEmail(subject=f"{scenario} {step}", html=f"<p>{content.code}</p>", text=str(content.code))


def all_hold(
    names: Sequence[str],
    _profile: object,
    _moment: object,
    _cause: str,
    _settings: Mapping[str, Any],
    _scenario: object,
) -> dict[str, bool]:
    """Every criterion matches."""
    return dict.fromkeys(names, True)


class World:
    """Everything that sending touches. Changing `items`, `provider` or `queue` plants faults."""

    def __init__(self, shop: Shop = SHOP, secret: bytes = b"k" * 32) -> None:
        self.store = MemoryItems()
        self.items: Items = self.store
        self.clock = StandingClock()
        self.key = IdentityKey(secret=secret)
        self.queue: Any = FakeQueue()
        self.snapshot = FakeQueue()
        self.provider: Any = FakeProvider()
        self.render: Any = plain_render
        self.issue: Callable[[LedgerEntry], Any] = lambda _entry: "ready"
        self.secret: dict[str, Any] = {}
        self.evaluate: Callable[..., Mapping[str, bool]] = all_hold
        self.shop = shop
        self.node = self.key.node(shop.id, "email", EMAIL)
        self.put(keys.shop(shop.id), shop.as_json())
        self.switch()
        self.record_customer()
        self.record_cart()
        self.consent("granted")
        self.run = self.register_run()
        sweep(Sweeping(self.items, self.clock, self.queue, NoCounts()))

    def put(self, key: Key, body: dict[str, Any], version: str = "1") -> None:
        self.store.write(Put(Item(key, version, body)))

    def switch(self, on: bool = True) -> None:
        self.put(keys.scenario_settings(self.shop.id, "abandoned_cart"), {"enabled": on})

    def record_customer(self, **person: Any) -> None:
        told = CustomerSnapshot(
            id="7",
            updated_at=START - timedelta(days=30),
            identities=Identities(email=EMAIL),
            person=Person(**({"first_name": "Anna", "language": "de"} | person)),
        )
        self.put(keys.identity(self.shop.id, self.node), {"kind": "email", "value": EMAIL})
        self.put(keys.customer_record(self.shop.id, self.node), told.as_json())

    def record_cart(self, **fields: Any) -> None:
        told = CartSnapshot(
            **{
                "kind": "checkout",
                "id": "c1",
                "cart_token": "cart1",
                "updated_at": START - timedelta(hours=5),
                "currency": "CHF",
                "total": 7980,
                "lines": (Line(product_id="p1", title="Cushion", quantity=2, unit_price=3990, total=7980),),
                "identities": Identities(email=EMAIL),
                "restore_url": "https://shop.example.com/cart/1",
            }
            | fields
        )
        shop = self.shop.id
        self.put(keys.checkout(shop, "c1"), {"nodes": [self.node], "snapshot": told.as_json()})
        self.put(keys.cart_checkout(shop, "cart1", "c1"), {})
        self.put(keys.cart_pointer(shop, self.node, "cart1"), {})

    def record_product(self, product: str, **fields: Any) -> None:
        told = ProductSnapshot(
            **{
                "id": product,
                "updated_at": START - timedelta(days=9),
                "title": f"Product {product}",
                "price": 1900,
                "currency": "CHF",
                "category_ids": ("lamps",),
            }
            | fields
        )
        self.put(keys.product(self.shop.id, product), told.as_json())
        self.put(keys.category_product(self.shop.id, "lamps", product), {})

    def consent(self, state: str) -> None:
        said = ConsentStatement(
            channel="email",
            address=EMAIL,
            state=state,  # type: ignore[arg-type]
            stated_at=self.clock.now(),
            source="shopify customer",
        )
        key = keys.consent(self.shop.id, "email", self.node)
        held = self.store.get(key)
        version = str(int(held.version) + 1) if held else "1"
        self.put(key, Consent(shop=said).as_json(), version)

    def erase(self) -> None:
        self.put(keys.erasure(self.shop.id, self.node), {"at": self.clock.now().isoformat()})

    def suppress(self) -> None:
        self.put(keys.suppression(self.shop.id, "email", self.node), {"reason": "bounced"})

    def register_run(self, **settings: Any) -> Run:
        run = Run(
            shop=self.shop.id,
            scenario="abandoned_cart",
            cause="cart:cart1",
            customer=self.node,
            registered_at=START,
            state="started",
            settings=settings,
        )
        self.put(keys.run(run.shop, run.id), run.as_json())
        return run

    def upload_codes(self, *codes: str) -> None:
        upload(self.store, self.shop.id, "pool", codes)

    def request(self, **fields: Any) -> StepRequest:
        told = {"shop": self.shop.id, "run": self.run.id, "step": "reminder_1"} | fields
        return StepRequest.model_validate(told)

    def ask(self, **fields: Any) -> Any:
        """What send_message answers."""
        given = Sending(self.items, self.clock, self.key, self.evaluate, self.queue)
        return answer(given, self.request(**fields))

    @property
    def delivering(self) -> Delivering:
        return Delivering(
            self.items,
            self.clock,
            self.key,
            dict.fromkeys(COMPOSE, self.provider),
            self.render,
            lambda _shop, entry, _until: self.issue(entry),
            lambda _shop: self.secret,
            NoCounts(),
            "https://api.example.com",
        )

    def deliver_once(self, last_chance: bool = False) -> Delivered:
        """One delivery of the oldest message; it comes back unless it is settled."""
        body, received = self.queue.messages.pop(0)
        try:
            outcome = deliver(self.delivering, body["shop"], body["message_id"], last_chance)
        except BaseException:
            self.queue.messages.append((body, received + 1))
            raise
        if outcome == "again":
            self.queue.messages.append((body, received + 1))
        return outcome

    def deliver_all(self) -> None:
        """Deliver until the queue is empty, with the pause that a queue makes before it redelivers."""
        for _ in range(50):
            if not self.queue.messages:
                return
            self.deliver_once(last_chance=self.queue.messages[0][1] >= 4)
            self.clock.advance(180)
        raise AssertionError("the queue never empties")

    def sweep(self) -> None:
        """What the schedule does, a day and an hour after everything else."""
        self.clock.advance(26 * 3600)
        sweep(Sweeping(self.items, self.clock, self.queue, NoCounts()))

    def entry(self, step: str = "reminder_1") -> LedgerEntry | None:
        message = next(
            (
                item
                for key, item in self.store.stored.items()
                if key.sk == "message" and item.body["step"]["step"] == step
            ),
            None,
        )
        return LedgerEntry.model_validate(message.body) if message else None

    def run_now(self) -> Run:
        item = self.store.get(keys.run(self.shop.id, self.run.id))
        assert item is not None
        return Run.model_validate(item.body)

    def dump(self) -> str:
        return json.dumps({f"{key.pk}|{key.sk}": item.body for key, item in self.store.stored.items()})


def quiet(start: str, end: str, timezone: str = "Europe/Zurich") -> Shop:
    """The shop with these quiet hours; what they made to wait goes at the very moment they end."""
    hours = QuietHours(start=time.fromisoformat(start), end=time.fromisoformat(end))
    at_once = SendingRules(spread="PT0S")
    return SHOP.model_copy(update={"quiet_hours": hours, "timezone": timezone, "sending": at_once})
