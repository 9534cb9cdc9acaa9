"""Telling of transitions: one by one on the bus where a scenario may start, else a file and one summary."""

import gzip
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from kairos.domain.event import Event
from kairos.domain.segment import Cause, Transition
from kairos.domain.value import canonical_json, digest
from kairos.ports import Events, Objects

SINGLY: frozenset[Cause] = frozenset({"event", "time"})
"""Causes that the bus is told one by one. The others may concern everybody at once, and start nothing."""


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


def tell(events: Events, objects: Objects, shop: str, of: str, all_told: Iterable[Told]) -> None:
    """Tell every transition. Repeated, it tells the same. of: the occasion, see Transition."""
    if found := events_for(objects, shop, of, all_told):
        events.publish(found)


def events_for(objects: Objects, shop: str, of: str, all_told: Iterable[Told]) -> list[Event]:
    """What the bus is to be told; transitions that it is not told one by one are in their file already."""
    singly: list[Event] = []
    together: list[Told] = []
    for told in all_told:
        if told.transition.cause in SINGLY:
            singly.append(event_of(shop, told))
        else:
            together.append(told)
    return [*singly, *([_summary(objects, shop, of, together)] if together else [])]


def _summary(objects: Objects, shop: str, of: str, together: list[Told]) -> Event:
    """Write the file, one line of JSON for each transition, and tell where it lies."""
    text = "".join(f"{line}\n" for line in sorted(map(canonical_json, _lines(shop, together))))
    file = f"transitions/{shop}/{digest(of)[:32]}.jsonl.gz"
    objects.put(file, gzip.compress(text.encode(), mtime=0), "application/gzip")
    return Event(
        name="SegmentsRecomputed",
        shop=shop,
        cause=f"recompute:{digest(of)[:32]}",
        occurred_at=max(told.transition.at for told in together),
        version=digest(text)[:16],
        file=file,
    )


def _lines(shop: str, together: list[Told]) -> Iterator[dict[str, Any]]:
    for told in together:
        yield {
            "id": event_of(shop, told).id,
            "customer": told.customer,
            "segment": told.transition.segment,
            "entered": told.transition.entered,
            "at": told.transition.at.isoformat(),
            "cause": told.transition.cause,
        }
