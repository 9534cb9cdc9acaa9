"""A shop's rules for the moment: what they are unless it says so, and what can't be."""

from typing import Any

import pytest
from pydantic import ValidationError

from kairos.domain.refusing import refused
from kairos.domain.sending_rules import Cap, SendingRules
from kairos.domain.shop import Shop
from kairos.services.shops import ShopWish
from tests.unit.sending.world import SHOP

WEEK, MONTH = 7 * 86_400, 30 * 86_400


def test_the_caps_are_those_that_the_sources_promise() -> None:
    rules = SendingRules()
    caps = [(cap.messages, cap.seconds) for cap in (rules.super_active, rules.moderate, rules.sleeping)]
    assert caps == [(4, WEEK), (1, WEEK), (1, MONTH)]
    assert rules.free_until_delivered == 5


def test_nothing_is_assumed_of_the_law() -> None:
    rules = SendingRules()
    assert (rules.soft_opt_in, rules.avoid_holidays, rules.country, rules.usual_hour) == (
        (),
        False,
        None,
        None,
    )


def test_the_budget_is_remembered_for_twice_the_longest_window_as_who_wants_fewer_is_capped() -> None:
    assert SendingRules().longest_window == 2 * MONTH
    assert SendingRules(moderate=Cap(messages=9, within="P90D")).longest_window == 2 * 90 * 86_400


def test_a_shop_of_before_there_were_such_rules_has_the_defaults() -> None:
    told = {name: value for name, value in SHOP.as_json().items() if name != "sending"}
    assert Shop.model_validate(told).sending == SendingRules()


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"moderate": {"messages": 0, "within": "P7D"}}, "sending.moderate.messages"),
        ({"moderate": {"messages": 1, "within": "P1M"}}, "sending.moderate.within"),
        ({"moderate": {"messages": 1, "within": "P367D"}}, "sending"),
        ({"moderate": {"messages": 1}}, "sending.moderate.within"),
        ({"usual_hour": 24}, "sending.usual_hour"),
        ({"soft_opt_in": ["Germany"]}, "sending.soft_opt_in[0]"),
        ({"country": "ch"}, "sending.country"),
        ({"spread": "P1D"}, "sending"),
        ({"yield_for": "P31D"}, "sending"),
        ({"give_up_after": "PT0S"}, "sending.give_up_after"),
        ({"free_until_deliverd": 3}, "sending.free_until_deliverd"),
    ],
)
def test_what_can_not_be_is_refused_by_name(told: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as wrong:
        ShopWish.model_validate(SHOP.as_json() | {"sending": told})
    assert refused(wrong.value, ShopWish).field == field
