"""A year of a shop: its customers act by chance, our services answer, and time jumps from event to event."""

import heapq
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, time, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from random import Random
from typing import Any, get_args

from kairos import keys
from kairos.domain.activity import Activity, ActivityBatch
from kairos.domain.cart import CartSnapshot
from kairos.domain.consent import Channel, ConsentStatement
from kairos.domain.customer import ConsentSnapshot, CustomerSnapshot
from kairos.domain.event import Event
from kairos.domain.identity import Identities
from kairos.domain.message import LedgerEntry
from kairos.domain.order import Amounts, Line, OrderSnapshot
from kairos.domain.pages import PageSettings
from kairos.domain.person import Person
from kairos.domain.scenarios.registry import SCENARIOS
from kairos.domain.sending_rules import Cap, SendingRules
from kairos.domain.shelf import ShopSegments
from kairos.domain.shop import QuietHours
from kairos.ports import Item, Put
from kairos.services import codes
from kairos.services.checking import Checking, evaluate
from kairos.services.feedback import Feedback, Feedbacks, record
from kairos.services.recording.record import Recorder
from kairos.services.segments.evaluating import Evaluating, evaluate_customers
from kairos.services.sending.content import Content, RenderedEmail, RenderedShort
from kairos.services.sending.deliver import Delivering, deliver
from kairos.services.sending.send import Sending
from kairos.services.snapshot.parts import Recomputing
from kairos.services.starting import Starting, start_scenarios
from kairos.services.unsubscribing import Token, withdraw
from local.demo_past.machines import FollowedSteps, LeftCart, timelines
from local.demo_past.store import IndexedItems
from tests.simulation.outbox import Called, Provider
from tests.unit.recording.world import KEY, SHOP, START, node
from tests.unit.snapshot.world import MemorySweep, World

DAYS = 365
CAP = Cap(messages=2, within="P7D")
QUIET = QuietHours(start=time(21), end=time(8))
HANDED_OVER = timedelta(seconds=5)
PLANTED = "second_order"
"""The scenario of which half the customers are held out, and which brings SHARE of the others to order for
PRICE once more than they would have."""
SHARE, PRICE, NET = 0.4, 11_900, 10_000
OTHERS_HELD_OUT = 10
BROADCASTS = frozenset({"newsletter", "campaign", "launch_announcement", "season", "price_drop"})
"""Scenarios that go by segment, and not by customer: they are not part of this year."""

YEAR_SHOP = SHOP.model_copy(
    update={
        "quiet_hours": QUIET,
        "sending": SendingRules(
            super_active=CAP, moderate=CAP, sleeping=CAP, free_until_delivered=0, places_for_priority=0
        ),
        "pages": PageSettings(
            guide="https://velo.example.com/guide.pdf",
            video="https://velo.example.com/video",
            video_still="https://velo.example.com/still.png",
            webinar="https://velo.example.com/webinar",
            chat="https://velo.example.com/chat",
            returns="https://velo.example.com/returns",
        ),
    }
)


