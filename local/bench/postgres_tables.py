"""The facts of an invented shop as a shop's own database keeps them."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from kairos.domain.codes import (
    ACTIVITY_KINDS,
    CHANNELS,
    DEVICES,
    ENGAGEMENT_KINDS,
    GENDERS,
    STATUSES,
    bits_of,
)
from kairos.engine.tables import UNKNOWN_DAY
from local.bench.profiles import FOREIGN
from local.bench.shop_words import SHOP, dictionaries


class Table(NamedTuple):
    """columns: for PostgreSQL. values: the same from the engine's file, as SQL for DuckDB."""

    name: str
    columns: str
    values: str


def _word(column: str, names: Sequence[Any]) -> str:
    """SQL: the name of a code of a closed list, empty for none."""
    listed = ", ".join(f"'{name}'" for name in ("", *names))
    return f"([{listed}])[{column} + 1]"


def _said(column: str, dictionary: str) -> str:
    """SQL: the word of a code of a dictionary, the first of several."""
    words = [word[0] if isinstance(word, tuple) else word for word in dictionaries()[dictionary]]
    return _word(column, words[1:])


def _time(column: str) -> str:
    return f"CASE WHEN {column} > 0 THEN to_timestamp({column})::TIMESTAMP::VARCHAR || '+00' ELSE '' END"


_EMAIL, _SMS = (bits_of(CHANNELS, (one,)) for one in ("email", "sms"))
_CURRENCY = f"CASE WHEN foreign_money THEN '{FOREIGN}' ELSE '{SHOP.currency}' END"
_BORN = f"CASE WHEN birth_day = {UNKNOWN_DAY} THEN '' ELSE (DATE '1970-01-01' + birth_day)::VARCHAR END"

TABLES = (
    Table(
        "customers",
        "customer bigint NOT NULL, birthday date, gender text, language text, country text, city text,"
        " registered_at timestamptz, accepts_email boolean, accepts_sms boolean, customer_group text,"
        " acquisition text, tag text, points int",
        f"customer, {_BORN}, {_word('gender', GENDERS)}, {_said('language', 'language')},"
        f" {_said('country', 'country')}, {_said('city', 'city')}, {_time('registered_at')},"
        f" accepts & {_EMAIL} <> 0, accepts & {_SMS} <> 0, {_said('customer_group', 'customer_group')},"
        f" {_said('acquisition', 'acquisition')}, {_said('tags', 'tags')}, points",
    ),
    Table(
        "orders",
        "customer bigint NOT NULL, number int, placed_at timestamptz, status text, currency text,"
        " total numeric(14, 2), net numeric(14, 2), items int, code text",
        f"customer, number, {_time('ts')}, {_word('status', STATUSES)}, {_CURRENCY}, revenue / 100.0,"
        f" net / 100.0, items, {_said('codes', 'codes')}",
    ),
    Table(
        "lines",
        "customer bigint NOT NULL, number int, placed_at timestamptz, status text, product text,"
        " quantity int",
        f"customer, number, {_time('ts')}, {_word('status', STATUSES)}, {_said('product', 'product')},"
        " quantity",
    ),
    Table(
        "acts",
        "customer bigint NOT NULL, at timestamptz, kind text, target text, stage text, seconds int,"
        " device text, starts_visit boolean",
        f"customer, {_time('ts')}, {_word('kind', ACTIVITY_KINDS)}, {_said('target', 'target')},"
        f" {_said('stage', 'stage')}, seconds, {_word('device', DEVICES)}, starts_visit",
    ),
    Table(
        "engagement",
        "customer bigint NOT NULL, at timestamptz, sent_at timestamptz, kind text, scenario text,"
        " message text, channel text",
        f"customer, {_time('ts')}, {_time('sent_at')}, {_word('kind', ENGAGEMENT_KINDS)},"
        f" {_said('scenario', 'scenario')}, {_said('message', 'message')}, {_word('channel', CHANNELS)}",
    ),
)

INDEXES = (
    "ALTER TABLE customers ADD PRIMARY KEY (customer)",
    "CREATE INDEX ON customers (country, gender)",
    "CREATE INDEX ON orders (customer, placed_at)",
    "CREATE INDEX ON orders (placed_at)",
    "CREATE INDEX ON lines (product, customer)",
    "CREATE INDEX ON acts (kind, target, at)",
    "CREATE INDEX ON acts (customer, at)",
    "CREATE INDEX ON engagement (kind, at)",
    "CREATE INDEX ON engagement (customer, kind, at)",
)
