"""One shop with many customers, its snapshot, the queue of a broadcast's batches; waits move its time."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from kairos import keys
from kairos.adapters.memory import MemoryItems
from kairos.domain.broadcast import Broadcast, Form, Stage, broadcast_id, member_run_id
from kairos.domain.campaign_content import CampaignContent
from kairos.domain.cart import CartSnapshot
from kairos.domain.catalogue import Catalogue, product_fact
from kairos.domain.consent import ConsentState, ConsentStatement
from kairos.domain.customer import CustomerSnapshot
from kairos.domain.event import Event
from kairos.domain.identity import Identities, IdentityKey
from kairos.domain.message import LedgerEntry
from kairos.domain.order import Amounts, Line, OrderSnapshot
from kairos.domain.person import Address, Person
from kairos.domain.product import ProductSnapshot
from kairos.domain.scenarios import registry
from kairos.domain.segment import Segment
from kairos.domain.sending_rules import SendingRules
from kairos.domain.shelf import moment_for
from kairos.domain.shop import Sender, Shop
from kairos.domain.snapshot import Snapshot
from kairos.ports import Item, Items, Put
from kairos.services.broadcasts.audience import Opened
from kairos.services.broadcasts.deciding import Deciding, decide_batch
from kairos.services.broadcasts.drafting import new_broadcast
from kairos.services.broadcasts.making import Making
from kairos.services.broadcasts.paging import Page, PageRequest, Paging, take_page
from kairos.services.broadcasts.starting import SOON, Executing, set_going
from kairos.services.broadcasts.store import change, find, make
from kairos.services.checking import evaluate
from kairos.services.consents import with_consents
from kairos.services.customers import load_profile
from kairos.services.recording.record import Recorder
from kairos.services.segments.shelf import load_segments
from kairos.services.sending.decisions import decisions_of
from kairos.services.sending.send import Sending
from kairos.services.starting import Starting
from tests.shelves import without_segments
from tests.unit.segments.crowd import crowd

MONDAY_NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SHOP = Shop(
    id="lumen",
    name="Lumen",
    platform="shopify",
    currency="EUR",
    timezone="Europe/Berlin",
    languages=("en", "de"),
    sender=Sender(email="hello@example.com", name="Lumen"),
    sending=SendingRules(spread="PT0S"),
)
WORDS = {"en": CampaignContent(heading="New lamps")}
EVERYBODY = {"kind": "order_count", "at_least": 0}

MOST_LOOKS = 400


class Clock:
    """Shows what it is told; real time is the same time."""

    def __init__(self) -> None:
        self.at = MONDAY_NOON

    def now(self) -> datetime:
        return self.at

    def shown(self, real: datetime) -> datetime:
        return real

    def real_elapsed(self, since: datetime) -> timedelta:
        return self.at - since


class Sent:
    """A queue that keeps what it is sent."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []

    def send(self, body: Mapping[str, Any], _attributes: Mapping[str, str] | None = None) -> None:
        self.messages.append(dict(body))


class Machines:
    """State machines that start whatever they are told, once under each name."""

    def __init__(self) -> None:
        self.started: dict[str, tuple[str, dict[str, Any]]] = {}

    def start(self, scenario: str, name: str, given: Mapping[str, Any]) -> None:
        self.started.setdefault(name, (scenario, dict(given)))


class Bus:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.published: list[Event] = []

    def publish(self, events: Any) -> None:
        self.published += events


class NoObjects:
    """An empty bucket."""

    def put(self, key: str, body: bytes, content_type: str = "application/json") -> None:
        raise NotImplementedError

    def get(self, key: str) -> bytes:
        raise NotImplementedError

    def delete(self, key: str) -> None:
        pass


