"""What a request for an import asks for, and what of it makes no sense."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

from pydantic import ValidationError

from kairos.adapters.history.ready import READY
from kairos.domain.errors import Refused
from kairos.domain.imports import Encoding, FileFormat, ImportKind
from kairos.domain.mapping import CustomerMapping, OrderMapping, fields_of
from kairos.domain.refusing import nearest, refused
from kairos.domain.value import Instant, Value


class ImportWish(Value):
    """An import that is wanted.

    mapping: the name of a ready one, or an object: a mapping of your own, or with "like" the changes to a
    ready one. header, separator: of CSV; the separator is one character, "tab", or "blanks" for runs of
    blanks. exported_at: when the shop's system wrote the file.
    """

    kind: ImportKind
    mapping: str | dict[str, Any]
    format: Literal["csv", "jsonl"] = "csv"
    header: bool = True
    separator: str = ","
    encoding: Encoding = "utf-8"
    exported_at: Instant | None = None


class Resolved(NamedTuple):
    """needed: the fields without which the file makes no sense."""

    format: FileFormat
    mapping: OrderMapping | CustomerMapping
    needed: tuple[str, ...]


_WHO = ("customer_id", "email", "phone")
_AMOUNTS = ("total", "line_total", "unit_price", "line_items")


def resolve_wish(wish: ImportWish) -> Resolved:
    """The mapping that is meant. Raises Refused with the path of what is wrong or missing."""
    mapping, needed = _mapping(wish)
    named = dict(fields_of(mapping))
    if wish.kind == "orders":
        _need_one(named, ("placed_at",), "when an order was placed")
        _need_one(named, _AMOUNTS, "what an order came to")
        _need_one(named, _WHO, "who the customer is")
    else:
        _need_one(named, _WHO[:2], "who the customer is")
    _refuse_wrong_columns(wish, named)
    if wish.separator not in ("tab", "blanks") and (
        len(wish.separator) != 1 or wish.separator in '"\r\n' or wish.separator.isalnum()
    ):
        problem = f"{wish.separator!r} separates nothing."
        raise Refused("separator", problem, 'Send one character such as ";", or "tab", or "blanks".')
    told = FileFormat(type=wish.format, header=wish.header, separator=wish.separator, encoding=wish.encoding)
    return Resolved(told, mapping, needed)


def _mapping(wish: ImportWish) -> tuple[OrderMapping | CustomerMapping, tuple[str, ...]]:
    if isinstance(wish.mapping, str):
        return _ready(wish.mapping, wish.kind, "mapping")
    own = dict(wish.mapping)
    like, needed = own.pop("like", None), tuple[str, ...]()
    if like is not None:
        ready, needed = _ready(str(like), wish.kind, "mapping.like")
        own = _amended(ready.as_json(), own)
    model = OrderMapping if wish.kind == "orders" else CustomerMapping
    try:
        mapping = model.model_validate(own)
    except ValidationError as wrong:
        raise refused(wrong, model, "mapping", within="mapping") from wrong
    return mapping, (*needed, *_stated(wish.mapping))


def _ready(name: str, kind: ImportKind, field: str) -> tuple[OrderMapping | CustomerMapping, tuple[str, ...]]:
    if name not in READY:
        raise Refused(field, f"There is no ready mapping {name!r}.", nearest(name, READY))
    ready = READY[name]
    if kind == "orders":
        return ready.orders, ready.orders_needed
    return ready.customers, ready.customers_needed


def _amended(ready: dict[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """The ready mapping with its parts replaced; columns, statuses and attributes one by one."""
    both = {**ready, **own}
    for name in ("columns", "statuses", "attributes"):
        if isinstance(own.get(name), dict):
            both[name] = {**ready.get(name, {}), **own[name]}
    return both


def _stated(own: Mapping[str, Any]) -> Iterator[str]:
    """The fields whose columns the request itself names: a typo among them must not pass."""
    for name in ("columns", "attributes"):
        stated = own.get(name)
        for field in stated if isinstance(stated, dict) else ():
            yield field if name == "columns" else f"attributes.{field}"


def _need_one(named: Mapping[str, Any], fields: tuple[str, ...], what: str) -> None:
    if not any(field in named for field in fields):
        remedy = f"Name a column for {' or '.join(fields)}."
        raise Refused(f"mapping.columns.{fields[0]}", f"No column tells {what}.", remedy)


def _refuse_wrong_columns(wish: ImportWish, named: Mapping[str, tuple[str | int, ...]]) -> None:
    by_place = wish.format == "csv" and not wish.header
    for field, columns in named.items():
        path = field if field.startswith("attributes.") else f"columns.{field}"
        names = [one for one in columns if isinstance(one, str)]
        if by_place and names:
            problem = f"Without a header no column is called {names[0]!r}."
            raise Refused(f"mapping.{path}", problem, "Name the column by its place, from 1.")
        if wish.format == "jsonl" and len(names) < len(columns):
            remedy = 'Name the value by its path, such as "billing.email".'
            raise Refused(f"mapping.{path}", "JSON lines have no numbered columns.", remedy)
