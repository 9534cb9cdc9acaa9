"""The functions as Lambda runs them, against a mocked AWS that holds what template.yaml makes."""

import importlib.util
import json
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import boto3
import pytest
from moto import mock_aws

from kairos import bootstrap

ROOT = Path(__file__).parents[2]

ENVIRONMENT = {
    "AWS_REGION": "eu-central-1",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_EC2_METADATA_DISABLED": "true",
    "STAGE": "dev",
    "TABLE_NAME": "table",
    "BUCKET_NAME": "bucket",
    "SECRETS_PREFIX": "kairos/shops/",
    "OWNER_KEY_SECRET": "owner-key",
    "IDENTITY_KEY_SECRET": "identity-key",
    "POWERTOOLS_SERVICE_NAME": "kairos",
    "POWERTOOLS_METRICS_NAMESPACE": "Kairos",
}

OWNER_KEY = "owner-key-of-the-deployment"


def read_event(name: str) -> dict[str, Any]:
    """A trigger from events/, to be changed at will."""
    event: dict[str, Any] = json.loads((ROOT / "events" / f"{name}.json").read_text())
    return event


def forget() -> None:
    """As if no function had run yet: nothing is built, nothing remembered; clients hold no state and stay."""
    for one in vars(bootstrap).values():
        if hasattr(one, "cache_clear"):
            one.cache_clear()


@cache
def client(service: str) -> Any:
    """One client of the mocked account for all tests: building it costs more than most tests."""
    return boto3.client(service)


class Aws:
    """The mocked account."""

    def __init__(self) -> None:
        self.sqs = client("sqs")
        self.s3 = client("s3")
        self.secrets = client("secretsmanager")
        self.queue_url = self.sqs.create_queue(QueueName="record")["QueueUrl"]
        self.snapshot_url = self.sqs.create_queue(QueueName="snapshot")["QueueUrl"]
        place = {"LocationConstraint": "eu-central-1"}
        self.s3.create_bucket(Bucket="bucket", CreateBucketConfiguration=place)
        client("dynamodb").create_table(
            TableName="table",
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
            KeySchema=[
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
        )
        self.secrets.create_secret(Name="owner-key", SecretString=OWNER_KEY)
        self.secrets.create_secret(Name="identity-key", SecretString="identity" * 8)

    def load_app(self, function: str) -> ModuleType:
        """functions/NAME/app.py, freshly imported, as on a cold start."""
        path = ROOT / "functions" / function / "app.py"
        spec = importlib.util.spec_from_file_location(f"functions_{function}_app", path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    def put_shop_secret(self, shop: str, **secret: Any) -> None:
        """What PUT /v1/shops/{shop} keeps in Secrets Manager."""
        text = json.dumps(secret)
        try:
            self.secrets.create_secret(Name=f"kairos/shops/{shop}", SecretString=text)
        except self.secrets.exceptions.ResourceExistsException:
            self.secrets.put_secret_value(SecretId=f"kairos/shops/{shop}", SecretString=text)

    def table_keys(self) -> list[tuple[str, str]]:
        """The keys of all stored items."""
        found = client("dynamodb").scan(TableName="table")["Items"]
        return sorted((item["pk"]["S"], item["sk"]["S"]) for item in found)

    def table_items(self) -> list[str]:
        """All stored items, whole."""
        found = client("dynamodb").scan(TableName="table")["Items"]
        return sorted(json.dumps(item, sort_keys=True, default=repr) for item in found)

    def queued(self) -> list[dict[str, Any]]:
        """All messages of the record queue, taken off it."""
        found = self.sqs.receive_message(QueueUrl=self.queue_url, MaxNumberOfMessages=10).get("Messages", [])
        for one in found:
            self.sqs.delete_message(QueueUrl=self.queue_url, ReceiptHandle=one["ReceiptHandle"])
        return [json.loads(one["Body"]) for one in found]


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Aws]:
    """A mocked account, and the environment that template.yaml gives every function."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    forget()
    with mock_aws():
        account = Aws()
        monkeypatch.setenv("RECORD_QUEUE_URL", account.queue_url)
        monkeypatch.setenv("SNAPSHOT_QUEUE_URL", account.snapshot_url)
        yield account
    forget()


@pytest.fixture
def event() -> Callable[[str], dict[str, Any]]:
    """Reads a trigger from events/ by name."""
    return read_event
