"""PrestaShop: each surprise of the platform, and what is made of it.

Bodies after devdocs.prestashop-project.org, "Webservice", resources of orders, customers, carts, products and
order slips, in the JSON that `output_format=JSON` answers.
"""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from kairos.domain.cart import CartSnapshot
from kairos.domain.customer import ConsentSnapshot, CustomerSnapshot, PrivacyRequest
from kairos.domain.errors import NotConcerned, Unreadable
from kairos.domain.order import OrderSnapshot
from kairos.domain.product import ProductSnapshot
from kairos.domain.shop import Shop
from tests.adapters.platforms.delivering import RECEIVED, a_shop, prestashop

ROW = {
    "id": "31",
    "product_id": "8",
    "product_attribute_id": "13",
    "product_quantity": "2",
    "product_name": "Lamp (Colour: Blue)",
    "product_reference": "lamp_blue",
    "product_price": "20.000000",
    "unit_price_tax_incl": "24.000000",
    "unit_price_tax_excl": "20.000000",
}
CUSTOMER = {"id": "4", "email": "Kim@Example.com", "firstname": "Kim", "lastname": "Sample"}
ADDRESS = {
    "country": "CH",
    "city": "Bern",
    "postcode": "3011",
    "address1": "Example Street 1",
    "phone": "044 668 18 00",
}


def order(shop: Shop | None = None, event: str | None = None, **changes: Any) -> OrderSnapshot:
    body: dict[str, Any] = {
        "id": 6,
        "id_cart": "12",
        "id_currency": "1",
        "id_customer": "4",
        "current_state": "2",
        "module": "ps_checkout",
        "payment": "Card",
        "valid": "1",
        "date_add": "2026-02-28 10:00:00",
        "date_upd": "2026-02-28 10:30:00",
        "delivery_date": "0000-00-00 00:00:00",
        "total_discounts_tax_incl": "5.000000",
        "total_paid": "51.000000",
        "total_paid_tax_incl": "51.000000",
        "total_paid_tax_excl": "42.500000",
        "total_shipping_tax_incl": "8.000000",
        "conversion_rate": "1.000000",
        "reference": "XKBKNABJK",
        "associations": {"order_rows": [ROW]},
    }
    [told] = prestashop(({"event": event} if event else {}) | {"order": body | changes}, shop)
    assert isinstance(told, OrderSnapshot)
    return told


def test_a_webservice_s_order_is_read_without_an_event() -> None:
    told = order()
    assert (told.id, told.number, told.cart_token) == ("6", "XKBKNABJK", "12")
    assert (told.status, told.identities.platform_id) == ("paid", "4")


def test_the_webservice_s_order_is_known_for_one_in_part_and_our_module_s_for_a_whole_one() -> None:
    assert order().in_part
    assert order(event="order.updated", codes=[], order_slips=[]).in_part is None


def test_times_are_the_shop_s_own_and_a_zero_date_is_none() -> None:
    assert order().placed_at == datetime(2026, 2, 28, 9, 0, tzinfo=UTC)
    assert order(date_upd="0000-00-00 00:00:00").updated_at == datetime(2026, 2, 28, 9, 0, tzinfo=UTC)
    assert order(date_upd="0000-00-00 00:00:00", date_add="0000-00-00 00:00:00").updated_at == RECEIVED


def test_our_module_s_telling_is_newer_than_the_webservice_s_of_the_same_second() -> None:
    assert order().updated_at < order(event="order.updated").updated_at
    assert order(date_upd="2026-02-28 10:30:01").updated_at > order(event="order.updated").updated_at


def test_amounts_are_texts_and_tax_is_what_lies_between_with_and_without() -> None:
    told = order().amounts
    assert (told.currency, told.total, told.tax, told.shipping, told.discount) == ("EUR", 5100, 850, 800, 500)


def test_a_line_is_a_row_with_its_combination() -> None:
    [line] = order().lines
    assert (line.product_id, line.variant_id, line.sku) == ("8", "13", "lamp_blue")
    assert (line.quantity, line.unit_price, line.total) == (2, 2400, 4800)


def test_an_order_in_another_currency_is_kept_in_the_shop_s_and_shown_in_its_own() -> None:
    told = order(currency="CHF", conversion_rate="0.500000")
    assert (told.amounts.currency, told.amounts.total) == ("EUR", 10200)
    assert told.presentment
    assert (told.presentment.currency, told.presentment.total) == ("CHF", 5100)
    assert told.lines[0].unit_price == 4800


