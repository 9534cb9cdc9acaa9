"""Named criteria are answered on all that they ask for, and nothing else is read."""

from typing import Any

import pytest

from kairos import keys
from kairos.domain.criteria.rule import parse_rule
from kairos.domain.segment import Segment
from kairos.ports import Item, Put
from kairos.services.customers import read_customer
from kairos.services.looking import see
from tests.statemachines.world import BUYER
from tests.unit.scenarios.test_stepping import Shop


@pytest.fixture
def shop() -> Shop:
    made = Shop()
    made.order()
    return made


def holds(shop: Shop, rule: dict[str, Any]) -> bool:
    known = read_customer(shop.items, shop.id, shop.key.node(shop.id, "email", BUYER))
    assert known.profile is not None
    parsed = parse_rule(rule)
    seen = see(shop.items, shop.shop, known, known.profile, [(rule, parsed)], shop.clock.now())
    return parsed.matches(seen.profile, seen.moment)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"kind": "accepts_marketing", "channel": "email"}, True),
        ({"kind": "accepts_marketing", "channel": "sms"}, False),
        ({"kind": "in_scenario", "scenario": "second_order"}, True),
        ({"kind": "lifecycle", "any_of": ["new"]}, True),
        ({"kind": "in_segment", "segment": "new_customers"}, True),
        ({"kind": "in_segment", "segment": "prospects"}, False),
        ({"kind": "entered_segment", "segment": "new_customers", "within": "P1D"}, True),
    ],
)
def test_a_criterion_finds_what_it_asks_for(shop: Shop, rule: dict[str, Any], expected: bool) -> None:
    assert holds(shop, rule) is expected


def test_a_segment_of_the_shops_own_is_asked_with_all_that_it_asks_for(shop: Shop) -> None:
    told = {"kind": "accepts_marketing", "channel": "email"}
    own = Segment(id="readers", name="Readers", rule=told)
    shop.items.write(Put(Item(keys.segment(shop.id, "readers"), "1", own.as_json())))
    assert holds(shop, {"kind": "in_segment", "segment": "readers"})
