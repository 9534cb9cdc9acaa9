"""Customers of whom every field is filled in, in turn, with what is usual, odd, on a boundary or unknown."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from kairos.domain.codes import ACTIVITY_KINDS, CHANNELS, DEVICES, ENGAGEMENT_KINDS, STATUSES, STEPS
from kairos.domain.profile import EngagementFact, MembershipFact, Profile, RunFact, SurveyFact
from kairos.domain.purchases import CartFact, OrderFact
from kairos.domain.visits import VISIT_PAUSE, ActivityAct, ActivityFact
from tests.agreement import vocabulary as words
from tests.agreement.chance import Chance, draw_instant
from tests.agreement.persons import Persons


class People(Persons):
    """Draws customers of one shop as of one moment. products: ids of the catalogue and some beside it."""

    def __init__(
        self, chance: Chance, now: datetime, zone: ZoneInfo, currency: str, products: tuple[str, ...]
    ) -> None:
        super().__init__(chance, now, zone)
        self.currency, self.products = currency, products

    def at(self) -> datetime:
        """When something happened."""
        return draw_instant(self.chance, self.now, self.zone)

    def profile(self, number: int) -> Profile:
        """One customer; about one in ten has nothing but an id."""
        chance = self.chance
        id_ = f"customer-{number}-{chance.number(0, 10**9)}"
        if chance.likely(0.1):
            return Profile(id=id_, nodes=(id_,))
        busy = chance.one((0.0, 0.5, 1.0, 2.5))
        acts = self.acts(chance.few(6 * busy, 40))
        return Profile(
            id=id_,
            nodes=(id_,),
            email=chance.maybe(0.8, lambda: f"{chance.one(words.FIRST_NAMES).strip() or 'x'}@example.com"),
            phone=chance.maybe(0.4, lambda: f"+4176{chance.number(10**6, 10**7)}"),
            person=self.person(),
            registered_at=chance.maybe(0.7, self.at),
            first_seen_at=chance.maybe(0.9, self.at),
            tags=chance.some(words.TAGS, 3, least=0),
            group=chance.maybe(0.6, lambda: chance.one(words.GROUPS)),
            acquisition=chance.maybe(0.6, lambda: chance.one(words.SOURCES)),
            orders=self.orders(chance.few(3 * busy)),
            carts=self.carts(chance.few(1.5 * busy, 6)),
            activity=days_of(acts),
            accepts=chance.some(CHANNELS, least=0),
            reachable=chance.some(CHANNELS, least=0),
            preferred_channel=chance.maybe(0.5, lambda: chance.one(CHANNELS)),
            preferred_hour=chance.maybe(0.6, lambda: chance.one((0, 23, chance.number(0, 23)))),
            preferred_weekday=chance.maybe(0.6, lambda: chance.number(0, 6)),
            lists=chance.some(words.LISTS, 3, least=0),
            points=chance.one((0, 1, 50, 100, chance.number(0, 2000))),
            acts=acts,
            engagement=self.engagement(chance.few(6 * busy, 40)),
            runs=self.runs(chance.few(busy, 5)),
            surveys=tuple(
                SurveyFact(at=at, score=chance.one((0, 10, chance.number(0, 10))))
                for at in self.instants(busy)
            ),
            memberships=tuple(
                MembershipFact(segment=segment, entered_at=self.at())
                for segment in sorted(chance.some(words.SEGMENTS, 4, least=0))
            ),
        )

    def instants(self, mean: float) -> list[datetime]:
        """Some times, oldest first."""
        return sorted(self.at() for _ in range(self.chance.few(mean)))

    def orders(self, count: int) -> tuple[OrderFact, ...]:
        """Orders of every standing, some alike to the second, some in foreign money, some of nothing."""
        drawn = [self.order(number) for number in range(count)]
        return tuple(sorted(drawn, key=lambda one: (one.placed_at, one.id)))

    def order(self, number: int) -> OrderFact:
        """One order."""
        chance = self.chance
        test = chance.likely(0.05)
        status = "paid" if chance.likely(0.65) else chance.one(STATUSES)
        counts = status in ("paid", "awaiting_transfer") and not test and chance.likely(0.95)
        bought = tuple(sorted(chance.some(self.products, 4, least=0)))
        quantities = tuple(chance.one((1, 1, 2, chance.number(1, 30))) for _ in bought)
        revenue = chance.one((0, 1, 9999, 10_000, 10_001, chance.number(0, 60_000), 10**12))
        return OrderFact(
            id=f"o{number}",
            placed_at=self.at(),
            status=status,
            counts=counts,
            currency=self.currency if chance.likely(0.95) else "XTS",
            revenue=revenue,
            revenue_without_tax=chance.one((revenue, revenue * 100 // 119, revenue // 2)),
            items=sum(quantities) + chance.one((0, 0, 0, 1)),
            product_ids=bought,
            quantities=quantities if chance.likely(0.8) else (),
            codes=tuple(sorted(chance.some(words.CODES, 2))) if chance.likely(0.3) else (),
            test=test,
            returned=(status in ("paid", "awaiting_transfer") and not counts) or chance.likely(0.1),
            delivered_at=self.at() if chance.likely(0.5) else None,
        )

    def carts(self, count: int) -> tuple[CartFact, ...]:
        """Carts, empty ones, ordered ones and such without a currency among them."""
        chance = self.chance
        drawn = [
            CartFact(
                key=f"cart-{number}-{chance.number(0, 9)}",
                changed_at=self.at(),
                total=chance.one((0, 4999, 5000, 5001, chance.number(0, 60_000))),
                currency=self.currency if chance.likely(0.85) else chance.one((None, "XTS")),
                items=chance.one((0, 1, 2, chance.number(1, 9))),
                product_ids=tuple(sorted(chance.some(self.products, 3, least=0))),
                step=chance.one(STEPS),
                ordered=chance.likely(0.3),
                verified=chance.likely(0.6),
            )
            for number in range(count)
        ]
        return tuple(sorted(drawn, key=lambda one: (one.changed_at, one.key)))

    def acts(self, count: int) -> tuple[ActivityAct, ...]:
        """What they did on the site; visits begin where the pause before was longer than half an hour."""
        chance, times = self.chance, list[datetime]()
        while len(times) < count:
            times.append(self.at())
            if chance.likely(0.5):
                pause = chance.one((1, 60, VISIT_PAUSE - 1, VISIT_PAUSE, VISIT_PAUSE + 1))
                times.append(times[-1] + timedelta(seconds=pause))
        times.sort()
        begins = [
            not at or (times[at] - times[at - 1]).total_seconds() > VISIT_PAUSE for at in range(len(times))
        ]
        return tuple(self.act(at, first) for at, first in zip(times, begins, strict=True))

    def act(self, at: datetime, starts_visit: bool) -> ActivityAct:
        """One thing done."""
        chance = self.chance
        kind = chance.one(ACTIVITY_KINDS)
        targets = self.products if kind in ("product", "cart") else words.TARGETS.get(kind, words.PAGES)
        stages: tuple[str | None, ...] = words.STAGES.get(kind, (None,))
        fields = tuple(
            sorted((name, chance.one(words.FIELDS[name])) for name in chance.some(tuple(words.FIELDS)))
        )
        return ActivityAct(
            at=at,
            kind=kind,
            target=chance.maybe(0.9, lambda: chance.one(targets)),
            stage=chance.one(stages),
            seconds=chance.one((0, 0, 1, 29, 30, 31, chance.number(0, 3600))),
            device=chance.maybe(0.7, lambda: chance.one(DEVICES)),
            fields=fields if kind == "event" or chance.likely(0.1) else (),
            starts_visit=starts_visit,
        )

    def engagement(self, count: int) -> tuple[EngagementFact, ...]:
        """What became of messages sent to them, in whatever order."""
        chance = self.chance
        drawn = []
        while len(drawn) < count:
            sent = self.at()
            scenario, message = chance.one(words.SCENARIOS), chance.one(words.MESSAGES)
            channel = "email" if chance.likely(0.7) else chance.one(CHANNELS)
            kinds = ("delivered", *chance.some(ENGAGEMENT_KINDS, 2, least=0))
            for kind in dict.fromkeys(kinds if chance.likely(0.9) else kinds[1:]):
                late = timedelta(seconds=chance.one((0, 1, 60, chance.number(0, 10**6))))
                drawn.append(
                    EngagementFact(
                        kind=kind,
                        at=sent + late,
                        sent_at=sent,
                        scenario=scenario,
                        message=message,
                        channel=channel,
                    )
                )
        return tuple(sorted(drawn, key=lambda one: (one.at, one.scenario, one.message, one.kind)))

    def runs(self, count: int) -> tuple[RunFact, ...]:
        """Runs of scenarios, some of them going on."""
        chance = self.chance
        return tuple(
            RunFact(
                scenario=chance.one(words.SCENARIOS),
                started_at=at,
                ended_at=chance.maybe(0.6, lambda at=at: at + timedelta(seconds=chance.number(0, 10**6))),  # type: ignore[misc]
            )
            for at in sorted(self.at() for _ in range(count))
        )


def days_of(acts: tuple[ActivityAct, ...]) -> tuple[ActivityFact, ...]:
    """The same acts, counted by day (UTC) and kind."""
    days: dict[str, dict[str, int]] = {}
    for act in acts:
        kinds = days.setdefault(act.at.date().isoformat(), {})
        kinds[act.kind] = kinds.get(act.kind, 0) + 1
    return tuple(ActivityFact(day=day, kinds=kinds) for day, kinds in sorted(days.items()))
