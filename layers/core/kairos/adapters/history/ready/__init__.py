"""Ready mappings: what the exports of known systems look like, one file each."""

from typing import NamedTuple

from kairos.adapters.history.ready import kairos, shopify, woocommerce
from kairos.domain.mapping import CustomerMapping, OrderMapping


class Ready(NamedTuple):
    """One system's files. needed: fields without which a file is not that system's."""

    orders: OrderMapping
    orders_needed: tuple[str, ...]
    customers: CustomerMapping
    customers_needed: tuple[str, ...]


READY: dict[str, Ready] = {
    name: Ready(one.ORDERS, one.ORDERS_NEEDED, one.CUSTOMERS, one.CUSTOMERS_NEEDED)
    for name, one in (("kairos", kairos), ("shopify", shopify), ("woocommerce", woocommerce))
}
"""By the name that a request gives."""
