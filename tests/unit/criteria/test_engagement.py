"""What became of messages, and the level of engagement that it adds up to."""

from datetime import timedelta
from typing import Any

import pytest

from kairos.domain.errors import Refused
from kairos.domain.levels import Levels
from kairos.domain.moment import Moment
from kairos.domain.profile import EngagementFact, Profile
from tests.unit.criteria.both import holds
from tests.unit.criteria.doing import DAY, SECOND, became
from tests.unit.criteria.people import moment, profile


def mailed(*facts: EngagementFact) -> Profile:
    return profile(engagement=tuple(sorted(facts, key=lambda one: one.at)))


@pytest.mark.parametrize("kind", ["opened", "clicked", "bounced", "complained", "unsubscribed"])
def test_each_kind_counts_what_it_is_named_after_and_nothing_else(kind: str) -> None:
    assert holds({"kind": kind}, mailed(became(kind)))
    others = {"delivered", "opened", "clicked", "bounced", "complained", "unsubscribed"} - {kind}
    assert not holds({"kind": kind}, mailed(*map(became, sorted(others))))
    assert holds({"kind": kind, "times": {"equals": 0}}, profile())


def test_the_window_is_about_when_it_happened_not_when_the_message_was_sent() -> None:
    rule = {"kind": "opened", "window": {"within": "P7D"}}
    assert holds(rule, mailed(became("opened", 30 * DAY, late=23 * DAY + SECOND)))
    assert not holds(rule, mailed(became("opened", 30 * DAY, late=23 * DAY)))


def test_times_counts_messages() -> None:
    rule = {"kind": "clicked", "times": {"at_least": 2}}
    assert holds(rule, mailed(became("clicked"), became("clicked", DAY)))
    assert not holds(rule, mailed(became("clicked")))


@pytest.mark.parametrize(
    ("filter_", "passes"),
    [
        ({"scenario": "abandoned_cart"}, True),
        ({"scenario": "win_back"}, False),
        ({"scenario": "Abandoned_cart"}, False),
        ({"message": "reminder_1"}, True),
        ({"message": "reminder_2"}, False),
        ({"channel": "email"}, True),
        ({"channel": "sms"}, False),
        ({"scenario": "abandoned_cart", "message": "reminder_2"}, False),
    ],
)
def test_scenario_message_and_channel_narrow_it_down(filter_: Any, passes: bool) -> None:
    assert holds({"kind": "opened", **filter_}, mailed(became("opened"))) is passes


def level(of: Profile, at: Moment | None = None) -> str:
    """The one level that the customer is at."""
    levels = ("super_active", "moderate", "sleeping", "never_mailed")
    [one] = [name for name in levels if holds({"kind": "engagement", "any_of": [name]}, of, at)]
    return one


def letters(delivered: int, opened: int, ago: timedelta = DAY) -> list[EngagementFact]:
    facts = [became("delivered", ago, message=str(number)) for number in range(delivered)]
    return facts + [became("opened", ago, message=str(number)) for number in range(opened)]


def test_who_was_never_delivered_anything_was_never_mailed() -> None:
    assert level(profile()) == "never_mailed"
    assert level(mailed(became("bounced"))) == "never_mailed"


@pytest.mark.parametrize(
    ("delivered", "opened", "expected"),
    [(5, 5, "super_active"), (10, 9, "super_active"), (10, 8, "moderate"), (4, 4, "moderate")],
)
def test_super_active_opens_90_per_cent_of_at_least_5(delivered: int, opened: int, expected: str) -> None:
    assert level(mailed(*letters(delivered, opened))) == expected


def test_only_messages_sent_in_the_last_90_days_are_looked_at() -> None:
    unread_long_ago = letters(5, 0, 90 * DAY)
    assert level(mailed(*letters(5, 5), *unread_long_ago)) == "super_active"
    unread_lately = letters(5, 0, 90 * DAY - SECOND)
    assert level(mailed(*letters(5, 5), *unread_lately)) == "moderate"


def test_an_open_counts_for_the_message_however_late_it_came() -> None:
    old_but_opened_today = [became("opened", 91 * DAY, late=91 * DAY) for _ in range(5)]
    assert level(mailed(*letters(5, 0), *old_but_opened_today)) == "moderate"


def test_sleeping_begins_180_days_after_the_last_open() -> None:
    first = became("delivered", 300 * DAY)
    lately = became("delivered", DAY)
    assert level(mailed(first, lately, became("opened", 180 * DAY))) == "sleeping"
    assert level(mailed(first, lately, became("opened", 180 * DAY - SECOND))) == "moderate"


def test_who_never_opened_sleeps_from_180_days_after_the_first_message() -> None:
    assert level(mailed(became("delivered", 180 * DAY))) == "sleeping"
    assert level(mailed(became("delivered", 180 * DAY - SECOND))) == "moderate"


def test_the_levels_are_the_shops() -> None:
    eager = Levels(engagement_delivered=2, super_active_percent=50)
    at = moment()
    tuned = Moment(now=at.now, shop=at.shop.model_copy(update={"levels": eager}))
    assert level(mailed(*letters(2, 1))) == "moderate"
    assert level(mailed(*letters(2, 1)), tuned) == "super_active"


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        ({"kind": "engagement", "any_of": []}, "any_of"),
        ({"kind": "engagement", "any_of": ["eager"]}, "any_of[0]"),
        ({"kind": "opened", "times": {"more_than": 3, "less_than": 4}}, "times"),
        ({"kind": "opened", "channel": "letter"}, "channel"),
        ({"kind": "opened", "campaign": "x"}, "campaign"),
    ],
)
def test_what_asks_for_nothing_or_the_impossible_is_refused(rule: Any, field: str) -> None:
    with pytest.raises(Refused) as refused:
        holds(rule, profile())
    assert refused.value.field == field
