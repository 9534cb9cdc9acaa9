"""Customers of an invented shop as profiles, read back from its files: what closures are asked about."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from math import asin, atan2, degrees
from pathlib import Path
from typing import Any

import duckdb

from kairos.domain.codes import (
    ACTIVITY_KINDS,
    CHANNELS,
    DEVICES,
    ENGAGEMENT_KINDS,
    GENDERS,
    STATUSES,
    STEPS,
)
from kairos.domain.person import Address, Person
from kairos.domain.places import SPHERE
from kairos.domain.profile import EngagementFact, MembershipFact, Profile, RunFact, SurveyFact
from kairos.domain.purchases import CartFact, OrderFact
from kairos.domain.visits import ActivityAct
from kairos.engine.sources import relation
from kairos.engine.tables import NO_HOUR, TABLES, UNKNOWN_DAY
from local.bench.shop_words import SHOP, dictionaries, email
from local.bench.shops import sources_of

FOREIGN = "XTS"
Row = dict[str, Any]
Rows = dict[str, dict[int, list[Row]]]


def profiles_of(folder: Path, numbers: Sequence[int], first: int = 0) -> list[Profile]:
    """These customers of the partition, by its numbers. first: the shop's number of its first customer."""
    rows = _read(folder, numbers)
    return [_profile(number, first, rows) for number in numbers]


def _read(folder: Path, numbers: Iterable[int]) -> Rows:
    wanted, found = list(numbers), Rows()
    with duckdb.connect(":memory:", config={"threads": 1}) as connection:
        for table, source in sources_of(folder).items():
            if table not in TABLES:
                continue
            cursor = connection.execute(
                f"SELECT * FROM {relation(source)} WHERE customer IN (SELECT unnest(?::UINTEGER[]))", [wanted]
            )
            names = [one[0] for one in cursor.description or ()]
            found[table] = {number: [] for number in wanted}
            for told in cursor.fetchall():
                found[table][told[0]].append(dict(zip(names, told, strict=True)))
    return found


def _profile(number: int, first: int, rows: Rows) -> Profile:
    words = dictionaries()
    mine = {table: by_customer[number] for table, by_customer in rows.items()}
    [row] = mine["customers"]
    return Profile(
        id=f"c{first + number}",
        nodes=(f"c{first + number}",),
        email=email(number),
        person=_person(row, _fields(mine["attributes"])),
        registered_at=at(row["registered_at"]),
        tags=words["tags"][row["tags"]] or (),
        group=words["customer_group"][row["customer_group"]],
        acquisition=words["acquisition"][row["acquisition"]],
        accepts=_channels(row["accepts"]),
        reachable=_channels(row["reachable"]),
        preferred_channel=_named(CHANNELS, row["prefers"]),
        preferred_hour=None if row["preferred_hour"] == NO_HOUR else row["preferred_hour"],
        preferred_weekday=None if row["preferred_weekday"] == NO_HOUR else row["preferred_weekday"],
        lists=words["lists"][row["lists"]] or (),
        points=row["points"],
        orders=tuple(_order(one, mine["lines"]) for one in mine["orders"]),
        carts=tuple(_cart(one, mine["cart_lines"]) for one in mine["carts"]),
        acts=tuple(_act(one) for one in mine["acts"]),
        engagement=tuple(
            sorted(map(_engagement, mine["engagement"]), key=lambda one: (one.at, one.sent_at, one.kind))
        ),
        runs=tuple(
            RunFact(
                scenario=words["scenario"][one["scenario"]],
                started_at=_time(one["ts"]),
                ended_at=at(one["ended_at"]),
            )
            for one in mine["runs"]
        ),
        surveys=tuple(SurveyFact(at=_time(one["ts"]), score=one["score"]) for one in mine["surveys"]),
        memberships=tuple(
            MembershipFact(segment=words["segment"][one["segment"]], entered_at=_time(one["ts"]))
            for one in mine["memberships"]
        ),
    )


def _fields(attributes: Iterable[Row]) -> dict[str, str]:
    """Those that no column of `customers` tells."""
    words = dictionaries()["attribute"]
    told = [words[one["attribute"]] for one in attributes]
    return {name: value for name, value in told if name not in ("gender", "language", "birthday")}


def _time(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)


def at(second: int) -> datetime | None:
    """The instant; None for never."""
    return _time(second) if second else None


def _named(names: Sequence[Any], code: int) -> Any:
    return names[code - 1] if code else None


def _channels(bits: int) -> tuple[Any, ...]:
    return tuple(one for place, one in enumerate(CHANNELS) if bits >> place & 1)


def _person(row: Row, known: dict[str, str]) -> Person:
    words = dictionaries()
    born = row["birth_day"]
    placed = (row["x"], row["y"], row["z"]) != (0, 0, 0)
    return Person(
        first_name=known.pop("first_name", None),
        last_name=known.pop("last_name", None),
        language=words["language"][row["language"]],
        birthday=None if born == UNKNOWN_DAY else date(1970, 1, 1) + timedelta(days=born),
        gender=_named(GENDERS, row["gender"]),
        address=Address(
            country=words["country"][row["country"]],
            city=words["city"][row["city"]],
            latitude=degrees(asin(row["z"] / SPHERE)) if placed else None,
            longitude=degrees(atan2(row["y"], row["x"])) if placed else None,
        ),
        attributes=known,
    )


def _money(foreign: bool) -> str:
    return FOREIGN if foreign else SHOP.currency


def _order(row: Row, lines: Iterable[Row]) -> OrderFact:
    product = dictionaries()["product"]
    bought = {product[one["product"]]: one["quantity"] for one in lines if one["number"] == row["number"]}
    return OrderFact(
        id=f"o{row['number']:04d}",
        placed_at=_time(row["ts"]),
        status=_named(STATUSES, row["status"]),
        counts=row["counts"],
        currency=_money(row["foreign_money"]),
        revenue=row["revenue"],
        revenue_without_tax=row["net"],
        items=row["items"],
        product_ids=tuple(sorted(bought)),
        quantities=tuple(bought[one] for one in sorted(bought)),
        codes=dictionaries()["codes"][row["codes"]] or (),
        returned=row["returned"],
        delivered_at=_time(row["delivered"]) if row["delivered"] else None,
    )


def _cart(row: Row, lines: Iterable[Row]) -> CartFact:
    product = dictionaries()["product"]
    inside = {product[one["product"]] for one in lines if one["number"] == row["number"]}
    return CartFact(
        key=str(row["key"]),
        changed_at=_time(row["ts"]),
        total=row["total"],
        currency=_money(row["foreign_money"]),
        items=row["items"],
        product_ids=tuple(sorted(inside)),
        step=_named(STEPS, row["step"]),
        ordered=row["ordered"],
        verified=row["verified"],
    )


def _act(row: Row) -> ActivityAct:
    words = dictionaries()
    return ActivityAct(
        at=_time(row["ts"]),
        kind=_named(ACTIVITY_KINDS, row["kind"]),
        target=words["target"][row["target"]],
        stage=words["stage"][row["stage"]],
        seconds=row["seconds"],
        device=_named(DEVICES, row["device"]),
        starts_visit=row["starts_visit"],
    )


def _engagement(row: Row) -> EngagementFact:
    words = dictionaries()
    return EngagementFact(
        kind=_named(ENGAGEMENT_KINDS, row["kind"]),
        sent_at=_time(row["sent_at"]),
        at=_time(row["ts"]),
        scenario=words["scenario"][row["scenario"]],
        message=words["message"][row["message"]],
        channel=_named(CHANNELS, row["channel"]),
    )
