"""SQL that makes visits of what visitors did: a visit is what one does without a pause of half an hour.

All of it is made anew for the visitors in the table `changed`, from all that is kept of them; so it never
depends on which days came first.
"""

from kairos.domain.site.figures import STEPS
from kairos.domain.site.rows import CART_TOLD, COUNTS, KINDS, ORDER, PRODUCT, STAGES, UNKNOWN_VALUE
from kairos.domain.visits import VISIT_PAUSE
from kairos.engine.site.tables import FIRST_NO_ACT, IN_ORDER

LONGEST_PATH = 8
"""Places of a visit that its path keeps."""

SAME_VIEW = 2_000
"""Milliseconds within which a page and the product or category that comes after it are one view: the script
tag tells both at once."""


def _kind(name: str) -> int:
    return KINDS.index(name) + 1


def _stage(name: str) -> int:
    return STAGES.index(name) + 1


_LAST_VIEW = _kind(PRODUCT)
_PAGE = _kind("page")

TABLES = {
    "visits": {
        "visit": "UINTEGER",
        "visitor": "UBIGINT",
        "began": "BIGINT",  # seconds since 1970, as is the next
        "ended": "BIGINT",
        "is_new": "BOOLEAN",
        "device": "UTINYINT",  # 0: not told
        "seconds": "BIGINT",
        "views": "UINTEGER",
        "entry": "UINTEGER",  # places, 0: none was seen; as are the next
        "exit": "UINTEGER",
        "path": "UINTEGER[]",
        "bounced": "BOOLEAN",
        "furthest": "UTINYINT",  # of STEPS, from 1; 0: no cart
        "cart_value": "BIGINT",
        "orders": "UINTEGER",
        "revenue": "BIGINT",
        "foreign_orders": "UINTEGER",
        "hour": "UTINYINT",  # of the shop's day, as is the next of its week
        "weekday": "UTINYINT",
    },
    "seen": {"visit": "UINTEGER", "visitor": "UBIGINT", "place": "UINTEGER"},
    "forms": {"visit": "UINTEGER", "visitor": "UBIGINT", "place": "UINTEGER", "furthest": "UTINYINT"},
}
"""Made of the rows: visits, the views in them, and how far their forms went (1 seen, 2 started, 3 sent)."""

ROWS = {
    "day": "INTEGER",
    "visitor": "UBIGINT",
    "ts": "BIGINT",
    "id": "UBIGINT",
    "kind": "UTINYINT",
    "place": "UINTEGER",
    "stage": "UTINYINT",
    "device": "UTINYINT",
    "seconds": "UINTEGER",
    "value": "BIGINT",
    "version": "BIGINT",
}

NUMBERED = f"""
SELECT *, sum(begins) OVER (PARTITION BY visitor ORDER BY {IN_ORDER} ROWS UNBOUNDED PRECEDING)::UINTEGER AS n
FROM (
  SELECT *, coalesce(ts // 1000 - lag(ts // 1000) OVER w > {VISIT_PAUSE}, true)::UTINYINT AS begins
  FROM rows WHERE kind < {FIRST_NO_ACT} AND visitor IN (FROM changed)
  WINDOW w AS (PARTITION BY visitor ORDER BY {IN_ORDER})
)
"""
"""Every act of the changed visitors with the number of its visit, from 1 for the visitor's first."""

VIEWS = f"""
SELECT visitor, n, ts, place,
  row_number() OVER (PARTITION BY visitor, n ORDER BY {IN_ORDER})::UINTEGER AS step
FROM (
  SELECT *, lag(place) OVER (PARTITION BY visitor, n ORDER BY {IN_ORDER}) AS before FROM (
    SELECT * FROM numbered WHERE kind <= {_LAST_VIEW}
    WINDOW w AS (PARTITION BY visitor, n ORDER BY {IN_ORDER})
    QUALIFY NOT (kind = {_PAGE} AND coalesce(lead(kind) OVER w > {_PAGE}
      AND lead(ts) OVER w - ts <= {SAME_VIEW}, false))
  )
) WHERE place IS DISTINCT FROM before
"""
"""Their views: a page that shows a product is that product, and a place seen again at once is one view."""

