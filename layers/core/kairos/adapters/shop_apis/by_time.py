"""Going through what changed in the order of its change, where an API can only filter, sort and skip.

A page number over a list that moves passes by whatever a change shifts across the border of two pages. So
each page begins, from its first entry, at the change time of the last one of the page before, whose entries
are told again. Only where all entries of a page changed in the same second are some of them skipped.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from kairos.ports import NotRead


class Place(NamedTuple):
    """From where a page is to be read. at: UTC, to the second, included. skip: entries before it."""

    at: datetime
    skip: int = 0

    @property
    def cursor(self) -> str:
        """As the text that `place_of` reads."""
        return f"{self.at.isoformat()} {self.skip}"


def place_of(cursor: str | None, since: datetime) -> Place:
    """Where the cursor leads to; to the beginning without one. Raises NotRead for what is no cursor."""
    if cursor is None:
        return Place(since.astimezone(UTC).replace(microsecond=0))
    at, _, skip = cursor.partition(" ")
    try:
        return Place(datetime.fromisoformat(at), int(skip))
    except ValueError as wrong:
        raise NotRead("cursor unusable", for_now=False) from wrong


def next_place(
    place: Place, changed: Sequence[datetime], size: int, whole_pages: bool = False
) -> Place | None:
    """Where the next page begins; None where this was the last. changed: of this page's entries, oldest
    first; size: entries of a full page.

    Entries of one second are skipped by half a page, so that as many may change, and leave it, between two
    requests; whole_pages: the API can't skip less than a page.
    """
    if len(changed) < size:
        return None
    last = max(changed[-1].astimezone(UTC).replace(microsecond=0), place.at)
    if last > place.at:
        return Place(last)
    return Place(place.at, place.skip + (size if whole_pages else max(size // 2, 1)))
