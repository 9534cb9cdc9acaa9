"""Rules that ask for other segments: what they refer to, and what is refused."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kairos.domain.errors import Refused
from kairos.domain.segment_graph import (
    MOST_EXPANDED,
    MOST_VALUES,
    dependents,
    judge,
    references,
)

Json = dict[str, Any]
BUYERS: Json = {"kind": "order_count", "at_least": 1}


def asks_for(*segments: str) -> Json:
    return {"any": [{"kind": "in_segment", "segment": one} for one in segments]}


def on_list(segment: str) -> Json:
    return {"kind": "on_list", "list": segment}


def refused(segment: str, rule: Any, others: dict[str, Json]) -> Refused:
    with pytest.raises(Refused) as told:
        judge(segment, rule, others)
    assert told.value.remedy
    return told.value


def test_references_are_told_with_their_places() -> None:
    entered = {"kind": "entered_segment", "segment": "b", "within": "P7D"}
    rule = {
        "all": [BUYERS, {"not": {"any": [{"kind": "in_segment", "segment": "a"}, entered, on_list("c")]}}]
    }
    assert references(rule) == [("a", "all[1].not.any[0].segment"), ("b", "all[1].not.any[1].segment")]


def test_a_rule_that_asks_for_nobody_has_no_references() -> None:
    assert references(BUYERS) == []


def test_dependents_are_those_that_ask_for_it_themselves() -> None:
    rules = {"a": BUYERS, "b": asks_for("a"), "c": asks_for("b"), "d": asks_for("a", "c")}
    assert dependents(rules, "a") == ["b", "d"]


def test_a_rule_that_asks_who_stands_on_a_list_depends_on_it_and_the_list_not_on_itself() -> None:
    rules: dict[str, Json] = {"press": on_list("press"), "guests": {"not": on_list("press")}}
    assert dependents(rules, "press") == ["guests"]


def test_a_rule_may_ask_who_stands_on_a_list_that_there_is() -> None:
    judge("guests", {"all": [BUYERS, on_list("press")]}, {"press": on_list("press")})


def test_a_list_that_is_not_there_is_refused_with_the_nearest_name() -> None:
    wrong = refused("new", {"not": on_list("pres")}, {"press": on_list("press"), "pressing": BUYERS})
    assert wrong.field == "not.list"
    assert "'pres'" in wrong.problem
    assert "'press'" in wrong.remedy


def test_a_segment_with_a_rule_is_no_list_to_stand_on() -> None:
    wrong = refused("new", on_list("buyers"), {"buyers": BUYERS})
    assert "no fixed list" in wrong.problem
    assert "in_segment" in wrong.problem
    assert "no fixed list" in refused("new", on_list("new"), {}).problem


def test_a_rule_may_ask_for_segments_that_there_are() -> None:
    judge("c", asks_for("a", "b"), {"a": BUYERS, "b": asks_for("a")})


def test_a_segment_that_is_not_there_is_refused_with_the_nearest_name() -> None:
    wrong = refused("new", {"not": asks_for("buyer")}, {"buyers": BUYERS})
    assert wrong.field == "not.any[0].segment"
    assert "'buyer'" in wrong.problem
    assert "'buyers'" in wrong.remedy


def test_a_scenario_that_is_not_there_is_refused_with_the_nearest_name() -> None:
    clicked = {"kind": "clicked", "scenario": "abandoned_carts"}
    wrong = refused("new", {"all": [BUYERS, {"not": clicked}]}, {})
    assert wrong.field == "all[1].not.scenario"
    assert "'abandoned_cart'" in wrong.remedy
    judge("new", {"not": {**clicked, "scenario": "abandoned_cart"}}, {})


def test_a_segment_that_asks_for_itself_is_refused() -> None:
    assert "a → a" in refused("a", asks_for("a"), {}).problem


@pytest.mark.parametrize("kind", ["in_segment", "entered_segment"])
def test_a_cycle_is_refused_with_its_way_named(kind: str) -> None:
    closing: Json = {"kind": kind, "segment": "c"}
    closing |= {"within": "P7D"} if kind == "entered_segment" else {}
    rules = {"a": BUYERS, "b": asks_for("a"), "c": asks_for("b")}
    wrong = refused("a", {"all": [BUYERS, closing]}, rules)
    assert wrong.field == "all[1].segment"
    assert "a → c → b → a" in wrong.problem


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=15))
def test_whatever_is_edited_in_whatever_order_no_cycle_comes_about(edits: list[tuple[int, int]]) -> None:
    rules: dict[str, Json] = {f"s{number}": BUYERS for number in range(6)}
    for one, other in edits:
        edited, asked = f"s{one}", f"s{other}"
        wanted = asks_for(*{*(to for to, _ in references(rules[edited])), asked})
        try:
            judge(edited, wanted, {name: rule for name, rule in rules.items() if name != edited})
        except Refused:
            continue
        rules[edited] = wanted
    left = dict(rules)
    while free := [one for one, rule in left.items() if not {to for to, _ in references(rule)} & left.keys()]:
        left = {one: rule for one, rule in left.items() if one not in free}
    assert left == {}


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        ({"kind": "order_cuont", "at_least": 1}, "kind"),
        ({"kind": "order_count", "at_least": "many"}, "at_least"),
        ({"kind": "order_count", "at_least": 3, "at_most": 2}, "rule"),
        ({"all": [BUYERS, {"kind": "order_count", "atleast": 1}]}, "all[1].atleast"),
        ({"all": []}, "all"),
        ([], "rule"),
        ("buyers", "rule"),
        (None, "rule"),
        ({}, "kind"),
    ],
)
def test_what_is_no_rule_is_refused_with_its_place(rule: Any, field: str) -> None:
    assert refused("new", rule, {}).field == field


def test_too_many_values_are_refused() -> None:
    tags = [{"kind": "tag", "any_of": [f"tag-{at}-{one}" for one in range(1000)]} for at in range(6)]
    judge("new", {"any": tags[: MOST_VALUES // 1000]}, {})
    assert str(MOST_VALUES) in refused("new", {"any": tags}, {}).problem


def test_segments_that_ask_for_each_other_over_and_over_are_refused_before_they_grow_too_big() -> None:
    rules: dict[str, Json] = {"s0": {"any": [BUYERS] * 10}, "s1": asks_for(*["s0"] * 10)}
    wrong = refused("s2", asks_for(*["s1"] * 10), rules)
    assert str(MOST_EXPANDED) in wrong.remedy


def test_an_edit_that_makes_another_segment_too_big_is_refused() -> None:
    rules: dict[str, Json] = {"s0": BUYERS, "s1": asks_for(*["s0"] * 10), "s2": asks_for(*["s1"] * 10)}
    others = {name: rule for name, rule in rules.items() if name != "s0"}
    judge("s0", {"any": [BUYERS] * 2}, others)
    assert "'s2'" in refused("s0", {"any": [BUYERS] * 10}, others).problem
