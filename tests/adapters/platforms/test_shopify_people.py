"""Shopify carts, checkouts, customers, consents, privacy topics, products."""

from datetime import UTC, datetime
from typing import Any

import pytest

from kairos.adapters.platforms.platform import read_delivery
from kairos.domain.cart import CartSnapshot, fold_cart
from kairos.domain.consent import ConsentStatement
from kairos.domain.customer import ConsentSnapshot, CustomerSnapshot, PrivacyRequest
from kairos.domain.errors import NotConcerned, Unreadable
from kairos.domain.product import CategorySnapshot, ProductSnapshot
from tests.adapters.platforms.delivering import RECEIVED, StandingClock, a_shop, delivery, shopify

AT = "2026-02-28T10:00:00Z"
AT_INSTANT = datetime(2026, 2, 28, 10, tzinfo=UTC)
LINE = {"product_id": 7, "title": "Lamp", "price": "29.90", "line_price": "59.80", "quantity": 2}


def cart(**changes: Any) -> CartSnapshot:
    body = {"id": "Z2NwLWV1", "token": "Z2NwLWV1", "updated_at": AT, "line_items": [LINE]} | changes
    [told] = shopify("carts/update", body)
    assert isinstance(told, CartSnapshot)
    return told


def checkout(**changes: Any) -> CartSnapshot:
    body = {
        "id": 123,
        "token": "k1",
        "cart_token": "Z2NwLWV1",
        "updated_at": AT,
        "currency": "EUR",
        "total_price": "64.70",
        "line_items": [LINE],
        "email": None,
        "phone": None,
        "shipping_address": [],
    }
    [told] = shopify("checkouts/update", body | changes)
    assert isinstance(told, CartSnapshot)
    return told


def test_a_cart_has_a_token_for_id_and_knows_nobody() -> None:
    told = cart()
    assert (told.cart_key, told.total, told.currency) == ("Z2NwLWV1", 5980, "EUR")
    assert told.identities.is_empty


def test_the_key_that_some_tokens_carry_is_not_part_of_the_cart() -> None:
    assert cart(token="Z2NwLWV1?key=abc").cart_key == checkout(cart_token="Z2NwLWV1?key=xyz").cart_key


def test_an_emptied_cart_has_no_lines() -> None:
    told = cart(line_items=[])
    assert (told.lines, told.total) == ((), 0)


def test_a_cart_is_reckoned_in_the_shop_s_money() -> None:
    price = {
        "shop_money": {"amount": "29.90", "currency_code": "EUR"},
        "presentment_money": {"amount": "28.10", "currency_code": "CHF"},
    }
    line = {"price": "28.10", "price_set": price, "quantity": 1, "properties": None}
    told = cart(line_items=[line])
    assert (told.currency, told.total, told.lines[0].unit_price) == ("EUR", 2990, 2990)


def test_a_checkout_joins_its_cart_by_the_token() -> None:
    named = checkout(email="kim@example.com", updated_at="2026-02-28T10:05:00Z")
    folded = fold_cart("Z2NwLWV1", [cart(), named], ordered=False)
    assert folded is not None
    assert named.cart_key == cart().cart_key
    assert folded.identities.email == "kim@example.com"


def test_a_checkout_without_cart_stands_by_itself() -> None:
    assert checkout(cart_token=None).cart_key == "checkout:k1"


@pytest.mark.parametrize(
    ("changes", "step"),
    [
        ({}, "cart"),
        ({"email": "kim@example.com"}, "contact"),
        ({"email": "kim@example.com", "shipping_address": {"city": "Bern"}}, "shipping"),
        ({"shipping_address": {"city": "Bern"}, "shipping_lines": [{"price": "4.90"}]}, "payment"),
        ({"gateway": "paypal"}, "payment"),
    ],
)
def test_a_checkout_tells_how_far_the_visitor_came(changes: dict[str, Any], step: str) -> None:
    assert checkout(**changes).step == step


def test_a_completed_checkout_says_when() -> None:
    assert checkout(completed_at=AT).completed_at == AT_INSTANT


def test_a_checkout_s_link_restores_it() -> None:
    link = "https://shop.example.com/recover/k1"
    assert checkout(abandoned_checkout_url=link).restore_url == link


