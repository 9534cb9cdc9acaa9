"""The engine's sections: each lets its contenders take turns, and tells ratios of CPU time.

Sizes: KAIROS_BENCH_CUSTOMERS, 1,000,000 unless it is set; a smaller shop is measured in seconds.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from local.bench.measuring import in_turns, table
from local.bench.recompute_costs import PRICED_ON, dollars, written
from local.bench.shops import PARTITION, invent

CUSTOMERS = int(os.environ.get("KAIROS_BENCH_CUSTOMERS", "1000000"))
Figures = dict[str, Any]
"""What goes into bench/results.json: the costs by contender, and the ratios by name."""


def _whole() -> tuple[str, str]:
    """The shop in a single partition, as arguments of a contender."""
    return str(CUSTOMERS), str(CUSTOMERS)


def _one_partition() -> tuple[str, str]:
    """A shop of one partition."""
    return str(PARTITION), str(PARTITION)


def _told(contenders: Mapping[str, Sequence[str]], ratios: Mapping[str, tuple[str, str]]) -> Figures:
    """Measure, print and answer. ratios: name -> contender above and contender below."""
    costs = in_turns(contenders)
    for line in table(costs):
        print(line, flush=True)
    known = {
        name: round(costs[above].cpu / costs[below].cpu, 3)
        for name, (above, below) in ratios.items()
        if above in costs and below in costs
    }
    for name, ratio in known.items():
        print(f"  {name}: {ratio:.2f}", flush=True)
    return {"costs": {name: cost.as_json() for name, cost in costs.items()}, "ratios": known}


def decoding() -> Figures:
    """(a) One pass, against reading the same columns and nothing else; on one thread."""
    small, large = _one_partition(), _whole()
    return _told(
        {
            "floor, one partition": ("floor", *small),
            "one pass, one partition": ("one_pass", *small),
            "one pass without due, one partition": ("without_due", *small),
            "floor, the whole shop at once": ("floor", *large),
            "one pass, the whole shop at once": ("one_pass", *large),
            "one pass without due, the whole shop at once": ("without_due", *large),
        },
        {
            "one pass ÷ floor, one partition": ("one pass, one partition", "floor, one partition"),
            "one pass ÷ floor": ("one pass, the whole shop at once", "floor, the whole shop at once"),
            "one pass without due ÷ floor": (
                "one pass without due, the whole shop at once",
                "floor, the whole shop at once",
            ),
        },
    )


def queries() -> Figures:
    """(b) A query for each segment, against one pass."""
    small = _one_partition()
    contenders, ratios = {}, {}
    for number in ("50", "200"):
        one, each = f"one pass, {number} segments", f"query for each, {number} segments"
        contenders[one] = ("without_due", *small, number)
        contenders[each] = ("each_alone", *small, number)
        ratios[f"query for each ÷ one pass, {number} segments"] = (each, one)
    return _told(contenders, ratios)


def rivals() -> Figures:
    """(c) Ten segments over raw facts: data frames and a database with indexes, against one pass."""
    contenders = {
        "one pass": ("ten_of_raw", *_whole()),
        "pandas": ("pandas_ten", *_whole()),
        "Polars": ("polars_ten", *_whole()),
        "PostgreSQL": ("postgres_ten", *_whole()),
    }
    names = [name for name in contenders if name != "one pass"]
    figures = _told(contenders, {f"{name} ÷ one pass on raw facts": (name, "one pass") for name in names})
    members = {name: cost["told"] for name, cost in figures["costs"].items()}
    if len({tuple(told) for told in members.values()}) > 1:
        raise RuntimeError(f"the contenders found different members: {members}")
    return figures


def few() -> Figures:
    """(d) Closures, and a query of these alone, on few customers of a partition."""
    numbers = ("1", "10", "100", "1000")
    contenders = {f"closures, {n} customers": ("closures", str(PARTITION), n) for n in numbers}
    contenders |= {f"query, {n} customers": ("some_in_sql", str(PARTITION), n) for n in numbers}
    return _told(
        contenders,
        {f"closures ÷ query, {n}": (f"closures, {n} customers", f"query, {n} customers") for n in numbers},
    )


def growth() -> Figures:
    """(e) From one partition to the whole shop, at once and in partitions on one and two processes."""
    invent(CUSTOMERS)
    return _told(
        {
            "one partition": ("one_pass", *_one_partition()),
            "the whole shop at once": ("one_pass", *_whole()),
            "in partitions, 1 process": ("partitions", str(CUSTOMERS), "1"),
            "in partitions, 2 processes": ("partitions", str(CUSTOMERS), "2"),
        },
        {
            "whole shop ÷ one partition": ("the whole shop at once", "one partition"),
            "in partitions ÷ at once": ("in partitions, 1 process", "the whole shop at once"),
        },
    )


def previews() -> Figures:
    """(f) How long a rule takes to be counted in a partition, warm."""
    return _told({"count of each of fifty rules": ("previews", *_one_partition())}, {})


def ticks() -> Figures:
    """(g) A tick of the schedule over one partition, against a full pass."""
    return _told(
        {"tick": ("tick", str(PARTITION)), "full pass": ("one_pass", *_one_partition())},
        {"tick ÷ full pass": ("tick", "full pass")},
    )


def writes() -> Figures:
    """(h) What a commit writes for customers who changed, counted."""
    told = written()
    ratio = told.written / told.changed
    print(f"  memberships written ÷ changed customers: {ratio:.2f} ({told.changed} changed)", flush=True)
    print(f"  units of DynamoDB for each: {told.writes / told.changed:.2f} written,", end=" ")
    print(f"{told.reads / told.changed:.2f} read", flush=True)
    return {"counted": told._asdict(), "ratios": {"writes ÷ changes": ratio}}


def prices() -> Figures:
    """(i) Dollars of one recompute and of a month, from counted units and list prices."""
    costs = in_turns({"in partitions, 1 process": ("partitions", str(CUSTOMERS), "1")})
    each = costs["in partitions, 1 process"].cpu / max(CUSTOMERS // PARTITION, 1)
    told = dollars(CUSTOMERS, each, written())
    for name, figure in told._asdict().items():
        print(f"  {name}: ${figure:.8f}", flush=True)
    print(f"  list prices of {PRICED_ON}", flush=True)
    return {"dollars": told._asdict(), "priced_on": PRICED_ON}


SECTIONS: Mapping[str, Callable[[], Figures]] = {
    "a decoding": decoding,
    "b queries": queries,
    "c rivals": rivals,
    "d few customers": few,
    "e growth": growth,
    "f previews": previews,
    "g ticks": ticks,
    "h writes": writes,
    "i prices": prices,
}
