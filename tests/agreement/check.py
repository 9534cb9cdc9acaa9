"""The check itself: many worlds, many rules, and a failure that tells all that is needed to look into it."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import duckdb

from kairos.domain.criteria.rule import parse_rule
from tests.agreement.readings import Disagreement, Partition
from tests.agreement.world import Json, World

RULES_PER_WORLD = 160
CUSTOMERS = 50


def kinds_in(told: Json) -> Iterator[str]:
    """The kinds of a rule's criteria, each as often as it stands there."""
    for join in ("all", "any", "not"):
        if join in told:
            for part in told[join] if join != "not" else [told[join]]:
                yield from kinds_in(part)
            return
    yield told["kind"]


def draw_rules(world: World, count: int, kinds: Sequence[str] = ()) -> list[Json]:
    """Rules of one to six criteria each."""
    return [world.rule(world.one((1, 1, 2, 3, 6)), kinds) for _ in range(count)]


def check(seeds: Sequence[int], kinds: Sequence[str] = ()) -> tuple[int, Counter[str]]:
    """Compare both readings in one world for each seed; fails at the first that differ.

    kinds: of criteria, all where none are named. Answers how many pairs were compared, and how many rules
    each kind stood in.
    """
    pairs, seen = 0, Counter[str]()
    with duckdb.connect(":memory:") as connection:
        connection.execute("SET threads = 1")
        for seed in seeds:
            world = World(seed, CUSTOMERS)
            world.draw_segments()
            told = draw_rules(world, RULES_PER_WORLD, kinds)
            partition = Partition(world, connection)
            found = list(partition.disagreements([parse_rule(one) for one in told]))
            assert not found, report(world, told, found)
            pairs += len(told) * len(world.profiles)
            seen.update(kind for one in told for kind in set(kinds_in(one)))
    return pairs, seen


def report(world: World, told: Sequence[Json], found: Sequence[Disagreement]) -> str:
    """The least rule that differs, and the customer in full."""
    first = min(found, key=lambda one: (len(json.dumps(told[one.rule])), one.customer))
    concerned = sorted({one.customer for one in found if one.rule == first.rule})
    lines = {
        "seed": world.seed,
        "now": world.now.isoformat(),
        "shop": f"{world.shop.timezone} {world.shop.currency}",
        "rule": json.dumps(told[first.rule], ensure_ascii=False),
        "closure": first.closure,
        "engine": first.engine,
        "customers": concerned,
        "first of them": _shown(world, first.customer),
        "differences in all": f"{len(found)} of {len(told)} rules x {len(world.profiles)} customers",
    }
    return "\n".join(["the two readings differ", *(f"  {name}: {text}" for name, text in lines.items())])


def _shown(world: World, customer: int) -> str:
    profile = world.profiles[customer]
    shown: dict[str, Any] = profile.model_dump(mode="json", exclude_defaults=True)
    names = (name for name in type(profile).model_fields if name not in shown)
    hidden = {name: getattr(profile, name) for name in names if getattr(profile, name)}
    for name, value in hidden.items():
        several = isinstance(value, tuple)
        shown[name] = (
            [one.as_json() if hasattr(one, "as_json") else one for one in value] if several else value
        )
    return json.dumps(shown, ensure_ascii=False, default=str)
