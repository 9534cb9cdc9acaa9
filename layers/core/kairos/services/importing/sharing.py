"""A guard against the one mistake that can't be taken back: linking people who are not the same.

A customer id and an address in one row are one person for good. Where the wrong column is mapped, the shop's
own address for the customer's, say, all of them would become one.
"""

from collections.abc import Sequence

from kairos.domain.errors import Refused

MOST_SHARED = 50
"""Ids that may share an address, or addresses an id: families do, and test orders."""

LOOKED_AT = 200_000
"""Rows of a file that are looked at: a wrong column is wrong from the first row on."""


class Sharing:
    """Looks at rows before any of them is stored. fields: of their cells."""

    def __init__(self, fields: Sequence[str]) -> None:
        both = [list(fields).index(one) for one in ("customer_id", "email") if one in fields]
        self._places = tuple(both) if len(both) > 1 else ()
        self._left = LOOKED_AT
        self._ids: dict[str, set[str]] = {}
        self._addresses: dict[str, set[str]] = {}

    def look(self, cells: Sequence[str]) -> None:
        """Raises Refused naming the column that can't be what the mapping says."""
        if not self._places or not self._left:
            return
        self._left -= 1
        customer, email = (cells[place] for place in self._places)
        if customer in ("", "0") or not email:
            return
        if _more_than_most(self._ids, email, customer):
            problem = f"One address stands beside more than {MOST_SHARED} customer ids."
            raise Refused("mapping.columns.email", problem, "Name the column of the customer's own address.")
        if _more_than_most(self._addresses, customer, email):
            problem = f"One customer id stands beside more than {MOST_SHARED} addresses."
            raise Refused("mapping.columns.customer_id", problem, "Name the column of the customer's own id.")


def _more_than_most(known: dict[str, set[str]], one: str, other: str) -> bool:
    shared = known.setdefault(one, set())
    shared.add(other)
    return len(shared) > MOST_SHARED
