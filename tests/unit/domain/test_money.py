import pytest

from kairos.domain.errors import Refused
from kairos.domain.money import minor_units


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
