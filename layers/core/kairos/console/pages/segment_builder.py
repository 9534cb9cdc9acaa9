"""The builder: a rule put together from groups and criteria, counted while it is being changed."""

import json
from collections.abc import Mapping
from typing import Any

from kairos.console.asked import Answer, Asked
from kairos.console.pages.segments import called
from kairos.console.rules.saving import changed, made
from kairos.console.rules.sentences import Called, sentence
from kairos.console.rules.tree import Node, blame, carry_out, from_rule, read_tree, to_rule
from kairos.console.rules.viewing import shown
from kairos.console.sections import SHOP, Route, Section
from kairos.console.words import LANGUAGES
from kairos.domain.criteria.rule import MOST_DEPTH
from kairos.domain.errors import NotFound, NotReady, Refused
from kairos.domain.segment import Segment
from kairos.services.segments import previewing, uses

FAMILIES: Mapping[str, tuple[str, ...]] = {
    "orders": (
        "order_count", "revenue", "average_order_value", "items_per_order", "first_order", "last_order",
        "last_order_value", "order_status", "delivered", "ordered_around",
    ),
    "products": (
        "ordered", "ordered_together", "bought_at_launch", "replenishment_due", "used_code", "coupon_share",
        "points",
    ),
    "carts": ("abandoned_cart", "ordered_since_cart", "cart_adds_without_order", "checkout_progress"),
    "site": (
        "viewed", "visits", "last_visit", "time_on_site", "chatted", "support_contact", "form", "event",
        "device",
    ),
    "messages": (
        "engagement", "received", "opened", "clicked", "bounced", "complained", "unsubscribed",
        "accepts_marketing", "channel", "preferred_time",
    ),
    "person": (
        "age", "gender", "language", "registered", "attribute", "date_field", "tag", "customer_group",
        "acquisition_source",
    ),
    "place": ("country", "region", "province", "city", "near", "area", "hemisphere"),
    "standing": (
        "lifecycle", "usage_level", "rfm", "rank", "next_order_due", "satisfaction", "percentage",
    ),
    "segments": ("in_segment", "entered_segment", "on_list", "in_scenario"),
}  # fmt: skip
"""Criteria as they are found by looking; each stands in one of them."""


def show_new(asked: Asked) -> Answer:
    """An empty rule."""
    return _page(asked, Node("0"), name="", description="", segment=None)


def show_edit(asked: Asked) -> Answer:
    """The rule of a segment that there is."""
    segment = _own(asked)
    return _page(asked, from_rule(segment.rule), segment.name, segment.description, segment)


def rebuild(asked: Asked) -> Answer:
    """The builder after a button was pressed: a part of the page."""
    wanted = asked.one("do")
    root = carry_out(read_tree(asked.form), wanted)
    answer = asked.page("segment_rule.html", **_drawn(asked, root))
    told = json.dumps({"rebuilt": {"focus": _focus(root, wanted)}})
    return answer._replace(headers={"hx-trigger-after-settle": told})


def _focus(root: Node, wanted: str) -> str:
    """Id of what the keyboard goes on with: what was added, or where something was taken away."""
    act, _, rest = wanted.partition(":")
    place = rest.partition(":")[0]
    node = next((one for one in root.every() if one.place == place), root)
    if act == "add" and node.parts:
        return f"c-{node.parts[-1].mark}"
    if act == "group" and node.parts:
        return f"add-{node.parts[-1].mark}"
    if act == "not" and node.kind:
        return f"c-{node.mark}"
    outer = place.rpartition(".")[0] if act == "remove" else place
    found = next((one for one in root.every() if one.place == outer and not one.kind), root)
    return f"add-{found.mark}"


def find_criteria(asked: Asked) -> Answer:
    """Criteria whose name or meaning holds what was typed: a part of the page."""
    wanted = asked.query.get("q", "").strip().casefold()
    found = []
    for family, kinds in FAMILIES.items():
        told = [
            (one, asked.say(f"criteria.names.{one}"), asked.say(f"criteria.about.{one}")) for one in kinds
        ]
        fitting = [one for one in told if wanted in " ".join(one).casefold()]
        if fitting:
            found.append((asked.say(f"criteria.families.{family}"), fitting))
    return asked.page("segment_criteria.html", found=found, place=asked.query.get("at", "0"))


def preview(asked: Asked) -> Answer:
    """How many, some of them, and the rule in words: a part of the page. Refusals stand where they belong."""
    root = read_tree(asked.form)
    return asked.page("segment_preview.html", **_counted(asked, root, asked.one("segment") or None))


