"""The bus, on EventBridge."""

from collections.abc import Sequence
from itertools import batched
from typing import Any

from kairos.domain.event import Event
from kairos.domain.value import canonical_json

MOST_ENTRIES = 10
"""Entries that one PutEvents takes (EventBridge quotas)."""


class NotPublished(Exception):
    """Some events were not taken, by the bus's own error codes; publish them all again."""


class BusEvents:
    """See ports.Events."""

    def __init__(self, client: Any, bus: str) -> None:
        self._client = client
        self._bus = bus

    def publish(self, events: Sequence[Event]) -> None:
        """See ports.Events. Raises NotPublished naming the error codes."""
        for some in batched(events, MOST_ENTRIES, strict=False):
            answer = self._client.put_events(Entries=[self._entry(event) for event in some])
            refused = [told["ErrorCode"] for told in answer["Entries"] if told.get("ErrorCode")]
            if refused or answer.get("FailedEntryCount"):
                raise NotPublished(
                    f"The bus refused {len(refused)} of {len(some)} events: {sorted(set(refused))}"
                )

    def _entry(self, event: Event) -> dict[str, Any]:
        return {
            "EventBusName": self._bus,
            "Source": "kairos",
            "DetailType": event.name,
            "Detail": canonical_json(detail_of(event)),
        }


def detail_of(event: Event) -> dict[str, Any]:
    """What consumers read: id, shop, customer, cause, occurred_at (ISO 8601, UTC), version; or a file."""
    return {"id": event.id, **event.model_dump(mode="json", exclude={"name"}, exclude_none=True)}
