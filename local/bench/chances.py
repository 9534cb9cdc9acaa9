"""Chance in SQL: everything that is invented follows from a hash of who, a counter and a salt.

So a shop is always the same, on any number of threads.
"""

from local.bench.shop_words import NOW

SECONDS = int(NOW.timestamp())
DAY = 86_400

MACROS = (
    "CREATE OR REPLACE MACRO chance(who, k, salt) AS"
    " (hash((who::UBIGINT * 4096 + k) * 64 + salt) >> 11)::DOUBLE / 9007199254740992.0",
    "CREATE OR REPLACE MACRO pick(who, k, salt, most) AS 1 + floor(chance(who, k, salt) * most)::BIGINT",
    "CREATE OR REPLACE MACRO often(who, k, salt, mean) AS"
    " floor(-ln(1 - chance(who, k, salt)) * mean)::BIGINT",
    "CREATE OR REPLACE MACRO price(product) AS 500 + product * 7919 % 9500",
)


def share(drawn: str, shares: dict[int, float]) -> str:
    """SQL: each number as often as its share says. drawn: SQL of a chance."""
    reached, cases = 0.0, []
    for number, share in list(shares.items())[:-1]:
        reached += share
        cases.append(f"WHEN {drawn} < {reached!r} THEN {number}")
    return f"CASE {' '.join(cases)} ELSE {list(shares)[-1]} END"