_REACHED = " ".join(
    f"WHEN kind = {_kind('checkout_step')} AND stage = {_stage(step)} THEN {number}"
    for number, step in enumerate(STEPS[:-1], start=1)
)
_FURTHEST = (
    f"CASE {_REACHED} WHEN kind = {_kind('checkout_step')} THEN 1"
    f" WHEN kind = {_kind('cart')} AND stage <> {_stage('removed')} THEN 1 ELSE 0 END"
)
_ENGAGED = (
    f"kind IN ({_kind('cart')}, {_kind('checkout_step')})"
    f" OR (kind = {_kind('form')} AND stage IN ({_stage('started')}, {_stage('sent')}))"
)

CARTS = f"""
SELECT visitor, n, arg_max(value, ts) AS cart_value FROM (
  SELECT r.visitor, r.ts, r.value, s.n, s.ended FROM rows r
  ASOF JOIN spans s ON r.visitor = s.visitor AND r.ts // 1000 >= s.began
  WHERE r.kind = {_kind(CART_TOLD)} AND r.visitor IN (FROM changed)
) WHERE ts // 1000 - ended <= {VISIT_PAUSE} GROUP BY visitor, n
"""
"""What the cart last came to in each visit."""

ORDERS = f"""
SELECT visitor, n, count(*) AS orders, coalesce(sum(value) FILTER (value <> {UNKNOWN_VALUE}), 0) AS revenue,
  count_if(value = {UNKNOWN_VALUE}) AS foreign_orders
FROM (
  SELECT id, arg_max(visitor, (began, visitor)) AS visitor, arg_max(n, (began, visitor)) AS n,
    arg_max(value, (version, value)) AS value, arg_max(stage, (version, stage)) AS stage
  FROM (
    SELECT r.id, r.ts, r.value, r.stage, r.version, s.visitor, s.n, s.began, s.ended FROM rows r
    ASOF JOIN spans s ON r.visitor = s.visitor AND r.ts // 1000 >= s.began
    WHERE r.kind = {_kind(ORDER)} AND r.visitor IN (FROM changed)
  ) WHERE ts // 1000 - ended <= {VISIT_PAUSE} GROUP BY id
) WHERE stage = {COUNTS} GROUP BY visitor, n
"""
"""Orders that count, each by its newest reading, with the visit in which it was placed: of several of the
same customer's, in as many browsers, the one that began last."""

SPANS = f"""
SELECT visitor, n, min(ts) // 1000 AS began, max(ts) // 1000 AS ended,
  coalesce(arg_min(device, (ts, kind, id)) FILTER (device > 0), 0) AS device,
  sum(seconds) AS seconds, max({_FURTHEST}) AS step, bool_or({_ENGAGED}) AS engaged
FROM numbered GROUP BY visitor, n
"""

WALKS = f"""
SELECT visitor, n, count(*) AS views, arg_min(place, step) AS entry, arg_max(place, step) AS exit,
  list(place ORDER BY step) FILTER (step <= {LONGEST_PATH}) AS path
FROM views GROUP BY visitor, n
"""


def visits_of(zone: str, above: int) -> str:
    """SQL of the visits of `spans`, with numbers above that one. zone: of the shop, an IANA name."""
    local = f"timezone('{zone}', to_timestamp(began))"
    return f"""
SELECT (row_number() OVER (ORDER BY visitor, n) + {above})::UINTEGER, visitor, began, ended, n = 1, device,
  seconds, coalesce(views, 0), coalesce(entry, 0), coalesce(exit, 0), coalesce(path, []),
  coalesce(views, 0) = 1 AND NOT engaged AND coalesce(orders, 0) = 0,
  CASE WHEN coalesce(orders, 0) > 0 THEN {len(STEPS)} ELSE step END,
  coalesce(cart_value, {UNKNOWN_VALUE}), coalesce(orders, 0), coalesce(revenue, 0),
  coalesce(foreign_orders, 0), hour({local}), isodow({local}) - 1
FROM spans LEFT JOIN walks USING (visitor, n) LEFT JOIN carts USING (visitor, n)
LEFT JOIN ordered USING (visitor, n)
"""


SEEN = """
SELECT visit, visitor, place FROM views JOIN numbers USING (visitor, n)
"""

FORMS = f"""
SELECT visit, visitor, place,
  max(CASE stage WHEN {_stage("sent")} THEN 3 WHEN {_stage("started")} THEN 2 ELSE 1 END)
FROM numbered JOIN numbers USING (visitor, n) WHERE kind = {_kind("form")} GROUP BY visit, visitor, place
"""
