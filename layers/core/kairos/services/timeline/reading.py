"""One page of a customer's timeline."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from kairos.domain.errors import NotFound
from kairos.domain.shop import Shop
from kairos.domain.timeline import Entry, Kind, cursor_of, page_of, read_cursor, read_kinds
from kairos.ports import Items
from kairos.services.customers import read_customer
from kairos.services.timeline.gains import codes, points
from kairos.services.timeline.parts import Looked
from kairos.services.timeline.purchases import activity, carts, orders, support
from kairos.services.timeline.sendings import decisions, messages, runs
from kairos.services.timeline.standing import answers, consents, segments

_SOURCES: Mapping[Kind, Callable[[Looked], Iterable[Entry]]] = {
    "order": orders,
    "cart": carts,
    "activity": activity,
    "message": messages,
    "run": runs,
    "decision": decisions,
    "segment": segments,
    "consent": consents,
    "code": codes,
    "points": points,
    "answer": answers,
    "support": support,
}


def show_timeline(
    items: Items, shop: Shop, customer: str, cursor: str | None, kinds: str | None
) -> dict[str, Any]:
    """{"entries", "cursor"}: newest first; cursor None on the last page. Only the kinds asked for are read.

    Raises Refused naming the parameter, NotFound where nothing is kept of the customer.
    """
    wanted, after = read_kinds(kinds), read_cursor(cursor, customer)
    known = read_customer(items, shop.id, customer)
    if known.profile is None:
        raise NotFound("customer", customer)
    looked = Looked(items, shop, known)
    entries = [entry for kind in wanted for entry in _SOURCES[kind](looked)]
    shown, further = page_of(entries, after)
    return {
        "entries": [entry.shown() for entry in shown],
        "cursor": cursor_of(customer, further) if further else None,
    }
