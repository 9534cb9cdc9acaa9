"""A segment's members, page by page: found on the snapshot, named as they are now."""

import re
from typing import Any

from kairos.domain.cursor import cursor_after, read_cursor
from kairos.domain.errors import Refused
from kairos.domain.shelf import ShopSegments
from kairos.services.segments.contacts import Contacts
from kairos.services.segments.population import Population
from kairos.services.segments.previewing import as_of, rule_of, shown

USUAL_PAGE, MOST_PAGE = 100, 500

FEED_PAGE = 5_000
"""Members looked at for one page of a feed: some 150 reads of the table, and less than 1 MB."""


def read_members(
    contacts: Contacts,
    shelf: ShopSegments,
    population: Population,
    segment: str,
    cursor: str | None,
    limit: str | None,
    masks: bool,
) -> dict[str, Any]:
    """{"members", "cursor", "as_of"}: by id, each once, whatever changes from one page to the next.

    cursor: where to go on, None on the last page. A page may name fewer than were found: who was erased
    since is left out. Raises NotFound, Refused naming the parameter.
    """
    rule, of, most = rule_of(shelf, segment), f"members/{segment}", _page(limit)
    found = population.members(rule, read_cursor(cursor, of), most)
    members = [shown(one, masks) for one in contacts.of(found)]
    further = cursor_after(of, found[-1]) if len(found) == most else None
    return {"members": members, "cursor": further, "as_of": as_of(population)}


def read_feed_page(
    contacts: Contacts,
    shelf: ShopSegments,
    population: Population,
    segment: str,
    cursor: str | None,
    most: int = FEED_PAGE,
) -> tuple[list[dict[str, str | None]], str | None]:
    """Members who may be mailed now, with name and address; and where to go on, None on the last page.

    Raises NotFound, Refused.
    """
    rule, of = rule_of(shelf, segment), f"feed/{segment}"
    found = population.members(rule, read_cursor(cursor, of), most)
    rows = [
        {"email": one.email, "first_name": one.first_name, "last_name": one.last_name}
        for one in contacts.mailable(found)
    ]
    return rows, cursor_after(of, found[-1]) if len(found) == most else None


def _page(limit: str | None) -> int:
    if limit is None:
        return USUAL_PAGE
    if not re.fullmatch("[0-9]{1,3}", limit) or not 1 <= int(limit) <= MOST_PAGE:
        raise Refused("limit", f"{limit[:20]!r} is no size of a page.", f"Send 1 to {MOST_PAGE}.")
    return int(limit)
