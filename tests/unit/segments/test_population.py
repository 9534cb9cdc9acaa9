"""What is asked of the snapshot: how many, who, what a change does, and what is typical."""

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest

from kairos.domain.criteria.rule import Rule, parse_rule
from kairos.domain.person import Person
from kairos.domain.profile import Profile, RunFact
from kairos.engine.worth import NOTHING
from tests.unit.criteria.people import NOW, moment, order, profile
from tests.unit.segments.crowd import crowd

DAY = timedelta(days=1)
MOMENT = moment()
BUYERS = parse_rule({"kind": "order_count", "at_least": 1})
REPEATED = parse_rule({"kind": "order_count", "at_least": 2})
EVERYBODY = parse_rule({"kind": "order_count", "at_least": 0})


def known(number: int, *ago: int, **fields: Any) -> Profile:
    """A customer who ordered so many days ago."""
    made = profile(*(order(days * DAY, id=f"{number}-{days}") for days in ago), **fields)
    return made.model_copy(update={"id": customer(number), "nodes": (customer(number),)})


def customer(number: int) -> str:
    return f"c{number:026x}"


def test_customers_are_counted_over_all_partitions() -> None:
    asked = crowd(MOMENT, [known(1, 3), known(2)], [known(3, 1, 2)], [])
    assert asked.glimpse(BUYERS, 10) == (2, 3, [customer(1), customer(3)])
    assert asked.glimpse(REPEATED, 10) == (1, 3, [customer(3)])


def test_a_glimpse_shows_no_more_than_it_should() -> None:
    asked = crowd(MOMENT, [known(1, 3), known(2, 1)], [known(3, 1)])
    told = asked.glimpse(BUYERS, 2)
    assert (told.members, told.of, len(told.some)) == (3, 3, 2)
    assert asked.glimpse(BUYERS, 2) == told


@pytest.mark.parametrize("most", [1, 2, 3, 100])
def test_pages_name_every_member_once_in_the_order_of_ids(most: int) -> None:
    some = [known(number, 1) for number in (5, 3, 9, 1)]
    asked = crowd(MOMENT, some[:1], [*some[1:], known(2)])
    found: list[str] = []
    while page := asked.members(BUYERS, found[-1] if found else "", most):
        found += page
    assert found == [customer(number) for number in (1, 3, 5, 9)]


def test_no_text_gets_into_the_question() -> None:
    asked = crowd(MOMENT, [known(1, 1)])
    assert asked.members(BUYERS, "' OR '' < '", 10) == [customer(1)]


def test_a_change_tells_who_enters_and_who_leaves() -> None:
    asked = crowd(MOMENT, [known(1, 1), known(2, 1, 2), known(3)], [known(4, 1), known(5, 3, 4, 5)])
    told = asked.change(REPEATED, parse_rule({"kind": "order_count", "equals": 1}))
    assert (told.enter, told.leave) == (2, 2)


def test_a_new_segment_is_entered_by_all_of_whom_it_is_true() -> None:
    asked = crowd(MOMENT, [known(1, 1), known(2, 1, 2), known(3)])
    assert asked.change(None, BUYERS) == (2, 0, Counter())


def test_the_runs_under_way_of_those_who_leave_are_counted_by_scenario() -> None:
    going = RunFact(scenario="win_back", started_at=NOW - DAY)
    ended = RunFact(scenario="abandoned_cart", started_at=NOW - DAY, ended_at=NOW)
    asked = crowd(
        MOMENT,
        [known(1, 1, runs=(going, ended)), known(2, 1, 2, runs=(going,))],
        [known(3, 1, runs=(going,)), known(4, runs=(going,))],
    )
    assert asked.change(BUYERS, REPEATED).running == {"win_back": 2}


def test_typical_values_are_of_those_of_whom_the_rule_is_true() -> None:
    asked = crowd(MOMENT, [known(1, 10), known(2, 10, 40)], [known(3), known(4, 1, 3, 8)])
    told = asked.typical(REPEATED)[0]
    assert (told.members, told.orders, told.revenue) == (2, 5, 5 * 11900)
    assert told.intervals == {30: 1, 4: 1}  # days between the orders: 30; 2 and 5, in the middle 3.5


@pytest.mark.parametrize(
    ("born", "age"),
    [(date(1996, 3, 10), 30), (date(1996, 3, 11), 29), (date(1996, 2, 29), 30), (date(1969, 12, 31), 56)],
)
def test_ages_are_completed_years(born: date, age: int) -> None:
    told = crowd(MOMENT, [known(1, person=Person(birthday=born)), known(2)]).typical(EVERYBODY)[0]
    assert (told.aged, told.ages) == (1, age)


def test_a_birthday_to_come_is_not_known() -> None:
    told = crowd(MOMENT, [known(1, person=Person(birthday=date(2026, 3, 11)))]).typical(EVERYBODY)[0]
    assert told.aged == 0


def test_amounts_in_other_currencies_are_not_added() -> None:
    foreign = profile(order(currency="USD")).model_copy(update={"id": customer(2)})
    told = crowd(MOMENT, [known(1, 1), foreign]).typical(BUYERS)[0]
    assert (told.members, told.orders, told.revenue) == (2, 1, 11900)


def test_the_next_order_is_due_an_interval_after_the_last() -> None:
    told = crowd(MOMENT, [known(1, 10, 40), known(2, 50, 60), known(3, 7)]).typical(EVERYBODY)[0]
    assert told.waits == {20: 1, 0: 1}  # 10 of 30 days passed; 50 of 10; one order has no interval


def test_products_are_counted_once_for_each_of_those_who_bought_them_within_a_year() -> None:
    often = profile(
        order(1 * DAY, id="a", product_ids=("tea", "cup")),
        order(2 * DAY, id="b", product_ids=("tea",)),
        order(400 * DAY, id="c", product_ids=("pot",)),
    ).model_copy(update={"id": customer(1)})
    once = profile(order(1 * DAY, id="d", product_ids=("tea",))).model_copy(update={"id": customer(2)})
    assert crowd(MOMENT, [often], [once]).typical(EVERYBODY)[0].bought == {"tea": 2, "cup": 1}


@pytest.mark.parametrize("rule", [BUYERS, EVERYBODY])
def test_a_shop_without_customers_has_an_answer_to_everything(rule: Rule) -> None:
    empty = crowd(MOMENT, [])
    assert (empty.glimpse(rule, 10), empty.members(rule, "", 10)) == ((0, 0, []), [])
    assert empty.change(rule, BUYERS) == (0, 0, Counter())
    assert empty.typical(rule)[0].members == 0
    assert empty.worth({"all": rule}) == ({"all": NOTHING}, 0)
    assert crowd(MOMENT).worth({"all": rule}) == ({"all": NOTHING}, 0)
