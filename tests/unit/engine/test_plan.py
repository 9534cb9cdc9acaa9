"""The query of all rules: nothing is read twice, nothing more than is asked for, and no text gets in."""

import re
from collections.abc import Sequence
from typing import Any

import pytest

from kairos.domain.criteria.rule import parse_rule
from kairos.domain.moment import Moment
from kairos.engine.plan import Plan, words_of
from kairos.engine.sources import Sources, Split
from kairos.engine.tables import DICTIONARIES, TABLES
from tests.unit.criteria.people import NOW, moment

WORDS: dict[str, Sequence[Any]] = {name: [None, "shoes", "boots"] for name in DICTIONARIES}
DAY = 86_400
HOT_DAYS = 92
SINCE = int(NOW.timestamp()) - HOT_DAYS * DAY


def split(*tables: str) -> Sources:
    return {
        name: Split(f"all_{name}", f"hot_{name}", SINCE) if name in tables else f"all_{name}"
        for name in TABLES
    }


def query(
    *rules: dict[str, Any], sources: Sources | None = None, with_turns: bool = False, at: Moment | None = None
) -> str:
    plan = Plan(at or moment(), WORDS, with_turns)
    bits = words_of([parse_rule(rule).sql(plan) for rule in rules])
    return plan.select(bits, sources or split())


def read(sql: str) -> list[str]:
    """The relations that it reads, each as often as it does."""
    return re.findall(r"\b(?:all|hot)_\w+", sql)


def visits(within: str) -> dict[str, Any]:
    return {"kind": "visits", "at_least": 2, "window": {"within": within}}


def orders(within: str, at_least: int = 2, **more: Any) -> dict[str, Any]:
    return {"kind": "order_count", "at_least": at_least, "window": {"within": within}, **more}


def test_rules_that_ask_for_columns_alone_read_no_other_table() -> None:
    assert read(query({"kind": "order_count", "at_least": 3}, {"kind": "age", "at_least": 18})) == [
        "all_customers"
    ]


def test_many_rules_over_a_table_read_it_once() -> None:
    sql = query(*(orders("P30D", number) for number in range(1, 9)), orders("P60D"))

    assert read(sql).count("all_orders") == 1


def test_what_several_rules_ask_for_is_computed_once() -> None:
    sql = query(orders("P30D", 2), orders("P30D", 3), orders("P30D", 4))

    assert sql.count("count(*)") == 1


def test_two_windows_are_counted_in_the_scan_of_the_longer() -> None:
    sql = query(orders("P30D"), orders("P60D"))

    assert sql.count("count_if") == 2
    assert read(sql) == ["all_orders", "all_customers"]


@pytest.mark.parametrize(("within", "relation"), [("P92D", "hot_acts"), ("P92DT1S", "all_acts")])
def test_the_hot_rows_alone_are_read_where_nothing_older_is_asked(within: str, relation: str) -> None:
    assert read(query(visits(within), sources=split("acts"))) == [relation, "all_customers"]


def test_what_asks_for_older_acts_does_not_make_the_others_read_them() -> None:
    sql = query(visits("P7D"), visits("P1Y"), sources=split("acts"))

    assert sorted(read(sql)) == ["all_acts", "all_customers", "hot_acts"]


def test_an_order_that_is_older_than_something_may_be_of_any_age() -> None:
    older = {"kind": "order_count", "at_least": 2, "window": {"older_than": "P30D"}}

    assert "all_orders" in read(query(older, sources=split("orders")))


def test_details_are_read_as_far_back_as_what_they_belong_to() -> None:
    window = {"within": "P30D"}
    spent = [
        {"kind": "revenue", "more_than": "9.00", "window": window, "products": [name]}
        for name in ("shoes", "boots")
    ]
    sql = query(*spent, sources=split("orders", "lines"))

    assert sorted(read(sql)) == ["all_customers", "hot_lines", "hot_orders"]


def test_no_text_of_a_rule_or_of_a_dictionary_gets_into_the_query() -> None:
    sql = query(
        {"kind": "tag", "any_of": ["'; DROP TABLE customers; --"]},
        {"kind": "attribute", "name": "shoe_size", "contains": "o'clock"},
        orders("P30D", products=["shoes", "' OR 1=1"]),
    )

    assert not any(text in sql for text in ("DROP", "clock", "shoes", "1=1", "shoe_size"))


def test_without_turns_there_is_no_due() -> None:
    assert " AS due" not in query(orders("P30D"))
    assert " AS due" in query(orders("P30D"), with_turns=True)


def test_words_hold_sixty_four_truths_each() -> None:
    assert list(words_of(["true"] * 64)) == ["w0"]
    assert list(words_of(["true"] * 65)) == ["w0", "w1"]