def create(asked: Asked) -> Answer:
    """The new segment; or the builder again with what is wrong."""
    root, told = _told(asked)
    try:
        segment = made(asked, told)
    except Refused as wrong:
        return _refused(asked, root, wrong, None)
    return asked.go(f"{asked.at}/segments/{segment.id}", "segments.made")


def change(asked: Asked) -> Answer:
    """The changed segment; or the builder again with what is wrong."""
    held = _own(asked)
    root, told = _told(asked)
    try:
        changed(asked, held.id, told)
    except Refused as wrong:
        return _refused(asked, root, wrong, held)
    return asked.go(f"{asked.at}/segments/{held.id}", "segments.changed")


def _told(asked: Asked) -> tuple[Node, dict[str, Any]]:
    root = read_tree(asked.form)
    told = {"name": asked.one("name"), "description": asked.one("description"), "rule": to_rule(root)}
    return root, told


def _refused(asked: Asked, root: Node, wrong: Refused, segment: Segment | None) -> Answer:
    why = f"{wrong.problem} {wrong.remedy}"
    if wrong.field not in {"name", "description", "segments", "id"}:
        blame(root, wrong.field, why)
        why = ""
    page = _page(asked, root, asked.one("name"), asked.one("description"), segment, why)
    return page._replace(status=400)


def _own(asked: Asked) -> Segment:
    """A rule that the shop made itself. Raises NotFound."""
    found = uses.read_own_segments(asked.parts.items, asked.here.id).get(asked.path["segment"])
    if found is None or found.type == "list":
        raise NotFound("segment", asked.path["segment"])
    return found


def _page(
    asked: Asked, root: Node, name: str, description: str, segment: Segment | None, wrong: str = ""
) -> Answer:
    drawn = _drawn(asked, root)
    return asked.page(
        "segment_builder.html",
        **drawn,
        name=name,
        description=description,
        segment=segment,
        wrong=wrong,
        blamed=any(one.wrong for one in root.every()),
        used=uses.used_by(asked.parts.items, asked.here.id, segment.id) if segment else [],
    )


def _drawn(asked: Asked, root: Node) -> dict[str, Any]:
    names = called(asked)
    to_rule(root)

    def inputs(node: Node) -> Any:
        return shown(asked.language, node, names)

    return {"rule": root, "inputs": inputs, "deepest": MOST_DEPTH - 2}


def _counted(asked: Asked, root: Node, segment: str | None) -> dict[str, Any]:
    """What the preview shows. found: None where it can't be counted; then `why` names the sentence."""
    names, rule = called(asked), to_rule(root)
    told: dict[str, Any] = {
        "rule": root,
        "found": None,
        "why": "",
        "impact": None,
        "sentence": sentence(asked.language, root, names),
        "sentences": _translated(root, names, asked.language),
        "used": [],
    }
    if not any(one.kind for one in root.every()):
        return told | {"why": "empty"}
    parts = asked.parts.segments()
    try:
        shelf = parts.populating.shelf(asked.here.id)
        population = parts.populating.population(shelf)
        looking = previewing.Previewing(
            parts.contacts(asked.here.id), parts.seconds, not asked.may("marketer")
        )
        told["found"] = previewing.preview(looking, shelf, population, rule, segment)
        if segment is not None and segment in shelf.segments:
            told["impact"] = previewing.impact(shelf, population, segment, rule)
            told["used"] = uses.used_by(asked.parts.items, asked.here.id, segment)
    except Refused as wrong:
        blame(root, wrong.field, f"{wrong.problem} {wrong.remedy}")
        return told | {"why": "unfinished"}
    except NotReady:
        return told | {"why": "not_ready"}
    return told


def _translated(root: Node, names: Called, spoken: str) -> list[tuple[str, str]]:
    """The rule in the other languages, for who works with others. Names of things stay as they are called."""
    return [(code, sentence(code, root, names)) for code in LANGUAGES if code != spoken]


SECTION = Section(
    "segment_builder",
    (
        Route("GET", f"{SHOP}/new-segment", "marketer", show_new),
        Route("POST", f"{SHOP}/new-segment", "marketer", create),
        Route("POST", f"{SHOP}/segment-rule", "marketer", rebuild),
        Route("POST", f"{SHOP}/segment-preview", "marketer", preview),
        Route("GET", f"{SHOP}/segment-criteria", "marketer", find_criteria),
        Route("GET", f"{SHOP}/segments/{{segment}}/edit", "marketer", show_edit),
        Route("POST", f"{SHOP}/segments/{{segment}}/edit", "marketer", change),
    ),
)
