"""How much each product was wanted of late: customers who ordered it, and customers who looked at it."""

from collections import Counter

from kairos.domain.codes import ACTIVITY_KINDS, code_of
from kairos.engine.asking import Partition
from kairos.engine.sources import relation

AN_ORDER = 10
"""Looks that one order outweighs; our own default."""


def popularity(partition: Partition, since: int, most: int) -> Counter[str]:
    """Points by product id, for the `most` with the most points. since: epoch seconds.

    A customer counts once for a product that they looked at, and once for one that they ordered, however
    often: else one caterer would decide for all.
    """
    points: Counter[str] = Counter()
    looked = f"kind = {code_of(ACTIVITY_KINDS, 'product')}"
    for table, column, weight, condition in (
        ("lines", "product", AN_ORDER, "counts"),
        ("acts", "target", 1, looked),
    ):
        told = partition.connection.execute(
            f"SELECT {column}, count(DISTINCT customer)"
            f" FROM {relation(partition.sources[table], since)}"
            f" WHERE ts > {since} AND {column} <> 0 AND {condition}"
            f" GROUP BY {column}"
        ).fetchall()
        for code, customers in told:
            points[partition.words[column][code]] += weight * customers
    ordered = sorted(points.items(), key=lambda one: (-one[1], one[0]))
    return Counter(dict(ordered[:most]))
