"""The invented shop as DuckDB SQL: one statement for each table, in the order in which they are made.

Sizes are those that the design was measured with: some 4.4 orders, 11 lines, 20 acts and events of
messages for each customer.
"""

from local.bench.shop_events import ACTS, ENGAGEMENT, MEMBERSHIPS, RUNS, SURVEYS
from local.bench.shop_orders import BOUGHT, CART_LINES, CARTS, LINES, ORDERS, PRICED
from local.bench.shop_people import ATTRIBUTES, CONTACTS, CUSTOMERS, cities, who


def statements(first: int, customers: int) -> dict[str, str]:
    """Table -> the SELECT that makes it, in the order in which they lean on each other.

    first: the shop's number of the partition's first customer.
    """
    return {
        "who": who(first, customers),
        "cities": cities(),
        "raw_orders": ORDERS,
        "lines": LINES,
        "orders": PRICED,
        "bought": BOUGHT,
        "acts": ACTS,
        "engagement": ENGAGEMENT,
        "raw_carts": CARTS,
        "carts": "SELECT * FROM raw_carts",
        "cart_lines": CART_LINES,
        "runs": RUNS,
        "surveys": SURVEYS,
        "memberships": MEMBERSHIPS,
        "attributes": f"SELECT * FROM ({ATTRIBUTES}) WHERE attribute IS NOT NULL",
        "contacts": CONTACTS,
        "customers": CUSTOMERS,
    }
