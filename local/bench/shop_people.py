"""The customers of the invented shop, with the figures that are kept of each, as DuckDB SQL."""

from kairos.domain.codes import CHANNELS, ENGAGEMENT_KINDS, HEMISPHERES, bits_of, code_of
from kairos.domain.places import SPHERE
from kairos.engine.tables import NO_HOUR, UNKNOWN_DAY
from local.bench.chances import DAY, SECONDS, share
from local.bench.shop_words import (
    BIRTHDAYS,
    CITIES,
    FIELDS,
    FIRST_BIRTHDAY,
    FIRST_NAMES,
    LAST_NAMES,
    SHOE_SIZES,
    dictionaries,
)


def who(first: int, customers: int) -> str:
    """How busy each customer is. id: a number of the whole shop's, from which all chance follows."""
    return f"""
SELECT customer::UINTEGER AS customer, ({first} + customer)::UINTEGER AS id,
    CASE WHEN chance(id, 0, 1) < 0.33 THEN 0 ELSE least(1 + often(id, 0, 2, 6.1), 80) END AS placed_orders,
    CASE WHEN chance(id, 0, 3) < 0.35 THEN 0
        ELSE least(1 + floor(pow(-ln(1 - chance(id, 0, 4)), 1.6) * 4.9)::BIGINT, 150) END AS visits,
    CASE WHEN chance(id, 0, 5) < 0.62 THEN least(often(id, 0, 6, 6.5), 60) ELSE 0 END AS messages,
    {SECONDS} - 3600 - floor(pow(chance(id, 0, 7), 1.2) * {5 * 365 * DAY})::BIGINT AS since
FROM range({customers}) numbers(customer)"""


GENDER = share("chance(id, 0, 67)", {0: 0.3, 1: 0.4, 2: 0.29, 3: 0.01})
LANGUAGE = "pick(id, 0, 68, 8)"
BORN = (  # days since 1970, NULL: not known
    "CASE WHEN chance(id, 0, 64) < 0.65"
    f" THEN {FIRST_BIRTHDAY} + floor((chance(id, 0, 65) + chance(id, 0, 66)) * {BIRTHDAYS // 2})::INTEGER END"
)
SHOE_SIZE = f"CASE WHEN chance(id, 0, 56) < 0.3 THEN pick(id, 0, 57, {len(SHOE_SIZES)}) END"

ATTRIBUTES = f"""
SELECT customer, unnest([{FIELDS["shoe_size"]} + {SHOE_SIZE},
                         {FIELDS["first_name"]} + pick(id, 0, 54, {FIRST_NAMES}),
                         {FIELDS["last_name"]} + pick(id, 0, 55, {LAST_NAMES}),
                         {FIELDS["gender"]} + nullif({GENDER}, 0),
                         {FIELDS["language"]} + {LANGUAGE},
                         {FIELDS["birthday"]} + {BORN} - {FIRST_BIRTHDAY - 1}]) AS attribute
FROM who"""

CONTACTS = "SELECT customer, customer + 1 AS contact FROM who"

_ALL_WEIGHTS = sum(city.weight for city in CITIES)
CITY = share(
    "chance(id, 0, 60)", {code: city.weight / _ALL_WEIGHTS for code, city in enumerate(CITIES, start=1)}
)


def cities() -> str:
    """The cities' codes, countries and places, as SQL."""
    countries = list(dictionaries()["country"])
    rows = ", ".join(
        f"({code}, {countries.index(city.country)}, {city.latitude}, {city.longitude})"
        for code, city in enumerate(CITIES, start=1)
    )
    return f"SELECT * FROM (VALUES {rows}) known(city, country, latitude, longitude)"


_EMAIL, _SMS, _PUSH = (bits_of(CHANNELS, (one,)) for one in ("email", "sms", "push"))
_TAG_SETS = len(dictionaries()["tags"]) - 1

_DELIVERED, _OPENED = (code_of(ENGAGEMENT_KINDS, one) for one in ("delivered", "opened"))

