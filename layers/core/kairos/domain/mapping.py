"""Which column of a file of history means what."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from kairos.domain.money import Currency
from kairos.domain.order import OrderStatus
from kairos.domain.shop import Timezone
from kairos.domain.value import Value

MOST_NAMES = 10
"""Columns that may mean the same field."""

LONGEST_NAME = 200
"""Characters of a column's name."""

_COLUMN_REMEDY = 'name a column, as "Total" or by its place from 1 as 5, or a list of such'


def _columns(told: Any) -> tuple[str | int, ...]:
    names = told if isinstance(told, list | tuple) else [told]
    good = [
        (isinstance(one, str) and 0 < len(one.strip()) <= LONGEST_NAME)
        or (isinstance(one, int) and not isinstance(one, bool) and one > 0)
        for one in names
    ]
    if not good or not all(good) or len(good) > MOST_NAMES:
        raise ValueError(f"This names no column; {_COLUMN_REMEDY}")
    return tuple(names)


Column = Annotated[
    tuple[str | int, ...],
    BeforeValidator(_columns, json_schema_input_type=str | int | list[str | int]),
]
"""The column's name in the header (JSON lines: the path of the value, "billing.email"), or its place from 1.

Of several the first that is filled counts, row by row. A name that ends in * means all that begin so.
"""


class PersonColumns(Value):
    """Columns of a person. name: first and last name in one; country: a code, or its English name.

    customer_id: the shop's own; email, phone: each leads to the customer by itself.
    """

    customer_id: Column | None = None
    email: Column | None = None
    phone: Column | None = None
    name: Column | None = None
    first_name: Column | None = None
    last_name: Column | None = None
    language: Column | None = None
    country: Column | None = None
    province: Column | None = None
    city: Column | None = None
    postcode: Column | None = None
    street: Column | None = None
    accepts_email: Column | None = None
    accepts_sms: Column | None = None
    consent_at: Column | None = None


class OrderColumns(PersonColumns):
    """Columns of an order, and of the line that its row tells.

    order_id: rows that share it are one order; without it each row is one. number: what people call the
    order; where it is named, rows that share it are one order, so that order_id may stand in one of them.
    placed_time: the time of day where it has a column of its own. total: what was to be paid; without it
    the sum of the lines. line_discount: off the whole line. line_items: all lines in one cell, as
    WooCommerce's exporters write them.
    """

    order_id: Column | None = None
    number: Column | None = None
    placed_at: Column | None = None
    placed_time: Column | None = None
    updated_at: Column | None = None
    paid_at: Column | None = None
    cancelled_at: Column | None = None
    status: Column | None = None
    payment_method: Column | None = None
    currency: Column | None = None
    total: Column | None = None
    tax: Column | None = None
    shipping: Column | None = None
    discount: Column | None = None
    refunded: Column | None = None
    codes: Column | None = None
    product_id: Column | None = None
    variant_id: Column | None = None
    sku: Column | None = None
    title: Column | None = None
    quantity: Column | None = None
    unit_price: Column | None = None
    line_discount: Column | None = None
    line_total: Column | None = None
    line_items: Column | None = None


class CustomerColumns(PersonColumns):
    """Columns of a customer. tags: separated by commas."""

    birthday: Column | None = None
    gender: Column | None = None
    registered_at: Column | None = None
    updated_at: Column | None = None
    tags: Column | None = None
    group: Column | None = None
    acquisition: Column | None = None


_SOME_TIME = datetime(2001, 12, 31, 23, 58, 59)  # noqa: DTZ001 - written and read in the same form only


def _date_format(told: str) -> str:
    with suppress(ValueError):
        if "%Y" in told or "%y" in told:
            datetime.strptime(_SOME_TIME.strftime(told), told)  # noqa: DTZ007 - see _SOME_TIME
            return told
    raise ValueError(f"{told!r} is no form of a date with its year; write one such as '%d.%m.%Y %H:%M'")


DateFormat = Annotated[str, StringConstraints(max_length=50), AfterValidator(_date_format)]
"""The form of a time, in the notation of strptime."""


class Reading(Value):
    """How cells are to be read.

    date_formats: in the notation of strptime, tried in turn; without any, ISO 8601. timezone: of times
    without offset, the shop's if left out. decimal: what stands before the cents.
    """

    date_formats: Annotated[tuple[DateFormat, ...], Field(max_length=5)] = ()
    timezone: Timezone | None = None
    decimal: Literal[".", ","] = "."


class OrderMapping(Reading):
    """How a file tells orders.

    currency: of amounts whose row names none, the shop's if left out. statuses: what the file's words mean,
    in lower case; status: of an order whose row tells none; other_status: of one whose word is not
    listed, unless a time of payment is told; left out, such rows are refused. cancelled_prefix: an
    order_id that begins so takes back ("C" for C536379): it is kept as cancelled and counts for nothing.
    """

    kind: Literal["orders"] = "orders"
    columns: OrderColumns
    currency: Currency | None = None
    statuses: dict[str, OrderStatus] = Field(default_factory=dict)
    status: OrderStatus = "paid"
    other_status: OrderStatus | None = None
    cancelled_prefix: Annotated[str, StringConstraints(min_length=1, max_length=10)] | None = None


class CustomerMapping(Reading):
    """How a file tells customers. attributes: further fields of the profile, by the name they get."""

    kind: Literal["customers"] = "customers"
    columns: CustomerColumns
    attributes: Annotated[dict[str, Column], Field(max_length=50)] = Field(default_factory=dict)


Mapping = OrderMapping | CustomerMapping

ATTRIBUTE = "attributes."
"""Before the name of a field that is an attribute."""


def fields_of(mapping: Mapping) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    """Every field that has columns, with these; in a fixed order."""
    for name in type(mapping.columns).model_fields:
        named = getattr(mapping.columns, name)
        if named is not None:
            yield name, named
    if isinstance(mapping, CustomerMapping):
        for name, named in sorted(mapping.attributes.items()):
            yield ATTRIBUTE + name, named
