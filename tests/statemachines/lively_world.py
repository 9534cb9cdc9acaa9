"""A timeline's shop in which more happens: people of an age, visits, messages opened, surveys, points."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from kairos import keys
from kairos.domain.activity import Activity, ActivityBatch, ActivityKind
from kairos.domain.answer import FormAnswer
from kairos.domain.consent import ConsentStatement
from kairos.domain.criteria.durations import after
from kairos.domain.customer import CustomerSnapshot
from kairos.domain.message import LedgerEntry, Step
from kairos.domain.order import Amounts, Line, OrderSnapshot
from kairos.domain.pages import PageSettings
from kairos.domain.person import Person
from kairos.domain.product import ProductSnapshot
from kairos.domain.segment import Segment
from kairos.ports import Item, Put
from kairos.services.sending.decisions import decisions_of
from tests.shelves import settle
from tests.statemachines.timeline_world import TimelineWorld
from tests.statemachines.world import BUYER, WHO, Machine, install

PHONE = "+4930901820"
ALL_PAGES = PageSettings(
    guide="https://shoes.example.com/guide.pdf",
    video="https://shoes.example.com/video",
    webinar="https://shoes.example.com/webinar",
    chat="https://shoes.example.com/chat",
)


class LivelyWorld(TimelineWorld):
    """See the module. Whatever a helper tells, happens now, by the world's clock."""

    def change_shop(self, **changes: Any) -> None:
        """The shop's settings, from now on; every customer was evaluated by them since."""
        self.shop = self.shop.model_copy(update=changes)
        self.items.write(Put(Item(keys.shop(self.id), "1", self.shop.as_json())))
        settle(self.items, self.shop)

    def put_segment(self, segment: str, rule: Mapping[str, Any]) -> None:
        """A segment of the shop's own."""
        made = Segment(id=segment, name=segment, rule=dict(rule))
        self.items.write(Put(Item(keys.segment(self.id, segment), "1", made.as_json())))
        settle(self.items, self.shop)

    def put_pool(self, pool: str, number: int = 5) -> None:
        for one in range(number):
            code = f"{pool}-{one}".upper()
            self.items.write(Put(Item(keys.free_code(self.id, pool, code), "1", {"code": code})))

    # ------------------------------------------------------------ who it is

    def person(self, born: int | None = None, area: str | None = None, registered: bool = True) -> None:
        """The buyer's account, as it now stands. born: year."""
        now = self.clock.now()
        person = Person(
            birthday=date(born, 1, 1) if born else None, attributes={"area": area} if area else {}
        )
        told = CustomerSnapshot(
            id="17",
            updated_at=now,
            registered_at=now if registered else None,
            identities=WHO,
            person=person,
        )
        self.record(told)

    def attribute(self, **attributes: str) -> None:
        """What the platform says of the buyer."""
        told = {"id": "17", "updated_at": self.clock.now(), "identities": WHO}
        self.record(CustomerSnapshot(**told, person=Person(attributes=attributes)))

    def tag(self, *tags: str) -> None:
        told = {"id": "17", "updated_at": self.clock.now(), "identities": WHO}
        self.record(CustomerSnapshot(**told, tags=tags))

    def has_phone(self) -> None:
        """A phone number, and consent to text messages."""
        now = self.clock.now()
        said = ConsentStatement(channel="sms", address=PHONE, state="granted", stated_at=now, source="form")
        who = WHO.model_copy(update={"phone": PHONE})
        self.record(CustomerSnapshot(id="17", updated_at=now, identities=who, consents=(said,)))
        self.clock.at += timedelta(seconds=1)

    # ------------------------------------------------------------ what they do

    def buy(self, euros: int = 50, codes: tuple[str, ...] = (), product: str = "p1", **more: Any) -> None:
        """An order that is paid; 19 per cent of tax within."""
        now, total = self.clock.now(), euros * 100
        self.record(
            OrderSnapshot(
                **{
                    "id": f"order-{now.isoformat()}",
                    "updated_at": now,
                    "placed_at": now,
                    "status": "paid",
                    "amounts": Amounts(currency="EUR", total=total, tax=total * 19 // 119),
                    "lines": (Line(product_id=product, title=product, quantity=1, unit_price=total),),
                    "codes": codes,
                    "identities": WHO,
                }
                | more
            )
        )

    def buy_often(self, times: int, euros: int = 50) -> None:
        """An order each day, the last of them now."""
        for one in range(times):
            if one:
                self.pass_time(days=1)
            self.buy(euros)

    def does(self, kind: ActivityKind, target: str | None = None) -> None:
        """Something on the site, as the tag tells it of the buyer."""
        now = self.clock.now()
        who = WHO.model_copy(update={"visitor": "v-1"})
        act = Activity(id=f"{kind}-{target}-{now.isoformat()}", kind=kind, at=now, target=target)
        batch = {"visitor": "v-1", "updated_at": now, "activities": (act,), "identities": who}
        self.record(ActivityBatch(**batch, identified_at=now))

    def put_product(self, product: str, **more: Any) -> None:
        told = ProductSnapshot(id=product, updated_at=self.clock.now(), title=product, **more)
        self.record(told)
        settle(self.items, self.shop)

    def answers(self, score: int) -> None:
        """A survey, from 0 to 10."""
        node, now = self.node, self.clock.now()
        said = FormAnswer(form="survey", at=now, score=score)
        place = keys.answer(self.id, node, "survey", now.isoformat())
        self.items.write(Put(Item(place, "1", said.as_json())))
        self.tick()

    def was_sent(self, at: datetime, scenario: str = "newsletter", step: str = "news") -> str:
        """A message of some other scenario, delivered at that time; its id."""
        of = Step(shop=self.id, scenario=scenario, run=f"run-{at.isoformat()}", step=step)
        entry = LedgerEntry(
            message_id=of.message_id,
            step=of,
            customer=self.node,
            channel="email",
            address_node=self.key.node(self.id, "email", BUYER),
            state="sent",
            reserved_at=at,
            calling_at=at,
        )
        self.items.write(Put(Item(keys.message(self.id, of.message_id), "1", entry.as_json())))
        self.items.write(Put(Item(keys.send_pointer(self.id, self.node, of.message_id), "1", {})))
        self.became("delivery", of.message_id, at)
        return of.message_id

    def became(self, kind: str, message_id: str, at: datetime | None = None) -> None:
        """What the provider tells of a message."""
        at = at or self.clock.now()
        body = {"kind": kind, "at": at.isoformat(), "permanent": False, "detail": None}
        self.items.write(Put(Item(keys.engagement(self.id, message_id, f"{kind}-{at}"), "1", body)))

    @property
    def node(self) -> str:
        """One node of the buyer."""
        return self.key.node(self.id, "platform_id", str(WHO.platform_id))

    # ------------------------------------------------------------ time

    def pass_time(self, **length: float) -> None:
        """So long nothing happens; then time alone has turned what it turns."""
        self.wait(int(timedelta(**length).total_seconds()))
        self.waited.clear()
        self.tick()

    def until(self, duration: str, since: datetime) -> None:
        """Likewise, to so long after, by the shop's calendar."""
        self.pass_time(seconds=(after(duration, since, self.shop.zone) - self.clock.at).total_seconds())

    # ------------------------------------------------------------ what came of it

    def told(self) -> list[str]:
        """Of every run, each message and action: days after the run's beginning, the step, its code's per
        cents and the channel, where it is no e-mail."""
        return [line for run in self.runs() for line in self._told_of(run.id, run.began)]

    def _told_of(self, run: str, began: datetime) -> list[str]:
        kept = [one.decision for one in decisions_of(self.items, self.id, run)]
        lines = []
        for one in kept:
            if one.what in ("sent", "acted"):
                day = round((one.at - began) / timedelta(days=1), 3)
                lines.append(f"{day:g} {one.step}{self._more(run, str(one.step))}")
        return lines

    def _more(self, run: str, step: str) -> str:
        of = Step(shop=self.id, scenario=self.scenario, run=run, step=step)
        item = self.items.get(keys.message(self.id, of.message_id))
        if item is None:
            return ""
        entry = LedgerEntry.model_validate(item.body)
        told = ""
        if entry.code and entry.code_wish:
            wish = entry.code_wish
            told = f" {wish.percent} %" if wish.kind == "percent" else f" {wish.kind}"
        return told if entry.channel == "email" else f"{told} by {entry.channel}"

    def reasons(self) -> list[str | None]:
        """Why each run ended."""
        return [run.reason for run in self.runs()]


def open_lively(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, shop_id: str, scenario: str, **settings: Any
) -> LivelyWorld:
    """A shop on a Monday noon, its buyer known and consenting, the scenario on."""
    made = LivelyWorld(shop_id, scenario, **settings)
    install(made, machine, monkeypatch)
    made.consent()
    return made
