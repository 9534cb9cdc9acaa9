"""Shops of the tests' own on the deployed stack."""

import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from local.running_stack import RunningStack
from local.traffic import Sender

SECRET = "a-secret-that-signs"


def open_shop(stack: RunningStack, platform: str = "shopify", **settings: Any) -> str:
    """A new shop that signs with SECRET; its id."""
    shop = f"{platform}-{uuid.uuid4().hex[:8]}"
    wish = {
        "name": "Test shop",
        "platform": platform,
        "currency": "CHF",
        "timezone": "Europe/Zurich",
        "languages": ["de", "fr", "it", "en"],
        "url": "https://shop.example.com",
        "sender": {"email": "hello@shop.example.com", "name": "Test shop"},
        "secrets": {"webhook": SECRET},
    }
    status, answer = stack.api("PUT", f"/v1/shops/{shop}", wish | settings)
    assert status == 201, answer
    return shop


def sender_of(stack: RunningStack, shop: str, platform: str = "shopify") -> Sender:
    """Posts signed bodies to the shop's address."""
    return Sender(stack.client, shop, SECRET, platform)


def switch_on(stack: RunningStack, shop: str) -> None:
    """abandoned_cart, with codes to give."""
    pool = {"name": "welcome", "codes": [f"CODE-{number}" for number in range(20)]}
    status, answer = stack.api("POST", f"/v1/shops/{shop}/codes/pools", pool)
    assert status == 200, answer
    wish = {"enabled": True, "settings": {"code_pool": "welcome"}}
    status, answer = stack.api("PUT", f"/v1/shops/{shop}/scenarios/abandoned_cart", wish)
    assert status == 200, answer


def until(done: Callable[[], bool], what: str, seconds: float = 60) -> None:
    """Ask until it is so."""
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.2)


def until_recorded(stack: RunningStack, seconds: float = 600) -> None:
    """Until nothing waits to be recorded, twice in a row: a message may be between queue and worker."""
    for _ in range(2):
        until(lambda: stack.waiting_in("RecordQueueUrl") == 0, "the record queue is empty", seconds)
        time.sleep(0.3)


def stored(stack: RunningStack) -> Iterator[dict[str, Any]]:
    """Every item of the table, as DynamoDB tells it."""
    pages = stack.aws("dynamodb").get_paginator("scan").paginate(TableName=stack.told["outputs"]["TableName"])
    for page in pages:
        yield from page["Items"]


def log_lines(stack: RunningStack) -> Iterable[str]:
    """Every line that functions and state machines logged."""
    logs = stack.aws("logs")
    for group in logs.describe_log_groups()["logGroups"]:
        for page in logs.get_paginator("filter_log_events").paginate(logGroupName=group["logGroupName"]):
            yield from (event["message"] for event in page["events"])


def troubles(stack: RunningStack) -> str:
    """What functions logged as errors, with the places: a line of a log is one line of a message."""
    lines = list(log_lines(stack))
    found = [number for number, line in enumerate(lines) if "Error at" in line or '"level":"ERROR"' in line]
    return "\n".join(line for number in found[-2:] for line in lines[number : number + 20])
