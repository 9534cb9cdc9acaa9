"""Webhooks that never arrive, on the deployed stack: the shop is asked, and all is as it should be."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kairos import keys
from local.running_stack import RunningStack
from local.traffic import Plain
from tests.adapters.platforms.test_shopify_orders import an_order
from tests.adapters.shop_apis.fake_lists import TOKEN, FakeLists, fake_lists
from tests.integration.shops import open_shop, sender_of, until, until_recorded

EMAIL = "kim@example.com"


@pytest.fixture(scope="module")
def admin() -> Iterator[FakeLists]:
    with fake_lists() as lists:
        yield lists


def tick(running: RunningStack) -> None:
    """What the schedule does every five minutes."""
    functions = running.aws("lambda")
    [name] = [
        one["FunctionName"]
        for page in functions.get_paginator("list_functions").paginate()
        for one in page["Functions"]
        if "ReconcileShops" in one["FunctionName"]
    ]
    answer = functions.invoke(FunctionName=name, Payload=b"{}")
    assert "FunctionError" not in answer, answer["Payload"].read()


def connected_long_ago(running: RunningStack, shop: str) -> None:
    """As if the shop had given access two hours ago and not been asked since."""
    table, place = running.told["outputs"]["TableName"], keys.reconciliation(shop)
    at = {"pk": {"S": place.pk}, "sk": {"S": place.sk}}
    dynamo = running.aws("dynamodb")
    item = dynamo.get_item(TableName=table, Key=at, ConsistentRead=True)["Item"]
    told = json.loads(item["body"]["S"])
    then = (datetime.now(UTC) - timedelta(hours=2)).isoformat()
    told |= {"orders": {"sure": then}, "customers": {"sure": then}, "due_at": then}
    dynamo.put_item(TableName=table, Item=item | {"body": {"S": json.dumps(told)}})


def shown(running: RunningStack, shop: str) -> dict[str, Any]:
    status, told = running.api("GET", f"/v1/shops/{shop}/reconciliation")
    assert status == 200, told
    found: dict[str, Any] = told
    return found


def test_lost_webhooks_are_made_good_and_counted(stack: dict[str, Any], admin: FakeLists) -> None:
    running = RunningStack(stack)
    secrets = {"webhook": "a-secret-that-signs", "api": TOKEN}
    shop = open_shop(running, "shopify", currency="EUR", api=admin.address, secrets=secrets)
    changed_at = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    customer = {"id": 77, "email": EMAIL}
    bodies = [
        an_order(id=number, updated_at=changed_at, email=EMAIL, customer=customer, total_price="10.00")
        for number in (1, 2, 3)
    ]
    for body in bodies:
        admin.keep("orders", body)
    admin.keep("customers", customer | {"first_name": "Kim", "updated_at": changed_at})

    headers = {"Content-Type": "application/json", "X-Shopify-Topic": "orders/create"}
    arrived = Plain(json.dumps(bodies[0]).encode(), headers)
    assert sender_of(running, shop).post(arrived).status == 200
    until_recorded(running)
    before = running.customer(shop, EMAIL)
    assert before is not None
    assert len(before["orders"]) == 1

    connected_long_ago(running, shop)
    tick(running)
    until_recorded(running)
    until(lambda: len((running.customer(shop, EMAIL) or {})["orders"]) == 3, "three orders are known")
    told = shown(running, shop)
    assert told["state"] == "up to date"
    assert told["found"]["orders"] == {"missing": 2, "newer": 0}
    assert told["found"]["customers"]["missing"] == 1

    connected_long_ago(running, shop)
    tick(running)  # all of it once more
    until_recorded(running)
    assert shown(running, shop)["found"] == told["found"]
    after = running.customer(shop, EMAIL)
    assert after is not None
    assert len(after["orders"]) == 3
    assert after["person"]["first_name"] == "Kim"


def test_a_withdrawn_token_is_told(stack: dict[str, Any], admin: FakeLists) -> None:
    running = RunningStack(stack)
    secrets = {"webhook": "a-secret-that-signs", "api": "withdrawn"}
    shop = open_shop(running, "shopify", api=admin.address, secrets=secrets)
    connected_long_ago(running, shop)
    tick(running)
    assert shown(running, shop)["state"] == "refused"
