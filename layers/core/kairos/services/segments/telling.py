"""Telling of transitions: one by one on the bus where a scenario may start, else a file and one summary."""

import zlib
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

from kairos.domain.event import Event
from kairos.domain.segment import Cause, Transition
from kairos.domain.value import canonical_json, digest
from kairos.ports import Events, Objects

SINGLY: frozenset[Cause] = frozenset({"event", "time"})
"""Causes that the bus is told one by one. The others may concern everybody at once, and start nothing."""


_GZIP = zlib.MAX_WBITS + 16
"""Has zlib write gzip's header and trailer."""


class Told(NamedTuple):
    """A transition of one customer."""

    customer: str
    transition: Transition


def event_of(shop: str, told: Told) -> Event:
    """The transition as the bus is told of it: with the same id however often it is."""
    moved = told.transition
    return Event(
        name="SegmentEntered" if moved.entered else "SegmentLeft",
        shop=shop,
        customer=told.customer,
        cause=f"segment:{moved.segment}",
        occurred_at=moved.at,
        version=moved.of,
    )


class Telling:
    """What one occasion tells. of: its name, see Transition; repeated with the same, it tells the same."""

    def __init__(self, objects: Objects, shop: str, of: str) -> None:
        self._objects, self._shop, self._of = objects, shop, digest(of)[:32]
        self._zip, self._packed, self._hash = zlib.compressobj(wbits=_GZIP), bytearray(), sha256()
        self._latest: datetime | None = None

    def singly(self, some: Iterable[Told]) -> list[Event]:
        """What the bus is to be told at once. The others are kept for the summary."""
        events = []
        for told in some:
            if told.transition.cause in SINGLY:
                events.append(event_of(self._shop, told))
            else:
                self._keep(told)
        return events

    def summary(self) -> list[Event]:
        """The one event about all others, once their file is written; none where there were none."""
        if self._latest is None:
            return []
        self._packed += self._zip.flush()
        place = f"transitions/{self._shop}/{self._of}.jsonl.gz"
        self._objects.put(place, bytes(self._packed), "application/gzip")
        return [
            Event(
                name="SegmentsRecomputed",
                shop=self._shop,
                cause=f"recompute:{self._of}",
                occurred_at=self._latest,
                version=self._hash.hexdigest()[:16],
                file=place,
            )
        ]

    def _keep(self, told: Told) -> None:
        """One line of JSON."""
        moved = told.transition
        self._latest = max(self._latest or moved.at, moved.at)
        line = canonical_json(
            {
                "id": event_of(self._shop, told).id,
                "customer": told.customer,
                "segment": moved.segment,
                "entered": moved.entered,
                "at": moved.at.isoformat(),
                "cause": moved.cause,
            }
        )
        text = f"{line}\n".encode()
        self._packed += self._zip.compress(text)
        self._hash.update(text)


def tell(events: Events, objects: Objects, shop: str, of: str, some: Iterable[Told]) -> None:
    """Tell these transitions, all that the occasion made."""
    if found := events_for(objects, shop, of, some):
        events.publish(found)


def events_for(objects: Objects, shop: str, of: str, some: Iterable[Told]) -> list[Event]:
    """What the bus is to be told of these transitions, all that the occasion made."""
    telling = Telling(objects, shop, of)
    return [*telling.singly(some), *telling.summary()]