def test_a_deleted_checkout_is_a_tombstone() -> None:
    [told] = shopify("checkouts/delete", {"id": 123, "token": "k1"}, at=AT)
    assert (told.id, told.deleted, told.updated_at) == ("k1", True, AT_INSTANT)


def test_a_ticked_box_is_consent_and_an_empty_one_says_nothing() -> None:
    ticked = checkout(email="kim@example.com", buyer_accepts_marketing=True)
    assert [(one.address, one.state, one.stated_at) for one in ticked.consents] == [
        ("kim@example.com", "granted", AT_INSTANT)
    ]
    assert checkout(email="kim@example.com", buyer_accepts_marketing=False).consents == ()


def test_a_ticked_box_is_no_consent_while_a_confirmation_is_pending() -> None:
    customer = {"email": "kim@example.com", "email_marketing_consent": {"state": "pending"}}
    told = checkout(email="kim@example.com", buyer_accepts_marketing=True, customer=customer)
    assert told.consents == ()


def test_a_box_is_dated_by_the_checkout_s_beginning_so_that_updates_undo_no_withdrawal() -> None:
    begun = "2026-02-27T10:00:00Z"
    told = checkout(email="kim@example.com", buyer_accepts_marketing=True, created_at=begun)
    assert [one.stated_at for one in told.consents] == [datetime.fromisoformat(begun)]


def test_a_box_is_never_dated_after_the_checkout_that_tells_of_it() -> None:
    told = checkout(email="kim@example.com", buyer_accepts_marketing=True, created_at="9999-01-01T00:00:00Z")
    assert [one.stated_at for one in told.consents] == [AT_INSTANT]


def test_a_ticked_sms_box_is_consent_for_the_number_given_there() -> None:
    told = checkout(buyer_accepts_sms_marketing=True, sms_marketing_phone="+41446681800")
    assert [(one.channel, one.address) for one in told.consents] == [("sms", "+41446681800")]


def customer(**changes: Any) -> CustomerSnapshot:
    body = {
        "id": 706405506930370084,
        "email": "Kim@Example.com",
        "created_at": "2026-01-01T08:00:00Z",
        "updated_at": AT,
        "first_name": "Kim",
        "tags": "vip, newsletter",
    }
    [told] = shopify("customers/update", body | changes)
    assert isinstance(told, CustomerSnapshot)
    return told


def consents(**changes: Any) -> list[tuple[str, str, str, datetime]]:
    said: tuple[ConsentStatement, ...] = customer(**changes).consents
    return [(one.channel, one.address, one.state, one.stated_at) for one in said]


CONSENTED = datetime(2026, 1, 1, 8, tzinfo=UTC)


def test_a_customer_s_record_is_read_whole() -> None:
    told = customer(locale="de-CH", default_address={"country_code": "CH", "phone": "044 668 18 00"})
    assert (told.id, told.identities.email) == ("706405506930370084", "kim@example.com")
    assert told.identities.phone == "+41446681800"
    assert told.person.language == "de-CH"
    assert told.tags == ("vip", "newsletter")
    assert told.acquisition == "newsletter"
    assert told.registered_at == CONSENTED


@pytest.mark.parametrize(
    ("state", "ours"),
    [
        ("subscribed", "granted"),
        ("unsubscribed", "withdrawn"),
        ("redacted", "withdrawn"),
        ("invalid", "withdrawn"),
    ],
)
def test_consent_to_email_has_a_time_of_its_own(state: str, ours: str) -> None:
    told = {"state": state, "consent_updated_at": "2026-01-01T09:00:00+01:00"}
    assert consents(email_marketing_consent=told) == [("email", "kim@example.com", ours, CONSENTED)]


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"email_marketing_consent": None},
        {"email_marketing_consent": {"state": "pending", "consent_updated_at": AT}},
        {"email_marketing_consent": {"state": "not_subscribed", "consent_updated_at": None}},
        {"accepts_marketing": False},
        {"accepts_marketing": False, "accepts_marketing_updated_at": None},
        {"accepts_marketing": True, "email": None},
    ],
)
def test_an_absent_or_undecided_consent_is_no_statement(told: dict[str, Any]) -> None:
    assert consents(**told) == []


