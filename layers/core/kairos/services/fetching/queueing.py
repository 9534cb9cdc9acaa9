"""Putting a delivery that did not come by a webhook on the queue of those that did."""

import hashlib
import json

from kairos.domain.delivery import Delivery
from kairos.ports import Objects, Queue

MOST_QUEUED = 256 * 1024
"""Bytes of a message, as for webhooks (functions/receive_webhook)."""


def enqueue(objects: Objects, queue: Queue, delivery: Delivery) -> None:
    """Returns only when it is durable. One too big for the queue waits in the bucket, under its own hash."""
    told = delivery.as_json()
    text = json.dumps(told)
    if len(text) > MOST_QUEUED:
        key = f"oversize/{delivery.shop}/{hashlib.sha256(text.encode()).hexdigest()[:32]}.json"
        objects.put(key, text.encode())
        told = {"object": key}
    queue.send(told)
