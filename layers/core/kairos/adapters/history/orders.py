"""Rows become orders."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple

from pydantic import ValidationError

from kairos.adapters.history import people
from kairos.adapters.history.order_money import (
    NUMBERS,
    WrongField,
    amounts_of,
    line_values,
    lines_of,
    refunds_of,
)
from kairos.adapters.history.rows import Row
from kairos.adapters.history.telling import Telling, consent
from kairos.adapters.history.values import MOST_TEXT, Cells, Wrong, grouping_id, id_of
from kairos.domain.identity import Identities
from kairos.domain.imports import BadRow
from kairos.domain.mapping import OrderMapping
from kairos.domain.order import OrderSnapshot, OrderStatus
from kairos.domain.shop import Shop

MOST_ROWS = 1000
"""Rows of one order; more share an id by mistake."""

WHO = ("customer_id", "email", "phone")
"""Fields that lead to the customer."""

_TIMES = frozenset({"updated_at", "paid_at", "cancelled_at", "consent_at"})
_IDS = frozenset({"order_id", "number", "customer_id", "product_id", "variant_id"})


_BETWEEN = "\x1f"
"""Between cells that are hashed together (ASCII's unit separator)."""


class OrderRows(NamedTuple):
    """Reads the orders of one file. fields: of a row's cells. names: what the file calls them.

    manual: payment methods, in lower case, by which the money is still awaited.
    """

    mapping: OrderMapping
    fields: Sequence[str]
    names: Mapping[str, str]
    cells: Cells
    shop: Shop
    manual: frozenset[str]

    def group_of(self, cells: Sequence[str]) -> str | None:
        """What the rows of one order share; None where the row is an order of its own."""
        told = dict(zip(self.fields, cells, strict=True))
        text = told.get("number") or told.get("order_id")
        return grouping_id(text) if text else None

    def belongs_with(self, cells: Sequence[str]) -> str:
        """The same, and for orders of one row whatever says whose it is."""
        told = dict(zip(self.fields, cells, strict=True))
        text = told.get("number") or told.get("order_id")
        if text:
            return grouping_id(text)
        return next((who for field in WHO if (who := told.get(field))), "") or _BETWEEN.join(cells)

    def read(self, rows: Sequence[Row], occurrence: int) -> Telling:
        """The order that these rows, in the order of the file, tell together.

        occurrence: how many rows without an order id, but otherwise the same, came before.
        """
        if len(rows) > MOST_ROWS:
            remedy = "Is the mapped column the order's id?"
            problem = f"{len(rows)} rows share this order id, more than {MOST_ROWS}. {remedy}"
            wrong = WrongField(self._id_field(), problem)
            return Telling(bad=tuple(self._bad(row.line, wrong) for row in rows))
        good: list[tuple[int, dict[str, Any]]] = []
        bad: list[BadRow] = []
        for row in rows:
            try:
                good.append((row.line, self._values(row)))
            except WrongField as wrong:
                bad.append(self._bad(row.line, wrong))
        if not good:
            return Telling(bad=tuple(bad))
        told = _first_told([values for _, values in good])
        try:
            order, undated = self._order(told, [values for _, values in good], rows[0], occurrence)
        except WrongField as wrong:
            return Telling(bad=(*bad, *(self._bad(line, wrong) for line, _ in good)))
        if order.identities.is_empty:
            return Telling(nobody=len(good), bad=tuple(bad))
        return Telling(order, rows[0].line, good=len(good), bad=tuple(bad), undated=undated)

    def _id_field(self) -> str:
        """The field that tells which order a row belongs to; empty where rows are orders by themselves."""
        return next((field for field in ("order_id", "number") if field in self.fields), "")

    def _values(self, row: Row) -> dict[str, Any]:
        """The row's filled cells: times and numbers read, ids cleaned, the rest as text."""
        told: dict[str, Any] = {}
        for field, text in zip(self.fields, row.cells, strict=True):
            if not text:
                continue
            try:
                if field in NUMBERS:
                    told[field] = self.cells.number(text)
                elif field in _TIMES:
                    told[field] = self.cells.time(text)
                elif field in _IDS:
                    told[field] = id_of(text)
                else:
                    told[field] = text if field == "line_items" else text[:MOST_TEXT]
            except Wrong as wrong:
                raise WrongField(field, wrong.problem) from None
        if "placed_at" in told:
            told["placed_at"] = self._placed(told["placed_at"], told.get("placed_time"))
        return {field: value for field, value in told.items() if value is not None}

    def _placed(self, text: str, time: str | None) -> datetime | None:
        try:
            return self.cells.time(f"{text} {time}" if time else text)
        except Wrong as wrong:
            raise WrongField("placed_at", wrong.problem) from None

    def _order(
        self, told: dict[str, Any], rows: Sequence[dict[str, Any]], first: Row, occurrence: int
    ) -> tuple[OrderSnapshot, int]:
        """The snapshot, and how many consents were left out of it."""
        placed_at = told.get("placed_at")
        if placed_at is None:
            raise WrongField("placed_at", "No row of the order tells when it was placed.")
        order_id = told.get("order_id") or told.get("number")
        if order_id is None:
            if field := self._id_field():
                raise WrongField(field, "The row names no order.")
            order_id = _made_id(first, occurrence)
        cancels = self._cancels(order_id)
        currency = self._currency(told)
        values = list(line_values(rows, self.cells))
        lines = lines_of(values, currency, cancels)
        updated_at = told.get("updated_at") or max(
            moment for name in ("placed_at", "paid_at", "cancelled_at") if (moment := told.get(name))
        )
        who = self._who(told)
        said = consent(told, who, told.get("consent_at") or min(placed_at, updated_at), "order")
        try:
            order = OrderSnapshot(
                id=order_id,
                updated_at=updated_at,
                number=str(told.get("number", "")),
                placed_at=placed_at,
                status="cancelled" if cancels else self._status(told),
                amounts=amounts_of(told, values, lines, currency, cancels),
                refunds=refunds_of(told, currency, updated_at),
                lines=lines,
                codes=_split(told.get("codes", "")),
                identities=who,
                person=people.person(told),
                consents=said.statements,
                source_name="import",
            )
        except ValidationError as wrong:
            raise WrongField(
                "", str(wrong.errors(include_url=False, include_input=False)[0]["msg"])
            ) from None
        return order, said.undated

    def _who(self, told: Mapping[str, Any]) -> Identities:
        try:
            return people.identities(told)
        except Wrong as wrong:
            raise WrongField("email" if told.get("email") else "phone", wrong.problem) from None

    def _cancels(self, order_id: str) -> bool:
        prefix = self.mapping.cancelled_prefix
        return prefix is not None and order_id.startswith(prefix)

    def _currency(self, told: Mapping[str, Any]) -> str:
        text = str(told.get("currency") or self.mapping.currency or self.shop.currency).strip().upper()
        if not (len(text) == len("EUR") and text.isascii() and text.isalpha()):
            raise WrongField("currency", f"{text[:20]!r} is no currency. Use codes of ISO 4217, such as EUR.")
        return text

    def _status(self, told: Mapping[str, Any]) -> OrderStatus:
        if "cancelled_at" in told:
            return "cancelled"
        word = str(told.get("status", "")).strip().casefold()
        if not word:
            return self.mapping.status
        status = self.mapping.statuses.get(word.removeprefix("wc-"))
        if status is None:
            status = "paid" if "paid_at" in told else self.mapping.other_status
        if status is None:
            raise WrongField("status", f"{word[:40]!r} is no known status. Name it in mapping.statuses.")
        manual = str(told.get("payment_method", "")).strip().casefold() in self.manual
        return "awaiting_transfer" if status == "pending" and manual else status

    def _bad(self, line: int, wrong: WrongField) -> BadRow:
        return BadRow(line=line, field=self.names.get(wrong.field, wrong.field), problem=wrong.problem)


def _first_told(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Each field from the first row that fills it: exporters state what concerns the order once."""
    told: dict[str, Any] = {}
    for values in reversed(rows):
        told.update(values)
    return told


def _split(codes: str) -> tuple[str, ...]:
    return tuple(code for part in codes.split(",") if (code := part.strip()))


def _made_id(row: Row, occurrence: int) -> str:
    """An id from what the row says, so that the same file gives the same again."""
    return f"row-{sha256(_BETWEEN.join(row.cells).encode()).hexdigest()[:24]}-{occurrence}"
