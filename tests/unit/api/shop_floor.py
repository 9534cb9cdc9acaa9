"""A shop with recorded customers, for tests of what becomes of their data."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from kairos import keys
from kairos.adapters.memory import MemoryItems
from kairos.domain.activity import Activity, ActivityBatch
from kairos.domain.answer import FormAnswer
from kairos.domain.cart import CartSnapshot
from kairos.domain.consent import Consent, ConsentStatement
from kairos.domain.customer import CustomerSnapshot
from kairos.domain.errors import NotFound
from kairos.domain.event import Event
from kairos.domain.identity import Identities, IdentityKey
from kairos.domain.message import CodeWish, LedgerEntry, Step
from kairos.domain.order import Amounts, Line, OrderSnapshot, Refund, RefundSnapshot
from kairos.domain.person import Person
from kairos.domain.points import Redemption
from kairos.domain.run import Run
from kairos.domain.shop import Shop
from kairos.domain.snapshot import Snapshot
from kairos.domain.support import SupportContact
from kairos.ports import Check, Item, Key, Put, StoredObject, Write
from kairos.services import endpoints
from kairos.services.codes import FreeCode, claim_of, claim_writes
from kairos.services.endpoints import Registering
from kairos.services.privacy.erase import Erasing, erase_customer
from kairos.services.privacy.erase_shop import ShopErasing
from kairos.services.privacy.requests import Privacy
from kairos.services.recording.record import Recorder
from kairos.services.runs import register
from kairos.services.sending.decisions import keep
from tests.shelves import settle
from tests.unit.api.fakes import FixedClock, MemorySecrets, shop_body

KEY = IdentityKey(secret=b"test")
SHOP = Shop.model_validate({k: v for k, v in shop_body().items() if k != "secrets"})
THEN = datetime(2026, 10, 1, 12, tzinfo=UTC)


class Crash(Exception):
    """A planted fault."""


class CrashingItems(MemoryItems):
    """Crashes before the nth write; every write counts. None: never."""

    def __init__(self) -> None:
        super().__init__()
        self.crash_at: int | None = None
        self.writes = 0

    def transact(self, writes: Sequence[Write | Check]) -> None:
        self.writes += 1
        if self.crash_at is not None and self.writes == self.crash_at:
            raise Crash
        super().transact(writes)

    def page(self, start: str, after: str | None) -> tuple[list[Key], str | None]:
        """See ports.Sweep: three stored keys at a time, whether they match or not."""
        ahead = sorted(key for key in self.stored if after is None or [*key] > json.loads(after))
        seen, left = ahead[:3], ahead[3:]
        return [key for key in seen if key.pk.startswith(start)], json.dumps(seen[-1]) if left else None

    def text(self) -> str:
        """All that is stored, as text."""
        return json.dumps([(item.key, item.body) for item in self.stored.values()])


class MemoryObjects:
    """See ports.Objects."""

    def __init__(self) -> None:
        self.held: dict[str, bytes] = {}

    def put(self, key: str, body: bytes, content_type: str = "application/json") -> None:
        assert content_type
        self.held[key] = body

    def get(self, key: str) -> bytes:
        if key not in self.held:
            raise NotFound("object", key)
        return self.held[key]

    def delete(self, key: str) -> None:
        self.held.pop(key, None)

    def listed(self, prefix: str) -> list[StoredObject]:
        at = datetime(2026, 1, 1, tzinfo=UTC)
        return [StoredObject(key, len(body), at) for key, body in self.held.items() if key.startswith(prefix)]


class MemoryCounts:
    """See ports.Counts."""

    def __init__(self) -> None:
        self.told: list[tuple[str, dict[str, str]]] = []

    def add(self, name: str, amount: int = 1, **labels: str) -> None:
        assert amount == 1
        self.told.append((name, labels))


class Silence:
    """See ports.Events."""

    def publish(self, events: Sequence[Event]) -> None:
        """Nobody listens."""


class Unheard:
    """A queue of which nobody takes anything."""

    def send(self, body: Mapping[str, Any], attributes: Mapping[str, str] | None = None) -> None:
        pass


class Floor:
    """The shop "demo", where Ada and Bob bought; records as the queue's function does."""

    def __init__(self) -> None:
        self.items = CrashingItems()
        self.objects = MemoryObjects()
        self.secrets = MemorySecrets()
        self.counts = MemoryCounts()
        self.clock = FixedClock()
        self.privacy = Privacy(self.items, self.objects, KEY, self.clock, self.counts, self.shop_erasing())
        act_on = self.privacy.act_on
        self.recorder = Recorder(
            self.items, Silence(), KEY, self.clock, lambda *_: (), act_on, self.erase, self.objects
        )
        self.items.write(Put(Item(keys.shop("demo"), "1", SHOP.as_json())))
        settle(self.items, SHOP)
        self.secrets.held["demo"] = {"current": "secret"}

    def shop_erasing(self) -> ShopErasing:
        return ShopErasing(self.items, self.objects, self.secrets, self.items, lambda: 0.0)

    def erase(self, shop: str, nodes: Iterable[str], at: datetime) -> None:
        erase_customer(Erasing(self.items, self.objects, shop, at), nodes)

    def record(self, *told: Snapshot) -> None:
        kept = [one for one in told if not self.recorder._erased("demo", one)]
        self.recorder.record_all(SHOP, kept, "told")

    def person(self, name: str, number: int) -> None:
        """Someone of whom all is kept that can be: orders, carts, activity, consent, mails, segments."""
        on_list = keys.on_list("demo", KEY.node("demo", "platform_id", str(number)), f"{name.lower()}s-list")
        self.items.write(Put(Item(on_list, "1", {})))
        who = person_of(name, number)
        self.answered(name, KEY.node("demo", "platform_id", str(number)), str(who.email))
        browser = Identities(visitor=f"visitor-{name}", email=who.email)
        self.record(customer(name, number), order(name, number), refund(number))
        self.record(
            ActivityBatch(
                visitor=f"visitor-{name}",
                updated_at=THEN,
                activities=(Activity(id="a1", kind="search", at=THEN, target=f"gift for {name}"),),
                identities=browser,
                identified_at=THEN,
            ),
            CartSnapshot(id=f"cart-{name}", updated_at=THEN, lines=(line(name),), identities=who),
            CartSnapshot(
                kind="checkout",
                id=f"checkout-{name}",
                cart_token=f"cart-{name}",
                updated_at=THEN,
                lines=(line(name),),
                identities=who,
                person=Person(first_name=name),
            ),
        )
        self.browsing(name, number)
        message_id = self.mailed(name, number)
        self.given_a_code(name, KEY.node("demo", "platform_id", str(number)), message_id)

    def browsing(self, name: str, number: int) -> None:
        """A browser of theirs that takes notifications."""
        node, place = KEY.node("demo", "platform_id", str(number)), f"https://push.example.com/{name}"
        given = Registering(self.items, KEY, self.clock, Unheard())
        more = {"p256dh": "p", "auth": "a"}
        endpoints.register(given, "demo", node, "web_push", place, more, THEN, "page", f"Yes, {name}")

    def mailed(self, name: str, number: int) -> str:
        """A run that sent a message, which was clicked. Returns the message's id."""
        node = KEY.node("demo", "platform_id", str(number))
        run = run_of(name, node)
        register(self.items, run)
        keep(self.items, run, "started", None, "all conditions hold", {"cause": f"left by {name}"}, THEN)
        step = Step(shop="demo", scenario="abandoned_cart", run=run.id, step="reminder_1")
        address = KEY.node("demo", "email", f"{name.lower()}@example.com")
        entry = LedgerEntry(
            message_id=step.message_id,
            step=step,
            customer=node,
            channel="email",
            address_node=address,
            state="sent",
            reserved_at=THEN,
        )
        clicked = {"kind": "click", "at": THEN.isoformat(), "detail": f"https://example.com/?u={name}"}
        for item in (
            Item(keys.message("demo", entry.message_id), "1", entry.as_json()),
            Item(keys.send_pointer("demo", node, entry.message_id), "1", {}),
            Item(keys.engagement("demo", entry.message_id, "e1"), "1", clicked),
        ):
            self.items.write(Put(item))
        return entry.message_id

    def given_a_code(self, name: str, node: str, message_id: str) -> None:
        """A code, which their order names; points redeemed, and an inquiry with support."""
        wish, free = CodeWish(source="shop"), FreeCode(None, f"{name.upper()}10", None)
        self.items.transact(claim_writes("demo", node, free, claim_of(wish, free, message_id, THEN)))
        redeemed = Redemption(id="r1", points=1, what=f"mug of {name}", at=THEN)
        inquiry = SupportContact(id="t1", subject=f"{name} asks", channel="phone", at=THEN)
        for item in (
            Item(keys.points_redeemed("demo", node, "r1"), "1", redeemed.as_json()),
            Item(keys.points_spent("demo", node), "1", {"redemptions": 1}),
            Item(keys.support_contact("demo", node, "t1"), "1", inquiry.as_json()),
        ):
            self.items.write(Put(item))

    def answered(self, name: str, node: str, email: str) -> None:
        """A survey, and a sign-up that waits for its confirmation."""
        said = FormAnswer(form="survey", at=THEN, score=9, comment=f"{name} was pleased")
        typed = {"email": email, "said": {"first_name": name}}
        waiting = {"email": email, "mails": {"0" * 32: typed}}
        self.items.write(Put(Item(keys.answer("demo", node, "survey", "1"), "1", said.as_json())))
        self.items.write(Put(Item(keys.sign_up("demo", KEY.node("demo", "email", email)), "1", waiting)))

    def consent_of(self, email: str) -> Consent | None:
        item = self.items.get(keys.consent("demo", "email", KEY.node("demo", "email", email)))
        return Consent.model_validate(item.body) if item else None


