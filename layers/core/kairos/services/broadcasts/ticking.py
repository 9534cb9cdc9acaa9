"""What `start_broadcasts` does at each tick of the schedule."""

from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

from kairos import keys
from kairos.domain.broadcast import Broadcast
from kairos.domain.catalogue import Catalogue
from kairos.domain.errors import Conflict
from kairos.domain.scenarios import registry
from kairos.domain.shop import Shop
from kairos.services.broadcasts.drafting import new_broadcast
from kairos.services.broadcasts.ending import settle
from kairos.services.broadcasts.occasioning import CALENDAR, Looking, Occurrence
from kairos.services.broadcasts.settings import understood
from kairos.services.broadcasts.starting import SOON, Executing, finish, is_dead, revive, set_going
from kairos.services.broadcasts.store import listed, load, make, many
from kairos.services.scenarios import read_standing
from kairos.services.shops import load_shop
from kairos.services.starting import BACKLOG

TOO_OLD = "too old"


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
                number += begin(given.executing, shop.id, name, found)
    return number


def begin(given: Executing, shop: str, name: str, found: Occurrence) -> int:
    """Make it and set it going; 1, or 0 where there was one. Raises Conflict where `also` did not hold."""
    scenario = registry.scenario(name)
    wanted = new_broadcast(given, shop, scenario, found.id, {})
    wanted = wanted.model_copy(update={"subject": found.subject})
    made, is_new = make(given.items, wanted, found.content, (), found.also)
    set_going(given, shop, made.id)
    return int(is_new)
