"""Whatever is posted: snapshots, or one of two errors; nothing else."""

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kairos.adapters.platforms.platform import PLATFORMS, read_delivery
from kairos.adapters.platforms.shopify import TOPICS as SHOPIFY
from kairos.adapters.platforms.woocommerce import TOPICS as WOOCOMMERCE
from kairos.domain.errors import NotConcerned, Unreadable
from tests.adapters.platforms.delivering import StandingClock, a_shop, delivery

SHOP = a_shop(consent_field="meta_data.newsletter", transfer_gateways=("bank",))
WORDS = ["", "0", "1", "-1", "EUR", "kim@example.com", "+41446681800", "2026-02-28T10:00:00Z"]
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(min_value=10**60, max_value=10**300)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
    | st.sampled_from(
        [*WORDS, "\ud800", "\x00", "1e308", "1e-308", "9" * 300, "9999-12-31T23:59:59-12:00", "0000-00-00"]
    )
)
MONEY = [
    "total",
    "total_price",
    "price",
    "quantity",
    "amount",
    "amounts",
    "currency",
    "refunds",
    "transactions",
]
THINGS = [
    "id",
    "token",
    "order_id",
    "customer",
    "line_items",
    "lines",
    "cart",
    "events",
    "variants",
    "identify",
]
SAID = [
    "email",
    "billing",
    "meta_data",
    "key",
    "value",
    "status",
    "state",
    "email_marketing_consent",
    "consents",
]
FRAME = [
    "transactions",
    "identify",
    "status",
    "type",
    "of",
    "kind",
    "at",
    "updated_at",
    "created_at",
    "visitor",
    "sent_at",
    "note_attributes",
]
NAMES = st.sampled_from([*MONEY, *THINGS, *SAID, *FRAME])
JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(NAMES | st.text(max_size=3), inner, max_size=6)
    ),
    max_leaves=25,
)
ADDRESSES = (
    [("shopify", "x-shopify-topic", topic) for topic in SHOPIFY]
    + [("woocommerce", "x-wc-webhook-topic", topic) for topic in WOOCOMMERCE]
    + [("generic", "none", ""), ("activity", "none", "")]
)

WHOLE: dict[str, Any] = {
    "id": 1,
    "token": "k",
    "type": "order",
    "of": "order",
    "visitor": "v" * 16,
    "sent_at": "2026-02-28T10:00:00Z",
    "updated_at": "2026-02-28T10:00:00Z",
    "placed_at": "2026-02-28T10:00:00Z",
    "order_id": 2,
    "currency": "EUR",
    "total": "1.00",
    "total_price": "1.00",
    "status": "paid",
    "email": "kim@example.com",
    "customer": {"id": 1, "email": "kim@example.com", "default_address": {"country_code": "CH"}},
    "line_items": [{"price": "1.00", "quantity": 1, "price_set": {"shop_money": {"amount": "1"}}}],
    "lines": [{"price": "1.00", "quantity": 1}],
    "refunds": [{"id": 1, "total": "-1.00", "transactions": [{"amount": 1.5}]}],
    "billing": {"email": "kim@example.com", "phone": "1", "country": "CH"},
    "email_marketing_consent": {"state": "subscribed", "consent_updated_at": "2026-02-28T10:00:00Z"},
    "meta_data": [{"key": "newsletter", "value": "yes"}],
    "events": [{"id": "1", "kind": "page", "at": "2026-02-28T10:00:00Z"}],
    "cart": {"lines": [{"price": 1}]},
    "identify": {"email": "kim@example.com"},
}


def read(address: tuple[str, str, str], body: Any) -> None:
    platform, header, topic = address
    posted = delivery(platform, body, {header: topic})
    with contextlib.suppress(Unreadable, NotConcerned):
        for told in read_delivery(posted, SHOP, StandingClock()):
            told.model_dump_json()


def paths(told: Any, so_far: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    steps = told.items() if isinstance(told, dict) else enumerate(told) if isinstance(told, list) else ()
    return [so_far, *(path for step, one in steps for path in paths(one, (*so_far, step)))]


def changed(told: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    copy = told.copy()
    copy[path[0]] = changed(told[path[0]], path[1:], value)
    return copy


@given(st.sampled_from(ADDRESSES), JSON)
def test_arbitrary_json_is_read_or_refused_in_our_words(address: tuple[str, str, str], body: Any) -> None:
    read(address, body)


@given(st.sampled_from(ADDRESSES), st.sampled_from(paths(WHOLE)), JSON)
def test_a_whole_body_with_any_part_replaced_is_read_or_refused_in_our_words(
    address: tuple[str, str, str], path: tuple[Any, ...], value: Any
) -> None:
    read(address, changed(WHOLE, path, value))


@given(st.sampled_from(ADDRESSES), st.binary(max_size=40))
def test_arbitrary_bytes_are_refused_in_our_words(address: tuple[str, str, str], body: bytes) -> None:
    read(address, body)


@pytest.mark.parametrize("platform", sorted(PLATFORMS))
def test_a_body_that_is_not_base64_is_refused_in_our_words(platform: str) -> None:
    headers = {"x-shopify-topic": "orders/create", "x-wc-webhook-topic": "order.created"}
    posted = delivery(platform, {}, headers).model_copy(update={"body": "\u2603"})
    with pytest.raises(Unreadable):
        read_delivery(posted, SHOP, StandingClock())


def test_deep_nesting_is_refused_in_our_words() -> None:
    deep = b'{"customer":' * 50_000 + b"1" + b"}" * 50_000
    for address in ADDRESSES:
        read(address, deep)
        read(address, json.dumps({"events": [[[[1]]]]}).encode())
