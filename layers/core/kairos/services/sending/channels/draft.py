"""A reserved message in words, on its way to become what its channel's provider takes."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from kairos.domain.message import LedgerEntry, Outcome
from kairos.domain.shop import Shop
from kairos.services.sending.content import Rendered, RenderedShort
from kairos.services.sending.reaching import Address


class Draft(NamedTuple):
    """words: as rendered for the channel. link: where its recipient unsubscribes. at: real time, for
    signatures. secret: reads the shop's secrets; only channels that sign call it."""

    shop: Shop
    address: Address
    entry: LedgerEntry
    words: Rendered
    link: str
    at: datetime
    secret: Callable[[], Mapping[str, Any]]

    @property
    def short(self) -> RenderedShort:
        """The words of a short message. Raises Unsendable where the template renders none."""
        if not isinstance(self.words, RenderedShort):
            raise Unsendable("template failed")
        return self.words


class Unsendable(Exception):
    """The message can't take its channel; nothing was called."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome)
        self.outcome: Outcome = outcome


Compose = Callable[[Draft], Any]
"""Makes the provider's message of a draft: one of the types in kairos.ports. Raises Unsendable."""
