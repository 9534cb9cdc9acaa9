"""One SQS queue."""

from collections.abc import Mapping
from typing import Any

from kairos.domain.value import canonical_json


class SqsQueue:
    """See ports.Queue. client: an SQS client; url: the queue's."""

    def __init__(self, client: Any, url: str) -> None:
        self._client = client
        self._url = url

    def send(self, body: Mapping[str, Any], attributes: Mapping[str, str] | None = None) -> None:
        """See ports.Queue. An empty attribute is left out: SQS refuses it."""
        named = {name: value for name, value in (attributes or {}).items() if value}
        self._client.send_message(
            QueueUrl=self._url,
            MessageBody=canonical_json(body),
            MessageAttributes={
                name: {"DataType": "String", "StringValue": value} for name, value in named.items()
            },
        )
