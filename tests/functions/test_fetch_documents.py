"""fetch_documents as Lambda runs it, between its queues and a store on this machine."""

import base64
import json
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest

from kairos import keys
from kairos.adapters.dynamodb.items import DynamoItems
from kairos.domain.delivery import Delivery
from kairos.ports import Item, Put
from tests.adapters.platforms.bigcommerce_bodies import order
from tests.adapters.platforms.delivering import a_shop
from tests.adapters.shop_apis.fake_bigcommerce import TOKEN, FakeBigCommerce, fake_bigcommerce
from tests.functions.conftest import Aws

Read = Callable[[str], dict[str, Any]]


class Context:
    """What Lambda tells a function of its invocation."""

    def get_remaining_time_in_millis(self) -> int:
        return 119_000


@pytest.fixture
def store() -> Iterator[FakeBigCommerce]:
    with fake_bigcommerce() as running:
        running.orders["118"] = order()
        yield running


@pytest.fixture
def stack(aws: Aws, store: FakeBigCommerce, monkeypatch: pytest.MonkeyPatch) -> Aws:
    """The account with a BigCommerce shop, on a laptop: only there this machine may be asked."""
    monkeypatch.setenv("STAGE", "local")
    for name in ("FETCH_QUEUE_URL", "DEAD_LETTERS_URL"):
        monkeypatch.setenv(name, aws.sqs.create_queue(QueueName=name.lower())["QueueUrl"])
    shop = a_shop(platform="bigcommerce", api=store.address)
    DynamoItems(boto3.client("dynamodb"), "table").write(Put(Item(keys.shop("demo"), "1", shop.as_json())))
    aws.put_shop_secret("demo", platform="bigcommerce", current="client-secret", previous=[], api=TOKEN)
    return aws


def test_an_order_is_fetched_and_queued_to_be_recorded(stack: Aws, event: Read) -> None:
    app = stack.load_app("fetch_documents")
    assert app.handler(event("fetch_queue"), Context()) == {"batchItemFailures": []}
    [queued] = stack.queued()
    delivery = Delivery.model_validate(queued)
    assert (delivery.shop, delivery.platform, delivery.source) == ("demo", "bigcommerce", "fetched")


def test_a_shop_that_is_out_of_order_is_asked_again_later(
    stack: Aws, store: FakeBigCommerce, event: Read
) -> None:
    app = stack.load_app("fetch_documents")
    store.moods = ["outage"]
    assert app.handler(event("fetch_queue"), Context()) == {"batchItemFailures": []}
    assert stack.queued() == []
    url = stack.sqs.get_queue_url(QueueName="fetch_queue_url")["QueueUrl"]
    told = stack.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessagesDelayed"])
    assert told["Attributes"] == {"ApproximateNumberOfMessagesDelayed": "1"}


def test_recording_queues_what_a_webhook_names_to_be_fetched(stack: Aws, event: Read) -> None:
    webhook = {"scope": "store/order/created", "data": {"type": "order", "id": 118}, "created_at": 1793527205}
    record = event("record_queue")["Records"][0]
    body = json.loads(record["body"])
    raw = base64.b64encode(json.dumps(webhook).encode()).decode()
    queued = json.dumps(body | {"platform": "bigcommerce", "headers": {}, "body": raw})
    app = stack.load_app("record_events")
    assert app.handler({"Records": [record | {"body": queued}]}, Context()) == {"batchItemFailures": []}
    url = stack.sqs.get_queue_url(QueueName="fetch_queue_url")["QueueUrl"]
    [wanted] = stack.sqs.receive_message(QueueUrl=url)["Messages"]
    [example] = event("fetch_queue")["Records"]
    assert json.loads(wanted["Body"]) == json.loads(example["body"])
