"""The product's services over a store in memory, by the clock of an agenda: what Lambda functions do between
queues, called one after the other."""

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any, get_args

from kairos import keys
from kairos.adapters.memory import MemoryFiles
from kairos.adapters.platforms.platform import read_delivery
from kairos.adapters.templates.engine import TemplateRenderer
from kairos.domain.activity import ActivityBatch
from kairos.domain.consent import Channel
from kairos.domain.delivery import Delivery
from kairos.domain.event import Event
from kairos.domain.identity import IdentityKey
from kairos.domain.message import LedgerEntry
from kairos.domain.shelf import ShopSegments
from kairos.domain.shop import Shop
from kairos.engine.local_files import LocalFiles
from kairos.ports import Item, Key
from kairos.services.checking import Checking, evaluate
from kairos.services.feedback import Feedbacks
from kairos.services.recording.outcome import Done
from kairos.services.recording.record import Recorder
from kairos.services.scenarios import change_scenario
from kairos.services.segments.evaluating import Evaluating, evaluate_customers
from kairos.services.segments.shelf import load_segments
from kairos.services.sending.deliver import Delivering, deliver
from kairos.services.sending.send import Sending
from kairos.services.site.compacting import Compacting, compact_all
from kairos.services.site.telling import tell as tell_site
from kairos.services.snapshot.feeding import Feeding
from kairos.services.snapshot.finishing import GRACE, clean
from kairos.services.snapshot.parts import Recomputing, Watch
from kairos.services.snapshot.reading import Snapshots
from kairos.services.snapshot.ticking import Ticking, tick
from kairos.services.snapshot.updating import Occasion, Updating, update_customers
from kairos.services.starting import Starting, start_scenarios
from local.demo_past.agenda import Agenda
from local.demo_past.machines import FollowedSteps, LeftCart, timelines
from local.demo_past.store import IndexedItems
from local.demo_shop.webhook import Webhook

_BUS, _QUEUE, _AGAIN = timedelta(seconds=2), timedelta(seconds=5), timedelta(minutes=3)
Sent = Callable[[LedgerEntry], None]


class PastFailed(Exception):
    """A service failed in the past that was played; the text says which and why."""


