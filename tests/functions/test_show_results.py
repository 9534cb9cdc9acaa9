"""Reports as the API shows them; what they count stands in tests/unit/results."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from kairos import bootstrap, keys
from kairos.domain.message import LedgerEntry, Step
from kairos.domain.run import Run
from kairos.openapi import document
from kairos.ports import Delete, Item, Put
from kairos.services.runs import register
from tests.functions.segment_shop import Caller, SegmentShop
from tests.unit.api.shop_floor import SHOP

REPORT = "/v1/shops/{shop}/scenarios/{scenario}/report"


@pytest.fixture
def shop(aws: Any, monkeypatch: pytest.MonkeyPatch) -> SegmentShop:
    return SegmentShop(aws, monkeypatch)


@pytest.fixture
def call(shop: SegmentShop, event: Callable[[str], dict[str, Any]]) -> Caller:
    return Caller(shop.aws.load_app("show_results"), event)


def clicked_and_bought(shop: SegmentShop, name: str = "Ada") -> None:
    """A reminder, clicked an hour before the customer's order."""
    customer = shop.node(name)
    [order] = [one for one in _profile(shop, name).orders if one.counts]
    at = order.placed_at - timedelta(hours=2)
    run = Run(
        shop="demo", scenario="abandoned_cart", cause="cart:1", customer=customer, registered_at=at,
        state="started", settings={},
    )  # fmt: skip
    register(shop.items, run)
    step = Step(shop="demo", scenario="abandoned_cart", run=run.id, step="reminder_1")
    entry = LedgerEntry(
        message_id=step.message_id, step=step, customer=customer, channel="email", address_node="n",
        state="sent", reserved_at=at, calling_at=at,
    )  # fmt: skip
    shop.items.write(Put(Item(keys.message("demo", entry.message_id), "1", entry.as_json())))
    shop.items.write(Put(Item(keys.send_pointer("demo", customer, entry.message_id), "1", {})))
    body = {"kind": "click", "at": (at + timedelta(hours=1)).isoformat(), "permanent": False, "detail": None}
    shop.items.write(Put(Item(keys.engagement("demo", entry.message_id, "1"), "1", body)))
    shop.tell_snapshot([customer])


def _profile(shop: SegmentShop, name: str) -> Any:
    from kairos.services.customers import read_customer

    return read_customer(shop.items, "demo", shop.node(name)).profile


def over(order_placed: datetime) -> dict[str, str]:
    return {
        "from": (order_placed - timedelta(days=1)).isoformat(),
        "to": (order_placed + timedelta(days=1)).isoformat(),
    }


def test_an_order_after_a_click_is_the_messages(call: Caller, shop: SegmentShop) -> None:
    clicked_and_bought(shop)
    [order] = _profile(shop, "Ada").orders
    status, told = call("GET", REPORT, scenario="abandoned_cart", query=over(order.placed_at))
    assert status == 200
    [step] = told["steps"]
    assert (step["step"], step["sent"], step["clicked"], step["orders"]) == ("reminder_1", 1, 1, 1)
    assert [one["channel"] for one in step["channels"]] == ["email"]
    assert told["total"]["revenue"] == f"{order.revenue_without_tax / 100:.2f}"
    assert told["runs"] == {"started": 1, "under_way": 1, "held_out": 0, "ended": {}}


def test_a_shorter_window_claims_less(call: Caller, shop: SegmentShop) -> None:
    clicked_and_bought(shop)
    [order] = _profile(shop, "Ada").orders
    query = over(order.placed_at) | {"clicked_within": "PT1H"}
    told = call("GET", REPORT, scenario="abandoned_cart", query=query)[1]
    assert (told["total"]["orders"], told["windows"]["clicked_within"]) == (0, "PT1H")