CUSTOMERS = f"""
WITH bought_of AS (
    SELECT customer, count(*) AS orders, sum(revenue) AS revenue, sum(net) AS net, sum(items) AS items,
        count_if(foreign_money) AS foreign_orders, count_if(codes > 0) AS coded_orders,
        min(ts) AS first_order, max(ts) AS last_order, arg_max(revenue, number) AS last_value,
        arg_max(net, number) AS last_net, arg_max(foreign_money, number) AS last_foreign,
        floor(median(ts - before)) AS order_interval
    FROM (SELECT *, lag(ts) OVER (PARTITION BY customer ORDER BY number) AS before FROM orders WHERE counts)
    GROUP BY customer),
seen AS (SELECT customer, max(ts) AS last_visit, arg_max(device, (ts, device)) AS last_device
         FROM acts GROUP BY customer),
told AS (SELECT customer, min(ts) FILTER (WHERE kind = {_DELIVERED}) AS first_delivered,
             max(ts) FILTER (WHERE kind = {_OPENED}) AS last_opened FROM engagement GROUP BY customer),
born AS (
    SELECT who.*, city, country, chance(id, 0, 61) > 0.06 AS placed,
        (latitude + (chance(id, 0, 62) - 0.5) * 0.5) * pi() / 180 AS lat,
        (longitude + (chance(id, 0, 63) - 0.5) * 0.7) * pi() / 180 AS lon,
        {BORN} AS born_on
    FROM who JOIN cities ON city = ({CITY}))
SELECT customer, coalesce(born_on, {UNKNOWN_DAY}) AS birth_day,
    coalesce(month(DATE '1970-01-01' + born_on::INTEGER) * 100 + day(DATE '1970-01-01' + born_on::INTEGER), 0)
        AS birth_md,
    {GENDER} AS gender, {LANGUAGE} AS language, country, 0 AS region, 0 AS province, city,
    CASE WHEN placed THEN round(cos(lat) * cos(lon) * {SPHERE}) ELSE 0 END AS x,
    CASE WHEN placed THEN round(cos(lat) * sin(lon) * {SPHERE}) ELSE 0 END AS y,
    CASE WHEN placed THEN round(sin(lat) * {SPHERE}) ELSE 0 END AS z,
    CASE WHEN placed THEN 1 + (chance(id, 0, 69) < 0.5)::INTEGER ELSE 0 END AS area,
    CASE WHEN placed THEN {code_of(HEMISPHERES, "north")} ELSE 0 END AS hemisphere,
    CASE WHEN chance(id, 0, 70) < 0.9 THEN since ELSE 0 END AS registered_at,
    CASE WHEN messages > 0 OR chance(id, 0, 71) < 0.2 THEN {_EMAIL} ELSE 0 END
        + CASE WHEN chance(id, 0, 72) < 0.18 THEN {_SMS} ELSE 0 END AS accepts,
    {_EMAIL} + CASE WHEN chance(id, 0, 73) < 0.4 THEN {_SMS} ELSE 0 END
        + CASE WHEN chance(id, 0, 74) < 0.1 THEN {_PUSH} ELSE 0 END AS reachable,
    CASE WHEN chance(id, 0, 75) < 0.3 THEN pick(id, 0, 76, 3) ELSE 0 END AS prefers,
    CASE WHEN visits > 0 THEN pick(id, 0, 77, 24) - 1 ELSE {NO_HOUR} END AS preferred_hour,
    CASE WHEN visits > 0 THEN pick(id, 0, 78, 7) - 1 ELSE {NO_HOUR} END AS preferred_weekday,
    {share("chance(id, 0, 79)", {0: 0.2, 1: 0.7, 2: 0.08, 3: 0.02})} AS customer_group,
    pick(id, 0, 80, 6) AS acquisition,
    CASE WHEN chance(id, 0, 81) < 0.5 THEN 0
        ELSE 1 + floor(pow(chance(id, 0, 82), 3) * {_TAG_SETS})::BIGINT END AS tags,
    {share("chance(id, 0, 83)", {0: 0.96, 1: 0.03, 2: 0.01})} AS lists,
    CASE WHEN chance(id, 0, 84) < 0.6 THEN 0 ELSE pick(id, 0, 85, 1000) END AS points,
    coalesce(b.orders, 0) AS orders, coalesce(revenue, 0) AS revenue, coalesce(net, 0) AS net,
    coalesce(items, 0) AS items, coalesce(foreign_orders, 0) AS foreign_orders,
    coalesce(coded_orders, 0) AS coded_orders, coalesce(first_order, 0) AS first_order,
    coalesce(last_order, 0) AS last_order, coalesce(last_value, 0) AS last_value,
    coalesce(last_net, 0) AS last_net, coalesce(last_foreign, false) AS last_foreign,
    coalesce(order_interval, 0) AS order_interval, coalesce(last_visit, 0) AS last_visit,
    coalesce(last_device, 0) AS last_device, coalesce(first_delivered, 0) AS first_delivered,
    coalesce(last_opened, 0) AS last_opened, ('0x' || left(sha256('c' || id), 8))::UINTEGER AS draw
FROM born
LEFT JOIN bought_of b USING (customer) LEFT JOIN seen USING (customer) LEFT JOIN told USING (customer)"""
