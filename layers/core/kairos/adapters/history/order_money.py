"""What an order came to, and its lines: in minor units of the order's currency."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from kairos.adapters.history.line_items import read_items
from kairos.adapters.history.values import Cells, Wrong, plain
from kairos.domain.money import minor_units
from kairos.domain.order import ALL_REFUNDS, Amounts, Line, Refund

NUMBERS = frozenset(
    {"total", "tax", "shipping", "discount", "refunded"}
    | {"quantity", "unit_price", "line_discount", "line_total"}
)
"""Fields that hold numbers."""

_LINE = frozenset(
    {"product_id", "variant_id", "sku", "title", "quantity", "unit_price", "line_discount", "line_total"}
)
_MOST_PIECES = 1_000_000_000

Values = Mapping[str, Any]
"""The filled fields of a row, or of a line: numbers as Decimal, the rest as text."""


class WrongField(Exception):
    """What is wrong with a row, and in which field of the mapping."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(problem)
        self.field = field
        self.problem = problem


def line_values(rows: Sequence[Values], cells: Cells) -> Iterator[Values]:
    """What is told of each line, by its row or within a cell of all lines."""
    for values in rows:
        if not _LINE.isdisjoint(values):
            yield values
        for item in read_items(values["line_items"]) if "line_items" in values else ():
            yield {name: _item_value(name, text, cells) for name, text in item.items()}


def lines_of(told: Sequence[Values], currency: str, cancels: bool) -> tuple[Line, ...]:
    """The lines. cancels: what is taken back is told as it was bought, as what was cancelled."""
    return tuple(_line(values, currency, cancels) for values in told)


def amounts_of(
    order: Values, told: Sequence[Values], lines: Sequence[Line], currency: str, cancels: bool
) -> Amounts:
    """What the order came to: its total, else the sum of its lines. told: what these lines were told by."""
    if "total" in order:
        total = _units(order["total"], currency)
    elif any("line_total" in values or "unit_price" in values for values in told):
        total = sum(line.total for line in lines)
    else:
        raise WrongField("total", "No row of the order tells what it came to.")
    return Amounts(
        currency=currency,
        total=abs(total) if cancels else total,
        tax=_units(order.get("tax"), currency),
        shipping=_units(order.get("shipping"), currency),
        discount=abs(_units(order.get("discount"), currency)),
    )


def refunds_of(order: Values, currency: str, at: datetime) -> tuple[Refund, ...]:
    """The one sum that a file tells."""
    amount = abs(_units(order.get("refunded"), currency))
    return (Refund(id=ALL_REFUNDS, amount=amount, refunded_at=at),) if amount else ()


def _item_value(name: str, text: str, cells: Cells) -> Any:
    try:
        return cells.number(text) if name in NUMBERS else text
    except Wrong as wrong:
        raise WrongField("line_items", wrong.problem) from None


def _line(values: Values, currency: str, cancels: bool) -> Line:
    exact = values.get("quantity", Decimal(1))
    if abs(exact) > _MOST_PIECES:
        raise WrongField("quantity", "This is more than anybody orders.")
    price, total = values.get("unit_price"), values.get("line_total")
    if total is None:
        total = (price or Decimal(0)) * exact - values.get("line_discount", Decimal(0))
    elif price is None and exact:
        price = total / exact
    quantity, amount = int(exact), _units(total, currency)
    return Line(
        product_id=values.get("product_id"),
        variant_id=values.get("variant_id"),
        sku=plain(values["sku"]) if "sku" in values else None,
        title=values.get("title", ""),
        quantity=abs(quantity) if cancels else quantity,
        unit_price=_units(price, currency),
        total=abs(amount) if cancels else amount,
    )


def _units(amount: Decimal | None, currency: str) -> int:
    return 0 if amount is None else minor_units(amount, currency, "amount")
