"""What changed in a shop of each platform, read over real connections from a fake of all."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from kairos.adapters.shop_apis import (
    asking,
    magento_reading,
    prestashop_reading,
    shopify_reading,
    woocommerce_reading,
)
from kairos.adapters.shop_apis.asking import TOKEN_REFUSED
from kairos.adapters.shop_apis.magento_reading import MagentoReader
from kairos.adapters.shop_apis.prestashop_reading import PrestaShopReader
from kairos.adapters.shop_apis.shopify_reading import ShopifyReader
from kairos.adapters.shop_apis.woocommerce_reading import WooCommerceReader
from kairos.ports import Changeable, NotRead, ShopDocument, ShopReader
from tests.adapters.shop_apis.fake_lists import KEY, TOKEN, Asked, FakeLists, fake_lists

START = datetime(2026, 11, 22, 10, tzinfo=UTC)
UNTIL = START + timedelta(hours=1)
ZURICH = ZoneInfo("Europe/Zurich")
READERS: dict[str, Callable[[FakeLists], ShopReader]] = {
    "magento": lambda lists: MagentoReader(lists.address, KEY, loopback=True),
    "prestashop": lambda lists: PrestaShopReader(lists.address, KEY, ZURICH, loopback=True),
    "shopify": lambda lists: ShopifyReader(lists.address, TOKEN, loopback=True),
    "woocommerce": lambda lists: WooCommerceReader(lists.address, KEY, loopback=True),
}


@pytest.fixture(scope="module")
def running() -> Iterator[FakeLists]:
    with fake_lists() as lists:
        yield lists


@pytest.fixture
def lists(running: FakeLists, monkeypatch: pytest.MonkeyPatch) -> FakeLists:
    running.forget()
    for module in (shopify_reading, woocommerce_reading, prestashop_reading, magento_reading):
        monkeypatch.setattr(module, "PAGE_SIZES", (4, 2, 1))
    return running


@pytest.fixture(params=sorted(READERS))
def reader(request: pytest.FixtureRequest, lists: FakeLists) -> ShopReader:
    return READERS[request.param](lists)


def document(number: int, seconds: float, **more: Any) -> dict[str, Any]:
    """As the platforms would date it, that long after START."""
    at = START + timedelta(seconds=seconds)
    gmt = at.replace(tzinfo=None).isoformat()
    return {
        "id": number,
        "updated_at": at.isoformat(),
        "date_modified_gmt": gmt,
        "date_created_gmt": gmt,
        "date_upd": at.astimezone(ZURICH).strftime("%Y-%m-%d %H:%M:%S"),
        **more,
    }


def inner(document: ShopDocument) -> dict[str, Any]:
    """What it tells; PrestaShop's stands below the name of its resource."""
    told = json.loads(document.body)
    return told.get("order") or told.get("customer") or told


def read_all(reader: ShopReader, kind: Changeable = "orders") -> list[int]:
    """The ids of all pages, in the order in which they were told."""
    told: list[int] = []
    cursor: str | None = None
    while True:
        page = reader.changed(kind, START, UNTIL, cursor)
        told += [inner(one)["id"] for one in page.documents]
        if page.next is None:
            return told
        cursor = page.next


def refusal(reader: ShopReader) -> NotRead:
    with pytest.raises(NotRead) as refused:
        reader.changed("orders", START, UNTIL)
    return refused.value


def test_all_that_changed_between_both_times_is_read_page_by_page(
    reader: ShopReader, lists: FakeLists
) -> None:
    for number in range(1, 11):
        lists.keep("orders", document(number, number))
    lists.keep("orders", document(100, -1))
    lists.keep("orders", document(101, 3601))
    assert list(dict.fromkeys(read_all(reader))) == list(range(1, 11))
    assert len(lists.requests) > 2


def test_both_ends_belong_to_it(reader: ShopReader, lists: FakeLists) -> None:
    lists.keep("orders", document(1, 0))
    lists.keep("orders", document(2, 3600))
    assert read_all(reader) == [1, 2]


def test_more_changes_within_one_second_than_fit_on_a_page_are_all_read(
    reader: ShopReader, lists: FakeLists
) -> None:
    for number in range(1, 14):
        lists.keep("orders", document(number, 60))
    lists.keep("orders", document(20, 61))
    assert set(read_all(reader)) == {*range(1, 14), 20}


