import pytest
from hypothesis import given
from hypothesis import strategies as st

from kairos.domain.errors import Refused
from kairos.domain.money import Money, as_decimal_text, minor_units


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


@given(st.integers(-(10**12), 10**12), st.sampled_from(["EUR", "VND", "KWD", "USD"]))
def test_every_amount_survives_being_written_and_read(amount, currency):
    text = as_decimal_text(Money(amount=amount, currency=currency))
    assert minor_units(text, currency, "x") == amount
