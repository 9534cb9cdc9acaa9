"""SQS queues."""

import json
import math
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from kairos.adapters.refusals import SERVER_ERRORS, status_of
from kairos.domain.errors import Unavailable
from kairos.ports import Queue


class SqsQueue:
    """See ports.Queue. client: an SQS client; url: the queue's."""

    def __init__(self, client: Any, url: str) -> None:
        self._client = client
        self._url = url

    def send(self, body: Mapping[str, Any], attributes: Mapping[str, str] | None = None) -> None:
        """See ports.Queue. An empty attribute is left out: SQS refuses it. Raises Unavailable."""
        self._send(body, attributes or {}, timedelta())

    def send_later(self, body: Mapping[str, Any], wait: timedelta) -> None:
        """See ports.WaitingQueue. Raises Unavailable."""
        self._send(body, {}, wait)

    def _send(self, body: Mapping[str, Any], attributes: Mapping[str, str], wait: timedelta) -> None:
        named = {name: value for name, value in attributes.items() if value}
        held = {"DelaySeconds": math.ceil(wait.total_seconds())} if wait else {}
        try:
            self._client.send_message(
                QueueUrl=self._url,
                # In ASCII: SQS refuses some characters that JSON leaves as they are (U+FFFF, surrogates).
                MessageBody=json.dumps(body, sort_keys=True, separators=(",", ":")),
                MessageAttributes={
                    name: {"DataType": "String", "StringValue": value} for name, value in named.items()
                },
                **held,
            )
        except ClientError as error:
            if status_of(error) < SERVER_ERRORS:
                raise
            raise Unavailable("SQS failed.") from error
        except BotoCoreError as error:
            raise Unavailable(f"SQS gave no answer: {type(error).__name__}.") from error


class ChannelQueues:
    """See ports.Queue. Several queues as one: each message goes to that of its "channel"."""

    def __init__(self, queues: Mapping[str, Queue]) -> None:
        self._queues = queues

    def send(self, body: Mapping[str, Any], attributes: Mapping[str, str] | None = None) -> None:
        """See ports.Queue."""
        self._queues[body["channel"]].send(body, attributes)
