"""The ten segments by pandas and by Polars, from the facts in the same files."""

import importlib
import os
from pathlib import Path
from typing import Any

from local.bench.engine_runs import folder_of
from local.bench.measuring import Run
from local.bench.shops import PARTITION
from local.bench.ten_figures import (
    BIG_SPENDING,
    EMAIL,
    FEMALE,
    GERMANY,
    OPENED,
    VIEWED,
    days_ago,
    products_of,
)

_COLUMNS = {
    "customers": ["customer", "accepts", "country", "gender"],
    "orders": ["customer", "ts", "counts", "foreign_money", "revenue", "codes"],
    "lines": ["customer", "counts", "product"],
    "acts_hot": ["customer", "ts", "kind", "target"],
    "engagement_hot": ["customer", "ts", "kind"],
}


def pandas_ten(customers: str, partition: str = str(PARTITION)) -> Run | str:
    """By pandas, with pyarrow as reader."""
    try:
        pandas = importlib.import_module("pandas")
    except ImportError:
        return "pandas is not installed here"
    folder = folder_of(int(customers), int(partition))
    return lambda: _by_pandas(pandas, folder)


def _by_pandas(pandas: Any, folder: Path) -> list[int]:
    tables = {
        name: pandas.read_parquet(folder / f"{name}.parquet", columns=columns)
        for name, columns in _COLUMNS.items()
    }
    people, lines = tables["customers"], tables["lines"]
    orders = tables["orders"][tables["orders"].counts]
    each = orders.groupby("customer")
    number, last, revenue = each.size(), each.ts.max(), each.revenue.sum()
    foreign = each.foreign_money.any()
    lately = orders[orders.ts > days_ago(90)].groupby("customer").size()
    coded = orders[(orders.codes > 0) & (orders.ts > days_ago(180))].customer
    fans = lines[lines.counts & lines["product"].isin(products_of("category-3"))].customer
    acts = tables["acts_hot"]
    looked = acts[
        (acts.ts > days_ago(30)) & (acts.kind == VIEWED) & acts.target.isin(products_of("category-11"))
    ]
    read = tables["engagement_hot"]
    openers = read[(read.ts > days_ago(30)) & (read.kind == OPENED)].customer.unique()
    subscribed = (people.accepts & EMAIL) != 0
    often = looked.groupby("customer").size()
    members = (
        people.customer[subscribed],
        people.customer[(people.country == GERMANY) & (people.gender == FEMALE)],
        last.index[last <= days_ago(180)],
        number.index[number == 1],
        revenue.index[(revenue > BIG_SPENDING) & ~foreign],
        lately.index[lately >= 2],
        fans.unique(),
        coded.unique(),
        often.index[often >= 3],
        people.customer[subscribed & people.customer.isin(openers)],
    )
    return [len(one) for one in members]


def polars_ten(customers: str, partition: str = str(PARTITION)) -> Run | str:
    """By Polars, lazily, on one thread as the engine."""
    os.environ["POLARS_MAX_THREADS"] = "1"
    try:
        polars = importlib.import_module("polars")
    except ImportError:
        return "Polars is not installed here"
    folder = folder_of(int(customers), int(partition))
    return lambda: _by_polars(polars, folder)


def _by_polars(pl: Any, folder: Path) -> list[int]:
    scans = {name: pl.scan_parquet(folder / f"{name}.parquet") for name in _COLUMNS}
    people, col = scans["customers"], pl.col
    orders = scans["orders"].filter(col("counts"))
    each = orders.group_by("customer").agg(
        pl.len().alias("number"),
        col("ts").max().alias("last"),
        col("revenue").sum().alias("revenue"),
        col("foreign_money").any().alias("foreign"),
        (col("ts") > days_ago(90)).sum().alias("lately"),
        ((col("codes") > 0) & (col("ts") > days_ago(180))).any().alias("coded"),
    )
    fans = (
        scans["lines"]
        .filter(col("counts") & col("product").is_in(products_of("category-3")))
        .select("customer")
    )
    looked = scans["acts_hot"].filter(
        (col("ts") > days_ago(30)) & (col("kind") == VIEWED) & col("target").is_in(products_of("category-11"))
    )
    openers = scans["engagement_hot"].filter((col("ts") > days_ago(30)) & (col("kind") == OPENED))
    subscribed = (col("accepts") & EMAIL) != 0
    often = looked.group_by("customer").len().filter(col("len") >= 3)
    members = [
        people.filter(subscribed),
        people.filter((col("country") == GERMANY) & (col("gender") == FEMALE)),
        each.filter(col("last") <= days_ago(180)),
        each.filter(col("number") == 1),
        each.filter((col("revenue") > BIG_SPENDING) & ~col("foreign")),
        each.filter(col("lately") >= 2),
        fans.unique(),
        each.filter(col("coded")),
        often,
        people.filter(subscribed).join(openers.select("customer").unique(), on="customer", how="semi"),
    ]
    return [frame.height for frame in pl.collect_all([one.select("customer") for one in members])]


CONTENDERS = {"pandas_ten": pandas_ten, "polars_ten": polars_ten}
