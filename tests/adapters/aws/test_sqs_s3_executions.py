"""The thin adapters against mocked services: what they send, and what they make of refusals."""

import json

import boto3
import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from moto import mock_aws

from kairos.adapters.s3 import S3Objects
from kairos.adapters.sqs import SqsQueue
from kairos.adapters.step_functions import StepFunctionsExecutions
from kairos.domain.errors import NotFound, Unavailable


@pytest.fixture(autouse=True)
def aws(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "made-up")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "made-up")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    with mock_aws():
        yield


def test_a_queued_body_is_one_text_for_equal_bodies_and_keeps_its_attributes():
    sqs = boto3.client("sqs")
    url = sqs.create_queue(QueueName="record")["QueueUrl"]
    SqsQueue(sqs, url).send({"b": "ü", "a": 1}, {"reason": "unreadable", "field": ""})
    (got,) = sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"])["Messages"]
    assert got["Body"] == r'{"a":1,"b":"\u00fc"}'
    assert {k: v["StringValue"] for k, v in got["MessageAttributes"].items()} == {"reason": "unreadable"}


class Silent:
    """A client whose calls fail."""

    def __init__(self, failure):
        self.failure = failure

    def send_message(self, **_asked):
        raise self.failure


def refusal(status):
    told = {"Error": {"Code": "Made.Up"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(told, "SendMessage")


@pytest.mark.parametrize(
    ("failure", "told"),
    [
        (ReadTimeoutError(endpoint_url="https://sqs.example.com"), Unavailable),
        (refusal(503), Unavailable),
        (refusal(403), ClientError),
    ],
)
def test_a_queue_that_gives_no_answer_may_be_asked_again(failure, told):
    with pytest.raises(told):
        SqsQueue(Silent(failure), "url").send({})


def test_a_queued_body_holds_no_character_that_sqs_refuses():
    sqs = boto3.client("sqs")
    url = sqs.create_queue(QueueName="record")["QueueUrl"]
    SqsQueue(sqs, url).send({"unreadable": "\uffff\ud800\x00"})
    (got,) = sqs.receive_message(QueueUrl=url)["Messages"]
    assert got["Body"].isascii()
    assert json.loads(got["Body"]) == {"unreadable": "\uffff\ud800\x00"}


@pytest.fixture
def objects():
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="raw", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    return S3Objects(s3, "raw")


def test_an_object_comes_back_byte_for_byte(objects):
    objects.put("raw/1", b"\x00\xff")
    assert objects.get("raw/1") == b"\x00\xff"


def test_an_absent_object_is_not_found_and_deleting_it_is_fine(objects):
    objects.delete("raw/1")
    with pytest.raises(NotFound):
        objects.get("raw/1")


class Machines:
    """A client whose start_execution is refused with `code`, if any."""

    def __init__(self, code=None):
        self.code = code
        self.started = []

    def start_execution(self, **asked):
        if self.code:
            raise ClientError({"Error": {"Code": self.code}}, "StartExecution")
        self.started.append(asked)


def test_a_scenario_starts_its_machine_under_the_runs_name():
    client = Machines()
    StepFunctionsExecutions(client, {"abandoned_cart": "arn:one"}).start("abandoned_cart", "run-1", {"b": 1})
    (asked,) = client.started
    assert (asked["stateMachineArn"], asked["name"], json.loads(asked["input"])) == (
        "arn:one",
        "run-1",
        {"b": 1},
    )


def test_an_execution_of_that_name_is_success():
    StepFunctionsExecutions(Machines("ExecutionAlreadyExists"), {"a": "arn"}).start("a", "run-1", {})


def test_any_other_refusal_is_raised():
    with pytest.raises(ClientError, match="ExecutionLimitExceeded"):
        StepFunctionsExecutions(Machines("ExecutionLimitExceeded"), {"a": "arn"}).start("a", "run-1", {})


def test_a_scenario_without_a_machine_is_not_found():
    with pytest.raises(NotFound, match="win_back"):
        StepFunctionsExecutions(Machines(), {"a": "arn"}).start("win_back", "run-1", {})
