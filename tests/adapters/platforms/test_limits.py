"""Whatever ids a shop sends, they fit the store's keys, and no two things share one."""

import inspect
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kairos import keys
from kairos.adapters.dynamodb.stored import stored_key, stored_partition, to_stored
from kairos.adapters.memory import MemoryFiles, MemoryItems
from kairos.adapters.platforms.platform import read_delivery
from kairos.domain.errors import TooLarge
from kairos.domain.identity import IdentityKey
from kairos.ports import Item, Key, Put
from kairos.services.recording.outcome import Outcome
from kairos.services.recording.record import Recorder
from tests.adapters.platforms.delivering import StandingClock, a_shop, delivery

TIME = "2026-02-28T10:00:00Z"
KEY = IdentityKey(secret=b"made up")
LONG = ["x" * 5000, "\N{BICYCLE}" * 200, "#" * 200, "9" * 4000]


class NarrowItems(MemoryItems):
    """A store that refuses what DynamoDB refuses."""

    def get(self, key):
        stored_key(key)
        return super().get(key)

    def query(self, pk, prefix="", limit=None):
        stored_partition(pk)
        return super().query(pk, prefix, limit)

    def transact(self, writes):
        for write in writes:
            if isinstance(write, Put):
                to_stored(write.item)
        super().transact(writes)


class NoBus:
    """Takes every event."""

    def publish(self, events):
        pass


def record(platform: str, topic: str, body: dict[str, Any]) -> Outcome:
    header = {"shopify": "x-shopify-topic", "woocommerce": "x-wc-webhook-topic"}.get(platform, "none")
    shop, items = a_shop(platform=platform), NarrowItems()
    items.write(Put(Item(keys.shop(shop.id), "1", shop.as_json())))

    def nothing(*_told: Any) -> None:
        """Privacy requests and erasures are tested elsewhere."""

    recorder = Recorder(items, NoBus(), KEY, StandingClock(), read_delivery, nothing, nothing, MemoryFiles())
    return recorder.record(delivery(platform, body, {header: topic}))


def shopify_product(text: str) -> dict[str, Any]:
    return {"id": 1, "updated_at": TIME, "title": text, "handle": text, "product_type": text}


def woocommerce_order(text: str) -> dict[str, Any]:
    meta = [{"key": "kairos_cart", "value": text}, {"key": "kairos_visitor", "value": text}]
    return {"id": 1, "date_modified_gmt": "2026-02-28T10:00:00", "total": "1", "meta_data": meta}


def woocommerce_refund(text: str) -> dict[str, Any]:
    return {"id": 1, "amount": "1", "_links": {"up": [{"href": f"https://shop.example.com/{text}"}]}}


@pytest.mark.parametrize("text", LONG, ids=lambda text: f"{len(text)} of {text[0]!a}")
@pytest.mark.parametrize(
    ("platform", "topic", "body"),
    [
        ("shopify", "products/update", shopify_product),
        ("woocommerce", "order.updated", woocommerce_order),
        ("woocommerce", "refund.created", woocommerce_refund),
    ],
)
def test_free_text_that_leads_to_a_key_is_kept_within_its_bounds(
    platform: str, topic: str, body: Callable[[str], dict[str, Any]], text: str
) -> None:
    outcome = record(platform, topic, body(text))
    assert (outcome.kind, outcome.reason) in {("recorded", ""), ("dead", "unreadable")}


def test_orders_to_redact_that_can_be_no_ids_are_passed_over() -> None:
    body = {"customer": {"id": 1}, "orders_to_redact": [7, "x" * 5000, "", None, "8"]}
    posted = delivery("shopify", body, {"x-shopify-topic": "customers/redact"})
    [request] = read_delivery(posted, a_shop(), StandingClock())
    assert request.order_ids == ("7", "8")  # type: ignore[union-attr]


def test_a_list_that_would_take_all_memory_makes_a_dead_letter() -> None:
    body = {"id": 1, "updated_at": TIME, "total_price": "1", "line_items": [{}] * 10_001}
    assert record("shopify", "orders/create", body).field == "line_items"


@pytest.mark.parametrize("key", [Key("x" * 2049, "a"), Key("a", "x" * 1025), Key("\N{BICYCLE}" * 513, "a")])
def test_a_key_that_the_store_would_refuse_makes_a_dead_letter_and_no_endless_retry(key: Key) -> None:
    with pytest.raises(TooLarge):
        stored_key(key)


LAYOUT = [one for _, one in inspect.getmembers(keys, inspect.isfunction) if one.__module__ == keys.__name__]
"""Every function of the key layout."""
PARTS = st.text(alphabet="a#0", min_size=1, max_size=6) | st.sampled_from(
    ["order", "order#a", "trace", "cart#a", "checkout#b#order", "shop", "key", "node#a", "a#node#a"]
)
SHOPS = st.sampled_from(["abc", "abc-def", "order", "node", "deployment"])
"""Shop ids hold no `#`, and neither "shop" nor "key" is one (see services.shops)."""


def place(function: Callable[..., Any], shop: str, parts: list[str]) -> tuple[str, str]:
    told = list(inspect.signature(function).parameters)
    given = [shop if name == "shop_id" else parts[at] for at, name in enumerate(told)]
    found = function(*given)
    return found if isinstance(found, Key) else (found, "")


FREE_TEXT = {"order_id", "refund_id", "cart_key", "checkout", "token", "product_id", "category_id", "code"}
"""Parameters that a shop or a visitor words; all others are hashes, dates or names from a closed list."""
OPEN = [one for one in LAYOUT if FREE_TEXT & set(inspect.signature(one).parameters)]


@given(st.sampled_from(OPEN), st.sampled_from(LAYOUT), SHOPS, SHOPS, st.data())
def test_no_id_leads_to_the_place_of_another_thing(
    one: Callable[..., Any], other: Callable[..., Any], shop: str, second: str, data: st.DataObject
) -> None:
    def some(function: Callable[..., Any]) -> list[str]:
        names = list(inspect.signature(function).parameters)
        return [data.draw(PARTS) if name in FREE_TEXT else "c0ffee" for name in names]

    here, there = some(one), some(other)
    if place(one, shop, here) == place(other, second, there):
        assert (one, shop, here) == (other, second, there)
