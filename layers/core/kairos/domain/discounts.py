"""What a shop allows of discounts, whatever scenario would give them."""

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from kairos.domain.criteria.durations import Duration
from kairos.domain.message import CodeScope
from kairos.domain.value import Value

_PUBLIC_HTTPS = r"^https?://[A-Za-z0-9.\-\[\]:]+(/[A-Za-z0-9._~/-]*)?$"


def _secure(address: str) -> str:
    if address.startswith("http://") and not address.startswith(("http://127.0.0.1", "http://[::1]")):
        raise ValueError("the address is not encrypted; use one that begins with https://")
    return address.rstrip("/")


ApiAddress = Annotated[str, StringConstraints(pattern=_PUBLIC_HTTPS, max_length=300), AfterValidator(_secure)]
"""Where a shop's own API answers. No user, query or fragment; http only on this very machine, for tests."""

CollectionId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_:/-]{1,100}$")]
Amount = Annotated[str, StringConstraints(pattern=r"^\d{1,9}(\.\d{1,3})?$")]
"""Money in the shop's currency, as a decimal text."""


class DiscountRules(Value):
    """A shop's rules for codes. Where a scenario asks for something stricter, that holds.

    cooldown: no code to a customer so long after their last one, ISO 8601. minimum_basket: below which no
    code may be used. scope, collections: what codes are good for that a scenario would give for everything.
    stock: the collections that hold the stock to move. warn_below: free codes of a pool below which it is
    low. api: where the shop's own API answers, which makes codes as they are needed and tags orders.
    """

    cooldown: Duration = "P60D"
    minimum_basket: Amount = "0"
    scope: CodeScope = "all"
    collections: tuple[CollectionId, ...] = Field(default=(), max_length=100)
    stock: tuple[CollectionId, ...] = Field(default=(), max_length=100)
    warn_below: Annotated[int, Field(ge=0, le=100_000)] = 50
    api: ApiAddress | None = None
