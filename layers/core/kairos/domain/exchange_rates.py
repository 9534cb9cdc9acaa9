"""What an amount of euros comes to in a shop's currency: for figures that the sources state in euros.

Reference rates of the European Central Bank of 30 October 2026, units of the currency for one euro; of
currencies that it does not list, those pegged to the US dollar (AED, BHD, SAR, QAR, JOD, OMR) or to the euro
(BAM, XAF, XOF, XPF) at their official parities, by the same day's dollar. Figures from such amounts are made
once and rounded, so that old rates do no harm; any other currency must be stated by the shop itself.
"""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

RATES_OF = date(2026, 10, 30)
"""The day of the rates. https://www.ecb.europa.eu/stats/policy_and_exchange_rates/ (eurofxref)."""

_DOLLAR = Decimal("1.1172")

PER_EURO: dict[str, Decimal] = {
    "EUR": Decimal(1),
    "USD": _DOLLAR,
    "AUD": Decimal("1.5904"),
    "BRL": Decimal("6.0692"),
    "CAD": Decimal("1.5606"),
    "CHF": Decimal("0.9194"),
    "CNY": Decimal("7.4326"),
    "CZK": Decimal("24.353"),
    "DKK": Decimal("7.4735"),
    "GBP": Decimal("0.8338"),
    "HKD": Decimal("8.7652"),
    "HUF": Decimal("366.33"),
    "IDR": Decimal("20275.17"),
    "ILS": Decimal("3.495"),
    "INR": Decimal("106.084"),
    "ISK": Decimal(136),
    "JPY": Decimal("175.68"),
    "KRW": Decimal("1491.76"),
    "MXN": Decimal("21.1237"),
    "MYR": Decimal("4.5325"),
    "NOK": Decimal("10.312"),
    "NZD": Decimal("1.9823"),
    "PHP": Decimal("71.143"),
    "PLN": Decimal("4.4038"),
    "RON": Decimal("5.3447"),
    "SEK": Decimal("10.978"),
    "SGD": Decimal("1.4282"),
    "THB": Decimal("37.683"),
    "TRY": Decimal("55.8015"),
    "ZAR": Decimal("18.6455"),
    "AED": _DOLLAR * Decimal("3.6725"),
    "BHD": _DOLLAR * Decimal("0.376"),
    "JOD": _DOLLAR * Decimal("0.709"),
    "OMR": _DOLLAR * Decimal("0.3845"),
    "QAR": _DOLLAR * Decimal("3.64"),
    "SAR": _DOLLAR * Decimal("3.75"),
    "BAM": Decimal("1.95583"),
    "BGN": Decimal("1.95583"),
    "XAF": Decimal("655.957"),
    "XOF": Decimal("655.957"),
    "XPF": Decimal("119.332"),
}
"""Units of the currency for one euro."""

_KEPT_DIGITS = 2


def tidy_amount(euros: int, currency: str) -> str | None:
    """So many euros in the currency, as a whole number of two significant digits: 150 are "170" in USD.

    None where there is no rate. Euros stay as they are.
    """
    if currency == "EUR":
        return str(euros)
    rate = PER_EURO.get(currency)
    if rate is None:
        return None
    amount = euros * rate
    step = Decimal(10) ** max(amount.adjusted() + 1 - _KEPT_DIGITS, 0)
    return str(int((amount / step).to_integral_value(ROUND_HALF_UP) * step))
