"""Rules as forms and as sentences: what is drawn and sent back is the same rule."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kairos.console.pages.segment_builder import FAMILIES
from kairos.console.rules.inputs import inputs_of, starting_with
from kairos.console.rules.sentences import Called, sentence
from kairos.console.rules.tree import Node, blame, carry_out, from_rule, read_tree, to_rule
from kairos.console.rules.viewing import View, shown
from kairos.console.words import LANGUAGES
from kairos.domain.criteria.registry import CRITERIA
from kairos.domain.criteria.rule import parse_rule
from kairos.domain.errors import Refused
from kairos.domain.ready_made.registry import READY_MADE

NAMES = Called({"fans": "Fans", "fair": "Fair"}, {"win_back": "Win back"})
RULES = {
    name: one.rule for name, one in READY_MADE.items() if not one.is_template and "level" not in str(one.rule)
}
ODD: list[dict[str, Any]] = [
    {"kind": "last_order", "older_than": "P30D", "within": "P60D"},
    {"kind": "last_order", "between": {"first_day": "2026-01-01"}},
    {"kind": "last_order", "exactly_days_ago": 0},
    {"kind": "last_order", "within": "P1Y6M"},
    {"kind": "ordered", "products": ["1", "2"], "times": {"at_least": 2, "less_than": 5}},
    {"kind": "attribute", "name": "shoe size", "exists": False},
    {"kind": "preferred_time", "hours": {"first": 18, "last": 23}, "weekdays": ["friday"]},
    {"kind": "ordered_together", "ordered": {"products": ["1"]}, "without": {"brands": ["Acme"]}},
    {"kind": "event", "name": "quiz", "fields": [{"name": "score", "greater": "3"}]},
    {"kind": "near", "km": 25, "city": "Zürich", "country": "CH"},
    {"kind": "rank", "by": "revenue", "above_average": True},
    {"kind": "date_field", "name": "birthday", "recurring": False, "after": "2020-01-01"},
    {"kind": "in_segment", "segment": "fans"},
]


def fields(node: Node) -> Iterator[tuple[str, str]]:
    """What a browser sends of the form that the page draws."""
    for one in node.every():
        yield f"node:{one.place}", one.kind or one.join
        yield f"not:{one.place}", "1" if one.negated else ""
        if one.kind:
            held = shown("en", one, NAMES)
            for view in (*held.chief, *held.further):
                yield from sent(view)


def sent(view: View) -> Iterator[tuple[str, str]]:
    if view.kind in {"compare", "time"}:
        for row in view.rows:
            yield row.name.format("op"), row.op
            yield row.name.format("val"), row.value
            yield row.name.format("unit"), row.unit
            yield row.name.format("first_day"), row.days[0]
            yield row.name.format("last_day"), row.days[1]
    elif view.kind == "group":
        for one in view.parts:
            yield from sent(one)
    elif view.kind == "choices":
        for value in view.chosen:
            yield view.name, value
    elif view.kind != "tick" or view.value:
        yield view.name, view.value
        if view.kind == "duration":
            yield f"{view.name}.unit", view.unit


def posted(node: Node) -> dict[str, list[str]]:
    form: dict[str, list[str]] = {}
    for name, value in fields(node):
        form.setdefault(name, []).append(value)
    return form


def same(rule: Any) -> Any:
    """The rule as its models read it, so that what is told by default is equal to what is left out."""
    return parse_rule(rule)


@pytest.mark.parametrize("rule", [*RULES.values(), *ODD], ids=str)
def test_a_rule_drawn_as_a_form_and_sent_back_is_the_same_rule(rule: dict[str, Any]) -> None:
    again = to_rule(read_tree(posted(from_rule(rule))))
    expected = rule if "all" in rule or "any" in rule else {"all": [rule]}
    assert same(again) == same(expected)


LEAVES = st.sampled_from([*RULES.values(), *ODD])
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"all": parts}),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"any": parts}),
        inner.filter(lambda one: "not" not in one).map(lambda part: {"not": part}),
    ),
    max_leaves=6,
)


@settings(max_examples=40, deadline=None)
@given(TREES)
def test_so_is_every_tree_of_them(rule: dict[str, Any]) -> None:
    try:
        parse_rule({"all": [rule]})
    except Refused:
        return
    again = to_rule(read_tree(posted(from_rule({"all": [rule]}))))
    assert same(again) == same({"all": [rule]})


@pytest.mark.parametrize("kind", CRITERIA)
def test_every_criterion_can_be_added_drawn_and_told(kind: str) -> None:
    root = carry_out(Node("0"), f"add:0:{kind}")
    assert [one.kind for one in root.parts] == [kind]
    held = shown("en", root.parts[0], NAMES)
    assert [*held.chief, *held.further]
    assert read_tree(posted(root)).parts[0].kind == kind
    assert {sentence(language, root, NAMES) for language in LANGUAGES}


def test_every_criterion_is_found_in_one_family() -> None:
    found = [kind for kinds in FAMILIES.values() for kind in kinds]
    assert sorted(found) == sorted(CRITERIA)


@pytest.mark.parametrize("kind", ["order_count", "revenue", "last_order", "visits", "age"])
def test_what_is_added_asks_something_from_the_start(kind: str) -> None:
    parse_rule(starting_with(kind))


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Customers with number of orders: at least 2 and not (last order: within the last 60 days "
               "or country: CH or LI)."),
        ("de", "Kunden mit: Anzahl Bestellungen: mindestens 2 und nicht (letzte Bestellung: in den letzten "
               "60 Tagen oder Land: CH oder LI)."),
    ],
)  # fmt: skip
def test_a_rule_is_told_in_words(language: str, said: str) -> None:
    either = {"any": [{"kind": "last_order", "within": "P60D"}, {"kind": "country", "any_of": ["CH", "LI"]}]}
    rule = {"all": [{"kind": "order_count", "at_least": 2}, {"not": either}]}
    assert sentence(language, from_rule(rule)) == said


def test_segments_are_told_by_their_names() -> None:
    assert "“Fans”" in sentence("en", from_rule({"kind": "in_segment", "segment": "fans"}), NAMES)


def grown(*wanted: str) -> Node:
    root = Node("0")
    for one in wanted:
        root = carry_out(root, one)
    return root


def test_groups_nest_and_turn() -> None:
    root = grown("add:0:order_count", "group:0", "add:0.1:age", "group:0.1", "add:0.1.1:visits", "not:0.1.1")
    rule = to_rule(root)
    assert [*rule["all"][1]] == ["any"]
    assert [*rule["all"][1]["any"][1]["not"]] == ["all"]


def test_what_is_taken_away_leaves_the_others_in_their_order() -> None:
    root = grown("add:0:age", "add:0:visits", "add:0:points", "remove:0.1")
    assert [(one.place, one.kind) for one in root.parts] == [("0.0", "age"), ("0.1", "points")]


@pytest.mark.parametrize("wanted", ["add:9:age", "add:0:no_such", "remove:0", "group:0.0", "nonsense", ""])
def test_a_button_that_there_is_not_changes_nothing(wanted: str) -> None:
    root = grown("add:0:age")
    before = to_rule(root)
    assert to_rule(carry_out(root, wanted)) == before


def test_a_refusal_stands_at_the_criterion_that_it_is_about() -> None:
    root = grown("add:0:age", "group:0", "add:0.1:country")
    with pytest.raises(Refused) as refused:
        parse_rule(to_rule(root))
    blame(root, refused.value.field, "wrong")
    assert [one.place for one in root.every() if one.wrong] == ["0.1.0"]


def test_what_a_form_can_not_read_is_refused_and_not_dropped() -> None:
    form = {"node:0": ["all"], "node:0.0": ["order_count"], "v:0.0:op0": ["at_least"], "v:0.0:val0": ["two"]}
    with pytest.raises(Refused) as refused:
        parse_rule(to_rule(read_tree(form)))
    assert refused.value.field == "all[0].at_least"


def test_a_form_nested_beyond_all_measure_is_cut() -> None:
    form = {f"node:{'.'.join(['0'] * depth)}": ["all"] for depth in range(1, 200)}
    assert max(one.depth for one in read_tree(form).every()) < 20


def test_the_inputs_of_a_criterion_follow_its_model() -> None:
    kinds = {one.name: one.kind for one in inputs_of("ordered")}
    assert kinds == {
        "products": "names",
        "categories": "names",
        "brands": "names",
        "window": "time",
        "times": "compare",
        "quantity": "compare",
    }