def test_the_older_field_still_counts_where_the_newer_is_absent() -> None:
    told = {"accepts_marketing": True, "accepts_marketing_updated_at": "2026-01-01T08:00:00Z"}
    assert consents(**told) == [("email", "kim@example.com", "granted", CONSENTED)]
    assert consents(**(told | {"accepts_marketing": False}))[0][2] == "withdrawn"
    newer = {"state": "unsubscribed", "consent_updated_at": AT}
    assert consents(**told, email_marketing_consent=newer)[0][2:] == ("withdrawn", AT_INSTANT)


@pytest.mark.parametrize(
    "told",
    [
        {"email_marketing_consent": {"state": "subscribed", "consent_updated_at": "9999-01-01T00:00:00Z"}},
        {"accepts_marketing": True, "accepts_marketing_updated_at": "9999-01-01T00:00:00Z"},
    ],
)
def test_a_consent_from_the_future_is_refused_for_no_withdrawal_could_ever_follow_it(told: Any) -> None:
    with pytest.raises(Unreadable):
        consents(**told)


def test_consent_to_sms_is_for_the_customer_s_own_number() -> None:
    told = {"state": "subscribed", "consent_updated_at": AT}
    said = consents(phone="+41446681800", sms_marketing_consent=told)
    assert said == [("sms", "+41446681800", "granted", AT_INSTANT)]
    assert consents(sms_marketing_consent=told) == []


def test_a_customer_without_email_and_phone_is_still_one() -> None:
    told = customer(email=None, phone=None)
    assert (told.identities.platform_id, told.identities.email) == ("706405506930370084", None)


@pytest.mark.parametrize("topic", ["create", "enable", "disable"])
def test_all_topics_of_customers_tell_the_record(topic: str) -> None:
    assert shopify(f"customers/{topic}", {"id": 1, "updated_at": AT})[0].id == "1"


def test_a_deleted_customer_is_a_tombstone_that_names_its_id() -> None:
    [told] = shopify("customers/delete", {"id": 5, "tax_exemptions": []}, at=AT)
    assert (told.deleted, told.updated_at, told.identities.platform_id) == (True, AT_INSTANT, "5")


def test_a_consent_that_changes_by_itself_names_customer_and_address() -> None:
    body = {
        "customer_id": 123,
        "email_address": "Kim@example.com",
        "email_marketing_consent": {"state": "unsubscribed", "consent_updated_at": AT},
    }
    [told] = shopify("customers_email_marketing_consent/update", body)
    assert isinstance(told, ConsentSnapshot)
    assert (told.identities.platform_id, told.identities.email) == ("123", "kim@example.com")
    assert [(one.state, one.stated_at) for one in told.consents] == [("withdrawn", AT_INSTANT)]


def test_a_consent_to_sms_that_changes_by_itself() -> None:
    consent = {"state": "subscribed", "consent_updated_at": AT}
    body = {"id": 123, "phone": "+41446681800", "sms_marketing_consent": consent}
    [told] = shopify("customers_marketing_consent/update", body)
    assert [(one.channel, one.address) for one in told.consents] == [("sms", "+41446681800")]


@pytest.mark.parametrize(
    ("topic", "request_", "orders"),
    [
        ("customers/data_request", "export", "orders_requested"),
        ("customers/redact", "erase_customer", "orders_to_redact"),
    ],
)
def test_a_privacy_topic_names_the_person_and_their_orders(topic: str, request_: str, orders: str) -> None:
    body = {
        "shop_id": 954889,
        "customer": {"id": 191167, "email": "Kim@example.com", "phone": "+41446681800"},
        orders: [299938, 280263],
        "data_request": {"id": 9999},
    }
    [told] = shopify(topic, body, at=AT)
    assert isinstance(told, PrivacyRequest)
    assert (told.request, told.updated_at) == (request_, AT_INSTANT)
    assert told.order_ids == ("299938", "280263")
    assert told.identities.platform_id == "191167"
    assert told.identities.email == "kim@example.com"


def test_repeated_deliveries_of_one_erasure_share_its_id() -> None:
    body = {"customer": {"id": 1}, "orders_to_redact": []}
    headers = {"x-shopify-topic": "customers/redact", "x-shopify-webhook-id": "w-1"}
    first, again = (
        read_delivery(delivery("shopify", body, headers), a_shop(), StandingClock()) for _ in range(2)
    )
    assert first == again
    assert isinstance(first[0], PrivacyRequest)
    assert first[0].id == "w-1"


