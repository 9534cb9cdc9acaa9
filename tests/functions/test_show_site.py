"""A visit on its way through the functions: recorded, compacted, shown. What is counted: tests/unit/site."""

import base64
import json
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest

from kairos import bootstrap, keys
from kairos.domain.access import Caller as Key
from kairos.domain.access import may
from kairos.openapi import document
from kairos.ports import Item, Put
from tests.functions.conftest import Aws
from tests.functions.segment_shop import Caller
from tests.invocation import Invocation
from tests.unit.api.shop_floor import SHOP

SITE = "/v1/shops/{shop}/site"
VISITOR = "b7e0f8c2-6d1a-4e9b-9a53-0d2f4c1e7a88"
PERIOD = {"from": "2026-11-01", "to": "2026-11-03"}
Read = Callable[[str], dict[str, Any]]


@pytest.fixture
def stack(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> Aws:
    monkeypatch.setenv("DEAD_LETTERS_URL", aws.sqs.create_queue(QueueName="dead")["QueueUrl"])
    monkeypatch.setenv("BUS_NAME", "kairos")
    boto3.client("events").create_event_bus(Name="kairos")
    bootstrap.items().write(Put(Item(keys.shop("demo"), "1", SHOP.as_json())))
    return aws


@pytest.fixture
def call(stack: Aws, event: Read) -> Caller:
    return Caller(stack.load_app("show_site"), event)


def activity(event: Read) -> dict[str, Any]:
    """A batch of the record queue, of one visit."""
    seen = [
        {
            "id": "e1",
            "kind": "page",
            "at": "2026-11-01T10:00:00Z",
            "target": "https://shop.example.com/lamps",
        },
        {"id": "e2", "kind": "product", "at": "2026-11-01T10:00:40Z", "target": "p-7", "device": "phone"},
        {"id": "e3", "kind": "form", "at": "2026-11-01T10:00:50Z", "target": "newsletter", "stage": "sent"},
        {"id": "e4", "kind": "checkout_step", "at": "2026-11-01T10:01:00Z", "stage": "contact"},
    ]
    lines = [{"product_id": "p-7", "title": "Desk lamp", "quantity": 1, "price": "54.90"}]
    cart = {"at": "2026-11-01T10:00:55Z", "currency": SHOP.currency, "lines": lines, "step": "cart"}
    body = {"visitor": VISITOR, "sent_at": "2026-11-01T10:01:00Z", "events": seen, "cart": cart}
    queued = event("record_queue")
    [record] = queued["Records"]
    delivery = json.loads(record["body"]) | {
        "source": "activity",
        "platform": "activity",
        "headers": {},
        "body": base64.b64encode(json.dumps(body).encode()).decode(),
        "received_at": "2026-11-01T10:01:01Z",
    }
    record["body"] = json.dumps(delivery)
    return queued


def recorded(stack: Aws, event: Read) -> None:
    assert stack.load_app("record_events").handler(activity(event), Invocation()) == {"batchItemFailures": []}


def compacted(stack: Aws, event: Read) -> Any:
    return stack.load_app("compact_site").handler(event("tick"), Invocation(300_000))


def test_what_a_visitor_did_is_shown_after_the_next_compaction(stack: Aws, call: Caller, event: Read) -> None:
    recorded(stack, event)
    assert call("GET", SITE, query=PERIOD)[1]["total"]["visits"] == 0
    assert compacted(stack, event) == {"shops": ["demo"]}
    status, told = call("GET", SITE, query=PERIOD)
    assert status == 200
    assert (told["total"]["visits"], told["total"]["views"], told["by_device"][0]["device"]) == (
        1,
        2,
        "phone",
    )
    assert [one["path"] for one in told["paths"]] == [
        [{"kind": "page", "target": "/lamps"}, {"kind": "product", "target": "p-7"}]
    ]
    [left] = [one for one in told["funnel"]["steps"] if one["left"]]
    assert (left["step"], left["left_value"]) == ("contact", "54.90")
    assert [(one["form"], one["sent"]) for one in told["forms"]] == [("newsletter", 1)]


def test_visitors_nobody_knows_cost_the_table_one_item_a_day_and_none_for_the_site(
    stack: Aws, event: Read
) -> None:
    recorded(stack, event)
    node = bootstrap.identity_key().node("demo", "visitor", VISITOR)
    assert [sk for pk, sk in stack.table_keys() if "site" in pk] == []
    days = [sk for pk, sk in stack.table_keys() if pk == f"demo#node#{node}" and sk.startswith("activity#")]
    assert days == ["activity#2026-11-01"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"from": "yesterday"}, "from"),
        ({"from": "2026-05-02", "to": "2026-05-01"}, "from"),
        ({"device": "fridge"}, "device"),
        ({"visitors": "all"}, "visitors"),
        ({"limit": "0"}, "limit"),
        ({"limit": "ten"}, "limit"),
        ({"steps": "9"}, "steps"),
    ],
)
def test_a_wrong_parameter_is_named(call: Caller, query: dict[str, str], field: str) -> None:
    status, told = call("GET", SITE, query=query)
    assert (status, told["field"]) == (400, field)
    assert told["remedy"]


def test_a_shop_that_does_not_exist_is_not_found(call: Caller) -> None:
    assert call("GET", SITE, shop="nobody")[0] == 404


def test_a_reader_may_ask() -> None:
    assert may(Key(key_id="k", role="reader", shops=("demo",)), "GET", SITE, "demo")


def test_days_are_those_of_the_shops_time_zone(call: Caller) -> None:
    zoned = SHOP.as_json() | {"timezone": "America/New_York"}
    bootstrap.items().write(Put(Item(keys.shop("demo"), "2", zoned)))
    told = call("GET", SITE, query=PERIOD)[1]
    assert (told["from"], told["to"]) == ("2026-11-01T04:00:00+00:00", "2026-11-03T05:00:00+00:00")


def leaves(told: Any, path: str = "") -> Iterator[str]:
    """Paths of an object's properties; of a list those of its first entry."""
    if isinstance(told, dict) and told:
        for name, value in told.items():
            yield from leaves(value, f"{path}.{name}")
    elif isinstance(told, list):
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


def test_the_answer_is_what_the_document_describes(stack: Aws, call: Caller, event: Read) -> None:
    recorded(stack, event)
    compacted(stack, event)
    told = call("GET", SITE, query=PERIOD)[1]
    responses = document()["paths"][SITE]["get"]["responses"]
    schema = responses["200"]["content"]["application/json"]["schema"]
    assert set(leaves(told)) == set(described(schema))
