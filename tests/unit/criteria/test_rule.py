"""Rules are trees that obey logic, and refuse what they can't read by name and place."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from kairos.domain.criteria.rule import MOST_CRITERIA, MOST_DEPTH, parse_rule
from kairos.domain.errors import Refused
from tests.unit.criteria.people import holds, moment, order, profile

TRUE = {"kind": "order_count", "equals": 1}
FALSE = {"kind": "order_count", "equals": 2}
UNKNOWN = {"kind": "age", "at_least": 18}
BUYER = profile(order())

_leaves = some.sampled_from([TRUE, FALSE, UNKNOWN])
_rules = some.recursive(
    _leaves,
    lambda inner: some.one_of(
        some.builds(lambda parts: {"all": parts}, some.lists(inner, min_size=1, max_size=3)),
        some.builds(lambda parts: {"any": parts}, some.lists(inner, min_size=1, max_size=3)),
        some.builds(lambda part: {"not": part}, inner),
    ),
    max_leaves=6,
).filter(lambda rule: _depth(rule) < MOST_DEPTH - 3)


def _depth(rule: dict[str, Any]) -> int:
    if "kind" in rule:
        return 1
    inner = [rule["not"]] if "not" in rule else rule.get("all") or rule["any"]
    return 1 + max(_depth(part) for part in inner)


@given(_rules)
def test_not_turns_every_rule_around(rule: dict[str, Any]) -> None:
    assert holds({"not": rule}, BUYER) is not holds(rule, BUYER)


@given(_rules, _rules)
def test_neither_is_both_not(one: dict[str, Any], other: dict[str, Any]) -> None:
    neither = {"not": {"any": [one, other]}}
    both_not = {"all": [{"not": one}, {"not": other}]}
    assert holds(neither, BUYER) == holds(both_not, BUYER)


@given(some.lists(_rules, min_size=1, max_size=4), some.randoms())
def test_the_order_of_parts_does_not_matter(parts: list[dict[str, Any]], random: Any) -> None:
    mixed = random.sample(parts, len(parts))
    assert holds({"all": parts}, BUYER) == holds({"all": mixed}, BUYER)
    assert holds({"any": parts}, BUYER) == holds({"any": mixed}, BUYER)


def test_an_unknown_value_matches_neither_a_comparison_nor_its_opposite_comparison() -> None:
    assert not holds({"kind": "age", "at_least": 18}, BUYER)
    assert not holds({"kind": "age", "less_than": 18}, BUYER)
    assert holds({"not": {"kind": "age", "at_least": 18}}, BUYER)


def _nested(levels: int) -> dict[str, Any]:
    return TRUE if levels == 1 else {"not": _nested(levels - 1)}


def test_ten_levels_are_read_and_eleven_refused() -> None:
    parse_rule(_nested(MOST_DEPTH))
    with pytest.raises(Refused, match="deeper than 10"):
        parse_rule(_nested(MOST_DEPTH + 1))


def test_a_hundred_criteria_are_read_and_one_more_refused() -> None:
    half = {"any": [TRUE] * (MOST_CRITERIA // 2)}
    parse_rule({"all": [half, half]})
    with pytest.raises(Refused, match="101 criteria"):
        parse_rule({"all": [half, half, TRUE]})


@pytest.mark.parametrize(
    ("rule", "field", "says"),
    [
        ({"kind": "last_ordr", "within": "P15D"}, "kind", "'last_order'"),
        ({"all": [TRUE, {"not": {"kind": "last_order", "witin": "P15D"}}]}, "all[1].not.witin", "'within'"),
        ({"any": [{"kind": "revenue", "window": {"betwen": {}}}]}, "any[0].window.betwen", "'between'"),
        ({"kind": "last_order", "within": "15 days"}, "within", "ISO 8601"),
        ({"kind": "last_order", "within": "P0D"}, "within", "no time"),
        ({"kind": "last_order"}, "rule", "at least one of"),
        ({"kind": "last_order", "window": {"within": "P1Y"}}, "rule", "at least one of"),
        ({"kind": "revenue", "tax": "excluded"}, "rule", "at least one of"),
        ({"kind": "revenue", "at_least": 50}, "at_least", "in quotes"),
        ({"kind": "revenue", "at_least": "50,00"}, "at_least", "'150.00'"),
        ({"kind": "order_count", "at_least": "3"}, "at_least", "whole number"),
        ({"kind": "order_count", "at_least": True}, "at_least", "whole number"),
        ({"kind": "order_count", "at_least": -1}, "at_least", "0 or more"),
        ({"kind": "gender", "any_of": []}, "any_of", "empty"),
        ({"kind": "gender", "any_of": "female"}, "any_of", "list"),
        ({"kind": "gender", "any_of": ["mle"]}, "any_of[0]", "'male'"),
        ({"kind": "viewed", "page": {"starts_with": "#top"}}, "page.starts_with", "name the page"),
        ({"kind": "ordered_around", "occasions": ["9999-12-31"]}, "occasions[0]", "1970"),
        ({"kind": "tag", "any_of": [" "]}, "any_of[0]", "blank"),
        ({"kind": "tag", "any_of": ["\ud800"]}, "rule", "whole characters"),
        ({"kind": "last_order", "between": {"first_day": 0}}, "between.first_day", "'2026-03-31'"),
        ({"kind": "attribute", "name": "size"}, "rule", "at least one of"),
        ({"kind": "attribute", "name": "size", "exists": False, "equals": "9"}, "rule", "leave out"),
        ({"kind": "date_field", "name": "birthday"}, "rule", "exactly one"),
        ({"all": []}, "all", "at least one"),
        ({"all": [TRUE], "any": [TRUE]}, "rule", "beside"),
        ({"not": [TRUE]}, "not", "object"),
        ({"within": "P15D"}, "kind", "Missing"),
        ("everybody", "rule", "object"),
        (None, "rule", "object"),
    ],
)
def test_what_cannot_be_read_is_refused_by_place_and_remedy(rule: Any, field: str, says: str) -> None:
    with pytest.raises(Refused) as refusal:
        parse_rule(rule)
    assert refusal.value.field == field
    assert says.casefold() in str(refusal.value).casefold()
    assert refusal.value.remedy


def test_a_rule_reads_the_same_however_often() -> None:
    assert parse_rule({"all": [TRUE, {"not": FALSE}]}) == parse_rule({"all": [TRUE, {"not": FALSE}]})
    assert holds({"all": [TRUE, {"not": FALSE}]}, BUYER, moment())
