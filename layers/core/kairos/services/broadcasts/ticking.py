"""What `start_broadcasts` does: at each tick of the schedule, and when a price has dropped."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Literal, NamedTuple

from kairos import keys
from kairos.domain.broadcast import Broadcast, Subject, broadcast_id
from kairos.domain.catalogue import Catalogue
from kairos.domain.criteria.durations import exact_seconds
from kairos.domain.errors import Conflict
from kairos.domain.event import Event
from kairos.domain.scenarios import registry
from kairos.domain.scenarios.price_drop import is_drop
from kairos.domain.shop import Shop
from kairos.ports import Item, Put, Unchanged
from kairos.services.broadcasts.drafting import new_broadcast
from kairos.services.broadcasts.ending import settle
from kairos.services.broadcasts.featuring import why_not_shown
from kairos.services.broadcasts.occasioning import CALENDAR, Looking, Occurrence
from kairos.services.broadcasts.settings import understood
from kairos.services.broadcasts.starting import SOON, Executing, finish, is_dead, revive, set_going
from kairos.services.broadcasts.store import listed, load, make, many
from kairos.services.scenarios import read_standing
from kairos.services.shops import load_shop
from kairos.services.starting import BACKLOG

TOO_OLD = "too old"

Result = Literal[
    "started", "started before", "switched off", "too old", "shop unknown",
    "drop too small", "product gone", "price risen", "too soon after the last",
]  # fmt: skip


class Ticking(NamedTuple):
    """What ticking needs. catalogue: a shop's products. on_error: is told the shop, what failed, and how."""

    executing: Executing
    catalogue: Callable[[str], Catalogue]
    on_error: Callable[[str, str, Exception], None]


def tick(given: Ticking) -> dict[str, int]:
    """Start what is due at every shop; {shop: broadcasts set going}, of those with any.

    A shop, or a scenario, that fails keeps no other from its own.
    """
    done: dict[str, int] = {}
    for item in given.executing.items.query(keys.listed_shop("").pk):
        shop = load_shop(given.executing.items, item.key.sk)
        number = _tick_shop(given, shop) if shop else 0
        if shop and number:
            done[shop.id] = number
    return done


def _tick_shop(given: Ticking, shop: Shop) -> int:
    number = 0
    for name in CALENDAR:
        try:
            number += _start_occurrences(given, shop, name)
        except Exception as error:
            given.on_error(shop.id, name, error)
    try:
        number += start_waiting(given.executing, shop.id)
    except Exception as error:
        given.on_error(shop.id, "waiting", error)
    return number


def start_waiting(given: Executing, shop: str) -> int:
    """Start those whose time has come, and again those of whose start nobody is certain; how many."""
    now, number = given.clock.now(), 0
    waiting = [one.id for one in listed(given.items, shop) if not one.over]
    for one in many(given.items, shop, waiting):
        if one.state == "done":
            settle(given.items, shop, one.id)  # its execution died before it could
        elif one.state == "planned" and one.execution == 0 and now - one.at > BACKLOG:
            finish(given, one, TOO_OLD)
        elif _is_to_start(one) and (one.at - now).total_seconds() <= SOON:
            set_going(given, shop, one.id)
            number += 1
        elif is_dead(one, now):
            revive(given, shop, one.id)
            number += 1
    return number


def _is_to_start(one: Broadcast) -> bool:
    return not one.is_over and (one.execution == 0 or one.confirmed < one.execution)


def _start_occurrences(given: Ticking, shop: Shop, name: str) -> int:
    items, scenario = given.executing.items, registry.scenario(name)
    standing = read_standing(items, shop.id, scenario)
    if not standing.enabled:
        return 0
    settings = understood(scenario, standing.settings)
    looking = Looking(items, shop, given.executing.clock.now(), standing, lambda: given.catalogue(shop.id))
    number = 0
    for found in CALENDAR[name](looking, settings):
        if load(items, shop.id, found.id) is None:
            with suppress(Conflict):  # what was prepared has changed this very moment: the next tick takes it
                number += _begin(given.executing, shop.id, name, found)
    return number


def _begin(given: Executing, shop: str, name: str, found: Occurrence) -> int:
    scenario = registry.scenario(name)
    wanted = new_broadcast(given, shop, scenario, found.id, {})
    wanted = wanted.model_copy(update={"subject": found.subject})
    made, is_new = make(given.items, wanted, found.content, (), found.also)
    set_going(given, shop, made.id)
    return int(is_new)


def start_price_drop(given: Executing, event: Event) -> Result:
    """Tell those who watch the product that it got cheaper: once for each drop, and not too often."""
    items, now, product = given.items, given.clock.now(), event.cause.removeprefix("product:")
    if now - event.occurred_at > BACKLOG:
        return "too old"
    if load_shop(items, event.shop) is None:
        return "shop unknown"
    scenario = registry.scenario("price_drop")
    standing = read_standing(items, event.shop, scenario)
    if not standing.was_on(event.occurred_at):
        return "switched off"
    settings = understood(scenario, standing.settings)
    old, new = event.old_price or 0, event.new_price or 0
    if not is_drop(settings, old, new):
        return "drop too small"
    subject = Subject(product=product, old_price=old)
    against = why_not_shown(items, event.shop, subject, settings)
    if against is not None:
        return "product gone" if against == "product gone" else "price risen"
    named = broadcast_id(event.shop, "price_drop", product, event.version)
    if load(items, event.shop, named) is not None:
        set_going(given, event.shop, named)
        return "started before"
    last = items.get(keys.last_broadcast(event.shop, "price_drop", product))
    pause = timedelta(seconds=exact_seconds(settings.pause))
    if last is not None and now.timestamp() < last.body["at"] + pause.total_seconds():
        return "too soon after the last"
    note = Put(
        Item(
            keys.last_broadcast(event.shop, "price_drop", product),
            str(int(last.version) + 1) if last else "1",
            {"at": now.timestamp(), "broadcast": named},
        ),
        Unchanged(last.version if last else None),
    )
    _begin(given, event.shop, "price_drop", Occurrence(named, event.occurred_at, subject, also=(note,)))
    return "started"
