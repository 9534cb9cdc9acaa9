"""Histories imported through the API of the deployed stack, under the permissions that it grants."""

import json
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from local.import_history import Surroundings, import_file, send_file
from local.running_stack import RunningStack
from tests.integration.shops import open_shop, stored, switch_on
from tests.payloads import needs_data
from tests.unit.importing.test_histories import CDNOW, CDNOW_WISH


def run_import(stack: RunningStack, shop: str, file: Path, wish: dict[str, Any]) -> dict[str, Any]:
    lines: list[str] = []
    told = import_file(Surroundings(stack.api, send_file, lines.append, time.sleep), shop, file, wish)
    print("\n".join(lines))
    return told


def started(stack: RunningStack) -> int:
    """How many executions there ever were."""
    machine = stack.told["outputs"]["AbandonedCartArn"]
    pages = stack.aws("stepfunctions").get_paginator("list_executions").paginate(stateMachineArn=machine)
    return sum(len(page["executions"]) for page in pages)


def customer_of(stack: RunningStack, shop: str, platform_id: str) -> str:
    """The id under which the shop's customer is kept."""
    [found] = {
        item["pk"]["S"].rpartition("#")[2]
        for item in stored(stack)
        if item["sk"]["S"] == "identity"
        and item["pk"]["S"].startswith(f"{shop}#")
        and json.loads(item["body"]["S"])["value"] == platform_id
    }
    return found


@pytest.fixture(scope="module")
def running(stack: dict[str, Any]) -> RunningStack:
    return RunningStack(stack)


def test_cdnow_is_imported_a_customer_is_read_back_and_no_scenario_starts(running: RunningStack) -> None:
    needs_data()
    shop, before = open_shop(running, "generic", currency="USD", timezone="UTC"), started(running)
    switch_on(running, shop)
    told = run_import(running, shop, CDNOW, CDNOW_WISH)
    assert (told["state"], told["trouble"]) == ("done", None)
    assert (told["orders"], told["customers"], told["rows"]["bad"]) == (6919, 2357, 0)

    status, profile = running.api("GET", f"/v1/shops/{shop}/customers/{customer_of(running, shop, '00004')}")
    assert status == 200
    bought = [(one["placed_at"][:10], one["items"], one["revenue"]) for one in profile["orders"]]
    assert bought == [
        ("1997-01-01", 2, 2933),
        ("1997-01-18", 2, 2973),
        ("1997-08-02", 1, 1496),
        ("1997-12-12", 2, 2648),
    ]
    assert started(running) == before


def test_bad_rows_are_told_and_can_be_fetched_and_the_file_is_gone(
    running: RunningStack, tmp_path: Path
) -> None:
    shop = open_shop(running)
    file = tmp_path / "orders.csv"
    file.write_text("Name,Email,Created at,Total\n#1,a@example.com,2026-01-02,5\n#2,a@example.com,never,5\n")
    told = run_import(running, shop, file, {"kind": "orders", "mapping": "shopify"})
    assert (told["state"], told["rows"]["good"]) == ("done", 1)
    assert [(one["line"], one["field"]) for one in told["bad_rows"]["first"]] == [(3, "Created at")]

    with urllib.request.urlopen(told["bad_rows"]["address"], timeout=10) as answer:
        assert answer.read().decode().splitlines()[1].startswith("3,Created at,")
    bucket = running.told["outputs"]["BucketName"]
    held = running.aws("s3").list_objects_v2(Bucket=bucket, Prefix=f"imports/{shop}/")["Contents"]
    assert [one["Key"].rpartition("/")[2] for one in held] == ["bad-rows.csv"]
    customer = running.customer(shop, "a@example.com")
    assert customer is not None
    assert [one["id"] for one in customer["orders"]] == ["#1"]


def test_a_file_of_the_wrong_encoding_fails_with_field_and_remedy(
    running: RunningStack, tmp_path: Path
) -> None:
    file = tmp_path / "orders.csv"
    file.write_bytes(
        "Name,Email,Created at,Total\n#1,bücher@example.com,2026-01-02,5\n".encode("windows-1252")
    )
    told = run_import(running, open_shop(running), file, {"kind": "orders", "mapping": "shopify"})
    assert (told["state"], told["trouble"]["field"]) == ("failed", "encoding")
    assert told["trouble"]["remedy"]