def test_a_privacy_topic_that_names_nobody_is_not_passed_over() -> None:
    with pytest.raises(Unreadable) as told:
        shopify("customers/redact", {"customer": {"id": None}})
    assert told.value.field == "customer.id"


def test_a_removed_shop_is_erased() -> None:
    [told] = shopify("shop/redact", {"shop_id": 954889, "shop_domain": "demo.example.com"})
    assert (told.request, told.id, told.updated_at) == ("erase_shop", "954889", RECEIVED)


@pytest.mark.parametrize(
    "topic", ["app/uninstalled", "customers/merge", "inventory_levels/update", "made/up"]
)
def test_topics_that_tell_nothing_of_customers_are_not_concerned(topic: str) -> None:
    with pytest.raises(NotConcerned) as told:
        shopify(topic, b"not even json")
    assert told.value.topic == topic


def test_a_delivery_without_topic_is_unreadable() -> None:
    with pytest.raises(Unreadable) as told:
        read_delivery(delivery("shopify", {"id": 1}), a_shop(), StandingClock())
    assert told.value.field == "x-shopify-topic"


def test_an_unknown_platform_is_unreadable() -> None:
    with pytest.raises(Unreadable) as told:
        read_delivery(delivery("shopware", {"id": 1}), a_shop(), StandingClock())
    assert told.value.field == "platform"


def product(**changes: Any) -> ProductSnapshot:
    variant = {"price": "29.90", "inventory_quantity": 3, "inventory_management": "shopify"}
    body = {
        "id": 7,
        "title": "Lamp",
        "handle": "lamp",
        "product_type": "Lamps",
        "vendor": "Lumen",
        "updated_at": AT,
        "published_at": AT,
        "status": "active",
        "image": {"src": "https://shop.example.com/lamp.jpg"},
        "variants": [variant, variant | {"price": "24.90", "inventory_quantity": 0}],
    }
    [told] = shopify("products/update", body | changes)
    assert isinstance(told, ProductSnapshot)
    return told


def test_a_product_costs_its_lowest_variant_and_links_to_the_shop() -> None:
    told = product()
    assert (told.price, told.currency, told.stock) == (2490, "EUR", 3)
    assert told.url == "https://shop.example.com/products/lamp"
    assert (told.category_ids, told.categories, told.brand) == (("Lamps",), ("Lamps",), "Lumen")
    assert told.available


@pytest.mark.parametrize(
    ("tags", "days"),
    [
        ("tea, kairos_days_per_unit:30", 30),
        ("kairos_days_per_unit: 45 ,tea", 45),
        ("kairos_days_per_unit", None),
        ("kairos_days_per_unit:ten", None),
        ("tea", None),
        (None, None),
    ],
)
def test_a_products_tag_may_say_how_long_a_unit_lasts(tags: str | None, days: int | None) -> None:
    assert product(tags=tags).days_per_unit == days


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "draft"},
        {"status": "archived"},
        {"published_at": None},
        {"variants": []},
        {"variants": [{"price": "1", "inventory_quantity": 0, "inventory_management": "shopify"}]},
    ],
)
def test_a_product_that_can_not_be_bought_is_not_available(changes: dict[str, Any]) -> None:
    assert not product(**changes).available


@pytest.mark.parametrize("more", [{"inventory_management": None}, {"inventory_policy": "continue"}])
def test_a_product_not_counted_or_sold_on_order_is_available(more: dict[str, Any]) -> None:
    variant = {"price": "1", "inventory_quantity": -2, "inventory_management": "shopify"} | more
    assert product(variants=[variant]).available


def test_deleted_products_and_collections_are_tombstones() -> None:
    [gone] = shopify("products/delete", {"id": 7}, at=AT)
    [category] = shopify("collections/delete", {"id": 8}, at=AT)
    assert (gone.id, gone.deleted, gone.updated_at) == ("7", True, AT_INSTANT)
    assert (category.id, category.deleted) == ("8", True)


def test_a_collection_is_a_category() -> None:
    body = {"id": 8, "title": "Spring", "handle": "spring", "updated_at": AT}
    [told] = shopify("collections/update", body)
    assert told == CategorySnapshot(
        id="8", updated_at=AT_INSTANT, title="Spring", url="https://shop.example.com/collections/spring"
    )
