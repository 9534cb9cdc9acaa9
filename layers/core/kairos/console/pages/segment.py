"""One segment: its history, worth, members, feeds and audiences; copying and deleting it."""

import re
from typing import Any

from kairos import keys
from kairos.api import read_as
from kairos.console.asked import Answer, Asked
from kairos.console.charts import Point, line
from kairos.console.pages.segments import called
from kairos.console.rules.saving import made
from kairos.console.rules.sentences import sentence
from kairos.console.rules.tree import from_rule
from kairos.console.sections import SHOP, Route, Section
from kairos.console.words import LANGUAGES
from kairos.domain.errors import InUse, NotFound, NotReady, Refused
from kairos.domain.feed import MOST_DAYS, USUAL_DAYS, FeedWish
from kairos.domain.ready_made.ready_made import ReadyMade
from kairos.domain.ready_made.registry import READY_MADE
from kairos.domain.segment import Segment
from kairos.domain.shelf import ShopSegments
from kairos.services.segments import editing, feeds, listing, lists, members, uses

_SEGMENT = f"{SHOP}/segments/{{segment}}"
_PAGE = 50
_DAYS = 365
"""Of history that is drawn."""


def show(asked: Asked) -> Answer:
    """How it grew, what its members are worth, what it says, and what uses it."""
    shelf, segment = _found(asked)
    parts = asked.parts.segments()
    try:
        counted = listing.count(shelf, parts.populating.population(shelf), segment.id)
    except NotReady:
        counted = listing.last_counted(asked.parts.items, asked.here.id)
    told = listing.show_segment(shelf, segment, counted, asked.language)
    days = listing.history(asked.parts.items, shelf, segment.id)["days"][-_DAYS:]
    points = [
        Point(asked.formats.day(one["day"]), one["count"], asked.formats.number(one["count"])) for one in days
    ]
    return asked.page(
        "segment.html",
        **_head(asked, segment, told["name"], "overview"),
        told=told,
        of=counted.of,
        chart=line(points, asked.say("segment.chart")),
        days=list(reversed(days))[:14],
        said=_said(asked, segment),
        used=uses.used_by(asked.parts.items, asked.here.id, segment.id),
    )


def show_members(asked: Asked) -> Answer:
    """A page of members; readers see their addresses masked, as on the API."""
    shelf, segment = _found(asked)
    parts = asked.parts.segments()
    page: dict[str, Any] | None = None
    try:
        population, contacts = parts.populating.population(shelf), parts.contacts(asked.here.id)
        cursor, masks = asked.query.get("cursor"), not asked.may("marketer")
        page = members.read_members(contacts, shelf, population, segment.id, cursor, str(_PAGE), masks)
    except NotReady:
        page = None
    return asked.page(
        "segment_members.html",
        **_head(asked, segment, _name(asked, segment), "members"),
        page=page,
        changed=None,
        wrong="",
    )


def change_members(asked: Asked) -> Answer:
    """Who is put on a fixed list and taken off it."""
    _, segment = _found(asked)
    wanted = [one for one in re.split(r"[\s,;]+", asked.one("members")) if one]
    to = "remove" if asked.one("act") == "remove" else "put"
    told, wrong = None, ""
    try:
        change = read_as(lists.ListChange, {to: wanted})
        told = lists.change_list(asked.parts.segments().lists, asked.here.id, segment, change)
        unknown = [wanted[int(path[len(to) + 1 : -1])] for path in told["unknown"]]
        told = {**told, "unknown": unknown}
    except Refused as refusal:
        wrong = f"{refusal.problem} {refusal.remedy}"
    head = _head(asked, segment, _name(asked, segment), "members")
    status = 400 if wrong else 200
    return asked.page("segment_members.html", status, **head, page=None, changed=told, wrong=wrong)


def show_feeds(asked: Asked) -> Answer:
    """Open feeds, when they were read, and the form of another."""
    return _feeds(asked, _found(asked)[1])