@pytest.mark.parametrize("leaves_from", [1, 2, 4])
def test_what_changes_while_pages_are_read_takes_nothing_else_with_it(
    reader: ShopReader, lists: FakeLists, leaves_from: int
) -> None:
    for number in range(1, 14):
        lists.keep("orders", document(number, number))

    def change(asked: Asked) -> None:
        del asked
        if len(lists.requests) > 1:
            number = leaves_from + len(lists.requests)
            lists.keep("orders", document(number, 7200))  # it leaves the window, and the list shifts

    lists.before = change
    told = set(read_all(reader))
    stayed = {
        number
        for number in range(1, 14)
        if lists.held["orders"][str(number)]["updated_at"] < UNTIL.isoformat()
    }
    assert stayed <= told
    assert len(stayed) < 13


def test_documents_come_as_their_webhook_would_post_them(reader: ShopReader, lists: FakeLists) -> None:
    body = document(9007199254740993, 1, total_paid="19.90", reference="Grüße")
    lists.keep("orders", body)
    [told] = reader.changed("orders", START, UNTIL).documents
    wanted = {"id": body["id"], "total_paid": "19.90", "reference": "Grüße"}
    assert {name: inner(told)[name] for name in wanted} == wanted
    assert told.topic in {"orders/updated", "order.updated", "order"}


def test_one_document_is_fetched_as_a_list_would_tell_it_or_found_gone(
    reader: ShopReader, lists: FakeLists
) -> None:
    lists.keep("orders", document(1, 1))
    [listed] = reader.changed("orders", START, UNTIL).documents
    fetched = reader.fetch(listed.topic, "1")
    assert fetched is not None
    assert (fetched.topic, inner(fetched)["id"]) == (listed.topic, 1)
    assert reader.fetch(listed.topic, "2") is None
    with pytest.raises(NotRead):
        reader.fetch("themes/publish", "1")


@pytest.mark.parametrize("mood", ["throttled", "outage", "page", "cut"])
def test_what_passes_is_asked_again(reader: ShopReader, lists: FakeLists, mood: str) -> None:
    lists.keep("orders", document(1, 1))
    lists.moods = [mood]
    assert refusal(reader).for_now
    assert read_all(reader) == [1]


def test_a_busy_shop_is_left_alone_for_as_long_as_it_says(reader: ShopReader, lists: FakeLists) -> None:
    lists.moods = ["throttled"]
    assert refusal(reader).after == timedelta(seconds=2)


def test_a_token_that_was_withdrawn_is_no_matter_of_time(lists: FakeLists) -> None:
    for wrong in (
        ShopifyReader(lists.address, "withdrawn", loopback=True),
        WooCommerceReader(lists.address, "ck_no:cs_no", loopback=True),
        PrestaShopReader(lists.address, "withdrawn", ZURICH, loopback=True),
        MagentoReader(lists.address, "withdrawn", loopback=True),
    ):
        told = refusal(wrong)
        assert not told.for_now
        assert told.reason.startswith(TOKEN_REFUSED)


def test_an_address_without_such_an_api_is_no_matter_of_time() -> None:
    with fake_lists() as other:
        other.answer = lambda *_: (404, {}, {})  # type: ignore[method-assign]
        for made in READERS.values():
            assert not refusal(made(other)).for_now


def test_documents_too_big_for_one_answer_are_read_in_smaller_pages(
    reader: ShopReader, lists: FakeLists, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "MOST_READ", 2500)
    for number in range(1, 5):
        lists.keep("orders", document(number, number, reference="x" * 1000))
    assert list(dict.fromkeys(read_all(reader))) == [1, 2, 3, 4]


def test_shopify_is_left_some_of_its_bucket_for_others(lists: FakeLists) -> None:
    reader = READERS["shopify"](lists)
    lists.spent = 36
    reader.changed("orders", START, UNTIL)
    lists.spent = 37
    reader.changed("orders", START, UNTIL)
    told = refusal(reader)
    assert (told.for_now, told.after) == (True, timedelta(seconds=10))
    assert len(lists.requests) == 2


def test_shopify_is_read_to_its_end_in_whatever_order_it_lists(lists: FakeLists) -> None:
    lists.sorts = False
    for number in range(1, 11):
        lists.keep("customers", document(number, number))
    assert set(read_all(READERS["shopify"](lists), "customers")) == set(range(1, 11))


