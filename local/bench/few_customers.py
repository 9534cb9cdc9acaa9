"""Few customers of many: closures on their profiles, a query of these alone, and a tick of the schedule."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from tempfile import mkdtemp
from typing import NamedTuple

from kairos.domain.catalogue import Catalogue
from kairos.domain.criteria.rule import Rule
from kairos.domain.moment import Flips, Moment
from kairos.domain.profile import Profile
from kairos.engine.passing import due_customers, memberships, write_memberships
from kairos.engine.sources import relation_of
from local.bench.engine_runs import Opened, folder_of, moment_of, opened, rules
from local.bench.measuring import Run
from local.bench.profiles import profiles_of
from local.bench.shop_words import catalogue
from local.bench.shops import PARTITION

_SEED = 11
_TICK_SECONDS = 300
_TOUCHED = 10_000
"""One customer in so many had an event since the last tick."""


def chosen(customers: int, number: int) -> list[int]:
    """So many of them, the same each time."""
    return sorted(Random(_SEED).sample(range(customers), number))  # noqa: S311 - chance that can be repeated


class AtHand(NamedTuple):
    """A customer as closures are given them: the profile, and the catalogue of their own products."""

    profile: Profile
    catalogue: Catalogue


def at_hand(folder: Path, numbers: Sequence[int]) -> list[AtHand]:
    """These customers of the partition."""
    return [AtHand(one, _own_products(one)) for one in profiles_of(folder, numbers)]


def _own_products(profile: Profile) -> Catalogue:
    named = {product for order in profile.orders for product in order.product_ids}
    named |= {product for cart in profile.carts for product in cart.product_ids}
    named |= {act.target for act in profile.acts if act.target}
    return Catalogue({name: one for name, one in catalogue().products.items() if name in named})


def decide(asked: Sequence[Rule], customers: Sequence[AtHand], moment: Moment) -> list[tuple[int, int]]:
    """Each one's words as one number, and when to look again (seconds since 1970, 0: never)."""
    decided = []
    for one in customers:
        flips = Flips()
        seen = replace(moment, catalogue=one.catalogue, flips=flips)
        bits = sum(rule.matches(one.profile, seen) << place for place, rule in enumerate(asked))
        decided.append((bits, int(flips.next.timestamp()) if flips.next else 0))
    return decided


def closures(customers: str, number: str) -> Run:
    """Fifty rules on so many profiles that are at hand."""
    folder = folder_of(int(customers), PARTITION)
    told = opened(folder)
    moment, asked = moment_of(told), rules()
    customers_ = at_hand(folder, chosen(PARTITION, int(number)))
    decide(asked, customers_, moment)  # what is read once for all, such as the cities, belongs to nobody
    return lambda: len(decide(asked, customers_, moment))


def some_in_sql(customers: str, number: str) -> Run:
    """One query of fifty rules over these customers alone."""
    told = opened(folder_of(int(customers), PARTITION))
    moment, asked = moment_of(told), rules()
    numbers = chosen(PARTITION, int(number))
    return lambda: len(told.connection.execute(memberships(told, asked, moment, numbers)).fetchall())


def tick(customers: str) -> Run:
    """A tick five minutes after a full pass, on every partition: reads who is due, and decides these and
    those touched (one in 10,000) by closures. Their profiles are at hand; told: how many they were.
    """
    partitions = [
        _prepared(folder_of(int(customers), PARTITION, number))
        for number in range(max(int(customers) // PARTITION, 1))
    ]

    def run() -> dict[str, int]:
        due = decided = 0
        for told, moment, asked, known, touched in partitions:
            found = set(due_customers(told, int(moment.now.timestamp())))
            due += len(found)
            wanted = sorted(found | touched)
            decided += len(decide(asked, [known[one] for one in wanted], moment))
        return {"due": due, "decided": decided}

    return run


def _prepared(folder: Path) -> tuple[Opened, Moment, Sequence[Rule], dict[int, AtHand], set[int]]:
    """A partition five minutes after its last full pass, with the profiles that the tick will ask for."""
    told = opened(folder)
    before, asked = moment_of(told), rules()
    file = f"{mkdtemp(prefix='kairos-bench-')}/w.parquet"
    write_memberships(told, asked, before, file)
    told = told._replace(sources={**told.sources, "membership": relation_of(file)})
    now = before.now.fromtimestamp(before.now.timestamp() + _TICK_SECONDS, before.now.tzinfo)
    moment = replace(before, now=now)
    touched = set(chosen(PARTITION, PARTITION // _TOUCHED))
    wanted = sorted(touched | set(due_customers(told, int(now.timestamp()))))
    known = dict(zip(wanted, at_hand(folder, wanted), strict=True))
    decide(asked, list(known.values()), moment)
    return told, moment, asked, known, touched


CONTENDERS: dict[str, Callable[..., Run]] = {"closures": closures, "some_in_sql": some_in_sql, "tick": tick}
