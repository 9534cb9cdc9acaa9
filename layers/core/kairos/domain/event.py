"""What recording tells the bus. Ids are deterministic, so that a repeated event is known as such."""

from typing import Literal

from kairos.domain.value import Instant, Value, digest

EventName = Literal[
    "CartChanged", "OrderRecorded", "PriceDropped", "SegmentEntered", "SegmentLeft", "SegmentsRecomputed"
]


class Event(Value):
    """name: the detail type on the bus. cause: what happened, as an id ("cart:abc", "order:17",
    "product:9", "segment:loyal", "recompute:…").

    customer: the customer's id (any node of theirs leads to them); None where it concerns many. occurred_at:
    by the source's clock. Holds ids only, never personal data. version: of the thing that changed, so that
    each change has an id. file: the object that tells more, where it is too much for an event.
    old_price, new_price: of a product that got cheaper, in minor units of the shop's currency.
    """

    name: EventName
    shop: str
    customer: str | None = None
    cause: str
    occurred_at: Instant
    version: str
    file: str | None = None
    old_price: int | None = None
    new_price: int | None = None

    @property
    def id(self) -> str:
        """32 hex digits, the same for the same change however often it is told."""
        return digest(self.model_dump(mode="json", exclude={"customer"}, exclude_none=True))[:32]
