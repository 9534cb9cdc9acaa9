"""Registration, consent, tags, groups and sources."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kairos.domain.criteria.rule import parse_rule
from kairos.domain.errors import Refused
from kairos.domain.moment import Flips
from tests.unit.criteria.people import NOW, holds, moment, profile


def test_a_guest_was_never_registered_neither_lately_nor_long_ago() -> None:
    assert not holds({"kind": "registered", "within": "P1Y"}, profile())
    assert not holds({"kind": "registered", "older_than": "P1Y"}, profile())


def test_registered_older_than_turns_true_exactly_then() -> None:
    rule = {"kind": "registered", "older_than": "P60D"}
    assert holds(rule, profile(registered_at=NOW - timedelta(days=60)))
    assert not holds(rule, profile(registered_at=NOW - timedelta(days=60) + timedelta(seconds=1)))


def test_a_length_in_months_turns_no_earlier_than_noted_where_the_clocks_are_changed_on_the_way() -> None:
    rule = {"kind": "registered", "within": "P16M548D"}
    at = datetime(2024, 7, 14, 1, 5, 3, tzinfo=UTC)
    asked, flips = moment(at + timedelta(days=30), "Europe/Berlin"), Flips()

    assert parse_rule(rule).matches(profile(registered_at=at), replace(asked, flips=flips))
    assert flips.next is not None
    assert holds(rule, profile(registered_at=at), moment(flips.next - timedelta(seconds=1), "Europe/Berlin"))


def test_registered_between_takes_both_days_whole() -> None:
    rule = {"kind": "registered", "between": {"first_day": "2026-03-09", "last_day": "2026-03-09"}}
    assert holds(rule, profile(registered_at=NOW.replace(day=9, hour=0)))
    assert holds(rule, profile(registered_at=NOW.replace(day=9, hour=23, minute=59, second=59)))
    assert not holds(rule, profile(registered_at=NOW.replace(hour=0)))


def test_marketing_is_accepted_on_the_channel_consented_to_and_on_no_other() -> None:
    consenting = profile(accepts=("email",))
    assert holds({"kind": "accepts_marketing", "channel": "email"}, consenting)
    assert not holds({"kind": "accepts_marketing", "channel": "sms"}, consenting)
    assert not holds({"kind": "accepts_marketing", "channel": "email"}, profile())


def test_tags_groups_and_sources_are_words_without_case() -> None:
    told = profile(tags=("VIP",), group="Retail", acquisition="In Store")
    assert holds({"kind": "tag", "any_of": ["other", "vip"]}, told)
    assert holds({"kind": "customer_group", "any_of": ["retail"]}, told)
    assert holds({"kind": "acquisition_source", "any_of": ["in store"]}, told)
    for kind in ("tag", "customer_group", "acquisition_source"):
        assert not holds({"kind": kind, "any_of": ["ads"]}, told)
        assert not holds({"kind": kind, "any_of": ["ads"]}, profile())


def test_one_channel_that_reaches_the_customer_is_enough() -> None:
    rule = {"kind": "channel", "reachable_by": ["sms", "push"]}
    assert holds(rule, profile(reachable=("email", "push")))
    assert not holds(rule, profile(reachable=("email",)))
    assert not holds(rule, profile())


def test_a_preferred_channel_need_not_be_one_that_reaches() -> None:
    rule = {"kind": "channel", "prefers": ["sms"]}
    assert holds(rule, profile(preferred_channel="sms"))
    assert not holds(rule, profile(preferred_channel="email", reachable=("sms",)))
    assert not holds(rule, profile(reachable=("sms",)))


def test_reached_by_and_preferring_must_both_hold() -> None:
    rule = {"kind": "channel", "reachable_by": ["email"], "prefers": ["sms"]}
    assert holds(rule, profile(reachable=("email",), preferred_channel="sms"))
    assert not holds(rule, profile(reachable=("sms",), preferred_channel="sms"))
    assert not holds(rule, profile(reachable=("email",), preferred_channel="email"))


@pytest.mark.parametrize(
    ("first", "last", "passing"),
    [
        (18, 20, {18, 19, 20}),
        (7, 7, {7}),
        (22, 1, {22, 23, 0, 1}),
        (23, 0, {23, 0}),
        (0, 23, set(range(24))),
        (1, 0, set(range(24))),
    ],
)
def test_preferred_hours_include_both_ends_and_may_span_midnight(
    first: int, last: int, passing: set[int]
) -> None:
    rule = {"kind": "preferred_time", "hours": {"first": first, "last": last}}
    assert {hour for hour in range(24) if holds(rule, profile(preferred_hour=hour))} == passing


def test_an_unknown_preferred_time_lies_in_no_interval() -> None:
    assert not holds({"kind": "preferred_time", "hours": {"first": 0, "last": 23}}, profile())
    week = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    assert not holds({"kind": "preferred_time", "weekdays": week}, profile(preferred_hour=12))


def test_monday_is_the_first_day_and_sunday_the_last() -> None:
    assert holds({"kind": "preferred_time", "weekdays": ["monday"]}, profile(preferred_weekday=0))
    assert holds({"kind": "preferred_time", "weekdays": ["friday", "sunday"]}, profile(preferred_weekday=6))
    assert not holds({"kind": "preferred_time", "weekdays": ["sunday"]}, profile(preferred_weekday=0))


def test_preferred_hour_and_weekday_must_both_hold() -> None:
    rule = {"kind": "preferred_time", "hours": {"first": 9, "last": 12}, "weekdays": ["sunday"]}
    assert holds(rule, profile(preferred_hour=12, preferred_weekday=6))
    assert not holds(rule, profile(preferred_hour=13, preferred_weekday=6))
    assert not holds(rule, profile(preferred_hour=12, preferred_weekday=0))


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        ({"kind": "channel"}, "rule"),
        ({"kind": "channel", "reachable_by": []}, "reachable_by"),
        ({"kind": "channel", "prefers": ["pigeon"]}, "prefers[0]"),
        ({"kind": "preferred_time"}, "rule"),
        ({"kind": "preferred_time", "hours": {"first": 24, "last": 2}}, "hours.first"),
        ({"kind": "preferred_time", "hours": {"first": 2}}, "hours.last"),
        ({"kind": "preferred_time", "weekdays": ["Sunday"]}, "weekdays[0]"),
    ],
)
def test_what_no_channel_or_time_can_be_is_refused_by_name(rule: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refusal:
        parse_rule(rule)
    assert refusal.value.field == field
