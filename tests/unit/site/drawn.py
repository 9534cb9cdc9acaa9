"""What visitors of a site do, drawn from a seed: some are known, some come on two devices, some order."""

from datetime import datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any

from kairos.domain.activity import Activity, ActivityBatch
from kairos.domain.cart import CartSnapshot
from kairos.domain.identity import Identities
from kairos.domain.order import Amounts, OrderSnapshot
from tests.unit.site.by_hand import Bought, CartTold
from tests.unit.site.world import NOW

DEVICES = (None, "phone", "tablet", "mac", "windows", "linux")
DAYS = 60


class Drawn:
    """deliveries: what record_events is told, to be told in any order, and more than once."""

    def __init__(self, seed: int, visitors: int) -> None:
        self.chance = Random(seed)  # noqa: S311 - a seed that can be repeated is wanted
        self.acts: list[tuple[str, Activity]] = []
        self.carts: list[CartTold] = []
        self.bought: list[Bought] = []
        self.deliveries: list[Any] = []
        self.number = 0
        for one in range(visitors):
            self._visitor(one)

    def _visitor(self, number: int) -> None:
        chance = self.chance
        browsers = [f"visitor-of-the-shop-{number}-{one}" for one in range(chance.choice((1, 1, 1, 2)))]
        email = f"c{number}@example.com" if chance.random() < 0.4 or len(browsers) > 1 else None
        for browser in browsers:
            at = NOW - timedelta(days=chance.uniform(0.3, DAYS))
            for _ in range(chance.choice((1, 1, 2, 3))):
                end = self._visit(browser, at, email)
                # Some pauses lie close around half an hour.
                pause = chance.choice((29, 30, 30.1, 31, 60 * 20, 60 * 50))
                at = end + timedelta(minutes=pause)
        if email and chance.random() < 0.6:
            self._order(email, tuple(browsers))

    def _visit(self, visitor: str, at: datetime, email: str | None) -> datetime:
        chance, device = self.chance, self.chance.choice(DEVICES)
        acts: list[Activity] = []
        for _ in range(chance.choice((1, 1, 2, 3, 5, 12))):
            at += timedelta(seconds=chance.uniform(3, 200))
            acts += self._step(at, device)
        cart = None
        if chance.random() < 0.5:
            at += timedelta(seconds=chance.uniform(1, 60))
            total, foreign = chance.randrange(500, 20_000), chance.random() < 0.1
            cart = CartSnapshot(
                id=f"visitor:{visitor}", updated_at=at, currency="USD" if foreign else "EUR", total=total
            )
            self.carts.append(CartTold(visitor, at, None if foreign else total))
        self.acts += [(visitor, one) for one in acts]
        some = sorted({0, len(acts), chance.randrange(len(acts) + 1)})
        for start, end in pairwise(some):
            said = {"identities": Identities(visitor=visitor, email=email, verified=True)} if email else {}
            batch = ActivityBatch(
                visitor=visitor,
                updated_at=at,
                activities=tuple(acts[start:end]),
                cart=cart if end == len(acts) else None,
                identified_at=at if email else None,
                **said,
            )
            self.deliveries.append(batch)
        return acts[-1].at

    def _step(self, at: datetime, device: Any) -> list[Activity]:
        chance = self.chance
        kind = chance.choice(
            ("page",) * 4 + ("product", "category", "search", "cart", "checkout_step", "form")
        )
        told: dict[str, Any] = {"device": device} if chance.random() < 0.9 else {}
        if kind == "page":
            # Told first without seconds, then with: the longest counts.
            told["target"] = f"https://shop.example.com/page-{chance.randrange(6)}?from=mail"
            told["seconds"] = chance.randrange(100)
        elif kind in ("product", "category"):
            told["target"] = f"{kind[0]}{chance.randrange(5)}"
        elif kind == "cart":
            told["stage"] = chance.choice(("added", "removed", None))
        elif kind == "checkout_step":
            told["stage"] = chance.choice(("cart", "contact", "shipping", "payment"))
        elif kind == "form":
            told |= {
                "target": f"form-{chance.randrange(3)}",
                "stage": chance.choice(("seen", "started", "sent")),
            }
        acts = [self._act(kind, at, **told)]
        if kind == "page" and chance.random() < 0.3:
            shown = {name: one for name, one in told.items() if name == "device"}
            within = timedelta(milliseconds=chance.choice((0, 5, 2000, 2001)))
            acts.append(self._act("product", at + within, target=f"p{chance.randrange(5)}", **shown))
        return acts

    def _act(self, kind: Any, at: datetime, **told: Any) -> Activity:
        self.number += 1
        at = at.replace(microsecond=at.microsecond // 1000 * 1000)
        return Activity(id=f"e{self.number}", kind=kind, at=at, **told)

    def _order(self, email: str, visitors: tuple[str, ...]) -> None:
        chance = self.chance
        theirs = [one for visitor, one in self.acts if visitor in visitors]
        for _ in range(chance.choice((1, 1, 2))):
            # Stated in whole seconds, as facts about a customer are.
            at = (chance.choice(theirs).at + timedelta(minutes=chance.uniform(-5, 45))).replace(microsecond=0)
            total, tax = chance.randrange(1000, 30_000), chance.randrange(100)
            foreign, paid = chance.random() < 0.1, chance.random() < 0.85
            self.number += 1
            self.deliveries.append(
                OrderSnapshot(
                    id=f"o{self.number}",
                    updated_at=at,
                    placed_at=at,
                    status="paid" if paid else "cancelled",
                    amounts=Amounts(currency="USD" if foreign else "EUR", total=total, tax=tax),
                    identities=Identities(email=email),
                )
            )
            self.bought.append(Bought(visitors, at, None if foreign else total - tax, paid))
