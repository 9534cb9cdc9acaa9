"""A message of the record queue, opened: the delivery that it holds or points to."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from pydantic import ValidationError

from kairos.domain.delivery import Delivery
from kairos.domain.errors import NotFound, Unreadable
from kairos.ports import Objects

_REMEDY = "Only receive_webhook writes to this queue; replay what it wrote, untouched."


class QueuedMessage(NamedTuple):
    """id: the queue's. sent_at: when it was queued, real time. receives: how often it was delivered."""

    id: str
    body: str
    sent_at: datetime | None = None
    receives: int = 1

    @property
    def as_json(self) -> dict[str, Any]:
        """The body as it is to be sent elsewhere; text that is no JSON object is wrapped whole."""
        try:
            told = json.loads(self.body)
        except ValueError:
            told = None
        return told if isinstance(told, dict) else {"unreadable": self.body}


def message_of(record: Mapping[str, Any]) -> QueuedMessage:
    """A record of an SQS event as Lambda hands it over."""
    told = record.get("attributes", {})
    sent = told.get("SentTimestamp")
    return QueuedMessage(
        id=record["messageId"],
        body=record["body"],
        sent_at=datetime.fromtimestamp(int(sent) / 1000, UTC) if sent else None,
        receives=int(told.get("ApproximateReceiveCount", 1)),
    )


def open_message(message: QueuedMessage, objects: Objects) -> Delivery:
    """The delivery; one too big for the queue is fetched. Raises Unreadable for what is none."""
    told = message.as_json
    if isinstance(told.get("object"), str):
        try:
            told = _parsed(objects.get(told["object"]))
        except NotFound as gone:
            raise Unreadable("object", "is not in the bucket any more.", _REMEDY) from gone
    try:
        return Delivery.model_validate(told)
    except ValidationError as wrong:
        place = wrong.errors(include_url=False, include_input=False)[0]["loc"]
        field = ".".join(str(part) for part in place) or "message"
        raise Unreadable(field, "is not as a queued delivery has it.", _REMEDY) from wrong


def _parsed(raw: bytes) -> dict[str, Any]:
    try:
        told = json.loads(raw)
    except ValueError:
        told = None
    if not isinstance(told, dict):
        raise Unreadable("object", "holds no JSON object.", _REMEDY)
    return told
