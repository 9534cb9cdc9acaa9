"""Reading a vendor's JSON field by field, so that every complaint names the field's path.

Optional fields tell None when absent, null or empty. Where a shape is wrong beyond what the platforms
are known to send, Unreadable names the path: the delivery goes to the dead letters, nothing is guessed.
"""

import json
import re
from datetime import UTC, datetime, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Any

from kairos.adapters.platforms.times import Times
from kairos.domain.errors import Refused, Unreadable
from kairos.domain.money import minor_units

MOST_ID = 200
"""Characters of an id: it becomes part of a storage key, which holds 1,024 bytes."""

_MOST_DIGITS = 15
"""Digits before the decimal point of an amount or number; more is no money, and would cost memory."""

MOST_CHILDREN = 10_000
"""Objects of one list: no platform sends nearly as many, and a body of nothing else would take all memory."""

_SURROGATES = re.compile("[\ud800-\udfff]")
_YES = frozenset({"1", "true", "yes", "on", "y"})


def parse_json(body: bytes) -> Any:
    """The JSON with integers and decimals exact. Raises Unreadable where it is none."""

    def refuse(constant: str) -> None:
        raise ValueError(f"{constant} is not JSON")

    try:
        return json.loads(body, parse_float=Decimal, parse_constant=refuse)
    except (ValueError, InvalidOperation, RecursionError) as wrong:
        raise Unreadable("body", "is not JSON.", "Send one JSON object in UTF-8.") from wrong


def clean(text: str) -> str:
    """Trimmed, and without halves of surrogate pairs, which no store takes."""
    return _SURROGATES.sub("\ufffd", text).strip()


class Fields:
    """One JSON object and its path within the body."""

    def __init__(self, told: Any, times: Times, path: str = "") -> None:
        """Raises Unreadable where `told` is no object."""
        if not isinstance(told, dict):
            raise Unreadable(path or "body", "is not an object.", "Send a JSON object.")
        self._told: dict[str, Any] = told
        self.times = times
        self.path = path

    def at(self, name: str) -> str:
        """The path of a field of this object: "line_items[2].price"."""
        return f"{self.path}.{name}" if self.path else name

    @property
    def told(self) -> dict[str, Any]:
        """The whole object, as it was parsed."""
        return self._told

    def raw(self, name: str) -> Any:
        """Whatever stands there, None where absent."""
        return self._told.get(name)

    def has(self, name: str) -> bool:
        """Whether the field is stated at all, even as null."""
        return name in self._told

    def missing(self, name: str) -> Unreadable:
        """The complaint that a needed field is absent, to be raised."""
        return Unreadable(self.at(name), "is missing.", "Send the whole body as the platform defines it.")

    def text(self, *names: str) -> str | None:
        """The first of the named fields that holds text or a number, as text; trimmed; None if none does."""
        for name in names:
            told = self._told.get(name)
            if isinstance(told, str) and clean(told):
                return clean(told)
            if isinstance(told, int | Decimal) and not isinstance(told, bool):
                return str(told)
        return None

    def id(self, *names: str) -> str | None:
        """An id as text, whether told as number or text; 0 and "0" mean none; a gid tells its last part."""
        for name in names:
            told = self._told.get(name)
            if isinstance(told, bool | Decimal | list | dict):
                raise Unreadable(self.at(name), "is not an id.", "Send a whole number or a text.")
            text = clean(str(told)) if told is not None else ""
            text = text.rsplit("/", 1)[-1] if text.startswith("gid://") else text
            if len(text) > MOST_ID:
                raise Unreadable(self.at(name), "is too long.", f"Send at most {MOST_ID} characters.")
            if text not in ("", "0"):
                return text
        return None

    def needed_id(self, *names: str) -> str:
        """Like id; Unreadable where there is none."""
        told = self.id(*names)
        if told is None:
            raise self.missing(names[0])
        return told

    def time(self, *names: str, zone: tzinfo = UTC) -> datetime | None:
        """The first of the named fields that tells a time, as our clock shows it."""
        return next((m for n in names if (m := self.times.read(self.raw(n), self.at(n), zone))), None)

    def version_time(self, *names: str, zone: tzinfo = UTC) -> datetime | None:
        """The first of the named fields that tells when this was so."""
        return next((m for n in names if (m := self.times.version(self.raw(n), self.at(n), zone))), None)

    def flag(self, name: str) -> bool:
        """True for true, 1, "1", "true", "yes", "on"; false for all else."""
        told = self._told.get(name)
        return told is True or told == 1 or (isinstance(told, str) and told.strip().lower() in _YES)

    def decimal(self, name: str) -> Decimal | None:
        """A number told as number or text, exact."""
        told = self._told.get(name)
        if told is None or told == "" or isinstance(told, bool):
            return None
        try:
            number = Decimal(str(told).strip()) if isinstance(told, int | str | Decimal) else Decimal("NaN")
        except InvalidOperation:
            number = Decimal("NaN")
        if (
            not number.is_finite()
            or number.adjusted() > _MOST_DIGITS
            or number.adjusted() < -_MOST_DIGITS * 2
        ):
            raise Unreadable(self.at(name), "is not a number.", 'Send a decimal number such as "12.50".')
        return number

    def count(self, name: str) -> int | None:
        """A whole number; a fraction is rounded down."""
        number = self.decimal(name)
        return None if number is None else int(number)

    def amount(self, name: str, currency: str) -> int | None:
        """Minor units of the currency; None where nothing is told."""
        number = self.decimal(name)
        if number is None:
            return None
        try:
            return minor_units(number, currency, self.at(name))
        except Refused as wrong:
            raise Unreadable(wrong.field, wrong.problem, wrong.remedy) from wrong

    def currency(self, *names: str) -> str | None:
        """An ISO 4217 code in capitals; Unreadable where something else is told."""
        told = self.text(*names)
        if told is None:
            return None
        if not re.fullmatch(r"[A-Za-z]{3}", told, re.ASCII):
            raise Unreadable(self.at(names[0]), f"{told[:20]!r} is not a currency.", "Send an ISO 4217 code.")
        return told.upper()

    def child(self, name: str) -> "Fields | None":
        """The object at that name; None where absent, null, false, "" or the empty list of PHP shops."""
        told = self._told.get(name)
        return None if told in (None, False, "", [], {}) else Fields(told, self.times, self.at(name))

    def children(self, name: str) -> list["Fields"]:
        """The objects of the list at that name; empty where absent or null; a single object counts as one."""
        told = self._told.get(name)
        if told in (None, False, "", {}):
            return []
        told = [told] if isinstance(told, dict) else told
        if not isinstance(told, list):
            raise Unreadable(self.at(name), "is not a list.", "Send a JSON array of objects.")
        if len(told) > MOST_CHILDREN:
            raise Unreadable(self.at(name), "is too long.", f"Send at most {MOST_CHILDREN} objects.")
        return [Fields(one, self.times, f"{self.at(name)}[{place}]") for place, one in enumerate(told)]
