"""The ready-made segments: all that were promised, each true of whom it is meant for."""

from typing import Any

import pytest

from kairos.domain.criteria.rule import parse_rule
from kairos.domain.errors import NotFound, Refused
from kairos.domain.levels import Levels
from kairos.domain.ready_made.ready_made import ReadyMade
from kairos.domain.ready_made.registry import READY_MADE, ready_made, ready_made_segments
from tests.unit.criteria.both import holds
from tests.unit.criteria.people import order, profile
from tests.unit.segments.ready_made_people import EXAMPLES, Example, at

PROMISED = {
    "biggest spenders": "biggest_spenders",
    "loyal customers": "loyal_customers",
    "least loyal customers": "least_loyal_customers",
    "one-time buyers": "one_time_buyers",
    "new customers": "new_customers",
    "prospects": "prospects",
    "curious prospects, visited lately, never bought": "curious_prospects",
    "undecided prospects, fill carts or chat, never buy": "undecided_prospects",
    "abandoned carts": "abandoned_carts",
    "abandoned carts by category": "abandoned_carts_by_category",
    "coupon customers": "coupon_customers",
    "full-price customers": "full_price_customers",
    "bulk buyers": "bulk_buyers",
    "buyers who wait for the price": "price_waiters",
    "replenishment due": "replenishment_due",
    "trend followers": "trend_followers",
    "newsletter subscribers": "newsletter_subscribers",
    "dormant customers": "dormant_customers",
    "withdrawing": "withdrawing_customers",
    "sleeping recipients": "sleeping_recipients",
    "super actives": "super_actives",
    "moderates": "moderates",
    "heavy users": "heavy_users",
    "average users": "average_users",
    "light users": "light_users",
    "unhappy customers": "unhappy_customers",
    "very satisfied customers": "very_satisfied_customers",
    "birthday this week": "birthday_this_week",
    "occasion buyers": "occasion_buyers",
    "local customers": "local_customers",
    "international customers": "international_customers",
    "near the shop": "near_the_shop",
    "young urban": "young_urban",
    "families": "families",
    "seniors": "seniors",
    "Mac and high-end device users": "high_end_devices",
    "evening buyers": "evening_buyers",
    "bought more than 60 days ago and spent more than 100": "silent_after_spending",
    "ordered exactly 2 days ago": "ordered_two_days_ago",
    "bought X, not Y": "bought_one_not_the_other",
    "Messenger subscribers with more than 0 orders worth more than 0": "messenger_buyers",
}


def rule_of(one: ReadyMade, example: Example) -> dict[str, Any]:
    return one.filled(example.told, Levels())


def test_all_that_were_promised_are_there_and_each_has_its_example() -> None:
    assert sorted(PROMISED.values()) == sorted(READY_MADE) == sorted(EXAMPLES)


@pytest.mark.parametrize("segment", READY_MADE)
def test_each_is_true_of_somebody_made_for_it_and_not_of_somebody_made_against_it(segment: str) -> None:
    example = EXAMPLES[segment]
    rule = rule_of(READY_MADE[segment], example)
    assert holds(rule, example.within, at())
    assert not holds(rule, example.beside, at())


@pytest.mark.parametrize("one", READY_MADE.values(), ids=READY_MADE)
def test_each_is_named_in_four_languages_and_says_what_it_means(one: ReadyMade) -> None:
    assert len({*one.names.model_dump().values()}) >= 2
    assert all(len(name) > 2 for name in one.names.model_dump().values())
    assert one.description.endswith(".")


@pytest.mark.parametrize("language", ["en", "de", "fr", "it"])
def test_no_two_are_called_the_same(language: str) -> None:
    names = [one.names.speaking(language) for one in READY_MADE.values()]
    assert len(set(names)) == len(names)


def test_a_language_that_is_not_spoken_is_answered_in_english() -> None:
    assert READY_MADE["seniors"].names.speaking("de-CH") == "Senioren"
    assert READY_MADE["prospects"].names.speaking("pt") == "Prospects"


def test_every_shop_has_all_but_the_templates_marked_as_ours() -> None:
    segments = ready_made_segments()
    assert set(READY_MADE) - set(segments) == {one.id for one in READY_MADE.values() if one.parameters}
    for segment in segments.values():
        parse_rule(segment.rule)
        assert (segment.origin, segment.type) == ("kairos", "rule")


def test_they_go_by_the_levels_of_the_shop() -> None:
    strict = ready_made_segments(Levels(full_price_orders=5))["full_price_customers"]
    four = profile(*(order(id=str(number)) for number in range(4)))
    assert holds(ready_made_segments()["full_price_customers"].rule, four)
    assert not holds(strict.rule, four)


@pytest.mark.parametrize(
    ("segment", "told", "field"),
    [
        ("near_the_shop", {"latitude": 46.9, "longitude": 7.4}, "parameters.km"),
        ("near_the_shop", {"latitude": 91, "longitude": 7.4, "km": 5}, "parameters.latitude"),
        ("near_the_shop", {"latitude": "north", "longitude": 7.4, "km": 5}, "parameters.latitude"),
        ("near_the_shop", {"latitude": 46.9, "longitude": 7.4, "km": 0}, "parameters.km"),
        ("near_the_shop", {"latitude": 46.9, "longitude": 7.4, "km": 5, "miles": 3}, "parameters.miles"),
        ("local_customers", {"countries": ["Switzerland"]}, "parameters.countries[0]"),
        ("local_customers", {"countries": []}, "parameters.countries"),
        ("occasion_buyers", {"occasions": ["Christmas"]}, "parameters.occasions[0]"),
        ("bought_one_not_the_other", {"bought": "lamp", "not_bought": ["bulb"]}, "parameters.bought"),
        ("seniors", {"age": 60}, "parameters.age"),
    ],
)
def test_a_wrong_parameter_is_named_with_its_remedy(segment: str, told: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as wrong:
        READY_MADE[segment].filled(told, Levels())
    assert wrong.value.field == field
    assert wrong.value.remedy


def test_an_unknown_one_is_said_to_be_unknown() -> None:
    with pytest.raises(NotFound):
        ready_made("millionaires")