def test_a_rate_that_is_none_is_named() -> None:
    with pytest.raises(Unreadable) as told:
        order(conversion_rate="1e-20")
    assert told.value.field == "order.conversion_rate"


@pytest.mark.parametrize(
    ("state", "status"),
    [
        ("1", "awaiting_transfer"),
        ("2", "paid"),
        ("3", "paid"),
        ("4", "paid"),
        ("5", "paid"),
        ("6", "cancelled"),
        ("7", "refunded"),
        ("8", "failed"),
        ("9", "paid"),
        ("10", "awaiting_transfer"),
        ("11", "paid"),
        ("12", "pending"),
        ("13", "awaiting_transfer"),
    ],
)
def test_the_states_of_a_new_shop_mean_what_prestashop_means_by_them(state: str, status: str) -> None:
    assert order(current_state=state, valid="0").status == status


def test_a_shop_s_own_mapping_goes_before_the_default() -> None:
    shop = a_shop(order_states={"17": "failed", "6": "paid"})
    assert order(shop, current_state="17").status == "failed"
    assert order(shop, current_state="6").status == "paid"


@pytest.mark.parametrize("states", [{"17": "shipped"}, {"": "paid"}, {"a b": "paid"}, {"x" * 65: "paid"}])
def test_a_mapping_to_no_status_of_ours_or_of_no_state_is_refused(states: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="order_states"):
        a_shop(order_states=states)


@pytest.mark.parametrize(
    ("state", "status"),
    [
        ({"paid": "1", "template": "outofstock"}, "paid"),
        ({"paid": "0", "template": "order_canceled"}, "cancelled"),
        ({"paid": False, "template": "bankwire"}, "awaiting_transfer"),
        ({"paid": "0", "template": ""}, "pending"),
    ],
)
def test_a_state_that_nobody_mapped_means_what_its_own_marks_say(state: dict[str, Any], status: str) -> None:
    assert order(current_state="99", valid="0", state=state).status == status


def test_an_unknown_state_of_the_webservice_counts_once_the_order_is_valid() -> None:
    assert order(current_state="99").status == "paid"
    assert order(current_state="99", valid="0").status == "pending"


@pytest.mark.parametrize("module", ["ps_wirepayment", "Vorkasse"])
def test_an_order_that_waits_for_a_manual_payment_awaits_transfer(module: str) -> None:
    shop = a_shop(transfer_gateways=("vorkasse",))
    assert order(shop, current_state="12", valid="0", module=module).status == "awaiting_transfer"


def test_what_our_module_adds_names_the_buyer_and_the_codes() -> None:
    told = order(
        event="order.created",
        customer=CUSTOMER,
        delivery_address=ADDRESS,
        language="fr-CH",
        codes=["SPRING5", "", 7],
        visitor="b7e0f8c2-6d1a-4e9b-9a53-0d2f4c1e7a88",
    )
    who = told.identities
    assert (who.email, who.phone) == ("kim@example.com", "+41446681800")
    assert who.visitor == "b7e0f8c2-6d1a-4e9b-9a53-0d2f4c1e7a88"
    assert (told.codes, told.person.language, told.person.first_name) == (("SPRING5",), "fr-CH", "Kim")
    assert told.person.address
    assert told.person.address.city == "Bern"


def test_a_delivered_order_tells_when_and_an_own_mapping_leaves_the_number_without_meaning() -> None:
    assert order(current_state="5").delivered_at == datetime(2026, 2, 28, 9, 30, tzinfo=UTC)
    assert order(current_state="4").delivered_at is None
    assert order(a_shop(order_states={"5": "paid"}), current_state="5").delivered_at is None
    assert order(current_state="4", delivered_at="2026-02-27 08:00:00").delivered_at == datetime(
        2026, 2, 27, 7, 0, tzinfo=UTC
    )


SLIP = {
    "id": "3",
    "id_order": "6",
    "conversion_rate": "1.000000",
    "amount": "20.00",
    "total_products_tax_excl": "20.000000",
    "total_products_tax_incl": "24.000000",
    "total_shipping_tax_excl": "5.000000",
    "total_shipping_tax_incl": "6.000000",
    "date_add": "2026-02-28 11:00:00",
    "date_upd": "2026-02-28 11:00:00",
}


