"""`make replay` loses no dead letter, whatever stops it, and does not chase what dies again."""

import json
from datetime import UTC, datetime, timedelta

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from kairos import keys
from kairos.adapters.memory import MemoryItems
from kairos.ports import Item, Put
from kairos.services.dead_letters.keeping import Buried, keep_letter
from local import replay as module
from local.place import StackError
from local.replay import Letters, aws_letters, local_letters, main, replay

DELIVERY = '{"shop": "velo", "body": "e30="}'


class Hasty:
    """A client of SQS that waits for nothing."""

    def __init__(self, sqs, **instead):
        self.sqs = sqs
        self.instead = instead

    def __getattr__(self, name):
        return self.instead.get(name) or getattr(self.sqs, name)

    def receive_message(self, **asked):
        return self.sqs.receive_message(**{**asked, "WaitTimeSeconds": 0})


@pytest.fixture
def letters(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "made-up")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "made-up")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    with mock_aws():
        sqs = boto3.client("sqs")
        dead, record = (sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("dead", "record"))
        yield Letters(Hasty(sqs), dead, record, MemoryItems())


def bury(letters, body=DELIVERY, **told):
    attributes = {name: {"DataType": "String", "StringValue": value} for name, value in told.items()}
    letters.sqs.send_message(QueueUrl=letters.dead, MessageBody=body, MessageAttributes=attributes)


def left(letters, queue):
    told = letters.sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
    return int(told["ApproximateNumberOfMessages"]) + int(told["ApproximateNumberOfMessagesNotVisible"])


def soon():
    return datetime.now(UTC) + timedelta(minutes=1)


def test_letters_go_back_untouched_and_are_counted_by_reason(letters):
    for _ in range(12):
        bury(letters, reason="unreadable", field="lines[0].price", problem="is no amount")
    bury(letters)
    assert replay(letters, soon()) == {"unreadable: lines[0].price": 12, "failed again and again": 1}
    assert (left(letters, letters.dead), left(letters, letters.record)) == (0, 13)
    (one,) = letters.sqs.receive_message(QueueUrl=letters.record)["Messages"]
    assert one["Body"] == DELIVERY


def test_letters_filed_with_their_shops_go_back_too_and_those_of_no_shop(letters):
    letters.items.write(Put(Item(keys.listed_shop("velo"), "1", {})))
    died = datetime.now(UTC) - timedelta(days=1)
    for number, shop in enumerate(("velo", "nowhere")):
        told = {"reason": "unreadable", "shop": shop}
        keep_letter(letters.items, Buried(f"m{number}", DELIVERY, died, told))
    assert replay(letters, soon()) == {"unreadable": 2}
    assert replay(letters, soon()) == {}
    assert left(letters, letters.record) == 2


def test_text_that_had_been_wrapped_goes_back_as_it_was(letters):
    bury(letters, json.dumps({"unreadable": "not JSON"}), reason="no delivery")
    replay(letters, soon())
    (one,) = letters.sqs.receive_message(QueueUrl=letters.record)["Messages"]
    assert one["Body"] == "not JSON"


def test_a_letter_that_cannot_be_sent_back_stays(letters):
    bury(letters)

    def refused(**_):
        raise ClientError({"Error": {"Code": "AccessDenied"}}, "SendMessage")

    broken = letters._replace(sqs=Hasty(letters.sqs.sqs, send_message=refused))
    with pytest.raises(ClientError):
        replay(broken, soon())
    assert left(letters, letters.dead) == 1


def test_what_dies_after_the_replay_began_is_left_for_the_next(letters):
    bury(letters)
    assert replay(letters, datetime.now(UTC) - timedelta(minutes=1)) == {}
    assert left(letters, letters.dead) == 1


def test_without_a_stack_it_says_how_to_start_one(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("KAIROS_HOME", str(tmp_path))
    with pytest.raises(StackError):
        local_letters()
    assert main([]) == 1
    assert "make up" in capsys.readouterr().err


def test_it_prints_what_it_did(letters, monkeypatch, capsys):
    bury(letters, reason="unknown shop")
    monkeypatch.setattr(module, "local_letters", lambda: letters)
    monkeypatch.setattr(module, "_died_at", lambda _: datetime(2026, 1, 1, tzinfo=UTC))
    assert main([]) == 0
    assert "1  unknown shop" in capsys.readouterr().out


class CloudFormation:
    """Knows one stack."""

    def describe_stacks(self, StackName):  # noqa: N803 - boto3's name
        if StackName != "prod":
            raise ClientError({"Error": {"Code": "ValidationError"}}, "DescribeStacks")
        names = ("DeadLettersUrl", "RecordQueueUrl", "TableName")
        return {
            "Stacks": [{"Outputs": [{"OutputKey": one, "OutputValue": f"https://{one}"} for one in names]}]
        }


def test_a_stack_in_aws_is_found_by_its_outputs(monkeypatch):
    monkeypatch.setattr("boto3.client", lambda _: CloudFormation())
    found = aws_letters("prod")
    assert (found.dead, found.record) == ("https://DeadLettersUrl", "https://RecordQueueUrl")
    with pytest.raises(StackError, match="unheard-of"):
        aws_letters("unheard-of")
