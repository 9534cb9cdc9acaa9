"""Addresses by which people send and fetch files themselves."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
from moto import mock_aws

from kairos.adapters.uploads import S3Uploads, upload_client

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def aws(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "made-up")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "made-up")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-2")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        place = {"LocationConstraint": "eu-central-2"}
        boto3.client("s3").create_bucket(Bucket="bucket", CreateBucketConfiguration=place)
        yield


@pytest.fixture
def uploads():
    return S3Uploads(upload_client(), "bucket")


def test_an_address_names_the_buckets_own_region_and_is_signed_by_version_4_for_an_hour(uploads):
    """A bucket of a new region answers the global host with a redirect, which no upload survives."""
    address = urlsplit(uploads.address_to_send("imports/demo/1/file", HOUR))
    asked = parse_qs(address.query)
    assert (address.scheme, address.path) == ("https", "/imports/demo/1/file")
    assert address.hostname == "bucket.s3.eu-central-2.amazonaws.com"
    assert asked["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
    assert asked["X-Amz-Expires"] == ["3600"]
    assert asked["X-Amz-SignedHeaders"] == ["host"]


def test_an_address_to_fetch_says_under_which_name_to_save(uploads):
    asked = parse_qs(urlsplit(uploads.address_to_fetch("imports/demo/1/bad-rows.csv", HOUR, "bad.csv")).query)
    assert asked["response-content-disposition"] == ['attachment; filename="bad.csv"']


def test_the_size_of_a_file_is_told_and_none_where_it_was_not_sent(uploads):
    assert uploads.size("imports/demo/1/file") is None
    boto3.client("s3").put_object(Bucket="bucket", Key="imports/demo/1/file", Body=b"12345")
    assert uploads.size("imports/demo/1/file") == 5


def test_on_a_laptop_an_address_leads_to_the_emulator(monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:4610")
    address = urlsplit(S3Uploads(upload_client(), "bucket").address_to_send("imports/demo/1/file", HOUR))
    assert (address.netloc, address.path) == ("127.0.0.1:4610", "/bucket/imports/demo/1/file")
