"""update_snapshot and recompute_segments as Lambda runs them."""

import json
from collections.abc import Callable
from typing import Any

import boto3
import pytest

from kairos import bootstrap, keys
from kairos.adapters.clients import client as aws_client
from kairos.domain.errors import NotFound
from kairos.domain.shop import Sender, Shop
from kairos.ports import Item, Put
from tests.functions.conftest import Aws
from tests.invocation import Invocation

SHOP = Shop(
    id="demo",
    name="Demo",
    platform="shopify",
    currency="EUR",
    sender=Sender(email="shop@example.com", name="Demo"),
)
Read = Callable[[str], dict[str, Any]]


@pytest.fixture
def stack(aws: Aws, event: Read, monkeypatch: pytest.MonkeyPatch) -> Aws:
    """A shop in the account, with one order recorded and its customer queued for the snapshot."""
    heard = aws.sqs.create_queue(QueueName="heard")["QueueUrl"]
    monkeypatch.setenv("DEAD_LETTERS_URL", heard)
    monkeypatch.setenv("BUS_NAME", "kairos")
    machine = "arn:aws:states:eu-central-1:123456789012:stateMachine:kairos-recompute-segments"
    monkeypatch.setenv("RECOMPUTE_MACHINE", machine)
    boto3.client("events").create_event_bus(Name="kairos")
    items = bootstrap.items()
    items.write(Put(Item(keys.shop("demo"), "1", SHOP.as_json())))
    aws.load_app("record_events").handler(event("record_queue"), Invocation())
    return aws


def snapshot_messages(stack: Aws) -> dict[str, Any]:
    """What recording queued, as SQS hands it to the function."""
    found = stack.sqs.receive_message(QueueUrl=stack.snapshot_url, MaxNumberOfMessages=10)["Messages"]
    return {"Records": [{"messageId": one["MessageId"], "body": one["Body"]} for one in found]}


def updated(stack: Aws) -> Any:
    return stack.load_app("update_snapshot").handler(snapshot_messages(stack), Invocation(150_000))


def members(stack: Aws) -> list[tuple[str, str]]:
    """Customer and version of the profile, as the snapshot has them."""
    assert stack
    bootstrap.snapshots.cache_clear()
    [opened] = bootstrap.snapshots().open_all(SHOP)[1]
    return [*opened.ids_of(opened.numbers()).values()]


def test_what_recording_queues_reaches_the_snapshot_with_the_next_tick(stack: Aws, event: Read) -> None:
    assert updated(stack) == {"batchItemFailures": []}
    app = stack.load_app("recompute_segments")
    assert app.handler(event("tick"), Invocation(900_000)) == {"shops": ["demo"]}
    [(customer, version)] = members(stack)
    stored = bootstrap.items().get(keys.profile("demo", customer))
    assert stored is not None
    assert stored.version == version
    assert app.handler(event("tick"), Invocation(900_000)) == {"shops": []}


def test_a_wish_is_fulfilled_at_once(stack: Aws, event: Read) -> None:
    updated(stack)
    app = stack.load_app("recompute_segments")
    assert app.handler(event("recompute_queue"), Invocation(900_000)) == {"batchItemFailures": []}
    assert len(members(stack)) == 1
    assert bootstrap.items().get(keys.recompute_lease("demo")) is None


def test_the_machines_tasks_are_planned_and_carried_out(stack: Aws, event: Read) -> None:
    updated(stack)
    app, asked = stack.load_app("recompute_segments"), event("recompute_task")
    results: list[Any] = []
    kinds = []
    while steps := app.handler({**asked, "results": results}, Invocation(900_000))["steps"]:
        results = [
            app.handler({**asked, "task": "step", "step": step}, Invocation(900_000)) for step in steps
        ]
        kinds += [step["kind"] for step in steps]
    assert kinds == ["fill", "measure", "recompute"]
    assert {one["ended"] for one in results} == {"done"}
    assert len(members(stack)) == 1


def test_a_message_that_nobody_can_read_comes_again_alone(stack: Aws, event: Read) -> None:
    batch = event("snapshot_queue")
    batch["Records"].append({**batch["Records"][0], "messageId": "poison", "body": "not even JSON"})
    answer = stack.load_app("update_snapshot").handler(batch, Invocation(150_000))
    assert answer == {"batchItemFailures": [{"itemIdentifier": "poison"}]}


def test_files_that_are_not_there_are_told_as_such_whatever_one_may_list(
    stack: Aws, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = bootstrap.objects()
    with pytest.raises(NotFound):
        files.fetch("snapshot/demo/nothing", tmp_path / "file")
    refused = {"Error": {"Code": "AccessDenied"}}
    s3 = aws_client("s3")
    monkeypatch.setattr(
        s3, "get_object", lambda **_: (_ for _ in ()).throw(s3.exceptions.ClientError(refused, "GetObject"))
    )
    with pytest.raises(NotFound):
        files.fetch("snapshot/demo/nothing", tmp_path / "file")
    assert stack


def test_files_are_listed_by_their_beginning_page_by_page(stack: Aws, tmp_path: Any) -> None:
    files = bootstrap.objects()
    path = tmp_path / "file"
    path.write_bytes(b"12345")
    for number in range(3):
        files.store(f"snapshot/demo/{number}", path)
    files.put("snapshot/other", b"1")
    usual = aws_client("s3").list_objects_v2
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(aws_client("s3"), "list_objects_v2", lambda **told: usual(**told, MaxKeys=1))
        found = [(one.key, one.size) for one in files.listed("snapshot/demo/")]
    assert found == [(f"snapshot/demo/{number}", 5) for number in range(3)]
    files.fetch("snapshot/demo/1", tmp_path / "again")
    assert (tmp_path / "again").read_bytes() == b"12345"
    assert stack


def test_the_log_says_which_shop_failed_and_nothing_of_its_customers(
    stack: Aws, event: Read, caplog: pytest.LogCaptureFixture
) -> None:
    app = stack.load_app("update_snapshot")
    boto3.client("dynamodb").delete_table(TableName="table")
    batch = event("snapshot_queue")
    failed = batch["Records"][0]["messageId"]
    assert app.handler(batch, Invocation(150_000)) == {"batchItemFailures": [{"itemIdentifier": failed}]}
    [told] = [record for record in caplog.records if record.message == "Updating failed for now"]
    assert (told.shop, told.error) == ("demo", "ResourceNotFoundException")  # type: ignore[attr-defined]
    assert json.loads(batch["Records"][0]["body"])["customers"][0] not in str(vars(told))
