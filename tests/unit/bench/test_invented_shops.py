"""The shops that the engine is measured on are what recorded customers would have become."""

from collections import Counter
from pathlib import Path

import duckdb
import pytest

from kairos.engine.encode import Dictionaries, encode
from kairos.engine.sources import Split, relation
from kairos.engine.tables import TABLES
from local.bench.profiles import profiles_of
from local.bench.shop_words import SHOP, dictionaries
from local.bench.shops import MEASURED, sources_of, write_partition

CUSTOMERS = 300
FIRST = 1_000
# Places are invented by city, without the gazetteer; a cart's key is a hash that nothing leads back from.
INVENTED = {"customers": {"region", "province", "x", "y", "z", "area", "hemisphere"}, "carts": {"key"}}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("bench") / "p00"
    write_partition(made, FIRST, CUSTOMERS)
    return made


def rows_of(source: str | Split, table: str) -> list[tuple[object, ...]]:
    with duckdb.connect(":memory:") as connection:
        return connection.sql(f"SELECT {', '.join(TABLES[table])} FROM {relation(source)}").fetchall()  # noqa: S608


@pytest.mark.parametrize("table", MEASURED)
def test_customers_read_back_and_encoded_anew_give_the_same_rows(folder: Path, table: str) -> None:
    words, kept = Dictionaries(dictionaries(CUSTOMERS)), INVENTED.get(table, set())
    shown = [place for place, column in enumerate(TABLES[table]) if column not in kept]
    anew = [
        row
        for number, profile in enumerate(profiles_of(folder, range(CUSTOMERS), FIRST))
        for row in encode(profile, SHOP, number, words)[table]
    ]
    found = rows_of(sources_of(folder)[table], table)

    assert found
    assert Counter(tuple(row[place] for place in shown) for row in found) == Counter(
        tuple(row[place] for place in shown) for row in anew
    )


@pytest.mark.parametrize(
    "table", [name for name, one in sources_of(Path()).items() if isinstance(one, Split)]
)
def test_hot_files_hold_what_is_younger_than_their_boundary(folder: Path, table: str) -> None:
    source = sources_of(folder)[table]
    assert isinstance(source, Split)
    ts = list(TABLES[table]).index("ts")
    whole, hot = rows_of(source.full, table), rows_of(source.hot, table)

    assert Counter(hot) == Counter(row for row in whole if row[ts] > source.since)
    assert len(hot) < len(whole)


def test_a_shop_is_the_same_each_time(folder: Path, tmp_path: Path) -> None:
    write_partition(tmp_path / "again", FIRST, CUSTOMERS)

    for table, source in sources_of(tmp_path / "again").items():
        assert Counter(rows_of(source, table)) == Counter(rows_of(sources_of(folder)[table], table))


def test_customers_are_as_busy_as_the_design_measured(folder: Path) -> None:
    each = {table: len(rows_of(one, table)) / CUSTOMERS for table, one in sources_of(folder).items()}

    assert 3.5 < each["orders"] < 5.5
    assert 9 < each["lines"] < 14
    assert 15 < each["acts"] + each["engagement"] < 25