def open_feed(asked: Asked) -> Answer:
    """The new feed with its addresses, which are shown this once."""
    _, segment = _found(asked)
    told = {"name": asked.one("name"), "days": asked.one("days", str(USUAL_DAYS))}
    days: Any = int(told["days"]) if re.fullmatch(r"\d{1,4}", told["days"]) else told["days"]
    try:
        wish = read_as(FeedWish, {"name": told["name"], "days": days})
        made_now = feeds.open_feed(asked.parts.items, asked.parts.clock, asked.here.id, segment.id, wish)
    except Refused as wrong:
        return _feeds(asked, segment, wrong=f"{wrong.problem} {wrong.remedy}", status=400)
    base = asked.parts.api_url or asked.request.base
    addresses = {kind: f"{base}/v1/feeds/{made_now.token}.{kind}" for kind in ("csv", "json")}
    return _feeds(asked, segment, addresses=addresses, name=made_now.feed.name)


def ask_to_close_feed(asked: Asked) -> Answer:
    """Asks whether the feed is to be closed, and says who reads it."""
    _, segment = _found(asked)
    feed = _feed(asked, segment)
    return asked.page(
        "sure.html",
        title=asked.say("segment.close_feed", name=feed["name"]),
        text=asked.say("segment.close_feed_text", segment=_name(asked, segment)),
        button=asked.say("segment.close"),
        action=f"{asked.at}/segments/{segment.id}/feeds/{feed['id']}/close",
        back=f"{asked.at}/segments/{segment.id}/feeds",
        named=[asked.say("segment.reads", n=len(feed["reads"]))],
        typed="",
    )


def close_feed(asked: Asked) -> Answer:
    """The feed answers no more."""
    _, segment = _found(asked)
    feeds.close_feed(asked.parts.items, asked.here.id, segment.id, asked.path["feed"])
    return asked.go(f"{asked.at}/segments/{segment.id}/feeds", "segment.closed")


def show_audiences(asked: Asked) -> Answer:
    """How advertising networks get hashed lists of it, and who read them so far."""
    _, segment = _found(asked)
    base = asked.parts.api_url or asked.request.base
    place = keys.audience_reader(asked.here.id, segment.id, "", "")
    readers = [item.key.sk.partition("#") for item in asked.parts.items.query(place.pk)]
    return asked.page(
        "segment_audiences.html",
        **_head(asked, segment, _name(asked, segment), "audiences"),
        addresses={
            network: f"{base}/v1/shops/{asked.here.id}/segments/{segment.id}/audience?network={network}"
            for network in ("meta", "google")
        },
        readers=[(network, reader) for network, _, reader in readers],
    )


def show_copy(asked: Asked) -> Answer:
    """The name of the copy, and what a template asks for."""
    shelf = asked.parts.segments().populating.shelf(asked.here.id)
    source, ready = asked.path["segment"], READY_MADE.get(asked.path["segment"])
    if ready is None and source not in shelf.segments:
        raise NotFound("segment", source)
    name = ready.names.speaking(asked.language) if ready else shelf.segments[source].name
    return _copy(asked, ready, asked.say("segment.copy_of", name=name) if not ready else name)


def copy(asked: Asked) -> Answer:
    """The copy, which may be changed."""
    source, ready = asked.path["segment"], READY_MADE.get(asked.path["segment"])
    told: dict[str, Any] = {"copy_of": source, "name": asked.one("name")}
    if ready is not None and ready.parameters:
        told["parameters"] = {
            one.name: _parameter(one.kind, asked.one(f"p:{one.name}")) for one in ready.parameters
        }
    try:
        segment = made(asked, told)
    except Refused as wrong:
        field = wrong.field.removeprefix("parameters.").partition("[")[0]
        page = _copy(asked, ready, asked.one("name"), field, f"{wrong.problem} {wrong.remedy}")
        return page._replace(status=400)
    return asked.go(f"{asked.at}/segments/{segment.id}", "segments.made")


def ask_to_delete(asked: Asked) -> Answer:
    """Asks whether it is to be deleted, and names what goes with it or keeps it."""
    shelf, segment = _found(asked)
    used = uses.uses_of(asked.parts.items, asked.here.id, segment.id)
    keeping = [one for one in used if one.kind in uses.KEEPING]
    named = [f"{asked.say(f'segment.use.{one.kind}')}: {_use(asked, one)}" for one in keeping or used]
    own = segment in editing.own_segments(shelf)
    return asked.page(
        "sure.html",
        title=asked.say("segment.delete", name=_name(asked, segment)),
        text=asked.say(f"segment.{'kept' if keeping else 'delete_text' if own else 'ready_stays'}"),
        button="" if keeping or not own else asked.say("segment.delete_button"),
        action=f"{asked.at}/segments/{segment.id}/delete",
        back=f"{asked.at}/segments/{segment.id}",
        named=named,
        typed="",
    )


