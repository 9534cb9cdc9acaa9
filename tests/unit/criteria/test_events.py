"""Custom events: which, with which values, how often, and what they add up to."""

from typing import Any

import pytest

from kairos.domain.errors import Refused
from kairos.domain.visits import ActivityAct
from tests.unit.criteria.both import holds
from tests.unit.criteria.doing import DAY, SECOND, act, event
from tests.unit.criteria.people import profile

PLAYED = {"kind": "event", "name": "played"}
DONATED = {"kind": "event", "name": "donated"}


def came(rule: Any, *acts: ActivityAct) -> bool:
    return holds(rule, profile(acts=tuple(sorted(acts, key=lambda one: one.at))))


def test_an_event_is_known_by_its_name_whatever_the_case() -> None:
    assert came(PLAYED, event("Played"))
    assert not came(PLAYED, event("replayed"))
    assert not came(PLAYED, act("page", "played"))
    assert not came(PLAYED)


@pytest.mark.parametrize(
    ("test", "passes"),
    [
        ({"equals": "GOLD"}, True),
        ({"equals": "silver"}, False),
        ({"any_of": ["silver", "gold"]}, True),
        ({"contains": "ol"}, True),
        ({"greater": "1"}, False),
    ],
)
def test_its_values_are_compared_like_fields_of_the_profile(test: Any, passes: bool) -> None:
    assert came({**PLAYED, "fields": [{"name": "level", **test}]}, event("played", level="gold")) is passes


@pytest.mark.parametrize(
    ("test", "value", "passes"),
    [
        ({"greater": "9.99"}, "10", True),
        ({"greater": "10"}, "10.0", False),
        ({"less": "10"}, "9", True),
        ({"greater": "2026-03-01"}, "2026-03-02", True),
        ({"less": "10"}, "soon", False),
    ],
)
def test_greater_and_less_compare_numbers_and_dates(test: Any, value: str, passes: bool) -> None:
    assert came({**PLAYED, "fields": [{"name": "n", **test}]}, event("played", n=value)) is passes


def test_all_filters_must_pass_of_the_same_event() -> None:
    rule = {**PLAYED, "fields": [{"name": "level", "equals": "gold"}, {"name": "n", "greater": "5"}]}
    assert came(rule, event("played", level="gold", n="6"))
    assert not came(rule, event("played", level="gold"), event("played", n="6", level="silver"))


def test_an_event_without_the_value_does_not_pass() -> None:
    assert not came({**PLAYED, "fields": [{"name": "n", "less": "5"}]}, event("played"))


def test_events_are_counted_in_the_window() -> None:
    rule = {**PLAYED, "times": {"at_least": 2}, "window": {"within": "P7D"}}
    assert came(rule, event("played"), event("played", 7 * DAY - SECOND))
    assert not came(rule, event("played"), event("played", 7 * DAY))
    assert came({**PLAYED, "times": {"equals": 0}}, event("donated"))


def test_a_value_adds_up_exactly() -> None:
    gifts = [event("donated", amount="0.1"), event("donated", amount="0.2"), event("donated", note="x")]
    assert came({**DONATED, "sum": {"field": "amount", "equals": "0.3"}}, *gifts)
    assert not came({**DONATED, "sum": {"field": "amount", "more_than": "0.3"}}, *gifts)
    assert came({**DONATED, "sum": {"field": "amount", "less_than": "0.3001"}}, *gifts)


@pytest.mark.parametrize(
    ("value", "adds"),
    [("-5", "5"), ("1e1", "20"), ("9.99999", "19.9999"), ("NaN", "10"), ("many", "10"), ("1e13", "10")],
)
def test_what_is_no_sensible_number_adds_nothing(value: str, adds: str) -> None:
    gifts = [event("donated", amount="10"), event("donated", amount=value)]
    assert came({**DONATED, "sum": {"field": "amount", "equals": adds}}, *gifts)


def test_the_sum_of_no_event_is_zero_and_asks_for_no_event() -> None:
    assert came({**DONATED, "sum": {"field": "amount", "equals": "0"}})
    assert not came({**DONATED, "sum": {"field": "amount", "equals": "0"}, "times": {"at_least": 1}})


def test_only_events_that_pass_the_filters_and_the_window_are_added() -> None:
    gifts = [
        event("donated", amount="10", to="trees"),
        event("donated", amount="20", to="seas"),
        event("donated", 8 * DAY, amount="40", to="trees"),
    ]
    rule = {
        **DONATED,
        "fields": [{"name": "to", "equals": "trees"}],
        "window": {"within": "P7D"},
        "sum": {"field": "amount", "equals": "10"},
    }
    assert came(rule, *gifts)


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"name": None}, "name"),
        ({"fields": [{"name": "n"}]}, "fields[0]"),
        ({"fields": [{"name": "n", "greater": "soon"}]}, "fields[0]"),
        ({"fields": [{"name": "n", "greater": "5", "less": "5"}]}, "fields[0]"),
        ({"fields": [{"name": "n", "equal": "5"}]}, "fields[0].equal"),
        ({"sum": {"field": "n"}}, "sum"),
        ({"sum": {"field": "n", "at_least": "2", "at_most": "1"}}, "sum"),
        ({"sum": {"field": "n", "at_least": 2}}, "sum.at_least"),
    ],
)
def test_what_asks_for_nothing_or_the_impossible_is_refused(told: Any, field: str) -> None:
    with pytest.raises(Refused) as refused:
        came({**PLAYED, **told})
    assert refused.value.field == field