def test_a_credit_slip_gives_back_goods_and_shipping_with_tax() -> None:
    [told] = prestashop({"event": "order_slip.created", "order_slip": SLIP})
    assert (told.order_id, told.refund.id, told.refund.amount, told.refund.tax) == ("6", "3", 3000, 500)


def test_the_same_slip_within_the_order_and_by_itself_has_one_id() -> None:
    [within] = order(order_slips=[SLIP]).refunds
    [alone] = prestashop({"order_slip": SLIP})
    assert within == alone.refund


def customer(shop: Shop | None = None, **changes: Any) -> CustomerSnapshot:
    body = {
        **CUSTOMER,
        "id_gender": "2",
        "birthday": "1990-05-17",
        "newsletter": "0",
        "optin": "0",
        "active": "1",
        "is_guest": "0",
        "deleted": "0",
        "id_default_group": "3",
        "newsletter_date_add": "0000-00-00 00:00:00",
        "date_add": "2026-02-01 10:00:00",
        "date_upd": "2026-02-28 10:00:00",
    }
    [told] = prestashop({"customer": body | changes}, shop)
    assert isinstance(told, CustomerSnapshot)
    return told


def test_the_webservice_s_customer_is_one_in_part_and_our_module_s_a_whole_one() -> None:
    assert customer().in_part
    told = {"event": "customer.updated", "customer": {"id": "4", "email": "kim@example.com"}}
    [whole] = prestashop(told)
    assert isinstance(whole, CustomerSnapshot)
    assert whole.in_part is None


def test_a_customer_s_record_is_read() -> None:
    told = customer()
    assert (told.id, told.identities.email, told.group) == ("4", "kim@example.com", "3")
    assert (told.person.gender, told.person.birthday) == ("female", date(1990, 5, 17))
    assert told.registered_at == datetime(2026, 2, 1, 9, 0, tzinfo=UTC)
    assert told.person.attributes == {"partner_offers": "no"}


@pytest.mark.parametrize("birthday", ["0000-00-00", "", None, "1990-02-31"])
def test_a_birthday_that_is_none_says_nothing(birthday: Any) -> None:
    assert customer(birthday=birthday).person.birthday is None


@pytest.mark.parametrize("guest", ["1", 1, True])
def test_a_guest_never_registered(guest: Any) -> None:
    assert customer(is_guest=guest).registered_at is None


@pytest.mark.parametrize("never", [{}, {"newsletter": False}, {"newsletter_date_add": None}])
def test_an_empty_box_of_somebody_never_subscribed_is_no_statement(never: dict[str, Any]) -> None:
    assert customer(**never).consents == ()


def test_the_newsletter_s_box_is_a_consent_dated_by_the_subscription() -> None:
    [said] = customer(newsletter="1", newsletter_date_add="2026-02-10 12:00:00").consents
    assert (said.state, said.address) == ("granted", "kim@example.com")
    assert said.stated_at == datetime(2026, 2, 10, 11, 0, tzinfo=UTC)


def test_an_empty_box_of_a_former_subscriber_is_a_withdrawal() -> None:
    [said] = customer(newsletter="0", newsletter_date_add="2026-02-10 12:00:00").consents
    assert (said.state, said.stated_at) == ("withdrawn", datetime(2026, 2, 28, 9, 0, tzinfo=UTC))


def test_a_second_subscription_is_dated_by_what_our_module_saw() -> None:
    """PrestaShop keeps the first subscription's date, which would lose against the withdrawal between."""
    [said] = customer(
        newsletter="1",
        newsletter_date_add="2026-01-10 12:00:00",
        newsletter_changed_at="2026-02-20 12:00:00",
    ).consents
    assert said.stated_at == datetime(2026, 2, 20, 11, 0, tzinfo=UTC)


def test_offers_of_partners_are_no_consent_to_ours() -> None:
    told = customer(optin="1")
    assert (told.consents, told.person.attributes) == ((), {"partner_offers": "yes"})


def test_the_sign_up_block_tells_consents_of_people_without_account() -> None:
    body = {"email": "Kim@Example.com", "newsletter": "0", "date": "2026-02-28 12:00:00"}
    [told] = prestashop({"event": "newsletter.updated", "newsletter": body})
    assert isinstance(told, ConsentSnapshot)
    assert [(one.address, one.state) for one in told.consents] == [("kim@example.com", "withdrawn")]


