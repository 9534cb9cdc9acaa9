"""A shop whose ledger, runs and orders are drawn from a seed and stored as the services store them."""

from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, get_args

from kairos import keys
from kairos.domain.consent import Channel
from kairos.domain.holdout import HOLDOUT
from kairos.domain.message import LedgerEntry, LedgerState, Step
from kairos.domain.order import Amounts, Refund
from kairos.domain.run import Run
from kairos.ports import Item, Put
from kairos.services.broadcasts.members import ended_as, pointed_at
from kairos.services.runs import register
from kairos.services.sending.decisions import Decision, kept_write
from kairos.services.snapshot.updating import Occasion
from tests.unit.recording.world import SHOP, START, node, order, who
from tests.unit.results.by_hand import Book
from tests.unit.snapshot.world import World

SCENARIOS = {"win_back": ("welcome_back", "whats_new"), "prospects": ("trending", "questionnaire")}
CHANNELS: tuple[Channel, ...] = ("email", "sms", "push", "web_push", "webhook")
EVENTS = ("delivery", "open", "click", "bounce", "complaint", "unsubscribe", "delay")
ENDS = ("finished", "ordered", "no consent", None, HOLDOUT)
REASONS = ("frequency cap", "quiet hours", "too late", "no code left")
NEWSLETTER = "newsletter"
DAYS = 60


class Drawn:
    """world: after everything was told to the snapshot, which was built. As of `now`."""

    def __init__(self, seed: int, folder: Path, customers: int = 60) -> None:
        self.chance = Random(seed)  # noqa: S311 - a seed that can be repeated is wanted
        self.world = World(folder)
        self.codes = 0
        self.moments: list[datetime] = []
        for number in range(customers):
            self._customer(f"c{number}@example.com", number)
        self.now = START + timedelta(days=DAYS + 40)
        self.world.clock.at = self.now
        self.world.real = self.now
        told = [node("email", f"c{number}@example.com") for number in range(customers)]
        self.world.queued.append(Occasion(told, "event", "drawn"))
        self.world.tick()
        self.world.pump()
        self.world.tick()
        self.book = Book(self.world.items, self.now)

    def _at(self) -> datetime:
        """On the hour, so that windows are met exactly, too."""
        return START + timedelta(hours=self.chance.randrange(24 * DAYS))

    def _customer(self, email: str, number: int) -> None:
        chance, customer = self.chance, node("email", email)
        given: list[str] = []
        self.moments = [self._at()]
        for one in range(chance.randrange(6)):
            scenario = chance.choice([*SCENARIOS])
            run = self._run(customer, scenario, f"cause:{number}:{one}")
            for step in chance.sample(SCENARIOS[scenario], chance.randint(0, 2)):
                entry = self._message(run, step)
                given += [entry.code] if entry.code else []
                self._decide(run, step)
        given += self._member(customer)
        for one in range(chance.randrange(9)):
            self._order(email, f"{number}-{one}", given)
        self._order(email, f"{number}-first", [])  # nobody is known who never left a trace

    def _run(self, customer: str, scenario: str, cause: str) -> Run:
        began, reason = self._at(), self.chance.choice(ENDS)
        run = Run(
            shop=SHOP.id,
            scenario=scenario,
            cause=cause,
            customer=customer,
            registered_at=began,
            state="ended" if reason else "started",
            reason=reason,
            ended_at=began + timedelta(days=1) if reason else None,
            settings={},
        )
        register(self.world.items, run)
        return run

    def _member(self, customer: str) -> list[str]:
        """Decided for as a member of a newsletter, or not; codes of its message."""
        chance, began = self.chance, self._at()
        reason = chance.choice((*ENDS, *ENDS[:1]))
        run = Run(
            shop=SHOP.id,
            scenario=NEWSLETTER,
            cause=f"broadcast:b1:{customer}",
            customer=customer,
            registered_at=began,
            settings={},
        )
        if chance.random() < 0.2:
            return []
        told = ended_as(run, reason, began + timedelta(days=1)) if reason else run
        entry = self._message(run, "news") if reason == "finished" else None
        passed_over = reason != HOLDOUT and chance.random() < 0.5
        self.world.items.write(pointed_at(told, passed_over))
        if passed_over:
            self._decide(told, "news")
        return [entry.code] if entry and entry.code else []

    def _message(self, run: Run, name: str) -> LedgerEntry:
        chance = self.chance
        state: LedgerState = chance.choice((*get_args(LedgerState), "sent", "sent", "sent"))
        step = Step(shop=SHOP.id, scenario=run.scenario, run=run.id, step=name)
        at, code = self._at(), None
        if chance.random() < 0.4:
            self.codes += 1
            code = f"Code-{self.codes}"
        entry = LedgerEntry(
            message_id=step.message_id,
            step=step,
            customer=run.customer,
            channel=chance.choice(CHANNELS),
            address_node="n",
            purpose="marketing" if chance.random() < 0.95 else "test",
            state=state,
            reserved_at=at,
            calling_at=at + timedelta(minutes=5) if state != "reserved" else None,
            reason={"refused": chance.choice(("erased", "no consent")), "unknown": "no answer"}.get(state),
            code=code,
        )
        items = self.world.items
        items.write(Put(Item(keys.message(SHOP.id, entry.message_id), "1", entry.as_json())))
        items.write(Put(Item(keys.send_pointer(SHOP.id, run.customer, entry.message_id), "1", {})))
        if state == "sent":
            for number in range(chance.randrange(9)):
                self._event(entry, chance.choice(EVENTS), number)
        return entry

    def _event(self, entry: LedgerEntry, kind: str, number: int) -> None:
        at = entry.reserved_at + timedelta(hours=self.chance.randint(1, 24 * 12))
        self.moments.append(at)
        body: dict[str, Any] = {"kind": kind, "at": at.isoformat(), "permanent": False, "detail": None}
        if kind in {"open", "click"} and self.chance.random() < 0.2:
            body["machine"] = True
        self.world.items.write(Put(Item(keys.engagement(SHOP.id, entry.message_id, f"{number}"), "1", body)))

    def _decide(self, run: Run, step: str) -> None:
        if run.reason == HOLDOUT or self.chance.random() < 0.5:
            return
        at = self._at()
        told = Decision(
            what=self.chance.choice(("deferred", "skipped", "sent", "waited")),
            step=step,
            reason=self.chance.choice(REASONS),
            at=at,
            last_at=at,
            count=self.chance.randint(1, 3),
        )
        write = kept_write((), run, told)
        assert write is not None
        self.world.items.write(write)

    def _order(self, email: str, number: str, codes: list[str]) -> None:
        chance = self.chance
        total = chance.randint(100, 50_000)
        refunded = chance.choice((0, 0, 0, total // 3, total))
        placed = self._at()
        if chance.random() < 0.8:  # soon after something else, at the edges of windows, too
            placed = chance.choice(self.moments) + timedelta(
                hours=chance.choice((0, 1, 12, 24, 119, 120, 121))
            )
        self.world.deliver(
            order(
                number,
                1,
                status=chance.choice(("paid", "paid", "paid", "cancelled", "draft")),
                placed_at=placed,
                identities=who(email=email),
                amounts=Amounts(
                    currency=chance.choice(("EUR", "EUR", "EUR", "USD")),
                    total=total,
                    tax=total * 19 // 119,
                    discount=chance.randint(0, 500),
                ),
                refunds=(Refund(id="r", amount=refunded, refunded_at=placed),) if refunded else (),
                codes=tuple(one.upper() for one in chance.sample(codes, min(len(codes), 2))),
                test=chance.random() < 0.05,
            )
        )
