import pytest

from kairos.domain.errors import Refused
from kairos.domain.money import amount_text, minor_units


@pytest.mark.parametrize(
    ("text", "currency", "amount"),
    [
        ("12.50", "EUR", 1250),
        (12.5, "EUR", 1250),
        ("-3", "CHF", -300),
        ("250000", "VND", 250000),
        ("1.234", "KWD", 1234),
        (" 7 ", "JPY", 7),
        ("0.005", "EUR", 1),
    ],
)
def test_an_amount_becomes_minor_units_of_its_currency(text, currency, amount):
    assert minor_units(text, currency, "total_price") == amount


@pytest.mark.parametrize("text", ["", "abc", "NaN", "Infinity", "1,50"])
def test_what_is_no_amount_is_refused_with_the_field_named(text):
    with pytest.raises(Refused) as refused:
        minor_units(text, "EUR", "lines[2].price")
    assert refused.value.field == "lines[2].price"
    assert refused.value.remedy


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (1250, "EUR", "12.50"),
        (0, "EUR", "0.00"),
        (-5, "EUR", "-0.05"),
        (1250, "VND", "1250"),
        (1, "KWD", "0.001"),
    ],
)
def test_an_amount_is_told_with_the_places_of_its_currency(amount: int, currency: str, text: str) -> None:
    assert amount_text(amount, currency) == text
    assert minor_units(text, currency, "amount") == amount
