"""A scenario's named criteria and ways in, asked of one customer at one moment."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from kairos.domain.criteria.rule import parse_rule
from kairos.domain.moment import Moment
from kairos.domain.profile import Profile
from kairos.domain.purchases import OrderFact
from kairos.domain.ready_made.registry import ready_made_segments
from kairos.domain.scenarios.registry import scenario
from kairos.domain.shop import Sender, Shop

NOW = datetime(2026, 6, 15, 10, tzinfo=UTC)
SECOND = timedelta(seconds=1)
BERLIN = ZoneInfo("Europe/Berlin")
SHOP = Shop(
    id="shoes",
    name="Shoes",
    platform="shopify",
    currency="EUR",
    timezone="Europe/Berlin",
    sender=Sender(email="hello@example.com", name="Shoes"),
)
SEGMENTS = {name: parse_rule(one.rule) for name, one in ready_made_segments().items()}


def order(at: datetime, **more: Any) -> OrderFact:
    """A paid order of 50 EUR at that time."""
    told = {"id": at.isoformat(), "status": "paid", "counts": True, "currency": "EUR", "items": 1}
    amounts = {"revenue": 5000, "revenue_without_tax": 4202, "product_ids": ("p1",)}
    return OrderFact(**{**told, **amounts, "placed_at": at, **more})


def customer(*orders: OrderFact, **more: Any) -> Profile:
    """A customer with these orders."""
    return Profile(id="c" + "0" * 26, nodes=("c" + "0" * 26,), orders=orders, **more)


def moment(now: datetime = NOW) -> Moment:
    return Moment(now=now, shop=SHOP, segments=SEGMENTS)


def holds(name: str, criterion: str, who: Profile, now: datetime = NOW, **settings: Any) -> bool:
    """Whether the scenario's criterion is true of them."""
    one = scenario(name)
    read = one.completed(one.read_settings(settings), SHOP)
    return one.rule(criterion, "entry:test", read).matches(who, moment(now))


def enters(name: str, entry: str, who: Profile, now: datetime = NOW, **settings: Any) -> bool:
    """Whether the rule of the way in is true of them."""
    one = scenario(name)
    rule = one.entries[entry].rule(one.read_settings(settings))
    return rule is not None and parse_rule(rule).matches(who, moment(now))


def since(name: str, entry: str, who: Profile, **settings: Any) -> datetime | None:
    """From when the waits of a run are reckoned that begins by this way in."""
    one = scenario(name)
    known = one.entries[entry].since
    return known(who, one.read_settings(settings), BERLIN) if known else None
