"""What the customers of the invented shop did on the site and with messages, as DuckDB SQL."""

from kairos.domain.codes import ACTIVITY_KINDS, CHANNELS, ENGAGEMENT_KINDS, code_of
from kairos.domain.visits import VISIT_PAUSE
from local.bench.chances import DAY, SECONDS, share
from local.bench.shop_words import PRODUCTS

_KIND = {
    code_of(ACTIVITY_KINDS, name): share
    for name, share in (
        ("page", 0.45), ("product", 0.25), ("category", 0.08), ("search", 0.05), ("cart", 0.09),
        ("checkout_step", 0.04), ("form", 0.02), ("chat", 0.01), ("event", 0.01),
    )
}  # fmt: skip
_ON_PRODUCTS = f"kind IN ({code_of(ACTIVITY_KINDS, 'product')}, {code_of(ACTIVITY_KINDS, 'cart')})"

ACTS = f"""
SELECT customer, ts, kind,
    CASE WHEN {_ON_PRODUCTS} THEN 1 + floor(pow(chance(id, k, 20), 2.5) * {PRODUCTS})::BIGINT
        ELSE {PRODUCTS} + pick(id, k, 20, 200) END AS target,
    CASE WHEN kind = {code_of(ACTIVITY_KINDS, "form")} THEN pick(id, k, 21, 3)
        WHEN kind = {code_of(ACTIVITY_KINDS, "checkout_step")} THEN 3 + pick(id, k, 21, 3)
        ELSE 0 END AS stage,
    least(often(id, k, 22, 40), 3600) AS seconds, device, 0 AS fields,
    coalesce(ts - lag(ts) OVER (PARTITION BY customer ORDER BY ts, k) > {VISIT_PAUSE}, true) AS starts_visit
FROM (
    SELECT customer, id, visit * 24 + act AS k, device,
        least(began + act * pick(id, visit * 24 + act, 17, 240), {SECONDS - 1}) AS ts,
        {share("chance(id, visit * 24 + act, 18)", _KIND)} AS kind
    FROM (SELECT *, unnest(range(0, 1 + least(often(id, visit, 19, 2.4), 20))) AS act,
              CASE WHEN chance(id, visit, 23) < 0.8 THEN pick(id, 0, 24, 5) ELSE pick(id, visit, 25, 5) END
                  AS device,
              {SECONDS} - 60 - floor(pow(chance(id, visit, 26), 1.3) * {365 * DAY})::BIGINT AS began
          FROM (SELECT *, unnest(range(1, visits + 1)) AS visit FROM who)))"""

_DELIVERED, _OPENED, _CLICKED = (code_of(ENGAGEMENT_KINDS, one) for one in ("delivered", "opened", "clicked"))

ENGAGEMENT = f"""
SELECT customer, least(sent_at + late, {SECONDS - 1}) AS ts, sent_at, kind, scenario, scenario AS message,
    {code_of(CHANNELS, "email")} AS channel
FROM (
    SELECT *, pick(id, k, 30, 4) AS scenario,
        unnest([{{'kind': {_DELIVERED}, 'late': 5, 'is': chance(id, k, 31) < 0.98}},
                {{'kind': {_OPENED}, 'late': 60 + often(id, k, 32, 20000), 'is': chance(id, k, 33) < 0.38}},
                {{'kind': {_CLICKED}, 'late': 90 + often(id, k, 32, 20000), 'is': chance(id, k, 33) < 0.07}}],
               recursive := true)
    FROM (SELECT customer, id, k,
              {SECONDS} - 60 - floor(chance(id, k, 34) * {400 * DAY})::BIGINT AS sent_at
          FROM (SELECT *, unnest(range(1, messages + 1)) AS k FROM who)))
WHERE "is" """

RUNS = f"""
SELECT customer, pick(id, k, 45, 4) AS scenario,
    {SECONDS} - 60 - floor(chance(id, k, 46) * {400 * DAY})::BIGINT AS ts,
    CASE WHEN chance(id, k, 47) < 0.05 THEN 0 ELSE least(ts + often(id, k, 48, 200000), {SECONDS - 1}) END
        AS ended_at
FROM (SELECT *, unnest(range(1, 1 + messages // 3)) AS k FROM who)"""

SURVEYS = f"""
SELECT customer, {SECONDS} - 60 - floor(chance(id, 1, 49) * {400 * DAY})::BIGINT AS ts,
    pick(id, 1, 50, 11) - 1 AS score
FROM who WHERE placed_orders > 0 AND chance(id, 0, 51) < 0.1"""

MEMBERSHIPS = f"""
SELECT customer, segment, {SECONDS} - 60 - floor(chance(id, segment, 52) * {300 * DAY})::BIGINT AS ts
FROM (SELECT *, unnest(range(1, 51)) AS segment FROM who) WHERE chance(id, segment, 53) < 0.12"""
