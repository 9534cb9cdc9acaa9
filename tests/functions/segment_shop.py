"""A shop whose customers lie in a snapshot, as functions that ask about segments find it."""

import json
from collections.abc import Callable, Mapping, Sequence
from types import ModuleType
from typing import Any

import boto3
import pytest

from kairos import bootstrap, keys
from kairos.domain.snapshot import Snapshot
from kairos.ports import Item, Put
from kairos.services.recording.record import Recorder
from kairos.services.snapshot.manifests import begin_empty
from kairos.services.snapshot.updating import Occasion, update_customers
from tests.shelves import settle
from tests.unit.api.shop_floor import SHOP, Silence, customer, order

NAMES = ("Ada", "Bob", "Cleo", "Dan")
BOUGHT = ("Ada", "Bob", "Cleo")
BUYERS = {"kind": "order_count", "at_least": 1}

READER = {"key_id": "k1", "role": "reader", "shops": "demo"}


class SegmentShop:
    """The shop "demo": Ada, Bob and Cleo bought, Dan did not; all take e-mails."""

    def __init__(self, aws: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        self.aws = aws
        self.queues = {}
        for name in ("snapshot", "recompute"):
            self.queues[name] = boto3.client("sqs").create_queue(QueueName=name)["QueueUrl"]
            monkeypatch.setenv(f"{name.upper()}_QUEUE_URL", self.queues[name])
        self.items = bootstrap.items()
        self.items.write(Put(Item(keys.shop("demo"), "1", SHOP.as_json())))
        settle(self.items, SHOP)
        begin_empty(self.items, SHOP)
        for number, name in enumerate(NAMES, start=1):
            self.record(customer(name, number), *([order(name, number)] if name in BOUGHT else []))
        self.tell_snapshot([self.node(name) for name in NAMES])

    def record(self, *told: Snapshot) -> None:
        key, clock = bootstrap.identity_key(), bootstrap.clock()
        act_on, objects = bootstrap.privacy().act_on, bootstrap.objects()
        recorder = Recorder(
            self.items, Silence(), key, clock, lambda *_: (), act_on, lambda *_: None, objects
        )
        recorder.record_all(SHOP, told, "told")

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
