"""A shop's segments as they are listed: size and value now, or as of the last count, and day by day."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from kairos import keys
from kairos.domain.errors import NotFound, Refused
from kairos.domain.money import amount_text
from kairos.domain.ready_made.ready_made import ReadyMade
from kairos.domain.ready_made.registry import READY_MADE
from kairos.domain.segment import Segment
from kairos.domain.shelf import ShopSegments
from kairos.domain.value import Instant
from kairos.ports import Items
from kairos.services.segments.population import Population
from kairos.services.snapshot.figures import SPENDING, figures

COUNTED_AT_ONCE = 3
"""Partitions of which a list is counted while somebody waits; above it shows the last day's figures."""

Figures = Mapping[str, Any]
"""A segment's members, buyers, orders, revenue (minor units), basket, spending_least, …_median, …_most."""


class Counted(NamedTuple):
    """Figures by segment. of: how many customers there are, None where not counted. as_of: None for never."""

    figures: Mapping[str, Figures]
    of: int | None
    as_of: Instant | None


NOT_COUNTED = Counted({}, None, None)


def count(shelf: ShopSegments, population: Population, segment: str | None = None) -> Counted:
    """Size and value of every segment, or of one."""
    rules = {one: rule for one, rule in shelf.rules.items() if segment in (None, one)}
    found, size = population.worth(rules)
    return Counted({one: figures(told) for one, told in found.items()}, size, population.as_of)


def last_counted(items: Items, shop: str) -> Counted:
    """What the newest day of the history says."""
    days = items.query(keys.segment_day(shop, "").pk)
    if not days:
        return NOT_COUNTED
    body = days[-1].body
    return Counted(body["segments"], None, body["at"])


def list_segments(
    shelf: ShopSegments, counted: Counted, language: str, warnings: tuple[str, ...] = ()
) -> dict[str, Any]:
    """{"segments", "templates", "of", "as_of", "warnings"}; ready-made ones first, then the shop's own.

    language: of the ready-made ones' names. warnings: what holds for all.
    """
    theirs = [one for one in shelf.segments.values() if one.origin != "scenario"]
    ordered = sorted(theirs, key=lambda one: (one.origin, one.name.casefold(), one.id))
    templates = [_template(one, language) for one in READY_MADE.values() if one.is_template]
    return {
        "segments": [show_segment(shelf, one, counted, language) for one in ordered],
        "templates": templates,
        "of": counted.of,
        "as_of": _instant(counted.as_of),
        "warnings": list(warnings),
    }


def show_segment(
    shelf: ShopSegments, segment: Segment, counted: Counted, language: str = "en"
) -> dict[str, Any]:
    """The segment with "count", "value", "as_of" and "warnings": why it may not say what one expects."""
    told, broken = counted.figures.get(segment.id), shelf.broken.get(segment.id)
    ready = READY_MADE.get(segment.id)
    return {
        **segment.as_json(),
        "name": ready.names.speaking(language) if ready else segment.name,
        "count": told["members"] if told else None,
        "value": value_of(told, shelf.shop.currency) if told else None,
        "as_of": _instant(counted.as_of) if told else None,
        "warnings": [f"It can't be evaluated. {broken}"] if broken else [],
    }


def find_template(segment: str, language: str = "en") -> dict[str, Any] | None:
    """The template of that id as the list shows it; None where it is none."""
    ready = READY_MADE.get(segment)
    return _template(ready, language) if ready and ready.is_template else None


def find_segment(shelf: ShopSegments, segment: str) -> Segment:
    """The segment of that id. Raises NotFound, and Refused for a template, which has no members."""
    if segment in shelf.segments:
        return shelf.segments[segment]
    if segment in READY_MADE:
        remedy = f'Copy it: POST …/segments with "copy_of": "{segment}" and its parameters.'
        raise Refused("segment", f"{segment!r} is a template and needs the shop's own input.", remedy)
    raise NotFound("segment", segment)


def value_of(told: Figures, currency: str) -> dict[str, Any]:
    """What members are worth, in the shop's currency: revenue per member, average basket, spending range."""
    members = told["members"]
    amounts = {
        "revenue": told["revenue"],
        "revenue_per_member": told["revenue"] // members if members else None,
        "average_basket": told["basket"],
    }
    spending = {name: told[f"spending_{name}"] for name in SPENDING}
    return {
        "buyers": told["buyers"],
        "orders": told["orders"],
        **{name: _amount(amount, currency) for name, amount in amounts.items()},
        "spending": {name: _amount(amount, currency) for name, amount in spending.items()},
    }


def history(items: Items, shelf: ShopSegments, segment: str) -> dict[str, Any]:
    """{"days": [{"day", "count", "value"}]}, oldest first: as each day of the shop's calendar began."""
    find_segment(shelf, segment)
    days = items.query(keys.segment_day(shelf.shop.id, "").pk)
    return {
        "days": [
            {
                "day": item.key.sk,
                "count": told["members"],
                "value": value_of(told, shelf.shop.currency),
            }
            for item in days
            if (told := item.body["segments"].get(segment))
        ]
    }


def _amount(amount: int | None, currency: str) -> str | None:
    return None if amount is None else amount_text(amount, currency)


def _instant(at: Instant | str | None) -> str | None:
    return at if at is None or isinstance(at, str) else at.isoformat()


def _template(one: ReadyMade, language: str) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.names.speaking(language),
        "type": "template",
        "origin": "kairos",
        "description": one.description,
        "rule": one.rule,
        "parameters": [parameter.as_json() for parameter in one.parameters],
    }