def delete(asked: Asked) -> Answer:
    """It is gone with its feeds, unless something uses it."""
    try:
        editing.delete_segment(asked.parts.segments().editing, asked.here, asked.path["segment"])
    except InUse:
        return ask_to_delete(asked)._replace(status=409)
    return asked.go(f"{asked.at}/segments", "segments.deleted")


def _found(asked: Asked) -> tuple[ShopSegments, Segment]:
    shelf = asked.parts.segments().populating.shelf(asked.here.id)
    return shelf, listing.find_segment(shelf, asked.path["segment"])


def _name(asked: Asked, segment: Segment) -> str:
    ready = READY_MADE.get(segment.id)
    return ready.names.speaking(asked.language) if ready else segment.name


def _head(asked: Asked, segment: Segment, name: str, tab: str) -> dict[str, Any]:
    tabs = ["overview", "members", "feeds", *(["audiences"] if asked.may("marketer") else [])]
    return {"segment": segment, "name": name, "tab": tab, "tabs": tabs}


def _said(asked: Asked, segment: Segment) -> list[tuple[str, str]]:
    """The rule in words, in the reader's language first. A fixed list has none."""
    if segment.type == "list":
        return []
    root, names = from_rule(segment.rule), called(asked)
    ordered = sorted(LANGUAGES, key=lambda code: code != asked.language)
    return [(code, sentence(code, root, names)) for code in ordered]


def _feed(asked: Asked, segment: Segment) -> dict[str, Any]:
    found = feeds.list_feeds(asked.parts.items, asked.parts.clock, asked.here.id, segment.id)
    feed = next((one for one in found if one["id"] == asked.path["feed"]), None)
    if feed is None:
        raise NotFound("feed", asked.path["feed"])
    return feed


def _feeds(asked: Asked, segment: Segment, status: int = 200, **told: Any) -> Answer:
    given = {"addresses": {}, "wrong": "", "name": "", **told}
    head = _head(asked, segment, _name(asked, segment), "feeds")
    found = feeds.list_feeds(asked.parts.items, asked.parts.clock, asked.here.id, segment.id)
    return asked.page(
        "segment_feeds.html",
        status,
        **head,
        found=found,
        addresses=given["addresses"],
        wrong=given["wrong"],
        feed_name=given["name"],
        usual=USUAL_DAYS,
        longest=MOST_DAYS,
    )


def _copy(asked: Asked, ready: ReadyMade | None, name: str, field: str = "", wrong: str = "") -> Answer:
    return asked.page(
        "segment_copy.html",
        source=asked.path["segment"],
        name=name,
        parameters=ready.parameters if ready else (),
        wrong={field: wrong} if field else {},
        posted={name: values[0] for name, values in asked.form.items()},
    )


def _parameter(kind: str, told: str) -> Any:
    """What was typed, as the template reads it: numbers, and lists with commas between."""
    if kind in {"latitude", "longitude", "kilometres"}:
        number = told.replace(",", ".")
        return float(number) if re.fullmatch(r"-?\d{1,9}(\.\d{1,9})?", number) else told
    return [one.strip() for one in told.split(",") if one.strip()]


def _use(asked: Asked, one: uses.Use) -> str:
    return asked.say(f"scenario_names.{one.id}") if one.kind == "scenario" else one.name


SECTION = Section(
    "segment",
    (
        Route("GET", _SEGMENT, "reader", show),
        Route("GET", f"{_SEGMENT}/members", "reader", show_members),
        Route("POST", f"{_SEGMENT}/members", "marketer", change_members),
        Route("GET", f"{_SEGMENT}/feeds", "reader", show_feeds),
        Route("POST", f"{_SEGMENT}/feeds", "marketer", open_feed),
        Route("GET", f"{_SEGMENT}/feeds/{{feed}}/close", "marketer", ask_to_close_feed),
        Route("POST", f"{_SEGMENT}/feeds/{{feed}}/close", "marketer", close_feed),
        Route("GET", f"{_SEGMENT}/audiences", "marketer", show_audiences),
        Route("GET", f"{_SEGMENT}/copy", "marketer", show_copy),
        Route("POST", f"{_SEGMENT}/copy", "marketer", copy),
        Route("GET", f"{_SEGMENT}/delete", "marketer", ask_to_delete),
        Route("POST", f"{_SEGMENT}/delete", "marketer", delete),
    ),
)
