"""Generic JSON: our requests become snapshots. docs/generic.md holds an example of each type."""

from collections.abc import Callable
from difflib import get_close_matches
from typing import Any

from kairos.adapters.platforms import requests as base
from kairos.adapters.platforms.generic import requests, snapshots
from kairos.adapters.platforms.message import Message, Reader
from kairos.domain.errors import Unreadable
from kairos.domain.shop import Shop
from kairos.domain.snapshot import Snapshot

TYPES: dict[str, tuple[type[base.Request], Callable[[Any, Shop], Snapshot]]] = {
    "order": (requests.OrderRequest, snapshots.order),
    "refund": (requests.RefundRequest, snapshots.refund),
    "cart": (requests.CartRequest, snapshots.cart),
    "customer": (requests.CustomerRequest, snapshots.customer),
    "consent": (requests.ConsentRequest, snapshots.consent),
    "product": (requests.ProductRequest, snapshots.product),
    "category": (requests.CategoryRequest, snapshots.category),
    "deletion": (requests.DeletionRequest, snapshots.deletion),
}
"""Every type that a body may have."""


def read(message: Message) -> list[Snapshot]:
    """The snapshot that the body tells. An unknown type is Unreadable: it can only be a mistake."""
    told = message.body.text("type")
    if told not in TYPES:
        near = get_close_matches(told or "", TYPES, n=1)
        remedy = f"Did you mean {near[0]!r}?" if near else f"Send one of {', '.join(sorted(TYPES))}."
        problem = "is missing." if told is None else f"{told[:40]!r} is not known."
        raise Unreadable("type", problem, remedy)
    model, reader = TYPES[told]
    return [reader(base.validated(model, message.body.told, message.body.times), message.shop)]


TOPICS: dict[str, Reader] = {"": read}
