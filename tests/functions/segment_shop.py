"""A shop whose customers lie in a snapshot, as functions that ask about segments find it."""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from secrets import token_hex
from types import ModuleType
from typing import Any

import boto3
import pytest

from kairos import bootstrap, keys
from kairos.adapters.clock import SystemClock
from kairos.adapters.memory import MemoryFiles, MemoryItems
from kairos.domain.identity import IdentityKey
from kairos.domain.snapshot import Snapshot
from kairos.ports import Files, Item, Items, Put
from kairos.services.recording.record import Recorder
from kairos.services.segments.evaluating import Evaluating
from kairos.services.snapshot.feeding import Feeding
from kairos.services.snapshot.manifests import begin_empty
from kairos.services.snapshot.updating import Occasion, Updating, update_customers
from tests.shelves import settle
from tests.unit.api.shop_floor import SHOP, Silence, customer, order

NAMES = ("Ada", "Bob", "Cleo", "Dan")
BOUGHT = ("Ada", "Bob", "Cleo")
BUYERS = {"kind": "order_count", "at_least": 1}

READER = {"key_id": "k1", "role": "reader", "shops": "demo"}


def _record(items: Items, objects: Files, key: IdentityKey, *told: Snapshot) -> None:
    clock = SystemClock()
    recorder = Recorder(
        items, Silence(), key, clock, lambda *_: (), lambda *_: None, lambda *_: None, objects
    )
    recorder.record_all(SHOP, told, "told")


@cache
def _beginning(key: IdentityKey) -> tuple[MemoryItems, MemoryFiles]:
    """The shop as every test finds it, recorded once: into the mocked table it took longer than any test."""
    items, files = MemoryItems(), MemoryFiles()
    items.write(Put(Item(keys.shop("demo"), "1", SHOP.as_json())))
    settle(items, SHOP)
    begin_empty(items, SHOP)
    for number, name in enumerate(NAMES, start=1):
        _record(items, files, key, customer(name, number), *([order(name, number)] if name in BOUGHT else []))
    evaluating = Evaluating(items, SystemClock(), Silence(), files)
    updating = Updating(Feeding(items, files, token_hex), evaluating, bootstrap.counts())
    customers = [key.node("demo", "platform_id", str(number)) for number in range(1, len(NAMES) + 1)]
    update_customers(updating, "demo", [Occasion(customers, "event", "told")])
    return items, files


class SegmentShop:
    """The shop "demo": Ada, Bob and Cleo bought, Dan did not; all take e-mails."""

    def __init__(self, aws: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        self.aws = aws
        self.queues = {}
        for name in ("snapshot", "recompute"):
            self.queues[name] = boto3.client("sqs").create_queue(QueueName=name)["QueueUrl"]
            monkeypatch.setenv(f"{name.upper()}_QUEUE_URL", self.queues[name])
        self.items = bootstrap.items()
        items, files = _beginning(bootstrap.identity_key())
        self.items.put_batch(items.stored.values())
        for key, body in files.stored.items():
            bootstrap.objects().put(key, body)

    def record(self, *told: Snapshot) -> None:
        _record(self.items, bootstrap.objects(), bootstrap.identity_key(), *told)

    def tell_snapshot(self, customers: Sequence[str]) -> None:
        """As update_snapshot does."""
        update_customers(bootstrap.updating(), "demo", [Occasion(customers, "event", "told")])

    def node(self, name: str) -> str:
        return bootstrap.identity_key().node("demo", "platform_id", str(NAMES.index(name) + 1))

    def queued(self, queue: str) -> list[Any]:
        """The messages of a queue, taken off it."""
        sqs = boto3.client("sqs")
        found = sqs.receive_message(QueueUrl=self.queues[queue], MaxNumberOfMessages=10).get("Messages", [])
        for one in found:
            sqs.delete_message(QueueUrl=self.queues[queue], ReceiptHandle=one["ReceiptHandle"])
        return [json.loads(one["Body"]) for one in found]


class Caller:
    """Calls a function as API Gateway does."""

    def __init__(self, function: ModuleType, event: Callable[[str], dict[str, Any]]) -> None:
        self._function = function
        self._event = event

    def whole(
        self,
        method: str,
        route: str,
        body: Any = None,
        query: Mapping[str, str] | None = None,
        caller: Mapping[str, str] | None = None,
        **path: str,
    ) -> dict[str, Any]:
        """The function's answer."""
        told = self._event("manage")
        told |= {"httpMethod": method, "resource": route, "queryStringParameters": query}
        told |= {"pathParameters": {"shop": "demo"} | path, "body": json.dumps(body)}
        if caller is not None:
            told["requestContext"]["authorizer"] = dict(caller)
        answer: dict[str, Any] = self._function.handler(told, None)
        if answer["statusCode"] >= 400:
            assert answer["headers"]["content-type"] == "application/problem+json"
        return answer

    def __call__(self, method: str, route: str, body: Any = None, **asked: Any) -> tuple[int, Any]:
        """Status and JSON."""
        answer = self.whole(method, route, body, **asked)
        return answer["statusCode"], json.loads(answer["body"] or "null")
