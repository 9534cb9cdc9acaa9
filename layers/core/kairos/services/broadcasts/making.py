"""Making broadcasts by hand: counted first, on record and started when that is confirmed."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from kairos.domain.broadcast import ENTRY, TOLD, Audience, Broadcast, Form, Stage, broadcast_id
from kairos.domain.campaign_content import CampaignContent
from kairos.domain.consent import Channel
from kairos.domain.errors import NotFound, Refused
from kairos.domain.identity import IdentityKey
from kairos.domain.scenario import RuleJson, Scenario
from kairos.domain.scenarios import registry
from kairos.services.broadcasts.audience import Open
from kairos.services.broadcasts.counting import count_named, count_rule
from kairos.services.broadcasts.drafting import new_broadcast
from kairos.services.broadcasts.showing import shown
from kairos.services.broadcasts.starting import SOON, Executing, set_going
from kairos.services.broadcasts.store import make
from kairos.services.broadcasts.wishes import CampaignWish, RunsWish
from kairos.services.scenarios import read_standing
from kairos.services.segments.contacts import Contacts


class Making(NamedTuple):
    """What making needs. unique: a text never given before."""

    executing: Executing
    key: IdentityKey
    open: Open
    unique: Callable[[], str]


class Told(NamedTuple):
    """answer: as the API gives it. made: whether something new is on record."""

    answer: dict[str, Any]
    made: bool


def make_campaign(given: Making, shop: str, wish: CampaignWish) -> Told:
    """Count whom it would reach; with `confirm`, put it on record and start it when its time comes.

    Raises NotFound for a segment, NotReady, Refused.
    """
    scenario = registry.scenario("campaign")
    counted = _counted(given, shop, wish.segment, wish.customers, scenario.channels)
    if not wish.confirm:
        return Told({**counted, "confirm": False}, made=False)
    now = given.executing.clock.now()
    of = ("name", wish.name) if wish.name else ("unique", given.unique())
    wanted = new_broadcast(
        given.executing, shop, scenario, broadcast_id(shop, "campaign", *of), wish.settings
    ).model_copy(
        update={"name": wish.name, "audience": _audience(wish.segment, wish.customers), "at": wish.at or now}
    )
    return _go(given, wanted, wish.content, wish.customers or (), counted)


def make_runs(given: Making, shop: str, name: str, wish: RunsWish) -> Told:
    """Likewise runs of a timeline: for a segment, for named customers, or for the backlog at its ways in.

    Raises NotFound, NotReady, Refused for a scenario that is switched off, or not started so.
    """
    scenario = registry.scenario(name)
    if scenario.is_broadcast:
        raise Refused("scenario", f"{name} goes to many at once.", _REMEDY_FOR_BROADCASTS)
    if not scenario.entries:
        raise Refused("scenario", f"{name} starts by what a customer does alone.", "Leave it to that.")
    standing = read_standing(given.executing.items, shop, scenario)
    if not standing.enabled:
        raise Refused("scenario", f"{name} is switched off.", "Switch it on first; nobody enters by that.")
    settings = scenario.read_settings(standing.settings)
    rules = scenario.backlog_rules(settings)
    counted = (
        _counted_backlog(given, shop, scenario, rules)
        if wish.backlog
        else _counted(given, shop, wish.segment, wish.customers, scenario.channels)
    )
    if not wish.confirm:
        return Told({**counted, "confirm": False}, made=False)
    stages = (
        tuple(Stage(audience=f"{ENTRY}{one}") for one in rules) if wish.backlog else (Stage(audience=TOLD),)
    )
    wanted = new_broadcast(
        given.executing, shop, scenario, broadcast_id(shop, name, given.unique()), {}, wish.pace
    ).model_copy(
        update={
            "audience": _audience(wish.segment, wish.customers),
            "form": Form(step=None, stages=stages, channels=scenario.channels),
        }
    )
    return _go(given, wanted, {}, wish.customers or (), counted)


_REMEDY_FOR_BROADCASTS = (
    "Send a campaign (POST /v1/shops/{shop}/campaigns), or let its own occasion start it."
)


def _go(
    given: Making,
    wanted: Broadcast,
    content: Mapping[str, CampaignContent],
    customers: Sequence[str],
    counted: Mapping[str, Any],
) -> Told:
    made, is_new = make(given.executing.items, wanted, content, customers)
    if (made.at - given.executing.clock.now()).total_seconds() <= SOON:
        made = set_going(given.executing, made.shop, made.id)
    return Told({**shown(made), **counted, "confirm": True}, made=is_new)


def _audience(segment: str | None, customers: Sequence[str] | None) -> Audience:
    return Audience(segment=segment, customers=len(set(customers or ())))


def _counted(
    given: Making,
    shop: str,
    segment: str | None,
    customers: Sequence[str] | None,
    channels: Sequence[Channel],
) -> dict[str, Any]:
    if customers is not None:
        contacts = Contacts(given.executing.items, given.key, shop)
        return count_named(contacts, sorted(set(customers)))
    opened = given.open(shop)
    if segment not in opened.shelf.rules:
        raise NotFound("segment", segment or "")
    return count_rule(opened, [{"kind": "in_segment", "segment": segment}], channels)


def _counted_backlog(
    given: Making, shop: str, scenario: Scenario, rules: Mapping[str, RuleJson]
) -> dict[str, Any]:
    """With how many stand at each way in."""
    opened = given.open(shop)
    at = {entry: count_rule(opened, [rule], scenario.channels)["of"] for entry, rule in rules.items()}
    return {**count_rule(opened, list(rules.values()), scenario.channels), "entries": at}
