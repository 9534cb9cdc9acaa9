"""What a thousand orders and a thousand mails cost on AWS, from counted units.

`python -m local.costs` prints the table, `python -m local.costs README.md` also puts it there.

Everything that is charged per request is counted by running the real services over the demo shop's history
and two runs of abandoned_cart, on a store that counts. Running times and log lines are assumed, and said so.
"""

import base64
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from kairos import keys
from kairos.adapters.memory import MemoryFiles
from kairos.adapters.platforms.platform import read_delivery
from kairos.adapters.templates.engine import TemplateRenderer
from kairos.domain.delivery import Delivery
from kairos.domain.event import Event
from kairos.domain.identity import IdentityKey
from kairos.domain.message import CodeWish, StepRequest
from kairos.domain.run import run_id
from kairos.domain.scenarios.abandoned_cart import ABANDONED_CART
from kairos.domain.shop import Shop
from kairos.ports import Email, Item, Put
from kairos.services import codes
from kairos.services.checking import Checking, CheckRequest, check, evaluate
from kairos.services.feedback import Feedback, Feedbacks, record
from kairos.services.recording.record import Recorder
from kairos.services.scenarios import change_scenario
from kairos.services.segments.shelf import Load, load_segments, note_full_pass
from kairos.services.sending.deliver import Delivering, deliver
from kairos.services.sending.send import Sending, answer
from kairos.services.starting import Starting, start_scenarios
from local.counted_items import CountedItems, Units
from local.demo_shop.cast import Actor, make_cast
from local.demo_shop.webhook import Webhook
from local.shop_generator import SEED, SHOP, make_shop, shop_settings

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)

PRICES = {
    "API Gateway": 3.50,
    "Lambda requests": 0.20,
    "SQS": 0.40,
    "DynamoDB writes": 0.625,
    "DynamoDB reads": 0.125,
    "EventBridge": 1.00,
    "Step Functions": 25.00,
    "SES": 100.00,
    "S3 puts": 5.00,
}
"""US dollars per million: list prices of us-east-1, first tier, without the free tier."""

GIB_SECOND = 0.0000133334
"""US dollars of a GiB-second of Lambda on arm64."""

MEMORY_GIB = 0.5

ASSUMED_MS = {
    "receive_webhook": 20,
    "record_events": 120,
    "start_scenario": 60,
    "check": 60,
    "send_message": 80,
    "deliver_message": 200,
    "record_feedback": 40,
}
"""Milliseconds of one warm invocation. Assumed: the one thing here that is not counted."""

ASSUMED_LOG_BYTES = 1200
"""Of one invocation: Lambda's own three lines and one of ours. Assumed, too."""

LOG_GIB = 0.50
"""US dollars of a GiB taken in by CloudWatch Logs."""

ORDERED = ("LookAtCart", "ChooseWait", "WaitForOrder", "SendReminder", "AfterReminder", "EndRun")
BOTH_MAILS = (*ORDERED[:-1], "WaitForCode", "SendCode", "AfterCode", "EndRun")
"""States entered: the run of a cart that was ordered in between, and that of a newcomer who never orders."""


class Usage(NamedTuple):
    """What something used. invocations: by function."""

    units: Units
    webhooks: int
    invocations: Mapping[str, int]
    events: int
    transitions: int = 0
    mails: int = 0

    @property
    def requests_of_queues(self) -> int:
        """Send, receive, delete: for each webhook and mail, and for each that tells the snapshot of one."""
        reports = self.invocations.get("record_feedback", 0)
        return 3 * (2 * self.webhooks + self.mails + reports)

    def dollars(self) -> dict[str, float]:
        """US dollars by service, for one."""
        invoked = sum(self.invocations.values())
        seconds = sum(ASSUMED_MS[name] * times for name, times in self.invocations.items()) / 1000
        millionths = {
            "API Gateway": self.webhooks * PRICES["API Gateway"],
            "Lambda": invoked * PRICES["Lambda requests"] + seconds * MEMORY_GIB * GIB_SECOND * 1e6,
            "SQS": self.requests_of_queues * PRICES["SQS"],
            "S3": self.webhooks * PRICES["S3 puts"],
            "DynamoDB": self.units.writes * PRICES["DynamoDB writes"]
            + self.units.reads * PRICES["DynamoDB reads"],
            "EventBridge": self.events * PRICES["EventBridge"],
            "Step Functions": self.transitions * PRICES["Step Functions"],
            "CloudWatch Logs": invoked * ASSUMED_LOG_BYTES / 2**30 * LOG_GIB * 1e6,
            "SES": self.mails * PRICES["SES"],
        }
        return {name: cost / 1e6 for name, cost in millionths.items()}


