"""Other segments, lists, scenarios and messages received."""

from datetime import timedelta
from typing import Any

import pytest

from kairos.domain.criteria.rule import parse_rule
from kairos.domain.errors import Refused
from kairos.domain.moment import Moment
from kairos.domain.profile import MembershipFact, Profile, RunFact
from kairos.engine.plan import Plan
from tests.unit.criteria.both import holds
from tests.unit.criteria.doing import DAY, SECOND, became
from tests.unit.criteria.people import NOW, moment, order, profile

BUYERS = parse_rule({"kind": "order_count", "at_least": 1})


def with_segments(**rules: Any) -> Moment:
    return moment(segments=rules)


def test_another_segment_is_its_rule() -> None:
    rule = {"kind": "in_segment", "segment": "buyers"}
    assert holds(rule, profile(order()), with_segments(buyers=BUYERS))
    assert not holds(rule, profile(), with_segments(buyers=BUYERS))


def test_membership_kept_from_before_does_not_make_a_rule_true() -> None:
    former = profile(memberships=(MembershipFact(segment="buyers", entered_at=NOW - DAY),))
    assert not holds({"kind": "in_segment", "segment": "buyers"}, former, with_segments(buyers=BUYERS))


@pytest.mark.parametrize(
    "rule",
    [
        {"kind": "in_segment", "segment": "gone"},
        {"kind": "entered_segment", "segment": "gone", "within": "P7D"},
        {"not": {"kind": "in_segment", "segment": "gone"}},
    ],
)
def test_a_segment_that_is_gone_is_refused_in_both_readings_and_never_empty(rule: Any) -> None:
    with pytest.raises(Refused, match="There is no segment 'gone'"):
        holds(rule, profile(), with_segments(buyers=BUYERS))
    with pytest.raises(Refused, match="There is no segment 'gone'"):
        parse_rule(rule).sql(Plan(with_segments(buyers=BUYERS), {"segment": [None]}))


def member(entered: timedelta) -> Profile:
    return profile(memberships=(MembershipFact(segment="buyers", entered_at=NOW - entered),))


def test_entering_is_exact_to_the_second() -> None:
    rule = {"kind": "entered_segment", "segment": "buyers", "within": "P7D"}
    at = with_segments(buyers=BUYERS, others=BUYERS)
    assert holds(rule, member(7 * DAY - SECOND), at)
    assert not holds(rule, member(7 * DAY), at)
    assert not holds({**rule, "segment": "others"}, member(DAY), at)


def test_who_is_not_in_the_segment_did_not_enter_it_neither_lately_nor_long_ago() -> None:
    rule = {"kind": "entered_segment", "segment": "buyers"}
    at = with_segments(buyers=BUYERS)
    assert not holds({**rule, "within": "P7D"}, profile(), at)
    assert not holds({**rule, "older_than": "P7D"}, profile(), at)


def ran(scenario: str, started: timedelta, ended: timedelta | None = None) -> Profile:
    end = None if ended is None else NOW - ended
    return profile(runs=(RunFact(scenario=scenario, started_at=NOW - started, ended_at=end),))


def test_in_a_scenario_is_who_has_an_open_run_of_it() -> None:
    rule = {"kind": "in_scenario", "scenario": "win_back"}
    assert holds(rule, ran("win_back", 400 * DAY))
    assert not holds(rule, ran("win_back", 2 * DAY, ended=DAY))
    assert not holds(rule, ran("prospects", DAY))


def test_with_a_window_any_run_started_then_counts_open_or_ended() -> None:
    rule = {"kind": "in_scenario", "scenario": "win_back", "window": {"within": "P7D"}}
    assert holds(rule, ran("win_back", 7 * DAY - SECOND, ended=DAY))
    assert holds(rule, ran("win_back", DAY))
    assert not holds(rule, ran("win_back", 7 * DAY, ended=DAY))
    assert not holds(rule, ran("win_back", 7 * DAY))


def test_received_is_what_was_delivered_not_what_bounced() -> None:
    rule = {"kind": "received", "scenario": "abandoned_cart", "message": "reminder_1", "channel": "email"}
    assert holds(rule, profile(engagement=(became("delivered"),)))
    assert not holds(rule, profile(engagement=(became("bounced"),)))
    assert not holds({**rule, "message": "reminder_2"}, profile(engagement=(became("delivered"),)))
    late = profile(engagement=(became("delivered", 8 * DAY, late=DAY + SECOND),))
    assert holds({**rule, "window": {"within": "P7D"}}, late)


def test_a_fixed_list_holds_those_put_on_it() -> None:
    rule = {"kind": "on_list", "list": "press"}
    assert holds(rule, profile(lists=("friends", "press")))
    assert not holds(rule, profile(lists=("Press", "press-2")))
    assert not holds(rule, profile())


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        ({"kind": "in_segment"}, "segment"),
        ({"kind": "in_segment", "segment": ""}, "segment"),
        ({"kind": "entered_segment", "segment": "a"}, "rule"),
        ({"kind": "entered_segment", "segment": "a", "older_than": "P7D", "within": "P7D"}, "rule"),
        ({"kind": "in_scenario"}, "scenario"),
        ({"kind": "received", "times": {"less_than": 0}}, "times"),
        ({"kind": "on_list", "list": ""}, "list"),
    ],
)
def test_what_asks_for_nothing_or_the_impossible_is_refused(rule: Any, field: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_rule(rule)
    assert refused.value.field == field