class World:
    """Changing `items`, `batches` or `mails` plants faults."""

    def __init__(self, members: int = 3, shop: Shop = SHOP) -> None:
        self.store = MemoryItems()
        self.items: Items = self.store
        self.clock = Clock()
        self.key = IdentityKey(secret=b"secret")
        self.machines: Any = Machines()
        self.batches: Any = Sent()
        self.mails: Any = Sent()
        self.bus = Bus()
        self.waits: list[int] = []
        self.reasons: list[str] = []
        self.known: list[str] = []
        self.put_shop(shop)
        for number in range(members):
            self.add(number)

    # ------------------------------------------------------------ the shop

    def put_shop(self, shop: Shop) -> None:
        self.shop = shop
        self.store.write(Put(Item(keys.shop(shop.id), "1", shop.as_json())))
        self.store.write(Put(Item(keys.listed_shop(shop.id), "1", {})))

    def switch(self, scenario: str, on: bool = True, holdout: int = 0, **settings: Any) -> None:
        body = {"enabled": on, "holdout_percent": holdout, "settings": settings}
        self.store.write(Put(Item(keys.scenario_settings(self.shop.id, scenario), "1", body)))

    def segment(self, name: str, rule: dict[str, Any]) -> None:
        made = Segment(id=name, name=name, rule=rule, origin="shop")
        self.store.write(Put(Item(keys.segment(self.shop.id, name), "1", made.as_json())))

    def forget_segment(self, name: str) -> None:
        self.store.stored.pop(keys.segment(self.shop.id, name))

    # ------------------------------------------------------------ its customers

    def record(self, *told: Snapshot) -> None:
        Recorder(
            self.store,
            self.bus,
            self.key,
            self.clock,
            lambda *_: (),
            lambda *_: None,
            lambda *_: None,
            NoObjects(),
            without_segments,
        ).record_all(self.shop, told, "told")

    def add(self, number: int, country: str = "DE", **identities: Any) -> str:
        """A customer who takes e-mails; their id."""
        at = MONDAY_NOON - timedelta(days=30)
        who = Identities(email=self.email(number), **identities)
        person = Person(first_name=f"N{number}", language="en", address=Address(country=country))
        self.record(CustomerSnapshot(id=str(number), updated_at=at, identities=who, person=person))
        self.consent(number)
        node = self.node(number)
        self.known.append(node)
        return node

    def email(self, number: int) -> str:
        return f"n{number}@example.org"

    def node(self, number: int) -> str:
        return self.key.node(self.shop.id, "email", self.email(number))

    def consent(self, number: int, state: ConsentState = "granted") -> None:
        said = ConsentStatement(
            channel="email",
            address=self.email(number),
            state=state,
            stated_at=self.clock.now() - timedelta(days=1 if state == "granted" else 0),
            source="form",
        )
        who = Identities(email=self.email(number))
        told = CustomerSnapshot(id=str(number), updated_at=self.clock.now(), identities=who, consents=(said,))
        held = self.store.get(keys.customer_record(self.shop.id, self.node(number)))
        person = CustomerSnapshot.model_validate(held.body).person if held else Person()
        self.record(told.model_copy(update={"person": person}))

    def product(self, product: str, price: int = 1000, **fields: Any) -> None:
        told = {"id": product, "title": "Lamp", "price": price, "currency": "EUR"}
        self.record(ProductSnapshot(**{**told, "updated_at": self.clock.now(), **fields}))

    def order(self, number: int, product: str, at: datetime) -> None:
        self.record(
            OrderSnapshot(
                id=f"{number}-{product}",
                updated_at=at,
                placed_at=at,
                status="paid",
                amounts=Amounts(currency="EUR", total=1000),
                lines=(Line(product_id=product, title="Lamp", quantity=1, unit_price=1000),),
                identities=Identities(email=self.email(number)),
            )
        )

    def cart(self, number: int, *products: str) -> None:
        """They left the products in a cart."""
        self.record(
            CartSnapshot(
                id=f"cart-{number}",
                updated_at=self.clock.now() - timedelta(days=1),
                currency="EUR",
                total=1000,
                lines=tuple(
                    Line(product_id=one, title="Lamp", quantity=1, unit_price=1000) for one in products
                ),
                identities=Identities(email=self.email(number)),
            )
        )

    def open(self, shop: str) -> Opened:
        """The snapshot, as of now."""
        assert shop == self.shop.id
        shelf = load_segments(self.store, self.shop)
        found = [load_profile(self.store, shop, one) for one in self.known]
        profiles = {one.id: with_consents(self.store, shop, one) for one in found if one is not None}
        return Opened(shelf, crowd(moment_for(shelf, self.clock.now(), self.catalogue), [*profiles.values()]))

    @property
    def catalogue(self) -> Catalogue:
        """All products, as the snapshot has them."""
        found = [item.body for key, item in self.store.stored.items() if key.sk == "product"]
        told = [product_fact(ProductSnapshot.model_validate(body)) for body in found]
        return Catalogue({one.id: one for one in told})

    # ------------------------------------------------------------ parts

    @property
    def executing(self) -> Executing:
        return Executing(self.items, self.clock, self.machines)

    @property
    def making(self) -> Making:
        return Making(self.executing, self.key, self.open, lambda: f"unique-{len(self.store.stored)}")

    @property
    def deciding(self) -> Deciding:
        sending = Sending(self.items, self.clock, self.key, evaluate, self.mails)
        return Deciding(sending, Starting(self.items, self.clock, self.machines))

    # ------------------------------------------------------------ broadcasts

    def campaign(self, segment: str | None = None, form: Form | None = None, **fields: Any) -> Broadcast:
        """A campaign for everybody, on record and started."""
        if segment is None:
            segment = "everybody"
            self.segment(segment, EVERYBODY)
        return self.begin("campaign", form or CAMPAIGN, audience={"segment": segment}, **fields)

    def begin(self, scenario: str, form: Form | None, **fields: Any) -> Broadcast:
        settings, customers = fields.pop("settings", {}), fields.pop("customers", ())
        named = broadcast_id(self.shop.id, scenario, str(len(self.store.stored)))
        wanted = new_broadcast(self.executing, self.shop.id, registry.scenario(scenario), named, settings)
        wanted = Broadcast.model_validate({**wanted.model_dump(), "form": form, **fields})
        made, _ = make(self.items, wanted, WORDS, customers)
        if (made.at - self.clock.now()).total_seconds() > SOON:
            return made
        return set_going(self.executing, made.shop, made.id)

    def page(self, of: Broadcast) -> Page:
        """One step of the state machine, which then waits."""
        now = find(self.store, of.shop, of.id).broadcast
        paging = Paging(self.items, self.clock, self.open, self.batches)
        told = take_page(
            paging, PageRequest(shop=of.shop, broadcast=of.id, execution=now.execution, form=now.form)
        )
        self.reasons.append(told.reason)
        return told

    def decide(self, most: int | None = None) -> None:
        """Whoever takes messages from the queue takes these."""
        taken, self.batches.messages = self.batches.messages[:most], self.batches.messages[most or 10**9 :]
        for one in taken:
            if decide_batch(self.deciding, one["shop"], one["broadcast"], one["batch"]) == "again":
                self.batches.messages.append(one)

    def run(self, of: Broadcast) -> Broadcast:
        """To the end: each look of the machine, its wait, and all that is queued meanwhile."""
        for _ in range(MOST_LOOKS):
            told = self.page(of)
            if told.decision == "end":
                return self.now(of)
            self.waits.append(told.wait_seconds)
            self.decide()
            self.clock.at += timedelta(seconds=told.wait_seconds)
        raise AssertionError("the broadcast never ends")

    def run_as(self, of: Broadcast, form: Form) -> Broadcast:
        """Likewise, of a broadcast whose state machine tells this table."""
        change(self.store, of.shop, of.id, lambda held: held.model_copy(update={"form": form}))
        return self.run(of)

    def named(self, broadcast: str) -> Broadcast:
        return find(self.store, self.shop.id, broadcast).broadcast

    def now(self, of: Broadcast) -> Broadcast:
        return find(self.store, of.shop, of.id).broadcast

    # ------------------------------------------------------------ what came of it

    @property
    def entries(self) -> list[LedgerEntry]:
        found = [item.body for key, item in self.store.stored.items() if key.sk == "message"]
        return [LedgerEntry.model_validate(body) for body in found]

    @property
    def got(self) -> list[str]:
        """Customers for whom a message was reserved, as often as one was, sorted."""
        return sorted(entry.customer for entry in self.entries)

    def decided(self, of: Broadcast, number: int) -> list[tuple[str, str]]:
        """What was decided for a member: what and why, oldest first."""
        run = member_run_id(of.shop, of.scenario, of.id, self.node(number))
        return [(one.decision.what, one.decision.reason) for one in decisions_of(self.store, of.shop, run)]


CAMPAIGN = Form(step="message", stages=(Stage(audience="told"),))
