"""Messages of the snapshot's queue: customers and products that changed, a shop at a time."""

import json
from collections.abc import Callable, Sequence
from typing import Annotated

from pydantic import Field, ValidationError

from kairos.domain.segment import Cause
from kairos.domain.shop import ShopId
from kairos.domain.value import Value
from kairos.services.recording.messages import QueuedMessage
from kairos.services.snapshot.catalogue import update_products
from kairos.services.snapshot.updating import Occasion, Updating, update_customers


class Changed(Value):
    """What a message tells (see segments.touching): customers by any of their nodes, and why; or products."""

    shop: ShopId
    customers: Annotated[tuple[str, ...], Field(max_length=1000)] = ()
    cause: Cause = "event"
    products: Annotated[tuple[str, ...], Field(max_length=1000)] = ()


def update_all(
    given: Updating,
    messages: Sequence[QueuedMessage],
    enough_time: Callable[[], bool],
    on_error: Callable[[str, Exception], None],
) -> list[str]:
    """Take in what the messages tell. Answers the ids of those that have to be delivered again.

    enough_time: asked before each shop. on_error: is told which shop failed for now, and by what.
    """
    failed: list[str] = []
    by_shop: dict[str, list[tuple[str, Changed]]] = {}
    for message in messages:
        try:
            told = Changed.model_validate(json.loads(message.body))
        except (ValueError, ValidationError) as wrong:
            on_error("unknown", wrong)
            failed.append(message.id)
            continue
        by_shop.setdefault(told.shop, []).append((message.id, told))
    for shop, some in by_shop.items():
        if not (enough_time() and _taken(given, shop, some, on_error)):
            failed += [message for message, _ in some]
    return failed


def _taken(
    given: Updating,
    shop: str,
    some: Sequence[tuple[str, Changed]],
    on_error: Callable[[str, Exception], None],
) -> bool:
    try:
        if products := {one for _, told in some for one in told.products}:
            update_products(given.feeding, shop, products)
        update_customers(
            given,
            shop,
            [Occasion(told.customers, told.cause, message) for message, told in some if told.customers],
        )
    except Exception as error:
        on_error(shop, error)
        return False
    return True