def test_profit_is_unknown_before_the_shop_tells_its_margin(call: Caller, shop: SegmentShop) -> None:
    clicked_and_bought(shop)
    [order] = _profile(shop, "Ada").orders
    query = over(order.placed_at)
    told = call("GET", REPORT, scenario="abandoned_cart", query=query)[1]
    assert (told["profit"]["amount"], told["profit"]["text"]) == (None, "unknown margin")
    assert told["profit"]["revenue_less_cost"] is not None
    known = SHOP.as_json() | {"results": {"margin_percent": 40}}
    shop.items.write(Put(Item(keys.shop("demo"), "2", known)))
    told = call("GET", REPORT, scenario="abandoned_cart", query=query)[1]
    revenue = order.revenue_without_tax / 100
    assert float(told["profit"]["amount"]) == pytest.approx(0.4 * revenue - float(told["cost"]["total"]))


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "noch nicht genug Daten"),
        ("en", "not enough data yet"),
        ("fr", "pas encore assez de données"),
        ("it", "dati non ancora sufficienti"),
        ("nl", "not enough data yet"),
    ],
)
def test_too_little_data_is_said_so_in_the_readers_language(call: Caller, language: str, text: str) -> None:
    told = call("GET", REPORT, scenario="abandoned_cart", query={"language": language})[1]["holdout"]
    assert (told["verdict"], told["text"], told["revenue"]) == ("not enough data yet", text, None)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"from": "yesterday"}, "from"),
        ({"from": "2026-05-02", "to": "2026-05-01"}, "from"),
        ({"from": "2006-05-02", "to": "2026-05-01"}, "from"),
        ({"to": "2026-13-01"}, "to"),
        ({"clicked_within": "5 days"}, "clicked_within"),
        ({"compared_for": "P1M"}, "compared_for"),
    ],
)
def test_a_wrong_parameter_is_named(call: Caller, query: dict[str, str], field: str) -> None:
    status, told = call("GET", REPORT, scenario="abandoned_cart", query=query)
    assert (status, told["field"]) == (400, field)
    assert told["remedy"]


def test_shops_and_scenarios_that_do_not_exist_are_not_found(call: Caller) -> None:
    assert call("GET", REPORT, scenario="abandoned_card")[0] == 404
    assert call("GET", REPORT, scenario="abandoned_cart", shop="nobody")[0] == 404


def test_while_there_is_no_snapshot_it_says_that_one_is_being_built(call: Caller) -> None:
    bootstrap.items().write(Delete(keys.snapshot("demo")))
    status, told = call("GET", REPORT, scenario="abandoned_cart")
    assert (status, bool(told["detail"])) == (503, True)


def leaves(told: Any, path: str = "") -> Iterator[str]:
    """Paths of an object's properties, whatever is by reason or in lists left as one."""
    if isinstance(told, dict) and told:
        for name, value in told.items():
            yield from leaves(value, f"{path}.{name}")
    elif isinstance(told, list) and told:
        yield from leaves(told[0], f"{path}[]")
    else:
        yield path


def described(schema: Any, path: str = "") -> Iterator[str]:
    if "properties" in schema:
        for name, one in schema["properties"].items():
            yield from described(one, f"{path}.{name}")
    elif schema.get("type") == "array":
        yield from described(schema["items"], f"{path}[]")
    else:
        yield path


def test_the_report_is_what_the_document_describes(call: Caller, shop: SegmentShop) -> None:
    clicked_and_bought(shop)
    [order] = _profile(shop, "Ada").orders
    told = call("GET", REPORT, scenario="abandoned_cart", query=over(order.placed_at))[1]
    responses = document()["paths"][REPORT]["get"]["responses"]
    schema = responses["200"]["content"]["application/json"]["schema"]
    # Of what is null for lack of data the parts can't be seen.
    limits = {f".holdout.{one}" for one in ("conversion", "revenue_per_customer", "revenue")}
    shown = {one for one in described(schema) if one.rpartition(".")[0] not in limits}
    assert set(leaves(told)) - limits == shown
    assert json.dumps(told)
