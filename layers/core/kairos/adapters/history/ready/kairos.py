"""Our own columns: each is called as the field that it tells, for systems that can shape their export."""

from kairos.domain.mapping import CustomerColumns, CustomerMapping, OrderColumns, OrderMapping
from kairos.domain.order import OrderStatus

_STATUSES: tuple[OrderStatus, ...] = (
    "draft",
    "pending",
    "awaiting_transfer",
    "paid",
    "cancelled",
    "refunded",
    "failed",
)

ORDERS = OrderMapping(
    columns=OrderColumns.model_validate({name: name for name in OrderColumns.model_fields}),
    statuses={one: one for one in _STATUSES},
)
ORDERS_NEEDED = ("order_id", "placed_at")

CUSTOMERS = CustomerMapping(
    columns=CustomerColumns.model_validate({name: name for name in CustomerColumns.model_fields})
)
CUSTOMERS_NEEDED = ("email",)
