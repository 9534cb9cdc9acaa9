"""Ways into timelines, and what is asked before each step, to the second, the cent and the year."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from kairos.domain.errors import Refused
from kairos.domain.exchange_rates import PER_EURO, tidy_amount
from kairos.domain.person import Person
from kairos.domain.profile import EngagementFact, SurveyFact
from kairos.domain.scenarios.registry import SCENARIOS, scenario
from kairos.domain.scenarios.win_back import converted
from kairos.domain.visits import ActivityAct
from tests.unit.scenarios.asked_of import NOW, SECOND, SHOP, customer, enters, holds, moment, order, since

DAY = timedelta(days=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# Berlin is two hours ahead of UTC in June, and one in March and December: months go by the calendar.
@pytest.mark.parametrize(
    ("entry", "placed"),
    [
        ("month_3", at("2026-03-15T11:00:00")),
        ("month_6", at("2025-12-15T11:00:00")),
        ("month_12", at("2025-06-15T10:00:00")),
    ],
)
def test_win_back_begins_at_the_second_at_which_the_months_are_over(entry: str, placed: datetime) -> None:
    who = customer(order(placed))
    assert enters("win_back", entry, who)
    assert not enters("win_back", entry, who, NOW - SECOND)
    assert since("win_back", entry, who) == NOW


def test_whoever_is_silent_stands_at_one_date_alone() -> None:
    for days in range(0, 800, 7):
        who = customer(order(NOW - days * DAY))
        entered = [one for one in ("month_3", "month_6", "month_12") if enters("win_back", one, who)]
        assert len(entered) == (days > 92) or 89 <= days <= 92


@pytest.mark.parametrize(("cents", "big"), [(15_000, False), (15_001, True), (14_999, False)])
def test_a_big_last_order_is_above_150_eur_without_tax(cents: int, big: bool) -> None:
    who = customer(order(NOW - 100 * DAY, revenue=99_900, revenue_without_tax=cents))
    assert holds("win_back", "big_last_order", who) == big


def test_an_order_in_another_currency_is_no_big_one() -> None:
    who = customer(order(NOW - 100 * DAY, revenue_without_tax=99_900, currency="USD"))
    assert not holds("win_back", "big_last_order", who)


@pytest.mark.parametrize(("orders", "loyal"), [(3, False), (4, True)])
def test_loyal_is_who_placed_more_than_three_orders_however_long_ago(orders: int, loyal: bool) -> None:
    who = customer(*(order(NOW - (400 - one) * DAY) for one in range(orders)))
    assert holds("win_back", "loyal", who) == loyal
    assert holds("loyalty_reward", "loyal", who) == loyal


def test_an_order_that_is_still_to_be_paid_ends_the_silence() -> None:
    old, pending = order(NOW - 100 * DAY), order(NOW - DAY, status="pending", counts=False)
    assert holds("win_back", "still_silent", customer(old))
    assert not holds("win_back", "still_silent", customer(old, pending))


@pytest.mark.parametrize(("reason", "worth"), [(None, True), ("price", True), ("quality", False)])
def test_a_code_is_worth_it_unless_they_left_for_another_reason(reason: str | None, worth: bool) -> None:
    person = Person(attributes={"left_because": reason} if reason else {})
    assert holds("win_back", "code_worth_it", customer(person=person)) == worth
    assert holds("win_back", "code_worth_it", customer(person=person), heed_reason=False)


@pytest.mark.parametrize(
    ("currency", "amount"),
    # By the ECB's rates of 30 October 2026, by hand: 150 x 1.1172 = 167.58, x 0.9194 = 137.91,
    # x 0.8338 = 125.07, x 175.68 = 26352, x 10.978 = 1646.7.
    [("EUR", "150"), ("USD", "170"), ("CHF", "140"), ("GBP", "130"), ("JPY", "26000"), ("SEK", "1600")],
)
def test_150_eur_are_converted_once_into_a_tidy_amount(currency: str, amount: str) -> None:
    assert tidy_amount(150, currency) == amount
    settings = scenario("win_back").read_settings({})
    shop = SHOP.model_copy(update={"currency": currency})
    assert converted(settings, shop).big_order_from == amount
    own = scenario("win_back").read_settings({"big_order_from": "99.50"})
    assert converted(own, shop).big_order_from == "99.50"


def test_a_currency_without_a_rate_leaves_the_amount_open_and_no_order_big() -> None:
    assert tidy_amount(150, "VND") is None
    read = scenario("win_back").read_settings({})
    rule = scenario("win_back").rule(
        "big_last_order", "", converted(read, SHOP.model_copy(update={"currency": "VND"}))
    )
    assert not rule.matches(customer(order(NOW, revenue_without_tax=10**9)), moment())


def test_no_rate_is_that_of_nothing() -> None:
    assert all(rate > 0 for rate in PER_EURO.values())


def aged(years: int, area: str, days: int = 0) -> Any:
    """Somebody who turned so many years old so many days ago."""
    today = NOW.date() - timedelta(days=days)
    born = date(today.year - years, today.month, today.day)
    return customer(person=Person(birthday=born, attributes={"area": area}))


@pytest.mark.parametrize(
    ("years", "area", "tracks"),
    [
        (17, "urban", []),
        (18, "urban", ["young_urban"]),
        (35, "urban", ["young_urban"]),
        (36, "urban", []),
        (40, "urban", []),
        (25, "residential", []),
        (34, "residential", []),
        (35, "residential", ["family"]),
        (49, "residential", ["family"]),
        (50, "residential", ["senior"]),
        (50, "urban", ["senior"]),
        (90, "urban", ["senior"]),
    ],
)
def test_each_age_and_area_has_one_track_at_most(years: int, area: str, tracks: list[str]) -> None:
    found = [one for one in ("young_urban", "family", "senior") if holds("prospects", one, aged(years, area))]
    assert found == tracks


def test_somebody_is_a_senior_on_their_fiftieth_birthday_and_not_the_day_before() -> None:
    turns_tomorrow = customer(person=Person(birthday=date(1976, 6, 16), attributes={"area": "residential"}))
    assert holds("prospects", "family", turns_tomorrow)
    assert holds("prospects", "senior", turns_tomorrow, NOW + DAY)


def test_who_registered_long_ago_has_not_just_joined() -> None:
    edge = NOW - 14 * DAY
    assert enters("prospects", "registered", customer(registered_at=edge + SECOND))
    assert not enters("prospects", "registered", customer(registered_at=edge))
    assert since("prospects", "registered", customer(registered_at=edge)) == edge


@pytest.mark.parametrize("source", ["Newsletter", "in store", "coupon giveaway"])
def test_one_joins_by_newsletter_in_store_and_with_a_giveaway(source: str) -> None:
    assert enters("prospects", "joined", customer(acquisition=source))
    assert not enters("prospects", "joined", customer(order(NOW), acquisition=source))
    assert not enters("prospects", "joined", customer(acquisition="ad"))


@pytest.mark.parametrize("status", ["pending", "paid", "cancelled", "refunded"])
def test_any_order_that_was_placed_makes_a_buyer(status: str) -> None:
    assert not holds("prospects", "never_ordered", customer(order(NOW, status=status, counts=False)))


def test_two_days_ago_is_a_calendar_day_of_the_shop() -> None:
    last_minute = customer(order(at("2026-06-13T21:59:59")))  # 23:59:59 in Berlin
    midnight = customer(order(at("2026-06-13T22:00:00")))
    assert enters("order_follow_up", "two_days_ago", last_minute)
    assert not enters("order_follow_up", "two_days_ago", midnight)
    assert since("order_follow_up", "two_days_ago", last_minute) == at("2026-06-14T22:00:00")


def test_the_survey_is_due_seven_days_after_the_delivery_to_the_second() -> None:
    told = customer(order(NOW - 20 * DAY, delivered_at=NOW - 7 * DAY))
    assert enters("satisfaction", "delivered", told)
    assert not enters("satisfaction", "delivered", told, NOW - SECOND)


def test_a_newer_order_on_its_way_changes_nothing_about_the_survey() -> None:
    older, newer = order(NOW - 20 * DAY, delivered_at=NOW - 7 * DAY), order(NOW - DAY)
    assert enters("satisfaction", "delivered", customer(older, newer))
    assert not enters("satisfaction", "delivered", customer(older, newer), NOW - SECOND)
    given_back = older.model_copy(update={"counts": False, "status": "refunded"})
    assert holds("satisfaction", "has_it", customer(older, newer))
    assert not holds("satisfaction", "has_it", customer(given_back, newer))


def test_where_nobody_tells_it_an_order_arrives_after_five_days() -> None:
    untold = customer(order(NOW - 12 * DAY))
    assert enters("satisfaction", "delivered", untold)
    assert not enters("satisfaction", "delivered", untold, NOW - SECOND)


def test_nobody_is_surveyed_twice_in_ninety_days() -> None:
    asked = NOW - 90 * DAY

    def surveyed(when: datetime) -> Any:
        told = EngagementFact(
            kind="delivered", sent_at=when, at=when, scenario="satisfaction", message="survey"
        )
        return customer(order(NOW - 12 * DAY), engagement=(told,))

    assert enters("satisfaction", "delivered", surveyed(asked))
    assert not enters("satisfaction", "delivered", surveyed(asked + SECOND))


# 50 + 8 x (score - 5): 3 gives 34, below the level of 40; 4: 42; 7: 66; 8: 74, above that of 70.
@pytest.mark.parametrize(
    ("score", "low", "high"), [(3, True, False), (4, False, False), (7, False, False), (8, False, True)]
)
def test_low_and_high_scores_part_where_the_levels_say(score: int, low: bool, high: bool) -> None:
    who = customer(surveys=(SurveyFact(at=NOW - DAY, score=score),))
    assert enters("satisfaction", "low_score", who) == low
    assert holds("review_request", "satisfied", who) == high


@pytest.mark.parametrize(
    ("points", "redeems", "teased"), [(249, False, False), (250, False, True), (500, True, True)]
)
def test_points_are_enough_when_they_are_reached(points: int, redeems: bool, teased: bool) -> None:
    loyal = [order(NOW - days * DAY) for days in range(1, 5)]
    for orders, is_loyal in ((loyal, True), (loyal[:3], False)):
        who = customer(*orders, points=points)
        assert holds("loyalty_reward", "may_redeem", who) == redeems
        assert enters("loyalty_reward", "points", who) == (redeems and is_loyal)
        assert holds("loyalty_reward", "has_points", who) == teased
        assert enters("loyalty_reward", "some_points", who) == teased


def test_codes_are_for_those_who_buy_half_of_the_time_with_one() -> None:
    coded, plain = order(NOW - 40 * DAY, codes=("A",)), order(NOW - 30 * DAY)
    half = customer(coded, plain)
    assert enters("coupon_customers", "due", half)
    assert not enters("coupon_customers", "due", half, NOW - SECOND)
    assert not holds("coupon_customers", "buys_with_codes", customer(coded, plain, order(NOW - 29 * DAY)))


def test_two_views_and_a_day_of_rest_are_a_reminder() -> None:
    acts = tuple(ActivityAct(kind="product", at=NOW - DAY - one * SECOND, target="p1") for one in (1, 0))
    assert enters("browse_reminder", "left", customer(acts=acts))
    assert not enters("browse_reminder", "left", customer(acts=acts), NOW - SECOND)
    assert not enters("browse_reminder", "left", customer(acts=acts[:1]))
    pages = tuple(one.model_copy(update={"kind": "page"}) for one in acts)
    assert not enters("browse_reminder", "left", customer(acts=pages))


def test_three_additions_or_two_chats_are_indecision() -> None:
    def acts(kind: str, number: int, when: datetime = NOW - DAY) -> Any:
        return customer(
            acts=tuple(ActivityAct(kind=kind, at=when, target=f"p{one}") for one in range(number))
        )

    assert enters("undecided_help", "undecided", acts("cart", 3))
    assert not enters("undecided_help", "undecided", acts("cart", 2))
    assert enters("undecided_help", "undecided", acts("chat", 2))
    assert not enters("undecided_help", "undecided", acts("chat", 1))
    assert not enters("undecided_help", "undecided", acts("chat", 2, NOW - 30 * DAY))


def test_x_without_y_is_asked_for_once_the_shop_has_named_both() -> None:
    who = customer(order(NOW - DAY))
    assert not enters("cross_sell", "has_one", who)
    assert not enters("cross_sell", "has_one", who, bought_products=["p1"])
    named = {"bought_products": ["p1"], "other_products": ["p2"]}
    assert enters("cross_sell", "has_one", who, **named)
    assert not enters("cross_sell", "has_one", customer(order(NOW, product_ids=("p1", "p2"))), **named)
    assert not holds("cross_sell", "lacks_it", who)


@pytest.mark.parametrize(("year", "day"), [(2027, date(2027, 3, 1)), (2028, date(2028, 2, 29))])
def test_a_leap_days_birthday_falls_on_1_march_in_common_years(year: int, day: date) -> None:
    who = customer(person=Person(birthday=date(1992, 2, 29)))
    found = [
        one
        for one in (date(year, 2, 28) + timedelta(days=ahead) for ahead in range(3))
        if enters("occasion", "day", who, datetime(one.year, one.month, one.day, 12, tzinfo=UTC))
    ]
    assert found == [day]


def test_any_date_of_the_profile_may_be_an_occasion_returning_or_once() -> None:
    who = customer(person=Person(attributes={"wedding": "2020-06-20", "graduation": "2026-06-20"}))
    assert enters("occasion", "day", who, dates=["wedding"], days_before=5)
    assert not enters("occasion", "day", who, dates=["wedding"], days_before=4)
    assert enters("occasion", "day", who, dates=[], once=["graduation"], days_before=5)
    assert not enters("occasion", "day", who, dates=[], once=["wedding"], days_before=5)
    assert not enters("occasion", "day", who, dates=[])


def test_a_click_of_a_sleeper_wakes_them_and_keeps_the_sun_up() -> None:
    sent = EngagementFact(
        kind="delivered", sent_at=NOW - 200 * DAY, at=NOW - 200 * DAY, scenario="n", message="m"
    )
    click = sent.model_copy(update={"kind": "clicked", "at": NOW - DAY})
    assert enters("sunset", "asleep", customer(engagement=(sent,)))
    assert holds("sunset", "still_asleep", customer(engagement=(sent,)))
    assert not holds("sunset", "still_asleep", customer(engagement=(sent, click)))
    assert enters("wake_up", "clicked", customer(engagement=(sent, click)))
    assert not enters("wake_up", "clicked", customer(engagement=(sent,)))


@pytest.mark.parametrize(("entered", "after"), [(True, timedelta()), (False, -SECOND)])
def test_feedback_is_asked_for_after_nine_months(entered: bool, after: timedelta) -> None:
    who = customer(order(at("2025-09-15T10:00:00")))
    assert enters("feedback_request", "silent", who, NOW + after) == entered


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("win_back", {"month_6": "P3M"}, "month_6"),
    ("win_back", {"ultimatum_percent": 0}, "ultimatum_percent"),
    ("win_back", {"big_order_from": "-1"}, "big_order_from"),
    ("win_back", {"send_after": "P301D"}, "send_after"),
    ("prospects", {"senior_from": 35}, "ages"),
    ("prospects", {"hand_after": "tomorrow"}, "hand_after"),
    ("satisfaction", {"assume_delivered_after": "P1M"}, "assume_delivered_after"),
    ("order_follow_up", {"days": 0}, "days"),
    ("loyalty_reward", {"teaser_points": 500}, "teaser_points"),
    ("big_spender_perks", {"gift_tag": "a, b"}, "gift_tag"),
    ("coupon_customers", {"coupon_share": "101"}, "coupon_share"),
    ("replenishment", {"lead": "PT0S"}, "lead"),
    ("browse_reminder", {"views": 0}, "views"),
    ("undecided_help", {"chats": 0}, "chats"),
    ("occasion", {"days_before": 61}, "days_before"),
    ("wake_up", {"surprise_after": "P10M"}, "surprise_after"),
    ("feedback_request", {"silent_until": "P9M"}, "silent_until"),
    ("sunset", {"stop_after": "P301D"}, "stop_after"),
    ("upsell", {"satisfied_only": "perhaps"}, "satisfied_only"),
    ("cross_sell", {"bought_product": ["p1"]}, "bought_product"),
    ("review_request", {"loyal_segment": "No Segment"}, "loyal_segment"),
    ("referral", {"again_after": "sometimes"}, "again_after"),
]


@pytest.mark.parametrize(("name", "settings", "named"), REFUSED)
def test_settings_that_make_no_sense_are_refused_by_name(
    name: str, settings: dict[str, Any], named: str
) -> None:
    with pytest.raises(Refused) as refusal:
        scenario(name).read_settings(settings)
    assert named in f"{refusal.value.field} {refusal.value.problem}"


def test_every_timeline_refuses_something() -> None:
    timelines = {name for name, one in SCENARIOS.items() if one.entries} - {"second_order"}
    assert {name for name, _, _ in REFUSED} == timelines