class Year(World):
    """customers: how many there are at its end; a third of them come during it. seed: of all that is
    chance."""

    def __init__(self, folder: Path, seed: int, customers: int) -> None:
        self._shelf: ShopSegments | None = None
        super().__init__(folder, rules={}, settled=False)
        stored = self.items.stored
        self.items = IndexedItems()
        for key, item in stored.items():
            self.items.stored[key] = item
        self.items.write(Put(Item(keys.shop(SHOP.id), "2", YEAR_SHOP.as_json())))
        self.chance = Random(seed)  # noqa: S311 - a seed that can be repeated is wanted
        self.customers = customers
        self.end = START + timedelta(days=DAYS)
        self.calls: list[Called] = []
        self.planted = 0
        self.bus = self
        self.published: dict[str, Event] = {}
        self._agenda: list[tuple[datetime, int, Callable[[], None]]] = []
        self._order_of_events = count()
        self._touched: set[str] = set()
        self._due: dict[str, datetime] = {}
        self._consents: dict[tuple[str, str], bool] = defaultdict(bool)
        self._erased: set[str] = set()
        self._emails: dict[str, str] = {}
        self._given: dict[str, list[LedgerEntry]] = defaultdict(list)
        self._used: set[str] = set()
        self._tables = timelines()
        self._connect()

    def run(self) -> None:
        """The whole year."""
        self.clock.at = START - timedelta(days=1)
        for number in range(self.customers * 2 // 3):
            self._known_before(number)
        self._touched.clear()
        self._switch_on()
        self.clock.at = START
        for number in range(self.customers):
            self._plan(number)
        for day in range(DAYS):
            self.at(START + timedelta(days=day, hours=6), self._tick)
        while self._agenda and self._agenda[0][0] < self.end:
            moment, _, act = heapq.heappop(self._agenda)
            self.clock.at = max(self.clock.at, moment)
            act()
        self.clock.at = self.real = self.end

    @property
    def erased(self) -> int:
        """How many customers asked to be forgotten."""
        return len(self._erased)

    def at(self, moment: datetime, act: Callable[..., None], *given: Any) -> None:
        """Let something happen then."""
        heapq.heappush(self._agenda, (moment, next(self._order_of_events), partial(act, *given)))

    def after(self, delay: timedelta, act: Callable[..., None], *given: Any) -> None:
        """Let something happen so long from now."""
        self.at(self.clock.at + delay, act, *given)

    # ------------------------------------------------------------ the parts

    def _connect(self) -> None:
        channels: tuple[Channel, ...] = get_args(Channel)
        providers = {one: Provider(one, self._sent) for one in channels}
        self._starting = Starting(self.items, self.clock, self)
        self._sending = Sending(self.items, self.clock, KEY, evaluate, _Queue(self._queued))
        self._checking = Checking(self.items, self.clock)
        self._feedbacks = Feedbacks(self.items, self.clock, self.counted, _Queue(self._note_touched))
        self._delivering = Delivering(
            self.items,
            self.clock,
            KEY,
            providers,
            _render,
            lambda *_: "ready",
            lambda _shop: {},
            self.counted,
            "https://api.example.com",
        )

    def _switch_on(self) -> None:
        for name, one in SCENARIOS.items():
            if name in BROADCASTS:
                continue
            pools = [field for field in one.settings.model_fields if field.endswith("pool")]
            settings = {field: f"{name}-{field}".replace("_", "-") for field in pools}
            for field, pool in settings.items():
                codes.upload(
                    self.items, SHOP.id, pool, [f"{name}-{field}-{n}".upper() for n in range(self.customers)]
                )
            percent = 50 if name == PLANTED else OTHERS_HELD_OUT
            body = {"enabled": True, "holdout_percent": percent, "settings": settings}
            self.items.write(Put(Item(keys.scenario_settings(SHOP.id, name), "1", body)))
        self._shelf = self.settle()
        # Whoever matches now entered because of the rule: that is the backlog, and nobody releases it.
        ids = [key.pk.rpartition("#")[2] for key in [*self.items.stored] if key.sk == "profile"]
        self._evaluate(ids, "rule")

    def shelf(self) -> ShopSegments:
        """Once the scenarios are on it stays as it is: nobody edits a rule in this year."""
        return self._shelf or super().shelf()

    def _load(self, *_: Any) -> ShopSegments:
        return self.shelf()

    def recorder(self, items: Any, bus: Any) -> Recorder:
        return super().recorder(items, bus)._replace(load=self._load)

    def parts(self, on_call: Any = None) -> Evaluating:
        return super().parts(on_call)._replace(load=self._load)

    def recomputing(self, on_call: Any = None) -> Recomputing:
        """The table is read in few pages: each sorts all keys anew."""
        return super().recomputing(on_call)._replace(sweep=MemorySweep(self.items.stored, 1_000_000))

    # ------------------------------------------------------------ customers

    def _who(self, number: int) -> Identities:
        return Identities(platform_id=str(number), email=f"c{number}@example.com", phone=_phone(number))

    def _id(self, number: int) -> str:
        return node("platform_id", str(number))

    def _known_before(self, number: int) -> None:
        registered = START - timedelta(days=self.chance.randint(20, 700))
        self._register(number, registered)
        if self.chance.random() < 0.6:
            placed = START - timedelta(days=self.chance.randint(1, 19))
            self._order(number, placed, self.chance.randint(2_000, 30_000))

    def _register(self, number: int, at: datetime) -> None:
        chance = self.chance
        channels = ["email"] if chance.random() < 0.85 else []
        channels += ["sms"] if chance.random() < 0.3 else []
        told = tuple(
            ConsentStatement(
                channel=one,
                address=f"c{number}@example.com" if one == "email" else _phone(number),
                state="granted",
                stated_at=at,
                source="form",
            )
            for one in channels
        )
        for one in channels:
            self._consents[self._id(number), one] = True
        born = START - timedelta(days=365 * chance.randint(18, 75))
        area = chance.choice(("urban", "residential", None))
        self._deliver(
            CustomerSnapshot(
                id=str(number),
                updated_at=at,
                registered_at=at,
                identities=self._who(number),
                person=Person(
                    birthday=born.date() if chance.random() < 0.7 else None,
                    attributes={"area": area} if area else {},
                ),
                consents=told,
            ),
            of=number,
        )

    def _plan(self, number: int) -> None:
        """What this customer does in the year; who comes in it does so after registering."""
        chance, begins = self.chance, START
        if number >= self.customers * 2 // 3:
            begins = START + timedelta(hours=chance.randrange(24 * (DAYS - 30)))
            self.at(begins, self._alive, number, self._register, begins)
        self._now_and_then(number, begins, 1.2, self._buy)
        self._now_and_then(number, begins, 0.5, self._leave_cart)
        self._now_and_then(number, begins, 0.5, self._browse)
        if chance.random() < 0.05:
            self.at(self._moment(begins), self._alive, number, self._withdraw)
        if chance.random() < 0.02:
            self.at(self._moment(begins), self._alive, number, self._forget)

    def _now_and_then(self, number: int, begins: datetime, a_year: float, act: Any) -> None:
        at = begins
        while (at := at + timedelta(days=self.chance.expovariate(a_year / DAYS))) < self.end:
            self.at(at, self._alive, number, act)

    def _moment(self, begins: datetime) -> datetime:
        return begins + self.chance.random() * (self.end - begins)

    def _alive(self, number: int, act: Callable[..., None], *given: Any) -> None:
        if self._id(number) not in self._erased:
            act(number, *given)

    def _buy(self, number: int, code: str | None = None) -> None:
        self._order(number, self.clock.at, self.chance.randint(2_000, 30_000), code)

    def _buy_planted(self, number: int) -> None:
        self.planted += 1
        self._order(number, self.clock.at, PRICE)

    def _order(self, number: int, placed: datetime, total: int, code: str | None = None) -> None:
        product = str(self.chance.randint(1, 12))
        line = Line(product_id=product, title="Bell", quantity=1, unit_price=total, total=total)
        told = OrderSnapshot(
            id=self.unique(),
            updated_at=placed,
            placed_at=placed,
            status="paid",
            amounts=Amounts(
                currency="EUR", total=total, tax=total * 19 // 119, discount=total // 20 if code else 0
            ),
            lines=(line,),
            codes=(code,) if code else (),
            identities=self._who(number),
        )
        self._deliver(told, of=number)

    def _leave_cart(self, number: int) -> None:
        cart = f"cart-{self.unique()}"
        line = Line(product_id=str(self.chance.randint(1, 12)), title="Bell", quantity=1, unit_price=5_000)
        told = CartSnapshot(
            id=cart,
            updated_at=self.clock.at,
            currency="EUR",
            total=5_000,
            lines=(line,),
            identities=self._who(number),
            restore_url="https://velo.example.com/cart/1",
            step="cart",
        )
        self._deliver(told, of=number)
        if self.chance.random() < 0.4:
            self.after(timedelta(hours=self.chance.randint(1, 40)), self._alive, number, self._buy)

    def _browse(self, number: int) -> None:
        visitor = f"v-{number}"
        seen = self._who(number).model_copy(update={"visitor": visitor})
        product = str(self.chance.randint(1, 12))
        views = tuple(
            Activity(
                id=self.unique(),
                kind="product",
                at=self.clock.at - timedelta(minutes=10 - one),
                target=product,
            )
            for one in range(3)
        )
        told = ActivityBatch(
            visitor=visitor,
            updated_at=self.clock.at,
            activities=views,
            identities=seen,
            identified_at=self.clock.at,
        )
        self._deliver(told, of=number)

    def _withdraw(self, number: int) -> None:
        """At the shop."""
        said = ConsentStatement(
            channel="email",
            address=f"c{number}@example.com",
            state="withdrawn",
            stated_at=self.clock.at,
            source="form",
        )
        told = ConsentSnapshot(updated_at=self.clock.at, identities=self._who(number), consents=(said,))
        self._consents[self._id(number), "email"] = False
        self._deliver(told, of=number)

    def _forget(self, number: int) -> None:
        self._erased.add(self._id(number))
        nodes = [node("platform_id", str(number)), node("email", f"c{number}@example.com")]
        self.erase(SHOP.id, [*nodes, node("phone", _phone(number))], self.clock.at)

    def _deliver(self, told: Any, of: int) -> None:
        """Recorded as by record_events; the customer is looked at again with the next tick."""
        delivery = self.delivery((told,)).model_copy(update={"received_at": self.clock.at})
        outcome = self.recorder(self.items, self).record(delivery)
        self._touched |= set(outcome.done.touched.customers)
        self._emails[self._id(of)] = str(of)

    # ------------------------------------------------------------ time and the bus

    def _tick(self) -> None:
        """What time alone turns, and what messages have, once a day."""
        due = {one for one, at in self._due.items() if at <= self.clock.at}
        ids, self._touched = sorted(due | self._touched), set()
        for one in ids:
            self._due.pop(one, None)
        self._evaluate(ids, "event")

    def _evaluate(self, ids: Sequence[str], cause: Any) -> None:
        of = f"tick {self.unique()}"
        for found in evaluate_customers(self.parts(), self.shelf(), ids, cause, of):
            if found.profile is not None and found.due is not None:
                self._due[found.customer] = found.due

    def publish(self, events: Sequence[Event]) -> None:
        """The bus: repeated ids are one event."""
        for event in events:
            if event.id not in self.published:
                self.published[event.id] = event
                self.after(timedelta(seconds=2), self._start, event)

    def _start(self, event: Event) -> None:
        start_scenarios(self._starting, event)

    def start(self, scenario: str, _name: str, given: Mapping[str, Any]) -> None:
        """The state machines, see ports.Executions."""
        machine: Any
        if scenario in self._tables:
            machine = FollowedSteps(self._sending, self._tables[scenario], given)
        else:
            machine = LeftCart(self._sending, self._checking, given)
        self.after(timedelta(seconds=1), self._go_on, machine)
        if scenario == PLANTED and self.chance.random() < SHARE:
            number = int(self._emails[given["customer"]])
            delay = timedelta(days=self.chance.uniform(1, 25))
            self.after(delay, self._alive, number, self._buy_planted)

    def _go_on(self, machine: Any) -> None:
        wait = machine.go_on()
        if wait is not None:
            self.after(timedelta(seconds=wait), self._go_on, machine)

    # ------------------------------------------------------------ messages

    def _queued(self, body: Mapping[str, Any]) -> None:
        self.after(HANDED_OVER, self._bring, body["message_id"])

    def _bring(self, message_id: str) -> None:
        self._under_way = message_id
        if deliver(self._delivering, SHOP.id, message_id, False) == "again":
            self.after(timedelta(minutes=3), self._bring, message_id)

    def _sent(self, channel: Channel, _message: Any) -> None:
        """A provider was called."""
        held = self.items.get(keys.message(SHOP.id, self._under_way))
        assert held is not None
        entry = LedgerEntry.model_validate(held.body)
        customer = entry.customer
        self.calls.append(
            Called(
                entry.message_id,
                entry,
                self.clock.at,
                consented=self._consents[customer, channel],
                erased=customer in self._erased,
                held_out=self._is_held_out(entry),
                codes=tuple(self._open_codes(entry)) if entry.code else (),
            )
        )
        if entry.code:
            self._given[entry.customer].append(entry)
        self._answered(entry)

    def _is_held_out(self, entry: LedgerEntry) -> bool:
        run = self.items.get(keys.run(SHOP.id, entry.step.run))
        return run is not None and run.body.get("reason") == "holdout"

    def _open_codes(self, entry: LedgerEntry) -> Iterable[str]:
        """Codes that were sent to the customer before, are not used, and are still good."""
        for earlier in self._given[entry.customer]:
            until = earlier.code_expires_at
            if earlier.code and earlier.code not in self._used and until and self.clock.at < until:
                yield earlier.code

    def _answered(self, entry: LedgerEntry) -> None:
        """What becomes of the message: delivered or bounced, and what its reader does."""
        chance = self.chance
        if entry.channel != "email":
            self.after(timedelta(minutes=1), self._report, entry, "delivery")
            return
        if chance.random() < 0.004:
            self.after(timedelta(minutes=1), self._report, entry, "bounce")
            return
        self.after(timedelta(minutes=1), self._report, entry, "delivery")
        number = int(self._emails[entry.customer])
        if chance.random() < 0.3:
            opened = timedelta(minutes=chance.randint(30, 3_000))
            self.after(opened, self._report, entry, "open")
            if chance.random() < 0.3:
                self.after(opened + timedelta(minutes=1), self._report, entry, "click")
            if chance.random() < 0.01:
                self.after(opened + timedelta(minutes=2), self._unsubscribe, entry)
            if entry.code and chance.random() < 0.4:
                later = opened + timedelta(hours=chance.randint(1, 15))
                self.after(later, self._alive, number, self._use_code, entry.code)
        if chance.random() < 0.002:
            self.after(timedelta(hours=2), self._report, entry, "complaint")

    def _use_code(self, number: int, code: str) -> None:
        self._used.add(code)
        self._buy(number, code)

    def _report(self, entry: LedgerEntry, kind: Any) -> None:
        permanent = kind == "bounce"
        if kind in {"bounce", "complaint"}:
            self._consents[entry.customer, entry.channel] = False
        record(
            self._feedbacks,
            Feedback(
                shop=SHOP.id,
                message_id=entry.message_id,
                provider_id=None,
                kind=kind,
                at=self.clock.at,
                permanent=permanent,
            ),
        )

    def _unsubscribe(self, entry: LedgerEntry) -> None:
        token = Token(
            shop=SHOP.id,
            channel=entry.channel,
            address_node=entry.address_node,
            message_id=entry.message_id,
        )
        withdraw(self.items, self.clock, token, "unsubscribe page")
        self._consents[entry.customer, entry.channel] = False

    def _note_touched(self, body: Mapping[str, Any]) -> None:
        self._touched |= set(body.get("customers", ()))


class _Queue:
    """See ports.Queue."""

    def __init__(self, take: Callable[[Mapping[str, Any]], None]) -> None:
        self._take = take

    def send(self, body: Mapping[str, Any], attributes: Mapping[str, str] | None = None) -> None:  # noqa: ARG002
        self._take(json.loads(json.dumps(body)))


def _phone(number: int) -> str:
    return f"+4179{number:07d}"


def _render(scenario: str, step: str, channel: Channel, _content: Content) -> RenderedEmail | RenderedShort:
    if channel == "email":
        return RenderedEmail(subject=f"{scenario} {step}", html="<p>Hello</p>", text="Hello")
    return RenderedShort(title=scenario, text=step)
