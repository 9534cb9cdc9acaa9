"""What the engine reads to answer questions about orders."""

import re
from typing import Any

import pytest

from kairos.domain.criteria.rule import parse_rule
from kairos.engine.encode import Dictionaries
from kairos.engine.plan import Plan
from kairos.engine.tables import TABLES
from tests.unit.criteria.people import moment


def _tables_read(rule: dict[str, Any]) -> set[str]:
    plan = Plan(moment(), Dictionaries({"product": [None, "a", "b"]}).words)
    query = plan.select({"said": parse_rule(rule).sql(plan)}, {table: f"<{table}>" for table in TABLES})
    return set(re.findall(r"<(\w+)>", query)) - {"customers"}


@pytest.mark.parametrize(
    ("rule", "tables"),
    [
        ({"kind": "order_count", "more_than": 3}, set()),
        ({"kind": "order_count", "at_least": 1, "window": {"within": "P1Y"}}, set()),
        ({"kind": "order_count", "equals": 0, "window": {"older_than": "P1Y"}}, set()),
        ({"kind": "order_count", "at_least": 2, "window": {"within": "P1Y"}}, {"orders"}),
        ({"kind": "order_count", "at_least": 1, "products": ["a", "b"]}, {"bought"}),
        ({"kind": "order_count", "at_least": 2, "products": ["a"]}, {"bought"}),
        ({"kind": "order_count", "at_least": 2, "products": ["a", "b"]}, {"orders", "lines"}),
        ({"kind": "revenue", "at_least": "5"}, set()),
        ({"kind": "average_order_value", "at_least": "5"}, set()),
        ({"kind": "items_per_order", "at_least": "5"}, set()),
        ({"kind": "last_order", "older_than": "P60D"}, set()),
        ({"kind": "last_order", "older_than": "P60D", "window": {"within": "P1Y"}}, set()),
        ({"kind": "first_order", "within": "P60D", "products": ["a"]}, {"bought"}),
        ({"kind": "last_order_value", "at_least": "5", "window": {"within": "P1Y"}}, set()),
        ({"kind": "coupon_share", "at_least": "5"}, set()),
        ({"kind": "used_code", "never": True}, set()),
        ({"kind": "ordered", "products": ["a", "b"], "window": {"within": "P1Y"}}, {"bought"}),
        ({"kind": "ordered", "products": ["a"], "quantity": {"at_least": 5}}, {"bought"}),
    ],
)
def test_the_engine_reads_no_orders_where_something_smaller_answers(
    rule: dict[str, Any], tables: set[str]
) -> None:
    assert _tables_read(rule) == tables
