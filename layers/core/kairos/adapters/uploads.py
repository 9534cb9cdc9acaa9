"""Addresses in S3 by which people send and fetch files themselves."""

from datetime import timedelta
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError


def upload_client() -> Any:
    """A client whose addresses hold in every region: signed by version 4, with the bucket's regional host."""
    return boto3.client(
        "s3", config=Config(signature_version="s3v4", s3={"addressing_style": "virtual"}, read_timeout=6)
    )


class S3Uploads:
    """See ports.Uploads."""

    def __init__(self, client: Any, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def address_to_send(self, key: str, lasts: timedelta) -> str:
        """See ports.Uploads."""
        return self._signed("put_object", lasts, Key=key)

    def address_to_fetch(self, key: str, lasts: timedelta, name: str) -> str:
        """See ports.Uploads."""
        return self._signed(
            "get_object", lasts, Key=key, ResponseContentDisposition=f'attachment; filename="{name}"'
        )

    def size(self, key: str) -> int | None:
        """See ports.Uploads."""
        try:
            answer = self._client.get_object(Bucket=self._bucket, Key=key)
        except ClientError as error:
            # Who may not list is told that a missing object is forbidden.
            if error.response["Error"]["Code"] in {"NoSuchKey", "404", "AccessDenied", "403"}:
                return None
            raise
        answer["Body"].close()
        return int(answer["ContentLength"])

    def _signed(self, operation: str, lasts: timedelta, **asked: str) -> str:
        address: str = self._client.generate_presigned_url(
            operation, {"Bucket": self._bucket, **asked}, ExpiresIn=int(lasts.total_seconds())
        )
        return address
