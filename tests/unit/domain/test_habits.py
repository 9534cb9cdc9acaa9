"""When and how a customer tends to act."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from kairos.domain.habits import Habits, habits_of, hour_to_send
from kairos.domain.profile import EngagementFact
from kairos.domain.visits import ActivityAct
from tests.unit.criteria.people import NOW, order, profile

TUESDAY = datetime(2026, 3, 10, tzinfo=UTC)


def act(hour: int, days: int = 0, kind: str = "page") -> ActivityAct:
    return ActivityAct.model_validate({"at": TUESDAY + timedelta(days=days, hours=hour), "kind": kind})


def answered(kind: str, channel: str, minutes: int = 0) -> EngagementFact:
    told = {"sent_at": NOW, "at": NOW + timedelta(minutes=minutes), "scenario": "s", "message": "m"}
    return EngagementFact.model_validate({"kind": kind, "channel": channel, **told})


def test_the_hour_and_the_weekday_of_most_acts_and_orders() -> None:
    bought = order(NOW - TUESDAY - timedelta(hours=20))
    who = profile(bought, acts=(act(20), act(20, days=1), act(9), act(9, days=2)))
    assert habits_of(who, ZoneInfo("UTC")) == Habits(None, 20, 1)


def test_in_the_shops_time_zone() -> None:
    who = profile(acts=(act(23), act(23), act(23)))
    assert habits_of(who, ZoneInfo("Europe/Zurich")) == Habits(None, 0, 2)


def test_of_equally_many_the_latest() -> None:
    who = profile(acts=(act(8), act(8), act(21), act(21)))
    assert habits_of(who, ZoneInfo("UTC")).hour == 21


def test_two_acts_are_no_habit_and_three_are() -> None:
    acts = (act(8), act(8), act(8))
    assert habits_of(profile(acts=acts[:2]), ZoneInfo("UTC")) == Habits()
    assert habits_of(profile(acts=acts), ZoneInfo("UTC")) == Habits(None, 8, 1)


def test_calls_to_support_and_cancelled_orders_tell_nothing() -> None:
    cancelled = order(status="cancelled", counts=False)
    who = profile(cancelled, acts=(act(8, kind="support"), act(9), act(9)))
    assert habits_of(who, ZoneInfo("UTC")) == Habits()


def test_the_channel_most_answered_on_and_of_several_the_last() -> None:
    some = (answered("delivered", "email"), answered("opened", "email"), answered("clicked", "sms", 5))
    assert habits_of(profile(engagement=some), ZoneInfo("UTC")).channel == "sms"
    more = (*some, answered("clicked", "email", 3))
    assert habits_of(profile(engagement=more), ZoneInfo("UTC")).channel == "email"
    assert habits_of(profile(engagement=some[:1]), ZoneInfo("UTC")).channel is None


def test_the_hour_to_send_at_is_learned_from_what_they_open_too() -> None:
    zone = ZoneInfo("UTC")
    opened = [answered("opened", "email", 60 * hours) for hours in (0, 24, 48)]
    some = profile(acts=(act(8), act(8)), engagement=tuple(opened))
    assert habits_of(some, zone).hour is None
    assert hour_to_send(some, zone) == NOW.hour


def test_the_hour_to_send_at_is_unknown_where_there_is_little_to_go_by() -> None:
    thin = profile(acts=(act(8),), engagement=(answered("clicked", "email"), answered("delivered", "email")))
    assert hour_to_send(thin, ZoneInfo("UTC")) is None


def test_the_hour_to_send_at_is_told_by_the_clock_asked_for() -> None:
    who = profile(acts=(act(8), act(8), act(8)))
    assert hour_to_send(who, ZoneInfo("Asia/Tokyo")) == 17
