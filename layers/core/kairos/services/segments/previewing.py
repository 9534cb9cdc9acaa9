"""What a rule finds before it is kept: how many, some of them, and what a change would do."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from kairos.domain.criteria.rule import Rule
from kairos.domain.errors import NotFound
from kairos.domain.segment_graph import judge
from kairos.domain.shelf import ShopSegments
from kairos.services.segments.contacts import Contact, Contacts, masked
from kairos.services.segments.population import Population

SAMPLE = 10
"""Customers shown of those whom a rule finds."""


class Previewing(NamedTuple):
    """What previewing needs. seconds: tells seconds that only grow. masks: whether names are hidden."""

    contacts: Contacts
    seconds: Callable[[], float]
    masks: bool


def preview(
    parts: Previewing, shelf: ShopSegments, population: Population, told: Any, segment: str | None = None
) -> dict[str, Any]:
    """{"count", "of", "sample", "ms", "as_of"} of a rule as JSON. segment: whose rule it is to be.

    Raises Refused naming the place in the rule.
    """
    began = parts.seconds()
    rule = judge(segment or "", told, rules_but(shelf, segment))
    count, size, some = population.glimpse(rule, SAMPLE)
    sample = [shown(one, parts.masks) for one in parts.contacts.of(some)]
    took = round((parts.seconds() - began) * 1000)
    return {"count": count, "of": size, "sample": sample, "ms": took, "as_of": as_of(population)}


def impact(shelf: ShopSegments, population: Population, segment: str, told: Any) -> dict[str, Any]:
    """{"enter", "leave", "running", "as_of"} of giving the segment this rule.

    running: runs under way of those who would leave, by scenario. Raises NotFound, Refused.
    """
    if segment not in shelf.segments:
        raise NotFound("segment", segment)
    new = judge(segment, told, rules_but(shelf, segment))
    old = shelf.rules.get(segment)
    enter, leave, running = population.change(old, new)
    return {
        "enter": enter,
        "leave": leave,
        "running": dict(sorted(running.items())),
        "as_of": as_of(population),
    }


def rules_but(shelf: ShopSegments, segment: str | None) -> Mapping[str, Mapping[str, Any]]:
    """The rules of the shop's other segments, as JSON, and of all lists: the rule of one names itself."""
    shown = shelf.segments.values()
    return {one.id: one.rule for one in shown if one.id != segment or one.type == "list"}


def rule_of(shelf: ShopSegments, segment: str) -> Rule:
    """The rule of a segment that there is. Raises NotFound, and Refused where it can't be evaluated."""
    if segment in shelf.broken:
        raise shelf.broken[segment]
    if segment not in shelf.rules:
        raise NotFound("segment", segment)
    return shelf.rules[segment]


def shown(contact: Contact, masks: bool) -> dict[str, str | None]:
    """A member as the API shows one."""
    one = masked(contact) if masks else contact
    return {
        "id": one.customer,
        "email": one.email,
        "first_name": one.first_name,
        "last_name": one.last_name,
    }


def as_of(population: Population) -> str | None:
    """Up to when the memberships are right."""
    return population.as_of.isoformat() if population.as_of else None
