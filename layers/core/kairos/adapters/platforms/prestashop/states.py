"""What an order's state means. Its ids are the shop's own: settings come first, the defaults last."""

from kairos.adapters.platforms.fields import Fields
from kairos.domain.order import OrderStatus
from kairos.domain.shop import Shop

# The states of a new shop in the order of their ids (PrestaShop 9, install-dev/data/xml/order_state.xml).
DEFAULT_STATES: dict[str, OrderStatus] = {
    "1": "awaiting_transfer",  # awaiting check payment
    "2": "paid",  # payment accepted
    "3": "paid",  # processing in progress
    "4": "paid",  # shipped
    "5": "paid",  # delivered
    "6": "cancelled",  # canceled
    "7": "refunded",  # refunded
    "8": "failed",  # payment error
    "9": "paid",  # on backorder (paid)
    "10": "awaiting_transfer",  # awaiting bank wire payment
    "11": "paid",  # remote payment accepted
    "12": "pending",  # on backorder (not paid)
    "13": "awaiting_transfer",  # awaiting cash on delivery validation
}
DELIVERED = "5"

# The mail that a state sends (its `template`) tells what it means where its id says nothing.
_TEMPLATES: dict[str, OrderStatus] = {
    "payment": "paid",
    "preparation": "paid",
    "shipped": "paid",
    "order_canceled": "cancelled",
    "refund": "refunded",
    "payment_error": "failed",
    "bankwire": "awaiting_transfer",
    "cheque": "awaiting_transfer",
    "cashondelivery": "awaiting_transfer",
}
# PrestaShop's own modules for payments that come later by themselves.
MANUAL_MODULES = frozenset(
    {"ps_wirepayment", "ps_checkpayment", "ps_cashondelivery", "bankwire", "cheque", "cashondelivery"}
)


def status_of(order: Fields, shop: Shop) -> OrderStatus:
    """The order's status in our words."""
    state = order.id("current_state") or ""
    status = shop.order_states.get(state)
    if status is None:
        own = order.child("state")  # what our module tells of the state: true even where ids were changed
        status = _told(own) if own else None
    if status is None:
        status = DEFAULT_STATES.get(state) or ("paid" if order.flag("valid") else "pending")
    return "awaiting_transfer" if status == "pending" and _is_manual(order, shop) else status


def _told(state: Fields) -> OrderStatus | None:
    """What a state's own marks say; None where they say nothing."""
    if state.flag("paid"):
        return "paid"
    status = _TEMPLATES.get((state.text("template") or "").lower())
    return status if status != "paid" else None


def _is_manual(order: Fields, shop: Shop) -> bool:
    told = {(order.text(name) or "").casefold() for name in ("module", "payment")} - {""}
    return bool(told & (MANUAL_MODULES | {one.strip().casefold() for one in shop.transfer_gateways}))
