"""Segments: made, changed, previewed, listed with size and value; and their members."""

from collections.abc import Mapping
from typing import Any

from kairos import bootstrap
from kairos.api import Request, answer, caller_of, read_as, read_json, serve
from kairos.domain.errors import NotReady
from kairos.domain.segment_wish import NewSegment, RuleWish, SegmentEdit
from kairos.domain.shelf import ShopSegments
from kairos.services.segments import editing, listing, lists, members, previewing, uses
from kairos.services.segments.population import Population

# Built once: what a shop's snapshot was opened with stays for the next request.
_PARTS = bootstrap.segments()


def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """A proxy event of API Gateway."""
    return serve(ROUTES, event)


def list_segments(request: Request) -> dict[str, Any]:
    """Every segment with its size and value."""
    shelf = _shelf(request)
    counted, warnings = _PARTS.populating.counted(shelf)
    return answer(200, listing.list_segments(shelf, counted, _language(request), warnings))


def create_segment(request: Request) -> dict[str, Any]:
    """The new segment; it is evaluated at once."""
    wish = read_as(NewSegment, read_json(request))
    made = editing.create_segment(_PARTS.editing, _shelf(request).shop, wish, _language(request))
    return answer(201, listing.show_segment(_shelf(request), made, listing.NOT_COUNTED))


def show_segment(request: Request) -> dict[str, Any]:
    """One segment with size, value, and what uses it; a template with what copying it asks for."""
    shelf, name = _shelf(request), request.path["segment"]
    if template := listing.find_template(name, _language(request)):
        return answer(200, template)
    segment = listing.find_segment(shelf, name)
    try:
        counted = listing.count(shelf, _population(shelf), name)
    except NotReady:
        counted = listing.last_counted(_PARTS.items, shelf.shop.id)
    told = listing.show_segment(shelf, segment, counted, _language(request))
    return answer(200, {**told, "of": counted.of, "used_by": _used_by(request)})


def change_segment(request: Request) -> dict[str, Any]:
    """The changed segment, and who enters and leaves by it."""
    shelf, name = _shelf(request), request.path["segment"]
    edit = read_as(SegmentEdit, read_json(request))
    changes = None
    if edit.rule is not None and name in shelf.segments:
        try:
            changes = previewing.impact(shelf, _population(shelf), name, edit.rule)
        except NotReady:
            changes = None  # not known before the snapshot is there; the change itself need not wait
    made = editing.change_segment(_PARTS.editing, shelf.shop, name, edit)
    told = listing.show_segment(_shelf(request), made, listing.NOT_COUNTED)
    return answer(200, {**told, "changes": changes, "used_by": _used_by(request)})


def delete_segment(request: Request) -> dict[str, Any]:
    """The segment is gone, unless something uses it."""
    editing.delete_segment(_PARTS.editing, _shelf(request).shop, request.path["segment"])
    return answer(204)


def preview(request: Request) -> dict[str, Any]:
    """How many a rule finds, and some of them."""
    wish, shelf = read_as(RuleWish, read_json(request)), _shelf(request)
    masks = caller_of(request).role == "reader"
    parts = previewing.Previewing(_PARTS.contacts(shelf.shop.id), _PARTS.seconds, masks)
    return answer(200, previewing.preview(parts, shelf, _population(shelf), wish.rule, wish.segment))


def impact(request: Request) -> dict[str, Any]:
    """Who would enter and leave, and what uses the segment."""
    wish, shelf = read_as(RuleWish, read_json(request)), _shelf(request)
    found = previewing.impact(shelf, _population(shelf), request.path["segment"], wish.rule)
    return answer(200, {**found, "used_by": _used_by(request)})


def list_members(request: Request) -> dict[str, Any]:
    """A page of members."""
    shelf, query = _shelf(request), request.query
    segment = listing.find_segment(shelf, request.path["segment"]).id
    masks = caller_of(request).role == "reader"
    contacts, population = _PARTS.contacts(shelf.shop.id), _population(shelf)
    cursor, limit = query.get("cursor"), query.get("limit")
    page = members.read_members(contacts, shelf, population, segment, cursor, limit, masks)
    return answer(200, page)


def change_members(request: Request) -> dict[str, Any]:
    """Who was put on a fixed list, and taken off it."""
    shelf, change = _shelf(request), read_as(lists.ListChange, read_json(request))
    segment = listing.find_segment(shelf, request.path["segment"])
    return answer(200, lists.change_list(_PARTS.lists, shelf.shop.id, segment, change))


def show_history(request: Request) -> dict[str, Any]:
    """Size and value day by day."""
    return answer(200, listing.history(_PARTS.items, _shelf(request), request.path["segment"]))


def _shelf(request: Request) -> ShopSegments:
    return _PARTS.populating.shelf(request.path["shop"])


def _population(shelf: ShopSegments) -> Population:
    return _PARTS.populating.population(shelf)


def _used_by(request: Request) -> list[dict[str, str]]:
    return uses.used_by(_PARTS.items, request.path["shop"], request.path["segment"])


def _language(request: Request) -> str:
    """Of ready-made names: the parameter's, else the first that the client speaks."""
    return request.query.get("language") or request.headers.get("accept-language", "en")


_SEGMENTS = "/v1/shops/{shop}/segments"
_SEGMENT = f"{_SEGMENTS}/{{segment}}"
ROUTES = {
    f"GET {_SEGMENTS}": list_segments,
    f"POST {_SEGMENTS}": create_segment,
    f"POST {_SEGMENTS}/preview": preview,
    f"GET {_SEGMENT}": show_segment,
    f"PUT {_SEGMENT}": change_segment,
    f"DELETE {_SEGMENT}": delete_segment,
    f"POST {_SEGMENT}/impact": impact,
    f"GET {_SEGMENT}/members": list_members,
    f"POST {_SEGMENT}/members": change_members,
    f"GET {_SEGMENT}/history": show_history,
}
