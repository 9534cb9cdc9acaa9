"""Blobs in one S3 bucket."""

from collections.abc import Iterator
from pathlib import Path
from shutil import copyfileobj
from typing import Any

from botocore.exceptions import ClientError

from kairos.domain.errors import NotFound
from kairos.ports import StoredObject

_BLOCK = 1 << 20
"""Bytes copied at once."""


class S3Objects:
    """See ports.Files."""

    def __init__(self, client: Any, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def put(self, key: str, body: bytes, content_type: str = "application/json") -> None:
        """See ports.Objects."""
        self._client.put_object(Bucket=self._bucket, Key=key, Body=body, ContentType=content_type)

    def get(self, key: str) -> bytes:
        """See ports.Objects."""
        try:
            answer = self._client.get_object(Bucket=self._bucket, Key=key)
        except ClientError as error:
            # Without the permission to list, S3 calls a missing object forbidden; so that is not caught.
            if error.response["Error"]["Code"] in {"NoSuchKey", "404"}:
                raise NotFound("object", key) from error
            raise
        body: bytes = answer["Body"].read()
        return body

    def delete(self, key: str) -> None:
        """See ports.Objects."""
        self._client.delete_object(Bucket=self._bucket, Key=key)

    def fetch(self, key: str, path: Path) -> None:
        """See ports.Files."""
        try:
            answer = self._client.get_object(Bucket=self._bucket, Key=key)
        except ClientError as error:
            # Who may not list is told that a missing object is forbidden.
            if error.response["Error"]["Code"] in {"NoSuchKey", "404", "AccessDenied", "403"}:
                raise NotFound("object", key) from error
            raise
        with path.open("wb") as file:
            copyfileobj(answer["Body"], file, _BLOCK)

    def store(self, key: str, path: Path) -> None:
        """See ports.Files."""
        with path.open("rb") as body:
            self._client.put_object(
                Bucket=self._bucket, Key=key, Body=body, ContentType="application/octet-stream"
            )

    def listed(self, prefix: str) -> Iterator[StoredObject]:
        """See ports.Files."""
        asked = {"Bucket": self._bucket, "Prefix": prefix}
        while True:
            page = self._client.list_objects_v2(**asked)
            for told in page.get("Contents", ()):
                yield StoredObject(told["Key"], told["Size"], told["LastModified"])
            if not page.get("IsTruncated"):
                return
            asked["ContinuationToken"] = page["NextContinuationToken"]
