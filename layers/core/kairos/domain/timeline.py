"""What happened with one customer, newest first, page by page."""

import base64
import binascii
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal, NamedTuple, get_args

from pydantic import Field

from kairos.domain.errors import Refused
from kairos.domain.refusing import nearest
from kairos.domain.value import Instant, Value, canonical_json

Kind = Literal[
    "order", "cart", "activity", "message", "run", "decision", "segment", "consent", "code", "points",
    "answer", "support",
]  # fmt: skip

KINDS: tuple[Kind, ...] = get_args(Kind)
PAGE = 50
"""Entries of one page."""

_LONGEST = 4000


class Entry(Value):
    """One thing that happened. id: the same however often the timeline is read. what: one word for it.

    told: what else is known of it, JSON-ready; amounts as decimal texts with their currency.
    """

    kind: Kind
    id: str
    at: Instant
    what: str
    told: dict[str, Any] = Field(default_factory=dict)

    def shown(self) -> dict[str, Any]:
        """As the API shows it; what is not known is left out."""
        known = {name: value for name, value in self.told.items() if value is not None}
        return {"kind": self.kind, "id": self.id, "at": self.at.isoformat(), "what": self.what, **known}


class Place(NamedTuple):
    """Where a page ended."""

    at: datetime
    id: str


def read_kinds(text: str | None) -> tuple[Kind, ...]:
    """The kinds asked for ("order,message"), all where none is named. Raises Refused for an unknown one."""
    named = [one.strip() for one in (text or "").split(",") if one.strip()]
    for one in named:
        if one not in KINDS:
            raise Refused("kinds", f"There is no kind {one[:40]!r}.", nearest(one, KINDS))
    return tuple(kind for kind in KINDS if not named or kind in named)


def page_of(
    entries: Iterable[Entry], after: Place | None, most: int = PAGE
) -> tuple[list[Entry], Place | None]:
    """The newest entries older than the place, and where to go on, None after the last.

    What comes to be known between two pages shifts nothing: an entry that is there all the while is on
    exactly one of them.
    """
    known = {entry.id: entry for entry in entries}
    older = [one for one in known.values() if after is None or (one.at, one.id) < after]
    older.sort(key=lambda one: (one.at, one.id), reverse=True)
    shown = older[:most]
    return shown, Place(shown[-1].at, shown[-1].id) if len(older) > most else None


def cursor_of(customer: str, place: Place) -> str:
    """The cursor that goes on after this place of the customer's timeline."""
    told = {"of": customer, "at": place.at.isoformat(), "id": place.id}
    return base64.urlsafe_b64encode(canonical_json(told).encode()).rstrip(b"=").decode()


def read_cursor(text: str | None, customer: str) -> Place | None:
    """The place that the cursor names, None for the beginning. Raises Refused for any other cursor."""
    if not text:
        return None
    try:
        if len(text) > _LONGEST:
            raise ValueError
        told = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
        place = Place(datetime.fromisoformat(told["at"]), told["id"])
        if not isinstance(place.id, str) or cursor_of(customer, place) != text or place.at.tzinfo is None:
            raise ValueError
    except (binascii.Error, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise Refused(
            "cursor", "It is none that this list gave out.", "Send the last page's, or begin without one."
        ) from None
    return place