class Services:
    """One shop's. held: what its store begins with. on_sent: is told of each message that was handed over.

    folder: for files while it lasts.
    """

    def __init__(
        self,
        shop: Shop,
        held: Sequence[Item],
        key: IdentityKey,
        agenda: Agenda,
        api_url: str,
        folder: Path,
        on_sent: Sent,
    ) -> None:
        self.shop, self.key, self.agenda = shop, key, agenda
        # Files are written, and snapshots compared with the table, now: no past makes them old.
        self._real = datetime.now(UTC)
        self.items, self.files = IndexedItems(), MemoryFiles(self._real_now)
        self.items.put_batch(held)
        self._api_url, self._on_sent = api_url, on_sent
        self._numbers = count(1)
        self._shelf: ShopSegments | None = None
        self._touched: set[str] = set()
        self._untold: set[str] = set()
        self._due: dict[str, Any] = {}
        self._published: set[str] = set()
        self._rows: list[Any] = []
        self._tables = timelines()
        self._local = LocalFiles(self.files, folder, self._unique)
        self._snapshots = Snapshots(self.items, self._local, self)
        self._evaluating = Evaluating(self.items, agenda, self, self.files, self._load)
        self._recorder = Recorder(
            self.items, self, key, agenda, read_delivery, _nobody_asks, _nobody_asks, self.files, self._load
        )
        self._sending = Sending(self.items, agenda, key, evaluate, _Queue(self._queued))
        self.feedbacks = Feedbacks(self.items, agenda, self, _Queue(self._note_touched))
        self._delivering = self._delivered()

    def _delivered(self) -> Delivering:
        channels: tuple[Channel, ...] = get_args(Channel)
        providers = {one: _Provider(self._handed_over) for one in channels}
        return Delivering(
            self.items,
            self.agenda,
            self.key,
            providers,
            TemplateRenderer(self.items),
            lambda *_: "ready",
            lambda _shop: {},
            self,
            self._api_url,
        )

    # ------------------------------------------------------------ what comes in

    def post(self, webhook: Webhook) -> None:
        """A webhook of the shop, as record_events records it. Raises PastFailed for one that is not taken."""
        headers = {name.lower(): value for name, value in webhook.headers.items()}
        body = base64.b64encode(webhook.raw).decode()
        delivery = Delivery(
            shop=self.shop.id, platform="shopify", headers=headers, body=body, received_at=self.agenda.at
        )
        outcome = self._recorder.record(delivery)
        if outcome.kind != "recorded":
            raise PastFailed(f"{webhook.topic} was {outcome.kind}: {outcome.field} {outcome.problem}")
        self._take(outcome.done)

    def act(self, batch: ActivityBatch) -> None:
        """What the script tag tells of a visitor."""
        self._take(self._recorder.record_all(self.shop, (batch,), f"activity {self._unique()}"))

    def _take(self, done: Done) -> None:
        self._touched |= done.touched.customers
        self._rows += done.site

    def switch_on(self, scenario: str, told: Mapping[str, Any]) -> None:
        """As the shop does by the API; whoever matches its way in already is its backlog."""
        change_scenario(self.items, self.agenda, self.shop, scenario, told, lambda _shop: None)
        self._shelf = None

    # ------------------------------------------------------------ schedules

    def look(self) -> None:
        """What time alone turns, and what messages have: customers are evaluated of whom anything is due."""
        due = {one for one, at in self._due.items() if at <= self.agenda.at}
        ids, self._touched = sorted(due | self._touched), set()
        for one in ids:
            self._due.pop(one, None)
        self._untold.update(ids)
        of = f"look {self._unique()}"
        for found in evaluate_customers(self._evaluating, self.shelf(), ids, "event", of):
            if found.profile is not None and found.due is not None:
                self._due[found.customer] = found.due
        tell_site(self.files, self.shop.id, self._rows)
        self._rows = []

    def tick(self) -> None:
        """As the snapshot's schedule does. Raises PastFailed."""
        self.look()
        told, self._untold = sorted(self._untold), set()
        feeding = Feeding(self.items, self.files, self._unique)
        update_customers(
            Updating(feeding, self._evaluating, self),
            self.shop.id,
            [Occasion(told, "event", f"told {self._unique()}")],
        )
        tick(Ticking(self._recomputing(self._real), self, f"tick {self._unique()}"))
        self._shelf = None

    def clean(self) -> None:
        """Drop the snapshot's files in whose place others came, which nobody reads."""
        clean(self._recomputing(self._real + 2 * GRACE), self.shop.id)

    def _recomputing(self, real: datetime) -> Recomputing:
        feeding = Feeding(self.items, self.files, self._unique)
        watch = Watch(lambda: real, lambda _seconds: True)
        return Recomputing(
            feeding, self._evaluating, self._snapshots, self._local, _Sweep(self.items), self,
            watch, _failed, lambda *_: None,
        )  # fmt: skip

    def compact_site(self) -> None:
        """What was told of the site becomes part of its files."""
        given = Compacting(
            self.items, self.files, self._local, self.agenda, self, self._real_now, lambda _seconds: True,
            partial(_failed, "site"),
        )  # fmt: skip
        compact_all(given)

    def shelf(self) -> ShopSegments:
        """The shop's segments as they stand."""
        if self._shelf is None:
            self._shelf = load_segments(self.items, self.shop)
        return self._shelf

    def _load(self, *_: Any) -> ShopSegments:
        return self.shelf()

    # ------------------------------------------------------------ ports

    def publish(self, events: Sequence[Event]) -> None:
        """See ports.Events: repeated ids are one event."""
        for event in events:
            if event.id not in self._published:
                self._published.add(event.id)
                self.agenda.after(_BUS, start_scenarios, Starting(self.items, self.agenda, self), event)

    def start(self, machine: str, _name: str, given: Mapping[str, Any]) -> None:
        """See ports.Executions: the run's state machine, played."""
        if machine in self._tables:
            run: Any = FollowedSteps(self._sending, self._tables[machine], given)
        else:
            run = LeftCart(self._sending, Checking(self.items, self.agenda), given)
        self.agenda.after(timedelta(seconds=1), self._go_on, run)

    def add(self, name: str, amount: int = 1, **_: str) -> None:
        """See ports.Counts: nobody looks at the metrics of this past."""

    def _go_on(self, run: Any) -> None:
        wait = run.go_on()
        if wait is not None:
            self.agenda.after(timedelta(seconds=wait), self._go_on, run)

    def _queued(self, body: Mapping[str, Any]) -> None:
        self.agenda.after(_QUEUE, self._bring, body["message_id"])

    def _bring(self, message_id: str) -> None:
        self._under_way = message_id
        if deliver(self._delivering, self.shop.id, message_id, False) == "again":
            self.agenda.after(_AGAIN, self._bring, message_id)

    def _handed_over(self) -> str:
        held = self.items.get(keys.message(self.shop.id, self._under_way))
        if held is None:
            raise PastFailed("A message was handed over that the ledger does not know.")
        self._on_sent(LedgerEntry.model_validate(held.body))
        return f"past-{self._under_way}"

    def _note_touched(self, body: Mapping[str, Any]) -> None:
        self._touched |= set(body.get("customers", ()))

    def _real_now(self) -> datetime:
        return self._real

    def _unique(self) -> str:
        return f"past-{next(self._numbers)}"


class _Provider:
    """Takes every message; see ports.Provider."""

    def __init__(self, take: Callable[[], str]) -> None:
        self._take = take

    def send(self, _message: Any) -> str:
        """See ports.Provider."""
        return self._take()


class _Queue:
    """See ports.Queue."""

    def __init__(self, take: Callable[[Mapping[str, Any]], None]) -> None:
        self._take = take

    def send(self, body: Mapping[str, Any], _attributes: Mapping[str, str] | None = None) -> None:
        """See ports.Queue."""
        self._take(json.loads(json.dumps(body)))


class _Sweep:
    """See ports.Sweep: all keys on one page."""

    def __init__(self, items: IndexedItems) -> None:
        self._items = items

    def page(
        self, start: str, _after: str | None, part: int = 0, parts: int = 1
    ) -> tuple[list[Key], str | None]:
        """See ports.Sweep."""
        own = (key for key in self._items.stored if sum(key.pk.encode()) % parts == part)
        return sorted(key for key in own if key.pk.startswith(start)), None


def _failed(*told: Any) -> None:
    raise PastFailed(f"A step of the past failed: {told}")


def _nobody_asks(*_: Any) -> None:
    """In this past nobody asks for or against their data."""
