"""Broadcasts as the API shows them."""

from typing import Any

from kairos.domain.broadcast import Broadcast
from kairos.domain.errors import Refused
from kairos.ports import Items
from kairos.services.broadcasts.settings import scenario_of, settings_of
from kairos.services.broadcasts.store import content_of, find, listed, many

MOST_SHOWN = 50

_INNER = {
    "form",
    "cursor",
    "paged",
    "batches",
    "execution",
    "confirmed",
    "requeued",
    "draining_since",
    "looked_at",
    "looks_next_at",
    "resumed_at",
}


def shown(of: Broadcast) -> dict[str, Any]:
    """One broadcast: what it is, how it stands, and its progress."""
    told = of.model_dump(mode="json", exclude=_INNER)
    sizes = of.counts
    decided = sizes.sent + sizes.holdout + sum(sizes.left_out.values())
    return told | {
        "settings": settings_of(of).model_dump(mode="json"),
        "title": scenario_of(of).title,
        "stage": _stage(of),
        "progress": {"queued": sizes.queued, "decided": decided, "of": of.size},
    }


def show_one(items: Items, shop: str, broadcast: str) -> dict[str, Any]:
    """The same with what the shop wrote. Raises NotFound."""
    told = shown(find(items, shop, broadcast).broadcast)
    words = content_of(items, shop, broadcast)
    return told | {"content": {language: one.model_dump(mode="json") for language, one in words.items()}}


def show_many(items: Items, shop: str, scenario: str | None, cursor: str | None) -> dict[str, Any]:
    """{"broadcasts", "cursor"}: the newest first, of one scenario or all (None).

    cursor: the id after which to go on, None on the last page. Raises Refused.
    """
    found = [one.id for one in listed(items, shop) if scenario in (None, one.scenario)]
    if cursor is not None and cursor not in found:
        raise Refused("cursor", "It is none that this list gave out.", "Send the last page's, or none.")
    left = found[found.index(cursor) + 1 :] if cursor else found
    page = left[:MOST_SHOWN]
    return {
        "broadcasts": [shown(one) for one in many(items, shop, page)],
        "cursor": page[-1] if len(left) > len(page) else None,
    }


def _stage(of: Broadcast) -> str | None:
    """The audience that is being sent to."""
    return of.form.stages[of.stage].audience if of.form and of.began_at else None
