"""Profiles and moments to ask about."""

from datetime import UTC, datetime, timedelta
from typing import Any

from kairos.domain.catalogue import Catalogue, ProductFact
from kairos.domain.criteria.rule import parse_rule
from kairos.domain.moment import Flips, Moment
from kairos.domain.person import Address, Person
from kairos.domain.profile import Profile
from kairos.domain.purchases import CartFact, OrderFact
from kairos.domain.shop import Sender, Shop

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


def moment(now: datetime = NOW, timezone: str = "UTC", currency: str = "EUR", **fields: Any) -> Moment:
    shop = Shop(
        id="shoes",
        name="Shoes",
        platform="generic",
        currency=currency,
        timezone=timezone,
        sender=Sender(email="hello@example.com", name="Shoes"),
    )
    return Moment(now=now, shop=shop, **fields)


def profile(*orders: OrderFact, carts: tuple[CartFact, ...] = (), **fields: Any) -> Profile:
    return Profile(
        id="c1",
        nodes=("c1",),
        orders=tuple(sorted(orders, key=lambda order: order.placed_at)),
        carts=carts,
        **fields,
    )


def person(**fields: Any) -> Profile:
    return profile(person=Person(**fields))


def living(**address: Any) -> Profile:
    return person(address=Address(**address))


def living_at(latitude: float, longitude: float, **address: Any) -> Profile:
    return living(latitude=latitude, longitude=longitude, **address)


def order(ago: timedelta = timedelta(), **fields: Any) -> OrderFact:
    at = NOW - ago
    told: dict[str, Any] = {
        "id": f"o{at.isoformat()}",
        "placed_at": at,
        "status": "paid",
        "counts": True,
        "currency": "EUR",
        "revenue": 11900,
        "revenue_without_tax": 10000,
        "items": 1,
    }
    return OrderFact.model_validate({**told, **fields})


def cart(ago: timedelta = timedelta(), **fields: Any) -> CartFact:
    told: dict[str, Any] = {
        "key": "k1",
        "changed_at": NOW - ago,
        "total": 5000,
        "currency": "EUR",
        "items": 1,
        "step": "cart",
        "ordered": False,
        "verified": True,
    }
    return CartFact.model_validate({**told, **fields})


def catalogue(*products: ProductFact) -> Catalogue:
    return Catalogue({product.id: product for product in products})


def holds(rule: Any, of: Profile, at: Moment | None = None) -> bool:
    return parse_rule(rule).matches(of, at or moment())


def at_time(text: str, timezone: str = "UTC") -> Moment:
    """The moment of this UTC time, in a shop of that zone."""
    return moment(datetime.fromisoformat(text).replace(tzinfo=UTC), timezone)


def turns_at(rule: Any, of: Profile, now: str, timezone: str = "UTC") -> str | None:
    """When time alone could next change the answer, in UTC."""
    at, flips = at_time(now, timezone), Flips()
    parse_rule(rule).matches(of, Moment(now=at.now, shop=at.shop, flips=flips))
    return flips.next.strftime("%Y-%m-%dT%H:%M:%S") if flips.next else None