@pytest.mark.parametrize("body", [{"event": "customer.deleted", "customer": {"id": "4"}}])
def test_a_deleted_customer_is_a_tombstone(body: dict[str, Any]) -> None:
    [told] = prestashop(body)
    assert (told.deleted, told.identities.platform_id) == (True, "4")
    assert customer(deleted="1").deleted


def test_the_gdpr_module_s_erasure_erases() -> None:
    [told] = prestashop({"event": "customer.erased", "customer": {"email": "kim@example.com"}})
    assert isinstance(told, PrivacyRequest)
    assert (told.request, told.identities.email) == ("erase_customer", "kim@example.com")


def cart(**changes: Any) -> CartSnapshot:
    row = {"id_product": "8", "id_product_attribute": "0", "quantity": "2", "name": "Lamp", "price": "24.00"}
    body = {
        "id": "12",
        "id_customer": "4",
        "date_add": "2026-02-28 09:50:00",
        "date_upd": "2026-02-28 09:55:00",
        "associations": {"cart_rows": [row]},
    }
    [told] = prestashop({"event": "cart.updated", "cart": body | changes})
    assert isinstance(told, CartSnapshot)
    return told


def test_a_cart_of_our_module_has_lines_with_prices_and_a_link() -> None:
    link = "https://shop.example.com/module/kairos/restore?cart=12&token=00"
    told = cart(customer=CUSTOMER, step="shipping", restore_url=link)
    assert (told.cart_key, told.total, told.step, told.restore_url) == ("12", 4800, "shipping", link)
    assert (told.lines[0].product_id, told.lines[0].variant_id) == ("8", None)
    assert told.identities.email == "kim@example.com"


@pytest.mark.parametrize("rows", [{}, "", {"associations": ""}, {"associations": {"cart_rows": []}}])
def test_an_emptied_cart_has_no_lines(rows: Any) -> None:
    told = cart(**(rows if isinstance(rows, dict) and rows else {"associations": rows}))
    assert (told.lines, told.total) == ((), 0)


def test_a_cart_of_a_visitor_whom_nobody_knows_is_the_visitor_s() -> None:
    told = cart(id_customer="0", visitor="b7e0f8c2-6d1a-4e9b-9a53-0d2f4c1e7a88")
    assert (told.identities.platform_id, told.identities.visitor) == (
        None,
        "b7e0f8c2-6d1a-4e9b-9a53-0d2f4c1e7a88",
    )


def product(**changes: Any) -> ProductSnapshot:
    body = {
        "id": 8,
        "active": "1",
        "available_for_order": "1",
        "price": "20.000000",
        "name": [{"id": "1", "value": ""}, {"id": "2", "value": "Lamp"}],
        "manufacturer_name": False,
        "date_add": "2026-01-01 08:00:00",
        "date_upd": "2026-02-01 08:00:00",
        "associations": {"categories": [{"id": "2"}, {"id": "9", "name": "Lamps"}]},
    }
    [told] = prestashop({"product": body | changes})
    assert isinstance(told, ProductSnapshot)
    return told


def test_a_product_s_net_price_is_never_shown() -> None:
    assert product().price is None
    assert product(price_shown="24.00").price == 2400


def test_a_product_in_several_languages_has_the_first_name_that_is_told() -> None:
    assert product().title == "Lamp"
    assert product(name="Lamp").title == "Lamp"
    assert product().categories == ("", "Lamps")
    assert product().brand is None


@pytest.mark.parametrize(
    ("changes", "available"),
    [
        ({}, True),
        ({"active": "0"}, False),
        ({"available_for_order": "0"}, False),
        ({"stock": "0"}, False),
        ({"stock": "0", "allow_oosp": "1"}, True),
        ({"stock": 3}, True),
    ],
)
def test_a_product_is_available_if_it_can_be_ordered(changes: dict[str, Any], available: bool) -> None:
    assert product(**changes).available is available


@pytest.mark.parametrize(
    "body", [[], {}, {"orders": []}, {"order": []}, {"order": {"id": 0, "total_paid": "1"}}]
)
def test_what_holds_no_resource_is_refused(body: Any) -> None:
    with pytest.raises(Unreadable):
        prestashop(body)


def test_an_event_that_is_none_of_our_business_is_not_concerned() -> None:
    with pytest.raises(NotConcerned):
        prestashop({"event": "order.viewed", "order": {"id": 1}})
