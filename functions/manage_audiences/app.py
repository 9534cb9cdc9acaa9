"""What is handed on of segments: feeds, hashed lists for advertising networks, personas."""

from collections.abc import Mapping
from typing import Any

from kairos import bootstrap
from kairos.api import Request, answer, read_as, read_json, serve
from kairos.domain.errors import Refused
from kairos.domain.feed import FeedWish
from kairos.domain.persona import PersonaWish
from kairos.domain.shelf import ShopSegments
from kairos.services.segments import feeds, listing, personas, previewing
from kairos.services.segments.audiences import Asked, read_network, read_page
from kairos.services.segments.population import Population

# Built once: what a shop's snapshot was opened with stays for the next request.
_PARTS = bootstrap.segments()


def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """A proxy event of API Gateway."""
    return serve(ROUTES, event)


def list_feeds(request: Request) -> dict[str, Any]:
    """The segment's open feeds and when they were read."""
    segment = listing.find_segment(_shelf(request), request.path["segment"]).id
    return answer(200, {"feeds": feeds.list_feeds(_PARTS.items, _PARTS.clock, request.path["shop"], segment)})


def open_feed(request: Request) -> dict[str, Any]:
    """The new feed, its addresses shown this once."""
    segment = listing.find_segment(_shelf(request), request.path["segment"]).id
    wish = read_as(FeedWish, read_json(request))
    made = feeds.open_feed(_PARTS.items, _PARTS.clock, request.path["shop"], segment, wish)
    addresses = {
        name: f"{bootstrap.settings().api_url or request.base}/v1/feeds/{made.token}.{name}"
        for name in ("csv", "json")
    }
    return answer(201, {**made.feed.as_json(), "addresses": addresses})


def close_feed(request: Request) -> dict[str, Any]:
    """The feed answers no more."""
    feeds.close_feed(_PARTS.items, request.path["shop"], request.path["segment"], request.path["feed"])
    return answer(204)


def show_audience(request: Request) -> dict[str, Any]:
    """A page of a hashed list, or of what changed in it."""
    shelf, query = _shelf(request), request.query
    segment = listing.find_segment(shelf, request.path["segment"]).id
    buyers = query.get("buyers", "drop")
    if buyers not in ("drop", "keep"):
        raise Refused("buyers", f"{buyers[:20]!r} is no choice.", "Send drop or keep.")
    network, rule = read_network(query.get("network")), previewing.rule_of(shelf, segment)
    asked = Asked(
        segment, network, query.get("reader"), query.get("since"), query.get("cursor"), buyers == "drop"
    )
    page = read_page(_PARTS.audiences(shelf.shop.id), _population(shelf), rule, asked)
    return answer(200, page, {"cache-control": "no-store"})


def list_personas(request: Request) -> dict[str, Any]:
    """The shop's personas."""
    found = personas.list_personas(_PARTS.items, request.path["shop"])
    return answer(200, {"personas": [one.as_json() for one in found]})


def show_persona(request: Request) -> dict[str, Any]:
    """A persona with its typical values."""
    shelf = _shelf(request)
    persona = personas.load_persona(_PARTS.items, shelf.shop.id, request.path["persona"])
    return answer(200, personas.with_typical_values(_PARTS.items, shelf, _population(shelf), persona))


def put_persona(request: Request) -> dict[str, Any]:
    """The persona as it is kept."""
    wish = read_as(PersonaWish, read_json(request))
    made = personas.put_persona(_PARTS.items, _PARTS.clock, _shelf(request), request.path["persona"], wish)
    return answer(200, made.as_json())


def delete_persona(request: Request) -> dict[str, Any]:
    """The persona is gone."""
    personas.delete_persona(_PARTS.items, request.path["shop"], request.path["persona"])
    return answer(204)


def _shelf(request: Request) -> ShopSegments:
    return _PARTS.populating.shelf(request.path["shop"])


def _population(shelf: ShopSegments) -> Population:
    return _PARTS.populating.population(shelf)


_SHOP = "/v1/shops/{shop}"
_SEGMENT = f"{_SHOP}/segments/{{segment}}"
_PERSONA = f"{_SHOP}/personas/{{persona}}"
ROUTES = {
    f"GET {_SEGMENT}/feeds": list_feeds,
    f"POST {_SEGMENT}/feeds": open_feed,
    f"DELETE {_SEGMENT}/feeds/{{feed}}": close_feed,
    f"GET {_SEGMENT}/audience": show_audience,
    f"GET {_SHOP}/personas": list_personas,
    f"GET {_PERSONA}": show_persona,
    f"PUT {_PERSONA}": put_persona,
    f"DELETE {_PERSONA}": delete_persona,
}
