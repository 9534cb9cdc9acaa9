"""The shop's segments: how many are in each, how that moved, and what they are worth."""

from collections.abc import Mapping
from typing import Any

from kairos.console.asked import Answer, Asked
from kairos.console.charts import sparkline
from kairos.console.rules.sentences import Called
from kairos.console.sections import SHOP, Route, Section
from kairos.domain.ready_made.registry import READY_MADE
from kairos.domain.scenarios.registry import SCENARIOS
from kairos.domain.shelf import ShopSegments
from kairos.services.segments import editing, listing
from kairos.services.segments.moving import recent_days
from kairos.services.segments.uses import read_own_segments

KINDS = ("all", "own", "ready", "lists", "templates")


def show(asked: Asked) -> Answer:
    """The page at once, with the last day's figures where there are any; those of now follow."""
    parts = asked.parts.segments()
    shelf = parts.populating.shelf(asked.here.id)
    last = listing.last_counted(asked.parts.items, asked.here.id)
    counted, warnings = (last, ()) if last.figures else parts.populating.counted(shelf)
    told = _listed(asked, shelf, counted, warnings)
    return asked.page("segments.html", **told, live=bool(last.figures))


def show_table(asked: Asked) -> Answer:
    """The table counted now: a part of the page."""
    parts = asked.parts.segments()
    shelf = parts.populating.shelf(asked.here.id)
    counted, warnings = parts.populating.counted(shelf)
    return asked.page("segments_table.html", **_listed(asked, shelf, counted, warnings), live=False)


def show_new_list(asked: Asked) -> Answer:
    """The form of a fixed list."""
    return asked.page("segment_list_new.html", name="", wrong="")


def create_list(asked: Asked) -> Answer:
    """The new list, ready to be filled."""
    from kairos.console.rules.saving import create

    made = create(asked, {"name": asked.one("name"), "type": "list"})
    if isinstance(made, str):
        return asked.page("segment_list_new.html", 400, name=asked.one("name"), wrong=made)
    return asked.go(f"{asked.at}/segments/{made.id}/members", "segments.made")


def _listed(
    asked: Asked, shelf: ShopSegments, counted: listing.Counted, warnings: tuple[str, ...]
) -> dict[str, Any]:
    kind = asked.query.get("kind", "all")
    wanted = asked.query.get("q", "").strip().casefold()
    told = listing.list_segments(shelf, counted, asked.language, warnings)
    rows = told["templates"] if kind == "templates" else [one for one in told["segments"] if _is(kind, one)]
    lines = _sparklines(asked)
    found = [
        {"warnings": [], **one, "line": lines.get(one["id"], "")}
        for one in rows
        if wanted in one["name"].casefold() or wanted in one["id"]
    ]
    found.sort(key=lambda one: (one["origin"] != "shop", -(one.get("count") or 0), one["name"].casefold()))
    return {
        "found": found,
        "kind": kind if kind in KINDS else "all",
        "kinds": KINDS,
        "q": asked.query.get("q", ""),
        "of": told["of"],
        "as_of": told["as_of"],
        "waiting": bool(warnings),
        "own": len(editing.own_segments(shelf)),
    }


def _is(kind: str, one: Mapping[str, Any]) -> bool:
    match kind:
        case "own":
            return bool(one["origin"] == "shop" and one["type"] == "rule")
        case "ready":
            return bool(one["origin"] == "kairos")
        case "lists":
            return bool(one["type"] == "list")
    return True


def _sparklines(asked: Asked) -> dict[str, Any]:
    today = asked.parts.clock.now().astimezone(asked.here.zone).date()
    days = recent_days(asked.parts.items, asked.here.id, today)
    ids = days[-1].members if days else ()
    title = asked.say("segments.line")
    return {one: sparkline([day.members[one] for day in days if one in day.members], title) for one in ids}


def names_of(asked: Asked) -> dict[str, str]:
    """What the shop's segments are called, by id; ready-made ones in the reader's language."""
    own = read_own_segments(asked.parts.items, asked.here.id)
    ready = {name: one.names.speaking(asked.language) for name, one in READY_MADE.items()}
    return ready | {name: one.name for name, one in own.items()}


def called(asked: Asked) -> Called:
    """How the shop's segments and the scenarios are called."""
    return Called(names_of(asked), {name: asked.say(f"scenario_names.{name}") for name in SCENARIOS})


SECTION = Section(
    "segments",
    (
        Route("GET", f"{SHOP}/segments", "reader", show),
        Route("GET", f"{SHOP}/segment-table", "reader", show_table),
        Route("GET", f"{SHOP}/new-list", "marketer", show_new_list),
        Route("POST", f"{SHOP}/new-list", "marketer", create_list),
    ),
    icon="M12 3a9 9 0 1 0 9 9h-9zM16 3.6A9 9 0 0 1 20.4 8H16z",
)