class _Clock:
    def __init__(self) -> None:
        self.at = NOW

    def now(self) -> datetime:
        return self.at

    def shown(self, real: datetime) -> datetime:
        return real

    def real_elapsed(self, since: datetime) -> timedelta:
        return self.at - since


class _Taken:
    """Bus, queue, provider and metrics: takes everything and remembers events and queued messages."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.queued: list[Mapping[str, Any]] = []
        self.sent: list[Email] = []

    def publish(self, events: Sequence[Event]) -> None:
        self.events += events

    def start(self, scenario: str, name: str, given: Mapping[str, Any]) -> None:
        pass

    def add(self, name: str, amount: int = 1, **labels: str) -> None:
        pass


class _Queue:
    def __init__(self, taken: _Taken) -> None:
        self._taken = taken

    def send(self, body: Mapping[str, Any], _attributes: Mapping[str, str] | None = None) -> None:
        self._taken.queued.append(body)


class _Provider:
    def __init__(self, taken: _Taken) -> None:
        self._taken = taken

    def send(self, email: Email) -> str:
        self._taken.sent.append(email)
        return f"{len(self._taken.sent):016x}"


class World:
    """The demo shop on a counting store, its history recorded. load: the shop's segments."""

    def __init__(self, customers: int, load: Load = load_segments) -> None:
        self.items, self.clock, self.taken = CountedItems(), _Clock(), _Taken()
        self.key = IdentityKey(secret=b"counted" * 8)
        self._open_shop(load)
        self.recorder = Recorder(
            self.items,
            self.taken,
            self.key,
            self.clock,
            read_delivery,
            lambda _request, _shop: None,
            lambda _shop, _nodes, _at: None,
            MemoryFiles(),
            load,
        )
        self.shop = make_shop(SEED, NOW, "https://pictures.example.com", customers)
        for webhook in self.shop.history:
            self.post(webhook)

    def _open_shop(self, load: Load) -> None:
        told = {name: value for name, value in shop_settings("").items() if name != "secrets"}
        shop = Shop.model_validate({**told, "id": SHOP})
        self.items.write(Put(Item(keys.shop(SHOP), "1", shop.as_json())))
        # As after its first full recompute: else no transition would be told one by one.
        layout = load(self.items, shop).layout
        note_full_pass(self.items, SHOP, len(layout.positions), 0)
        codes.upload(self.items, SHOP, "welcome", [f"CODE-{number}" for number in range(100)])
        wish = {"enabled": True, "settings": {"code_pool": "welcome"}}
        change_scenario(self.items, self.clock, shop, ABANDONED_CART.name, wish, lambda _: None)

    def post(self, webhook: Webhook) -> None:
        """Record one webhook. Raises RuntimeError where it is not recorded."""
        delivery = Delivery(
            shop=SHOP,
            platform="shopify",
            headers={name.lower(): value for name, value in webhook.headers.items()},
            body=base64.b64encode(webhook.raw).decode(),
            received_at=self.clock.now(),
        )
        outcome = self.recorder.record(delivery)
        if outcome.kind != "recorded":
            raise RuntimeError(f"{webhook.topic} was not recorded: {outcome}")

    def leave_cart(self, actor: Actor) -> str:
        """Cart, checkout, the run's start and its first look; answers the run's id."""
        self.post(actor.leaves_cart(self.clock.now()))
        self.post(actor.begins_checkout(self.clock.now()))
        starting = Starting(self.items, self.clock, self.taken)
        if start_scenarios(starting, self.taken.events[-1])[ABANDONED_CART.name] != "started":
            raise RuntimeError("The run did not start.")
        run = self.run_of(actor)
        names = ("not ordered_since_cart", "cart_abandoned", "not ordered_recently")
        check(
            Checking(self.items, self.clock),
            CheckRequest(shop=SHOP, run=run, criteria=("recent_buyer",), only_if=names),
        )
        return run

    def run_of(self, actor: Actor) -> str:
        """The id of the run of the actor's cart."""
        return run_id(SHOP, ABANDONED_CART.name, f"cart:{actor.cart_token}")

    def ask_to_send(self, run: str, step: str, later: timedelta, code: bool) -> str:
        """What send_message answers so much later; what it queued is delivered, and SES reports back."""
        self.clock.at += later
        wish = CodeWish(pool="welcome") if code else None
        request = StepRequest(
            shop=SHOP,
            run=run,
            step=step,
            only_if=("not ordered_since_cart", "cart_abandoned"),
            code=wish,
            last=code,
        )
        sending = Sending(self.items, self.clock, self.key, evaluate, _Queue(self.taken))
        decided = answer(sending, request)
        if decided.decision == "send" and decided.message_id:
            self._deliver(decided.message_id)
        return decided.decision

    def _deliver(self, message_id: str) -> None:
        render, provider = TemplateRenderer(self.items), _Provider(self.taken)
        given = Delivering(
            self.items,
            self.clock,
            self.key,
            {"email": provider},
            render,
            lambda *_: "ready",  # a code of a pool, as the demo's are
            lambda _shop: {},
            self.taken,
            "https://api.example.com",
        )
        deliver(given, SHOP, message_id, last_chance=False)
        for kind in ("send", "delivery", "open"):
            told = Feedback(shop=SHOP, message_id=message_id, provider_id="1", kind=kind, at=self.clock.now())
            record(Feedbacks(self.items, self.clock, self.taken, _Queue(self.taken)), told)


