"""record_events as Lambda runs it: a batch of SQS in, what has to come again out."""

import base64
import json
from datetime import UTC, datetime

import boto3
import pytest

from kairos import keys
from kairos.adapters.dynamodb.items import DynamoItems
from kairos.domain.membership import Membership, segments_of
from kairos.domain.shop import Sender, Shop
from kairos.ports import Item, Put
from kairos.services.segments.shelf import load_segments
from tests.shelves import settle

SHOP = Shop(
    id="demo",
    name="Demo",
    platform="shopify",
    currency="EUR",
    sender=Sender(email="shop@example.com", name="Demo"),
)


class Context:
    aws_request_id = "request"

    def __init__(self, milliseconds=30_000):
        self.milliseconds = milliseconds

    def get_remaining_time_in_millis(self):
        return self.milliseconds


@pytest.fixture
def stack(aws, monkeypatch):
    """The account with what record_events writes to, and a shop in it."""
    dead = aws.sqs.create_queue(QueueName="dead")["QueueUrl"]
    heard = aws.sqs.create_queue(QueueName="heard")["QueueUrl"]
    snapshot = aws.sqs.create_queue(QueueName="snapshot")["QueueUrl"]
    monkeypatch.setenv("DEAD_LETTERS_URL", dead)
    monkeypatch.setenv("SNAPSHOT_QUEUE_URL", snapshot)
    monkeypatch.setenv("BUS_NAME", "kairos")
    events = boto3.client("events")
    events.create_event_bus(Name="kairos")
    events.put_rule(Name="all", EventBusName="kairos", EventPattern='{"source": ["kairos"]}')
    arn = aws.sqs.get_queue_attributes(QueueUrl=heard, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    events.put_targets(Rule="all", EventBusName="kairos", Targets=[{"Id": "heard", "Arn": arn}])
    aws.items = DynamoItems(boto3.client("dynamodb"), "table")
    aws.items.write(Put(Item(keys.shop("demo"), "1", SHOP.as_json())))
    settle(aws.items, SHOP)
    aws.dead, aws.heard, aws.snapshot = dead, heard, snapshot
    return aws


def taken(aws, url):
    answer = aws.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"])
    return answer.get("Messages", [])


def profiles():
    found = boto3.client("dynamodb").scan(TableName="table")["Items"]
    return [json.loads(one["body"]["S"]) for one in found if one["sk"]["S"] == "profile"]


def memberships():
    found = boto3.client("dynamodb").scan(TableName="table")["Items"]
    return [(one["pk"]["S"], json.loads(one["body"]["S"])) for one in found if one["sk"]["S"] == "membership"]


def with_body(event, number, raw, **more):
    """A second record like the first, with another raw body and id."""
    first = event["Records"][0]
    delivery = {**json.loads(first["body"]), "body": base64.b64encode(raw).decode(), **more}
    return {**first, "messageId": f"m{number}", "body": json.dumps(delivery)}


def test_an_order_becomes_a_profile_and_an_event(stack, event):
    app = stack.load_app("record_events")
    assert app.handler(event("record_queue"), Context()) == {"batchItemFailures": []}
    (profile,) = profiles()
    assert profile["email"] == "ada@example.com"
    assert [one["revenue"] for one in profile["orders"]] == [4990]
    heard = [json.loads(one["Body"]) for one in taken(stack, stack.heard)]
    told = [one["detail"]["customer"] for one in heard if one["detail-type"] == "OrderRecorded"]
    assert told == [profile["id"]]


def test_an_order_moves_its_customer_into_segments_at_once(stack, event):
    told = event("record_queue")
    body = base64.b64decode(json.loads(told["Records"][0]["body"])["body"])
    lately = with_body(told, 1, body, received_at=datetime.now(UTC).isoformat())
    stack.load_app("record_events").handler({"Records": [lately]}, Context())
    ((place, held),) = memberships()
    assert place == f"demo#node#{profiles()[0]['id']}"
    layout = load_segments(stack.items, SHOP).layout
    assert "one_time_buyers" in segments_of(Membership.model_validate(held), layout)
    heard = [json.loads(one["Body"]) for one in taken(stack, stack.heard)]
    causes = [one["detail"]["cause"] for one in heard if one["detail-type"] == "SegmentEntered"]
    assert "segment:one_time_buyers" in causes


def test_the_snapshot_is_told_once_of_all_whom_a_batch_touched(stack, event):
    batch = event("record_queue")
    again = {**batch["Records"][0], "messageId": "again"}
    batch["Records"].append(again)
    stack.load_app("record_events").handler(batch, Context())
    (told,) = taken(stack, stack.snapshot)
    customers = [profiles()[0]["id"]]
    assert json.loads(told["Body"]) == {"shop": "demo", "customers": customers, "cause": "event"}


def test_raw_bodies_are_kept(stack, event):
    stack.load_app("record_events").handler(event("record_queue"), Context())
    kept = stack.s3.list_objects_v2(Bucket="bucket", Prefix="raw/demo/2026-11-01/")["Contents"]
    assert len(kept) == 1


def test_poison_in_a_batch_goes_to_the_dead_letters_and_the_others_are_recorded(stack, event):
    batch = event("record_queue")
    poison = [
        with_body(batch, 1, b"this is not JSON"),
        with_body(batch, 2, b'["the", "wrong", "shape"]'),
        with_body(batch, 3, b"{}", platform="unheard-of"),
        {**batch["Records"][0], "messageId": "m4", "body": "not even a delivery"},
    ]
    batch["Records"] = [*poison[:2], *batch["Records"], *poison[2:]]
    answer = stack.load_app("record_events").handler(batch, Context())
    assert answer == {"batchItemFailures": []}
    assert len(profiles()) == 1
    letters = taken(stack, stack.dead)
    reasons = [one["MessageAttributes"]["reason"]["StringValue"] for one in letters]
    assert sorted(reasons) == ["no delivery", "unreadable", "unreadable", "unreadable"]
    whole = {json.loads(one["Body"]).get("body") for one in letters}
    assert base64.b64encode(b"this is not JSON").decode() in whole


def test_an_unknown_topic_is_dropped_and_counted(stack, event, capsys):
    batch = event("record_queue")
    headers = {"x-shopify-topic": "themes/publish"}
    batch["Records"] = [with_body(batch, 1, b"{}", headers=headers)]
    assert stack.load_app("record_events").handler(batch, Context()) == {"batchItemFailures": []}
    assert '"topic": "themes/publish"' in capsys.readouterr().out
    assert taken(stack, stack.dead) == []


def test_an_oversize_body_comes_from_the_bucket(stack, event):
    batch = event("record_queue")
    record = batch["Records"][0]
    stack.s3.put_object(Bucket="bucket", Key="oversize/demo/1.json", Body=record["body"].encode())
    record["body"] = json.dumps({"object": "oversize/demo/1.json"})
    assert stack.load_app("record_events").handler(batch, Context()) == {"batchItemFailures": []}
    assert len(profiles()) == 1


def test_what_fails_for_now_is_reported_and_logged_without_personal_data(stack, event, caplog):
    app = stack.load_app("record_events")
    boto3.client("dynamodb").delete_table(TableName="table")
    batch = event("record_queue")
    failed = batch["Records"][0]["messageId"]
    assert app.handler(batch, Context()) == {"batchItemFailures": [{"itemIdentifier": failed}]}
    told = {record.record: record for record in caplog.records if record.name == "kairos"}
    assert told[failed].error == "ResourceNotFoundException"
    assert not any("ada" in str(vars(record)) for record in told.values())


def test_without_time_left_nothing_is_begun(stack, event):
    answer = stack.load_app("record_events").handler(event("record_queue"), Context(500))
    assert len(answer["batchItemFailures"]) == 1
    assert profiles() == []
