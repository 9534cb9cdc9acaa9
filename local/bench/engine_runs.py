"""The engine over invented shops: the floor, one pass, a query for each segment, partitions, previews."""

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import duckdb

from kairos.domain.criteria.rule import Rule, parse_rule
from kairos.domain.moment import Moment
from kairos.domain.standing import Thresholds
from kairos.engine.asking import count
from kairos.engine.passing import write_memberships
from kairos.engine.plan import Plan
from kairos.engine.plan import words_of as packed_bits
from kairos.engine.sources import Sources, relation_of
from kairos.engine.thresholds import thresholds, write_counted
from local.bench.decoding import columns_read, decode
from local.bench.measuring import Run
from local.bench.segments import segments
from local.bench.shop_words import NOW, SHOP, catalogue
from local.bench.shops import PARTITION, invent, sources_of, words_of


class Opened(NamedTuple):
    """A partition of an invented shop."""

    connection: duckdb.DuckDBPyConnection
    sources: Sources
    words: Mapping[str, Sequence[Any]]


def opened(folder: Path) -> Opened:
    """One thread, as a function has it."""
    connection = duckdb.connect(":memory:", config={"threads": 1})
    return Opened(connection, sources_of(folder), words_of(folder))


def folder_of(customers: int, partition: int = PARTITION, number: int = 0) -> Path:
    """A partition's folder."""
    return invent(customers, partition).partitions[number]


def moment_of(partition: Opened) -> Moment:
    """NOW, with the partition's own thresholds."""
    return Moment(now=NOW, shop=SHOP, catalogue=catalogue(), thresholds=_thresholds(partition))


def _thresholds(partition: Opened) -> Thresholds:
    with TemporaryDirectory() as folder:
        file = f"{folder}/share.parquet"
        write_counted(partition, file)
        return thresholds(partition.connection, relation_of(file))


def rules(number: int = 50) -> list[Rule]:
    """So many segments' rules."""
    return [parse_rule(one) for one in segments(number)]


def one_pass(customers: str, partition: str, number: str = "50") -> Run:
    """All segments and `due`, into a file."""
    told = opened(folder_of(int(customers), int(partition)))
    moment, asked = moment_of(told), rules(int(number))
    return partial(_pass, told, asked, moment)


def _pass(told: Opened, asked: Sequence[Rule], moment: Moment) -> None:
    with TemporaryDirectory() as folder:
        write_memberships(told, asked, moment, f"{folder}/w.parquet")


def without_due(customers: str, partition: str, number: str = "50") -> Run:
    """All segments in one query, and nothing of when to look again."""
    told = opened(folder_of(int(customers), int(partition)))
    moment, asked = moment_of(told), rules(int(number))
    return lambda: _memberships(told, asked, moment)


def each_alone(customers: str, partition: str, number: str = "50") -> Run:
    """A query for each segment."""
    told = opened(folder_of(int(customers), int(partition)))
    moment, asked = moment_of(told), rules(int(number))

    def run() -> None:
        for one in asked:
            _memberships(told, [one], moment)

    return run


def _memberships(told: Opened, asked: Sequence[Rule], moment: Moment) -> None:
    plan = Plan(moment, told.words)
    outputs = packed_bits([rule.sql(plan) for rule in asked])
    told.connection.execute(f"CREATE OR REPLACE TEMP TABLE w AS {plan.select(outputs, told.sources)}")


def floor(customers: str, partition: str) -> Run:
    """Decoding the columns that the pass over fifty segments reads, and nothing else."""
    told = opened(folder_of(int(customers), int(partition)))
    plan = Plan(moment_of(told), told.words, with_turns=True)
    outputs = packed_bits([rule.sql(plan) for rule in rules()])
    read = columns_read(told.connection, plan.select(outputs, told.sources))
    return lambda: decode(told.connection, read)


def partitions(customers: str, processes: str) -> Run:
    """The whole shop, partition after partition, on so many processes; each opens and measures its own."""
    folders = invent(int(customers)).partitions

    def run() -> None:
        with ProcessPoolExecutor(int(processes)) as pool:
            list(pool.map(_pass_of, folders))

    return run


def _pass_of(folder: Path) -> None:
    told = opened(folder)
    _pass(told, rules(), Moment(now=NOW, shop=SHOP, catalogue=catalogue()))
    told.connection.close()


def previews(customers: str, partition: str) -> Run:
    """How long each of the fifty rules takes to be counted, warm; told: milliseconds of wall time."""
    told = opened(folder_of(int(customers), int(partition)))
    moment, asked = moment_of(told), rules()
    count(told, asked[0], moment)

    def run() -> dict[str, float]:
        took = []
        for rule in asked:
            begun = time.perf_counter()
            count(told, rule, moment)
            took.append((time.perf_counter() - begun) * 1000)
        return {"median": statistics.median(took), "slowest": max(took)}

    return run


CONTENDERS: dict[str, Callable[..., Run]] = {
    "floor": floor,
    "one_pass": one_pass,
    "without_due": without_due,
    "each_alone": each_alone,
    "partitions": partitions,
    "previews": previews,
}
