"""For every ready-made segment somebody who is in it and somebody who is not, by little."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from kairos.domain.catalogue import ProductFact
from kairos.domain.moment import Moment
from kairos.domain.person import Address, Person
from kairos.domain.profile import Profile, SurveyFact
from kairos.domain.purchases import OrderFact
from kairos.domain.standing import Distribution, Thresholds
from tests.unit.criteria.doing import act, became
from tests.unit.criteria.people import NOW, cart, catalogue, moment, order, profile

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)


class Example(NamedTuple):
    """told: what a template is copied with."""

    within: Profile
    beside: Profile
    told: Mapping[str, Any] = {}


def at() -> Moment:
    """10 March 2026, noon. One hundred buyers placed 1 to 100 orders for 100 to 10,000 euros."""
    rising = Distribution(count=100, total=5050, percentiles=tuple(range(1, 100)))
    money = Distribution(
        count=100, total=50_500_000, percentiles=tuple(hundred * 10_000 for hundred in range(1, 100))
    )
    return moment(
        thresholds=Thresholds(
            version=1,
            measures={"orders": rising, "revenue": money, "interval": Distribution(count=1, total=86_400)},
        ),
        catalogue=catalogue(
            ProductFact(id="lamp", categories=("lamps",), launched_at=NOW - 20 * DAY),
            ProductFact(
                id="bulb", categories=("lamps",), launched_at=NOW - 20 * DAY, unit_seconds=30 * 86_400
            ),
        ),
    )


def ordered(*ago: timedelta, **fields: Any) -> Profile:
    return profile(*(_order(one, number, **fields) for number, one in enumerate(ago)))


def _order(ago: timedelta, number: int = 0, **fields: Any) -> OrderFact:
    return order(ago, id=f"{number}-{ago}", **fields)


def on(day: str, **fields: Any) -> OrderFact:
    return _order(NOW.date() - date.fromisoformat(day), **fields)


def living(**address: Any) -> Profile:
    return profile(person=Person(address=Address(**address)))


def aged(years: int, area: str | None = None, born_later: timedelta = timedelta()) -> Profile:
    born = NOW.date().replace(year=NOW.year - years) + born_later
    return profile(person=Person(birthday=born, attributes={"area": area} if area else {}))


def mailed(delivered: int, opened: int, ago: timedelta = 10 * DAY) -> Profile:
    facts = [became("delivered", ago + number * SECOND) for number in range(delivered)]
    facts += [became("opened", ago + number * SECOND) for number in range(opened)]
    return profile(engagement=tuple(sorted(facts, key=lambda one: one.at)))


def surveyed(score: int) -> Profile:
    return profile(order(10 * DAY), surveys=(SurveyFact(at=NOW - 5 * DAY, score=score),))


COUPON = {"codes": ("SPRING",)}
LAMP, BULB = {"product_ids": ("lamp",)}, {"product_ids": ("bulb",)}
ADULTS = {"at_18": aged(18, "city"), "at_17": aged(18, "city", born_later=DAY)}
BERNE = {"latitude": 46.948, "longitude": 7.447}

EXAMPLES: dict[str, Example] = {
    "biggest_spenders": Example(profile(order(revenue=900_001)), profile(order(revenue=900_000))),
    "loyal_customers": Example(ordered(*[DAY] * 4), ordered(*[DAY] * 3)),
    "least_loyal_customers": Example(ordered(*[90 * DAY] * 20), ordered(*[90 * DAY] * 21)),
    "one_time_buyers": Example(ordered(DAY), ordered(DAY, 2 * DAY)),
    "new_customers": Example(ordered(90 * DAY - SECOND), ordered(90 * DAY)),
    "dormant_customers": Example(ordered(182 * DAY), ordered(180 * DAY)),
    "withdrawing_customers": Example(ordered(121 * DAY, 181 * DAY), ordered(120 * DAY, 180 * DAY)),
    "heavy_users": Example(ordered(DAY, 2 * DAY, 3 * DAY), ordered(DAY, 2 * DAY, 366 * DAY)),
    "average_users": Example(ordered(DAY, 2 * DAY), ordered(DAY, 2 * DAY, 3 * DAY)),
    "light_users": Example(ordered(400 * DAY), profile()),
    "bulk_buyers": Example(ordered(DAY, items=5), ordered(DAY, items=4)),
    "replenishment_due": Example(profile(order(23 * DAY, **BULB)), profile(order(23 * DAY - SECOND, **BULB))),
    "trend_followers": Example(
        profile(_order(10 * DAY, 1, **LAMP), _order(9 * DAY, 2, **BULB)), profile(order(10 * DAY, **LAMP))
    ),
    "evening_buyers": Example(profile(order(), preferred_hour=18), profile(order(), preferred_hour=17)),
    "occasion_buyers": Example(
        profile(on("2024-12-20"), on("2025-12-20")),
        profile(on("2024-12-20"), on("2025-12-20"), on("2025-06-01")),
        {"occasions": ["12-24"]},
    ),
    "silent_after_spending": Example(ordered(60 * DAY, revenue=10_001), ordered(60 * DAY, revenue=10_000)),
    "ordered_two_days_ago": Example(ordered(36 * HOUR + SECOND), ordered(36 * HOUR - SECOND)),
    "bought_one_not_the_other": Example(
        profile(order(DAY, **LAMP)),
        profile(_order(DAY, 1, **LAMP), _order(DAY, 2, **BULB)),
        {"bought": ["lamp"], "not_bought": ["bulb"]},
    ),
    "coupon_customers": Example(
        profile(_order(DAY, 1, **COUPON), _order(DAY, 2)),
        profile(_order(DAY, 1, **COUPON), _order(DAY, 2), _order(DAY, 3)),
    ),
    "full_price_customers": Example(ordered(DAY, DAY, DAY), ordered(DAY, DAY)),
    "price_waiters": Example(ordered(DAY, 2 * DAY, **COUPON), ordered(DAY, **COUPON)),
    "prospects": Example(profile(), ordered(400 * DAY)),
    "curious_prospects": Example(
        profile(acts=(act("page", ago=30 * DAY - SECOND),)), profile(acts=(act("page", ago=30 * DAY),))
    ),
    "undecided_prospects": Example(
        profile(acts=(act("chat", ago=2 * DAY), act("chat", ago=DAY))), profile(acts=(act("chat", ago=DAY),))
    ),
    "abandoned_carts": Example(profile(carts=(cart(4 * HOUR),)), profile(carts=(cart(4 * HOUR - SECOND),))),
    "abandoned_carts_by_category": Example(
        profile(carts=(cart(5 * HOUR, product_ids=("lamp",)),)),
        profile(carts=(cart(5 * HOUR, product_ids=("chair",)),)),
        {"categories": ["Lamps"]},
    ),
    "newsletter_subscribers": Example(profile(accepts=("email",)), profile(accepts=("sms",))),
    "messenger_buyers": Example(
        profile(order(DAY, revenue=1), accepts=("messenger",)),
        profile(order(DAY, revenue=0), accepts=("messenger",)),
    ),
    "super_actives": Example(mailed(10, 9), mailed(10, 8)),
    "moderates": Example(mailed(10, 8), profile()),
    "sleeping_recipients": Example(mailed(1, 0, 180 * DAY), mailed(1, 0, 179 * DAY)),
    "unhappy_customers": Example(surveyed(3), surveyed(4)),
    "very_satisfied_customers": Example(surveyed(8), surveyed(7)),
    "birthday_this_week": Example(aged(30, born_later=6 * DAY), aged(30, born_later=7 * DAY)),
    "young_urban": Example(ADULTS["at_18"], ADULTS["at_17"]),
    "families": Example(aged(35, "suburb"), aged(35, "city")),
    "seniors": Example(aged(50), aged(50, born_later=DAY)),
    "high_end_devices": Example(
        profile(acts=(act("page", device="mac"),)), profile(acts=(act("page", device="windows"),))
    ),
    "local_customers": Example(living(country="CH"), living(country="DE"), {"countries": ["CH", "LI"]}),
    "international_customers": Example(living(country="DE"), living(), {"countries": ["CH"]}),
    "near_the_shop": Example(living(**BERNE), living(latitude=47.377, longitude=8.542), {**BERNE, "km": 90}),
}
