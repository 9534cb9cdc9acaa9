"""Feeds: who knows the address reads the members who may be mailed, page by page, and nothing else."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from kairos import bootstrap
from kairos.api import Request, answer, serve
from kairos.domain.csv_text import csv_text
from kairos.domain.errors import NotFound
from kairos.domain.feed import Feed, FeedFormat, read_name
from kairos.services.segments.feeds import find_feed, log_read
from kairos.services.segments.members import read_feed_page

_COLUMNS = ("email", "first_name", "last_name")
_UNSEEN = {"cache-control": "no-store", "referrer-policy": "no-referrer", "x-robots-tag": "noindex"}
_PARTS = bootstrap.segments()


def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """A proxy event of API Gateway. What is wrong with an address is not told: it is just not found."""
    told = serve(ROUTES, event)
    return {**told, "headers": {**told["headers"], **_UNSEEN}}


def read_feed(request: Request) -> dict[str, Any]:
    """A page of the feed; where it goes on stands in the header Link, and in JSON as "next" too."""
    feed, form = _asked(request)
    shelf, cursor = _PARTS.populating.shelf(feed.shop), request.query.get("cursor")
    population = _PARTS.populating.population(shelf)
    contacts = _PARTS.contacts(feed.shop)
    rows, further = read_feed_page(contacts, shelf, population, feed.segment, cursor)
    log_read(_PARTS.items, _PARTS.clock, feed, form, len(rows), first=cursor is None)
    address = bootstrap.settings().api_url or request.base
    following = f"{address}/v1/feeds/{request.path['feed']}?cursor={quote(further)}" if further else None
    headers = {"link": f'<{following}>; rel="next"'} if following else {}
    if form == "json":
        return answer(200, {"members": rows, "next": following}, headers)
    told = answer(200, None, {"content-type": "text/csv; charset=utf-8", **headers})
    return {**told, "body": csv_text(_COLUMNS, ([row[name] for name in _COLUMNS] for row in rows))}


def _asked(request: Request) -> tuple[Feed, FeedFormat]:
    named = read_name(request.path["feed"])
    feed = find_feed(_PARTS.items, _PARTS.clock, named[0]) if named else None
    if named is None or feed is None:
        raise NotFound("feed", "")
    return feed, named[1]


ROUTES = {"GET /v1/feeds/{feed}": read_feed}
