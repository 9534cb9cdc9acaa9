"""Named criteria of a scenario, answered for one customer on what is recorded at this moment."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from kairos.domain.criteria.asking import Asked, asked
from kairos.domain.criteria.rule import Rule
from kairos.domain.judging import memberships
from kairos.domain.membership import segments_of, united
from kairos.domain.moment import Moment
from kairos.domain.profile import Profile
from kairos.domain.scenario import Scenario
from kairos.domain.segment_graph import references
from kairos.domain.shelf import ShopSegments, moment_for
from kairos.domain.shop import Shop
from kairos.ports import Items
from kairos.services.customers import KnownCustomer
from kairos.services.segments.evaluation import read_membership
from kairos.services.segments.shelf import load_segments
from kairos.services.segments.standing import with_standing

_BY_THE_SHELF: frozenset[Asked] = frozenset({"thresholds", "memberships"})


class Seen(NamedTuple):
    """A customer with all that some criteria ask for, and the moment to read these at."""

    profile: Profile
    moment: Moment


def see(
    items: Items,
    shop: Shop,
    known: KnownCustomer,
    profile: Profile,
    rules: Sequence[tuple[Mapping[str, Any], Rule]],
    now: datetime,
) -> Seen:
    """Read what these rules (as JSON and parsed) ask for beyond the stored profile, and nothing else.

    profile: the fold of `known`. The shop's segments are read where a rule asks for one, or for thresholds.
    """
    asks: frozenset[Asked] = frozenset().union(*(asked(rule) for _, rule in rules))
    named = {one.segment for told, _ in rules for one in references(told)}
    shelf = load_segments(items, shop) if named or asks & _BY_THE_SHELF else None
    if shelf is not None:
        asks = asks.union(*(shelf.asked.get(one, frozenset()) for one in named))
    filled, catalogue = with_standing(items, shop, known, profile, asks)
    if shelf is None:
        return Seen(filled, Moment(now=now, shop=shop, catalogue=catalogue))
    if "memberships" in asks:
        filled = filled.model_copy(update={"memberships": _memberships(known, shelf)})
    return Seen(filled, moment_for(shelf, now, catalogue))


def see_for(
    items: Items,
    shop: Shop,
    known: KnownCustomer,
    profile: Profile,
    scenario: Scenario,
    names: Sequence[str],
    cause: str,
    settings: Mapping[str, Any],
    now: datetime,
) -> Seen:
    """See `see`, of named criteria ("not NAME" too). Raises Refused for an unknown name."""
    read = scenario.recall_settings(settings)
    rules = [(scenario.rule_json(one, cause, read), scenario.rule(one, cause, read)) for one in names]
    return see(items, shop, known, profile, rules, now)


def _memberships(known: KnownCustomer, shelf: ShopSegments) -> Any:
    stored = [item for item in known.held if item.key.sk == "membership"]
    held = united([read_membership(item, shelf) for item in stored], shelf.layout)
    return memberships(segments_of(held, shelf.layout))