def run_of(name: str, node: str) -> Run:
    return Run(
        shop="demo",
        scenario="abandoned_cart",
        cause=f"cart:cart-{name}",
        customer=node,
        registered_at=THEN,
        settings={},
    )


def person_of(name: str, number: int) -> Identities:
    return Identities(
        platform_id=str(number), email=f"{name.lower()}@example.com", phone=f"+49170123456{number}"
    )


def customer(name: str, number: int, updated_at: datetime = THEN) -> CustomerSnapshot:
    who = person_of(name, number)
    consent = ConsentStatement(
        channel="email", address=who.email or "", state="granted", stated_at=THEN, source="shop"
    )
    return CustomerSnapshot(
        id=str(number),
        updated_at=updated_at,
        identities=who,
        person=Person(first_name=name),
        consents=(consent,),
    )


def line(name: str) -> Line:
    return Line(product_id="1", title=f"Mug engraved {name}", quantity=1, unit_price=1000, total=1000)


def order(name: str, number: int, updated_at: datetime = THEN) -> OrderSnapshot:
    return OrderSnapshot(
        id=f"order-{number}",
        updated_at=updated_at,
        placed_at=THEN,
        status="paid",
        amounts=Amounts(currency="EUR", total=1000),
        lines=(line(name),),
        codes=(f"{name}10",),
        identities=person_of(name, number),
        person=Person(first_name=name),
    )


def refund(number: int) -> RefundSnapshot:
    told = Refund(id=f"refund-{number}", amount=100, refunded_at=THEN)
    return RefundSnapshot(order_id=f"order-{number}", updated_at=THEN, refund=told)


def snapshot_of(floor: Floor) -> dict[str, Any]:
    """All that is stored, comparable; versions of counters aside."""
    return {"#".join(key): item.body for key, item in sorted(floor.items.stored.items())}
