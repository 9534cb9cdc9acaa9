"""Money as integer minor units with its currency; never a float."""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Annotated

from pydantic import StringConstraints

from kairos.domain.errors import Refused
from kairos.domain.value import Value

Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]

# ISO 4217, list one: the currencies whose minor unit is not 1/100.
_NO_DECIMALS = frozenset(
    {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG"}
    | {"RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"}
)
_THREE_DECIMALS = frozenset(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"])


class Money(Value):
    """amount: minor units (cents), may be negative for a correction; currency: ISO 4217 code."""

    amount: int
    currency: Currency


def decimals(currency: str) -> int:
    """How many decimal places the currency has (ISO 4217): EUR 2, VND 0, KWD 3."""
    if currency in _NO_DECIMALS:
        return 0
    return 3 if currency in _THREE_DECIMALS else 2


def minor_units(value: str | int | float | Decimal, currency: str, field: str) -> int:
    """A platform's amount ("12.50", 12.5, "-3") in minor units, half up.

    Raises Refused naming `field` where the text is no finite number.
    """
    try:
        exact = Decimal(str(value).strip())
    except InvalidOperation:
        exact = Decimal("NaN")
    if not exact.is_finite():
        raise Refused(field, f"{value!r} is not an amount.", 'Send a decimal number such as "12.50".')
    return int(exact.scaleb(decimals(currency)).to_integral_value(ROUND_HALF_UP))


def amount_text(amount: int, currency: str) -> str:
    """Minor units as a decimal text: 1250 EUR "12.50", 1250 VND "1250"."""
    return f"{Decimal(amount).scaleb(-decimals(currency)):f}"