def test_woocommerce_tells_who_registered_since_and_asks_no_further_back(lists: FakeLists) -> None:
    for number in range(1, 31):
        lists.keep("customers", document(number, (number - 21) * 60))  # 21 to 30 registered since
    assert set(read_all(READERS["woocommerce"](lists), "customers")) == set(range(21, 31))
    assert len(lists.requests) == 3


@pytest.mark.parametrize("hours", [0, 0.5, 1, 1.5, 2, 2.5, 3])
def test_the_hour_that_a_prestashop_clock_shows_twice_is_read_whole(lists: FakeLists, hours: float) -> None:
    """Clocks in Zurich go from 3 back to 2 on 25 October 2026, at 1:00 UTC."""
    begins = datetime(2026, 10, 24, 23, 30, tzinfo=UTC) + timedelta(hours=hours)
    made = [begins + timedelta(minutes=minutes) for minutes in (0, 20, 40, 59)]
    for number, at in enumerate(made, 1):
        lists.keep("orders", document(number, (at - START).total_seconds()))
    page = READERS["prestashop"](lists).changed("orders", begins, begins + timedelta(hours=1))
    assert {inner(one)["id"] for one in page.documents} == {1, 2, 3, 4}


SECRET_FIELDS = {
    "passwd": "$2y$10$example",
    "secure_key": "47ce86627c1f3c792a80773c5d2deaf8",
    "reset_password_token": "a-live-token",
    "last_passwd_gen": "2026-11-22 10:00:00",
    "ip_registration_newsletter": "192.0.2.7",
    "note": "what the merchant thinks of them",
}


@pytest.mark.parametrize("told_by", ["a list", "its id"])
@pytest.mark.parametrize("heeds", [True, False])
def test_prestashop_is_asked_for_no_secret_of_a_customer_and_none_is_passed_on(
    lists: FakeLists, told_by: str, heeds: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """heeds: whether the shop tells the fields that it is asked for, or all of them."""
    lists.keep("customers", document(4, 0, email="kim@example.com", **SECRET_FIELDS))
    lists.keep("orders", document(6, 0, id_customer="4", **SECRET_FIELDS))
    if not heeds:
        monkeypatch.setattr(FakeLists, "_shown", lambda _self, _asked, told: told)
    reader = READERS["prestashop"](lists)
    for kind, number in (("customers", "4"), ("orders", "6")):
        if told_by == "a list":
            [found] = reader.changed(kind, START, UNTIL).documents  # type: ignore[arg-type]
        else:
            found = reader.fetch(kind[:-1], number)  # type: ignore[assignment]
        assert not set(inner(found)) & set(SECRET_FIELDS)
        assert inner(found)["id"] == int(number)
        if heeds:
            assert not set(re.findall(r"\w+", lists.displays[kind])) & {"full", *SECRET_FIELDS}


def test_prestashop_knows_what_is_not_there(lists: FakeLists) -> None:
    assert READERS["prestashop"](lists).fetch("order", "404") is None


def test_a_prestashop_order_of_a_list_tells_its_credit_slips(lists: FakeLists) -> None:
    rows = [{"product_id": "8", "unit_price_tax_incl": "24.000000", "product_ean13": "-"}]
    lists.keep("orders", document(6, 0, associations={"order_rows": rows}))
    lists.keep("orders", document(7, 1))
    lists.keep("order_slip", {"id": 3, "id_order": "6", "total_products_tax_incl": "12.000000"})
    lists.keep("order_slip", {"id": 4, "id_order": "60", "total_products_tax_incl": "12.000000"})
    told = [inner(one) for one in READERS["prestashop"](lists).changed("orders", START, UNTIL).documents]
    assert [[slip["id"] for slip in one["order_slips"]] for one in told] == [[3], []]
    assert told[0]["associations"]["order_rows"] == [{"product_id": "8", "unit_price_tax_incl": "24.000000"}]


def test_a_prestashop_key_that_may_not_read_credit_slips_reads_orders_all_the_same(lists: FakeLists) -> None:
    lists.keep("orders", document(6, 0))
    lists.lacks = {"order_slip"}
    [told] = READERS["prestashop"](lists).changed("orders", START, UNTIL).documents
    assert "order_slips" not in inner(told), "that nothing is told is not that nothing was given back"
