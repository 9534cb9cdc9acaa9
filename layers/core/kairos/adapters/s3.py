"""Blobs in one S3 bucket."""

from typing import Any

from botocore.exceptions import ClientError

from kairos.domain.errors import NotFound


class S3Objects:
    """See ports.Objects."""

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
