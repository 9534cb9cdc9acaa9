"""The past of the demo shop, from its opening to its end: nothing of it is made up but what people do."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from kairos.domain.identity import IdentityKey
from kairos.domain.shop import Shop
from kairos.ports import Item
from kairos.services import codes
from local.demo_past.agenda import Agenda
from local.demo_past.people import Customer, People
from local.demo_past.services import Services
from local.demo_shop.history import customer_of
from local.demo_shop.seeded import seeded
from local.shop_generator import SEED, make_shop

CUSTOMERS_OF_THE_PAST = 240
SCENARIOS_SINCE, CARTS_SINCE, VISITS_SINCE = timedelta(days=150), timedelta(days=240), timedelta(days=70)
_NIGHT = timedelta(hours=3)
_QUIET_DAYS, _QUIET_TICKS_APART = 6, 60

SCENARIOS: dict[str, dict[str, Any]] = {
    "abandoned_cart": {"enabled": True, "holdout_percent": 10},
    "second_order": {"enabled": True, "holdout_percent": 20},
    "win_back": {"enabled": True, "holdout_percent": 10},
}
"""What the shop switched on, and how."""


class Past(NamedTuple):
    """What a past has left: items of the table, and objects of the bucket by key."""

    items: Sequence[Item]
    objects: dict[str, bytes]
    messages: int


class Wanted(NamedTuple):
    """shop: its settings; held: the items with which its store begins. pool: of the codes; ends: the past's
    end (aware). pictures_url: the folder that serves the products' pictures. folder: to work in.

    ticks_apart: days between two ticks of the snapshot, until those (`daily`) in which each has one."""

    shop: Shop
    held: Sequence[Item]
    key: IdentityKey
    ends: datetime
    pool: str
    codes: Sequence[str]
    api_url: str
    pictures_url: str
    folder: Path
    customers: int = CUSTOMERS_OF_THE_PAST
    visits_a_day: float = 18
    ticks_apart: int = 14
    daily: timedelta = timedelta(days=8)
    seed: int = SEED


def play(wanted: Wanted) -> Past:
    """Months, in a minute or so. Raises PastFailed."""
    told = make_shop(wanted.seed, wanted.ends, wanted.pictures_url, wanted.customers)
    opened, sent = told.history[0].at, list[object]()
    agenda = Agenda(opened)
    customers = _customers(wanted, told.history)
    people = People(wanted.seed, agenda, told.catalogue, customers, wanted.visits_a_day)

    def handed_over(entry: Any) -> None:
        sent.append(entry)
        people.got(entry)

    services = Services(
        wanted.shop, wanted.held, wanted.key, agenda, wanted.api_url, wanted.folder, handed_over
    )
    people.services = services
    for webhook in told.history:
        agenda.plan(webhook.at, services.post, webhook)
    people.plan(wanted.ends - CARTS_SINCE, wanted.ends - VISITS_SINCE, wanted.ends)
    agenda.plan(wanted.ends - SCENARIOS_SINCE, _switch_on, services, wanted)
    for at, act in _nights(opened, wanted):
        agenda.plan(at, services.tick if act == "tick" else services.look)
    agenda.run(wanted.ends)
    services.tick()
    services.compact_site()
    services.clean()
    return Past([*services.items.stored.values()], services.files.stored, len(sent))


def _customers(wanted: Wanted, history: Sequence[Any]) -> dict[str, Customer]:
    since = {one.body["email"]: one.at for one in history if one.topic == "customers/create"}
    found = {}
    for number in range(1, wanted.customers + 1):
        _, person, subscribed = customer_of(seeded(wanted.seed, "customer", number), number)
        if person.email in since:
            one = Customer(person, subscribed, since[person.email])
            found[wanted.key.node(wanted.shop.id, "platform_id", one.id)] = one
    return found


def _switch_on(services: Services, wanted: Wanted) -> None:
    codes.upload(services.items, wanted.shop.id, wanted.pool, wanted.codes)
    for name, told in SCENARIOS.items():
        pool = {"settings": {"code_pool": wanted.pool}} if name == "abandoned_cart" else {}
        services.switch_on(name, told | pool)
    services.tick()


def _nights(opened: datetime, wanted: Wanted) -> Iterator[tuple[datetime, str]]:
    """Once scenarios are on customers are looked at every night. Ticks, which take half a second each, are
    some weeks apart, but for the last days."""
    at, days = opened.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1) + _NIGHT, 0
    while at < wanted.ends:
        left = wanted.ends - at
        is_quiet = left > SCENARIOS_SINCE
        apart = 1 if left < wanted.daily else _QUIET_TICKS_APART if is_quiet else wanted.ticks_apart
        if days % apart == 0:
            yield at, "tick"
        elif not is_quiet or days % _QUIET_DAYS == 0:
            yield at, "look"
        at, days = at + timedelta(days=1), days + 1
