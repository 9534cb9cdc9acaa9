"""Numbers, amounts and times as people read them, in their language and the shop's time zone."""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_currency, format_decimal, format_percent

_TOUCHING = re.compile(r"(?<=[A-Za-z])(?=\d)")

NOTHING = "\N{EN DASH}"
"""Stands where nothing is known."""


class Formats:
    """language: of the reader. zone, currency: the shop's."""

    def __init__(self, language: str, zone: ZoneInfo, currency: str) -> None:
        self._language, self._zone, self._currency = language, zone, currency

    def number(self, told: Any) -> str:
        """A whole number with its thousands apart."""
        return NOTHING if told is None else str(format_decimal(told, locale=self._language))

    def signed(self, told: int) -> str:
        """A change, with its sign."""
        text = self.number(abs(told))
        return f"+{text}" if told > 0 else f"\N{MINUS SIGN}{text}" if told < 0 else text

    def money(self, told: str | Decimal | None, whole: bool = False) -> str:
        """An amount in the shop's currency, as decimal text. whole: without what is behind the point."""
        if told is None:
            return NOTHING
        pattern = str(Locale.parse(self._language).currency_formats["standard"].pattern)
        without = {"format": pattern.replace(".00", ""), "currency_digits": False}
        shape: dict[str, Any] = without if whole else {}
        text = str(format_currency(Decimal(told), self._currency, locale=self._language, **shape))
        # CLDR asks for a space between letters and digits; Babel leaves it out.
        return _TOUCHING.sub("\N{NO-BREAK SPACE}", text)

    def percent(self, told: float | None, places: int = 0) -> str:
        """A share, told as a part of 1."""
        if told is None:
            return NOTHING
        shared = round(told, places + 2)
        return str(format_percent(shared, locale=self._language, decimal_quantization=False))

    def day(self, told: date | str | None) -> str:
        """A day of the calendar, or an instant's day at the shop."""
        if told is None:
            return NOTHING
        if isinstance(told, str):
            told = datetime.fromisoformat(told) if "T" in told else date.fromisoformat(told)
        if isinstance(told, datetime):
            told = told.astimezone(self._zone).date()
        return str(format_date(told, format="medium", locale=self._language))

    def moment(self, told: datetime | str | None) -> str:
        """An instant as the shop's clock shows it."""
        if told is None:
            return NOTHING
        instant = datetime.fromisoformat(told) if isinstance(told, str) else told
        return str(
            format_datetime(instant, format="d MMM y, HH:mm", tzinfo=self._zone, locale=self._language)
        )
