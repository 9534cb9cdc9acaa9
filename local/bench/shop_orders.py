"""Orders, lines and carts of the invented shop, as DuckDB SQL over its customers (see shop_people)."""

from kairos.domain.codes import STATUSES, code_of
from local.bench.chances import DAY, SECONDS, share
from local.bench.shop_words import PRODUCTS


def _status(name: str) -> int:
    return code_of(STATUSES, name)


ORDERS = f"""
SELECT customer, id, row_number() OVER (PARTITION BY customer ORDER BY placed, k) AS number, placed AS ts,
    status, status IN ({_status("paid")}, {_status("awaiting_transfer")}) AS counts, foreign_money,
    k, codes, status = {_status("refunded")} OR chance(id, k, 13) < 0.02 AS returned
FROM (
    SELECT customer, id, k, since + floor(chance(id, k, 8) * ({SECONDS} - since))::BIGINT AS placed,
        {
    share(
        "chance(id, k, 9)",
        {
            _status("paid"): 0.92,
            _status("awaiting_transfer"): 0.01,
            _status("refunded"): 0.04,
            _status("cancelled"): 0.02,
            _status("pending"): 0.01,
        },
    )
} AS status,
        chance(id, k, 10) < 0.004 AS foreign_money,
        CASE WHEN chance(id, k, 11) < 0.18 THEN pick(id, k, 12, 120) ELSE 0 END AS codes
    FROM (SELECT *, unnest(range(1, placed_orders + 1)) AS k FROM who))"""

LINES = f"""
SELECT customer, number, any_value(ts) AS ts, any_value(status) AS status, any_value(counts) AS counts,
    product, least(sum(quantity), 99)::UINTEGER AS quantity
FROM (
    SELECT *, 1 + floor(pow(chance(id, k * 16 + line, 14), 2.5) * {PRODUCTS})::BIGINT AS product,
        1 + least(often(id, k * 16 + line, 15, 0.35), 20) AS quantity
    FROM (SELECT *, unnest(range(1, 2 + least(often(id, k, 16, 2.1), 11))) AS line FROM raw_orders))
GROUP BY customer, number, product"""

PRICED = """
SELECT o.customer, o.number, o.ts, o.status, o.counts, o.foreign_money, o.codes, o.returned,
    CASE WHEN o.counts THEN o.ts + 4 * 86400 ELSE 0 END AS delivered, l.items,
    CASE WHEN o.codes > 0 THEN l.total * 9 // 10 ELSE l.total END AS revenue, revenue * 100 // 119 AS net
FROM raw_orders o
JOIN (SELECT customer, number, sum(price(product) * quantity)::BIGINT AS total, sum(quantity) AS items
      FROM lines GROUP BY customer, number) l USING (customer, number)"""

BOUGHT = """
SELECT customer, product, max(ts) AS ts, min(ts) AS first_ts, count(*) AS orders, sum(quantity) AS quantity,
    arg_max(quantity, number) AS last_quantity,
    coalesce(floor(median(ts - before)), 0)::UINTEGER AS repeat_interval
FROM (SELECT *, lag(ts) OVER (PARTITION BY customer, product ORDER BY number) AS before
      FROM lines WHERE counts)
GROUP BY customer, product"""

CARTS = f"""
SELECT customer, id, row_number() OVER (PARTITION BY customer ORDER BY ts, k) AS number, k,
    hash(id * 64 + k) AS key, ts, items * (1000 + pick(id, k, 36, 9000)) AS total,
    chance(id, k, 37) < 0.01 AS foreign_money, items, pick(id, k, 38, 4) AS step,
    chance(id, k, 39) < 0.5 AS ordered, chance(id, k, 40) < 0.6 AS verified
FROM (SELECT *, pick(id, k, 41, 4) AS items,
          {SECONDS} - 60 - floor(pow(chance(id, k, 42), 1.5) * {200 * DAY})::BIGINT AS ts
      FROM (SELECT *, unnest(range(1, 1 + least(visits // 4, 6))) AS k FROM who))"""

CART_LINES = f"""
SELECT DISTINCT customer, number,
    1 + floor(pow(chance(id, k * 16 + line, 43), 2.5) * {PRODUCTS})::BIGINT AS product
FROM (SELECT *, unnest(range(1, items + 1)) AS line FROM raw_carts)"""