def count(customers: int = 120) -> tuple[Usage, Usage]:
    """An order that came by cart and checkout, with its run; and a newcomer's run with both mails."""
    world = World(customers)
    cast = {one.part.role: one for one in make_cast(SEED, 0, world.shop.catalogue, _days_ago)}
    for actor in cast.values():
        for webhook in actor.past():
            world.post(webhook)
    return _an_order(world, cast["orders"]), _two_mails(world, cast["newcomer"])


def _days_ago(days: int) -> datetime:
    return NOW - timedelta(days=days)


def _an_order(world: World, actor: Actor) -> Usage:
    events = len(world.taken.events)
    with world.items.counted() as units:
        run = world.leave_cart(actor)
        world.clock.at += timedelta(hours=1)
        world.post(actor.orders(world.clock.now()))
        decided = world.ask_to_send(run, "reminder_1", timedelta(hours=23), code=False)
    if decided != "end":
        raise RuntimeError(f"A cart that was ordered was answered with {decided}.")
    invoked = Counter(receive_webhook=3, record_events=3, start_scenario=1, check=1, send_message=1)
    return Usage(units[0], 3, invoked, len(world.taken.events) - events, len(ORDERED))


def _two_mails(world: World, actor: Actor) -> Usage:
    events, sent = len(world.taken.events), len(world.taken.sent)
    with world.items.counted() as units:
        run = world.leave_cart(actor)
        world.ask_to_send(run, "reminder_1", timedelta(hours=4), code=False)
        world.ask_to_send(run, "reminder_2", timedelta(hours=24), code=True)
    if len(world.taken.sent) != sent + 2:
        raise RuntimeError("A newcomer's cart did not bring both mails.")
    invoked = Counter(
        receive_webhook=2, record_events=2, start_scenario=1, check=1, send_message=2, deliver_message=2
    )
    invoked["record_feedback"] = 6
    return Usage(units[0], 2, invoked, len(world.taken.events) - events, len(BOTH_MAILS), 2)


def tables() -> str:
    """The README's table, Markdown."""
    order, run = count()
    columns = {"1,000 orders": (order, 1000.0), "1,000 mails": (run, 1000 / run.mails)}
    told = {
        name: {key: cost * times for key, cost in one.dollars().items()}
        for name, (one, times) in columns.items()
    }
    lines = [
        "| | one order | one run with two mails | 1,000 orders | 1,000 mails |",
        "|---|---|---|---|---|",
    ]
    for service in order.dollars():
        counted = f"{_counted(service, order)} | {_counted(service, run)}"
        prices = " | ".join(f"${column[service]:.3f}" for column in told.values())
        lines.append(f"| {service} | {counted} | {prices} |")
    sums = " | ".join(f"**${sum(column.values()):.2f}**" for column in told.values())
    return "\n".join([*lines, f"| **together** | | | {sums} |"])


def _counted(service: str, used: Usage) -> str:
    return {
        "API Gateway": f"{used.webhooks} webhooks",
        "Lambda": f"{sum(used.invocations.values())} invocations",
        "SQS": f"{used.requests_of_queues} requests",
        "S3": f"{used.webhooks} puts",
        "DynamoDB": f"{used.units.writes} writes, {used.units.reads} reads",
        "EventBridge": f"{used.events} events",
        "Step Functions": f"{used.transitions} transitions",
        "CloudWatch Logs": f"{sum(used.invocations.values()) * ASSUMED_LOG_BYTES / 1000:.0f} kB",
        "SES": f"{used.mails} mails",
    }[service]


def write_into(document: Path) -> None:
    """Replace the table in a document, which begins with this one's first line and ends with its sum."""
    table, text = tables(), document.read_text()
    first, last = table.splitlines()[0], "| **together** |"
    start = text.index(first)
    end = text.index("\n", text.index(last, start))
    document.write_text(text[:start] + table + text[end:])


if __name__ == "__main__":
    for told in sys.argv[1:]:
        write_into(Path(told))
    print(tables())
