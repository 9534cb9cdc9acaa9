"""What is read of BigCommerce's API, over real connections to a store of the tests' own."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kairos.adapters.shop_apis import asking
from kairos.adapters.shop_apis.bigcommerce import BigCommerce
from kairos.adapters.shop_apis.reading import ShopReaders
from kairos.ports import NOT_ASKED, ChangedPage, NotRead, ShopDocument
from tests.adapters.platforms.bigcommerce_bodies import (
    ADDRESS,
    BRAND,
    CATEGORIES,
    COUPON,
    cart,
    customer,
    order,
    order_product,
    product,
    refund,
    subscriber,
)
from tests.adapters.platforms.delivering import a_shop
from tests.adapters.shop_apis.fake_bigcommerce import TOKEN, FakeBigCommerce, fake_bigcommerce

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
CART = str(cart()["id"])


@pytest.fixture
def store() -> Iterator[FakeBigCommerce]:
    with fake_bigcommerce() as running:
        parts = {"_products": [order_product()], "_coupons": [COUPON], "_shipping_addresses": [ADDRESS]}
        running.orders["118"] = order() | parts
        running.carts[CART] = cart()
        running.customers["11"] = customer()
        running.subscribers["5"] = subscriber()
        running.products["77"] = product()
        running.categories = {str(one["category_id"]): one for one in CATEGORIES}
        running.brands["35"] = BRAND
        yield running


@pytest.fixture
def reader(store: FakeBigCommerce) -> BigCommerce:
    return BigCommerce(store.address, TOKEN, loopback=True)


def told(document: ShopDocument | None) -> dict[str, Any]:
    assert document is not None
    whole: dict[str, Any] = json.loads(document.body)["document"]
    return whole


def refusal(reader: BigCommerce, topic: str = "store/cart/updated", thing: str = CART) -> NotRead:
    with pytest.raises(NotRead) as refused:
        reader.fetch(topic, thing)
    return refused.value


def test_an_order_comes_with_its_products_coupons_and_addresses(reader: BigCommerce) -> None:
    whole = told(reader.fetch("store/order/updated", "118"))
    assert (whole["total_inc_tax"], whole["products"]) == ("88.1300", [order_product()])
    assert (whole["coupons"], whole["shipping_addresses"], whole["refunds"]) == ([COUPON], [ADDRESS], [])


def test_more_products_than_a_page_holds_all_come(reader: BigCommerce, store: FakeBigCommerce) -> None:
    many = [order_product(id=number) for number in range(501)]
    store.orders["118"]["_products"] = many
    assert told(reader.fetch("store/order/updated", "118"))["products"] == many


def test_refunds_are_asked_for_where_something_was_given_back(
    reader: BigCommerce, store: FakeBigCommerce
) -> None:
    store.orders["118"] |= {"refunded_amount": "20.8300", "_refunds": [refund()]}
    assert told(reader.fetch("store/order/updated", "118"))["refunds"] == [refund()]


def test_an_order_without_parts_answers_nothing_for_them(reader: BigCommerce, store: FakeBigCommerce) -> None:
    store.orders["7"] = order(id=7)
    whole = told(reader.fetch("store/order/updated", "7"))
    assert (whole["products"], whole["coupons"]) == ([], [])


def test_a_cart_a_subscriber_and_a_category_come_as_they_are(reader: BigCommerce) -> None:
    assert told(reader.fetch("store/cart/updated", CART)) == cart()
    assert told(reader.fetch("store/subscriber/updated", "5")) == subscriber()
    assert told(reader.fetch("store/category/updated", "23")) == CATEGORIES[0]


def test_a_customer_comes_with_the_newsletter_s_records_of_their_address(reader: BigCommerce) -> None:
    assert told(reader.fetch("store/customer/updated", "11"))["subscribers"] == [subscriber()]


def test_a_product_comes_with_the_names_of_its_categories_and_brand(reader: BigCommerce) -> None:
    whole = told(reader.fetch("store/product/updated", "77"))
    assert [one["name"] for one in whole["in_categories"]] == ["Bath", "Linen"]
    assert whole["brand_name"] == "Example Mills"


@pytest.mark.parametrize("kind", ["order", "cart", "customer", "subscriber", "product", "category"])
def test_what_is_gone_is_none(reader: BigCommerce, kind: str) -> None:
    assert reader.fetch(f"store/{kind}/updated", "999") is None


@pytest.mark.parametrize("kind", ["order", "cart", "customer", "subscriber", "product", "category"])
def test_where_there_is_no_store_nothing_counts_as_gone(store: FakeBigCommerce, kind: str) -> None:
    elsewhere = BigCommerce(store.address.replace("abc123", "another"), TOKEN, loopback=True)
    with pytest.raises(NotRead) as refusal:
        elsewhere.fetch(f"store/{kind}/updated", "999")
    assert (refusal.value.reason, refusal.value.for_now) == ("no such address", False)


@pytest.mark.parametrize("ending", ["", "/v2", "/v3"])
def test_the_address_may_be_told_with_a_version(store: FakeBigCommerce, ending: str) -> None:
    assert BigCommerce(store.address + ending, TOKEN, loopback=True).fetch("store/cart/updated", CART)


@pytest.mark.parametrize("mood", ["throttled", "outage", "page"])
def test_a_store_that_is_busy_or_out_of_order_is_asked_later(
    reader: BigCommerce, store: FakeBigCommerce, mood: str
) -> None:
    store.moods = [mood]
    assert refusal(reader).for_now
    assert told(reader.fetch("store/cart/updated", CART)) == cart()


def test_a_limit_says_when_it_is_over(reader: BigCommerce, store: FakeBigCommerce) -> None:
    store.moods = ["throttled"]
    assert refusal(reader).after == timedelta(seconds=15)


@pytest.mark.parametrize(
    ("told", "wait"),
    [
        ({"retry-after": "120"}, timedelta(minutes=2)),
        ({"retry-after": "1e300"}, timedelta(hours=1)),
        ({"retry-after": "-5"}, timedelta()),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, timedelta()),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "nan", "x-rate-limit-time-reset-ms": "2500"}, timedelta(seconds=2.5)),
        ({}, None),
    ],
)
def test_however_a_wait_is_told_it_is_bounded(told: dict[str, str], wait: timedelta | None) -> None:
    assert asking.wait_told(told) == wait


def test_the_last_request_that_is_allowed_is_followed_by_none(
    reader: BigCommerce, store: FakeBigCommerce
) -> None:
    store.left = 2
    late = refusal(reader, "store/order/updated", "118")
    assert (late.reason, late.for_now, late.after) == ("rate limit", True, timedelta(seconds=15))
    assert len(store.asked) == 2


def test_a_fifth_of_what_the_store_allows_is_left_to_its_other_apps(store: FakeBigCommerce) -> None:
    shop = a_shop(platform="bigcommerce", api=store.address)
    readers = ShopReaders(lambda: 0.0, loopback=True)
    store.left, store.quota = 22, 100
    assert readers.connect(shop, TOKEN).fetch("store/order/updated", "118"), "what was begun is read"
    with pytest.raises(NotRead) as late:
        readers.connect(shop, TOKEN)
    assert (late.value.reason, late.value.after, store.left) == (NOT_ASKED, timedelta(seconds=15), 18)


def test_a_page_ends_where_the_others_share_begins_and_goes_on_later(
    reader: BigCommerce, store: FakeBigCommerce
) -> None:
    store.orders = {str(one): an_order_at(one, NOON + timedelta(seconds=one)) for one in range(1, 11)}
    store.left, store.quota = 26, 100
    page = reader.changed("orders", NOON, NOON + timedelta(hours=1))
    assert numbers(page) == [1, 2, 3]
    with pytest.raises(NotRead) as late:
        reader.changed("orders", NOON, NOON + timedelta(hours=1), page.next)
    assert (late.value.for_now, late.value.after) == (True, timedelta(seconds=15))
    later = BigCommerce(store.address, TOKEN, loopback=True)
    store.left = 100
    assert numbers(later.changed("orders", NOON, NOON + timedelta(hours=1), page.next)) == list(range(3, 11))


def test_a_wrong_token_is_refused_for_good(store: FakeBigCommerce) -> None:
    refused = refusal(BigCommerce(store.address, "another", loopback=True))
    assert (refused.reason, refused.for_now) == ("token refused (401)", False)


def test_a_token_without_the_right_is_refused_for_good(reader: BigCommerce, store: FakeBigCommerce) -> None:
    store.moods = ["forbidden"]
    assert (refusal(reader).reason, store.moods) == ("token refused (403)", [])


def test_an_answer_too_big_is_not_read(reader: BigCommerce, store: FakeBigCommerce) -> None:
    store.moods = ["big"]
    refused = refusal(reader)
    assert (refused.reason, refused.for_now) == ("answer too big", False)


def test_no_redirect_is_followed(reader: BigCommerce, store: FakeBigCommerce) -> None:
    store.moods = ["moved"]
    assert not refusal(reader).for_now


def test_a_store_that_gives_no_answer_is_asked_later(
    reader: BigCommerce, store: FakeBigCommerce, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "SECONDS", 0.2)
    store.moods = ["silent"]
    assert refusal(reader).for_now


def test_this_machine_is_not_asked_anywhere_but_on_a_laptop(store: FakeBigCommerce) -> None:
    refused = refusal(BigCommerce(store.address.replace("http://", "https://"), TOKEN))
    assert (refused.reason, refused.for_now, store.asked) == ("forbidden address", False, [])


@pytest.mark.parametrize("thing", ["../../v2/orders/118", "1?x=1", "", "é", "1/2"])
def test_an_id_leads_nowhere_but_to_its_thing(
    reader: BigCommerce, store: FakeBigCommerce, thing: str
) -> None:
    assert not refusal(reader, thing=thing).for_now
    assert store.asked == []


def readers(store: FakeBigCommerce, clock: list[float]) -> Any:
    shop = a_shop(platform="bigcommerce", api=store.address)
    connected = ShopReaders(lambda: clock[0], loopback=True)
    return lambda: connected.connect(shop, TOKEN)


def test_a_store_is_left_alone_for_as_long_as_it_says(store: FakeBigCommerce) -> None:
    clock = [100.0]
    connect = readers(store, clock)
    store.moods = ["throttled"]
    with pytest.raises(NotRead):
        connect().fetch("store/cart/updated", CART)
    with pytest.raises(NotRead) as refused:
        connect()
    assert (refused.value.reason, refused.value.after) == (NOT_ASKED, timedelta(seconds=15))
    clock[0] += 15
    assert connect().fetch("store/cart/updated", CART)


def pages(reader: BigCommerce, kind: Any, since: datetime, until: datetime) -> Iterator[ChangedPage]:
    cursor = None
    for _ in range(50):
        page = reader.changed(kind, since, until, cursor)
        yield page
        cursor = page.next
        if cursor is None:
            return
    raise AssertionError("no end")


def numbers(page: ChangedPage) -> list[int]:
    return [told(one)["id"] for one in page.documents]


def an_order_at(number: int, at: datetime) -> dict[str, Any]:
    return order(
        id=number, date_modified=at.strftime("%a, %d %b %Y %H:%M:%S +0000"), shipping_address_count=0
    )


def test_all_orders_that_changed_come_oldest_change_first(
    reader: BigCommerce, store: FakeBigCommerce
) -> None:
    store.orders = {
        str(number): an_order_at(number, NOON - timedelta(minutes=number)) for number in range(1, 31)
    }
    found = [
        one for page in pages(reader, "orders", NOON - timedelta(minutes=25), NOON) for one in numbers(page)
    ]
    assert list(dict.fromkeys(found)) == list(range(25, 0, -1))


def test_a_slow_store_s_page_ends_with_what_was_read_in_time_and_the_next_goes_on(
    store: FakeBigCommerce,
) -> None:
    """Each question takes seven seconds; of the first ten orders three changed in the same one."""
    seconds = [0, 0, 0, 1, 2, 3, 4, 5, 6, 7]
    store.orders = {
        str(number): an_order_at(number, NOON + timedelta(seconds=at)) for number, at in enumerate(seconds)
    }
    slow = BigCommerce(store.address, TOKEN, loopback=True, seconds=lambda: 7.0 * len(store.asked))
    found = []
    for page in pages(slow, "orders", NOON, NOON + timedelta(hours=1)):
        assert len(page.documents) <= 5
        found.append(numbers(page))
    assert {one for page in found for one in page} == set(range(10))
    assert len(found) > 2


def test_an_order_too_big_to_be_read_holds_up_none_after_it(
    reader: BigCommerce, store: FakeBigCommerce
) -> None:
    store.orders = {str(one): an_order_at(one, NOON + timedelta(seconds=one)) for one in range(1, 4)}
    store.moods = ["", "", "", "big"]  # the list, the first order's two lists, the second's first
    [page] = pages(reader, "orders", NOON, NOON + timedelta(hours=1))
    assert (numbers(page), page.unread) == ([1, 3], ["2"])


def test_what_changes_while_the_pages_are_read_pushes_nothing_out(
    reader: BigCommerce, store: FakeBigCommerce
) -> None:
    store.orders = {
        str(number): an_order_at(number, NOON + timedelta(seconds=number)) for number in range(1, 26)
    }
    found = set()
    for page in pages(reader, "orders", NOON, NOON + timedelta(hours=1)):
        found |= set(numbers(page))
        first = min(store.orders.values(), key=lambda one: str(one["date_modified"]))
        first["date_modified"] = (NOON + timedelta(hours=2)).strftime("%a, %d %b %Y %H:%M:%S +0000")
    assert found == set(range(1, 26))


def test_a_whole_page_of_one_second_does_not_hold_up_the_rest(
    reader: BigCommerce, store: FakeBigCommerce
) -> None:
    store.orders = {str(number): an_order_at(number, NOON) for number in range(1, 36)}
    store.orders["99"] = an_order_at(99, NOON + timedelta(seconds=1))
    found = [
        one for page in pages(reader, "orders", NOON, NOON + timedelta(hours=1)) for one in numbers(page)
    ]
    assert set(found) == {*range(1, 36), 99}


def test_customers_and_products_that_changed_come_whole(reader: BigCommerce) -> None:
    since, until = datetime(2026, 2, 1, tzinfo=UTC), NOON
    [people] = pages(reader, "customers", since, until)
    assert told(people.documents[0])["subscribers"] == [subscriber()]
    [goods] = pages(reader, "products", since, until)
    assert told(goods.documents[0])["brand_name"] == "Example Mills"
