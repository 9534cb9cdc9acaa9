"""What a rule is known to ask for is what it really reads: else it would be answered on facts never read."""

from dataclasses import fields
from typing import Any, get_args

import pytest

from kairos.domain.catalogue import Catalogue
from kairos.domain.criteria.asking import _ASKED, Asked, asked
from kairos.domain.criteria.registry import CRITERIA
from kairos.domain.criteria.rule import parse_rule
from kairos.domain.moment import Moment
from kairos.domain.profile import Profile
from tests.agreement.world import World

WATCHED = {name: name for name in get_args(Asked) if name != "catalogue"}
WATCHED |= {f"preferred_{what}": "habits" for what in ("channel", "hour", "weekday")}
RULES, CUSTOMERS = 12, 25


class WatchedProfile(Profile):
    """Notes which of its fields are read."""

    def __getattribute__(self, name: str) -> Any:
        if name in WATCHED:
            seen.add(WATCHED[name])
        return super().__getattribute__(name)


class WatchedCatalogue(Catalogue):
    """Notes when its products are looked at."""

    def __getattribute__(self, name: str) -> Any:
        if name == "products":
            seen.add("catalogue")
        return super().__getattribute__(name)


class WatchedMoment(Moment):
    """Likewise of its thresholds."""

    def __getattribute__(self, name: str) -> Any:
        if name in WATCHED:
            seen.add(WATCHED[name])
        return super().__getattribute__(name)


seen: set[str] = set()


def read_by(kind: str, world: World) -> set[str]:
    """What drawn rules of the kind read beyond what they are known to."""
    told = {one.name: getattr(world.moment(), one.name) for one in fields(Moment)}
    moment = WatchedMoment(**told | {"catalogue": WatchedCatalogue(world.catalogue.products)})
    profiles = [WatchedProfile.model_construct(**vars(one)) for one in world.profiles]
    beyond: set[str] = set()
    for _ in range(RULES):
        rule = parse_rule(world.rule(1, [kind]))
        seen.clear()
        for profile in profiles:
            rule.matches(profile, moment)
        beyond |= seen - asked(rule)
    return beyond


@pytest.fixture(scope="module")
def world() -> World:
    drawn = World(7, CUSTOMERS)
    drawn.draw_segments()
    # What other segments ask for is theirs to say (see domain.shelf): here they ask for nothing.
    drawn.segments = dict.fromkeys(drawn.segments, parse_rule({"kind": "order_count", "at_least": 1}))
    return drawn


@pytest.mark.parametrize("kind", CRITERIA)
def test_a_criterion_reads_nothing_beyond_the_stored_profile_but_what_it_is_known_to(
    kind: str, world: World
) -> None:
    assert read_by(kind, world) == set()


def test_a_reading_that_nobody_knows_of_is_seen(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in ("accepts_marketing", "rank", "bought_at_launch", "preferred_time"):
        known = _ASKED[kind]
        monkeypatch.setitem(_ASKED, kind, frozenset())
        assert read_by(kind, world) == known


def test_only_criteria_that_there_are_stand_in_the_list() -> None:
    assert _ASKED.keys() <= CRITERIA.keys()


def test_a_rule_asks_for_what_its_parts_ask_for() -> None:
    told = [{"not": {"kind": "on_list", "list": "vip"}}, {"kind": "rank", "by": "revenue", "top": 10}]
    assert asked(parse_rule({"any": told})) == {"lists", "thresholds"}


def test_products_by_category_or_brand_ask_for_the_catalogue_and_by_id_do_not() -> None:
    by_id = {"kind": "ordered", "products": ["7"]}
    assert asked(parse_rule(by_id)) == set()
    assert asked(parse_rule({"kind": "ordered", "categories": ["bells"]})) == {"catalogue"}
    assert asked(parse_rule({"kind": "order_count", "at_least": 2, "brands": ["Ding"]})) == {"catalogue"}
