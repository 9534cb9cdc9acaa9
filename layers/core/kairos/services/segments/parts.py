"""What the API of segments needs, put together."""

from collections.abc import Callable
from typing import NamedTuple

from kairos.domain.identity import IdentityKey
from kairos.ports import Clock, Items, Objects, Queue
from kairos.services.segments.audiences import Audiences
from kairos.services.segments.contacts import Contacts
from kairos.services.segments.editing import Editing
from kairos.services.segments.lists import Lists
from kairos.services.segments.populating import Populating
from kairos.services.snapshot.manifests import want_recompute


class Segments(NamedTuple):
    """changed, recompute: queues of customers to look at again, and of shops to recompute at once.

    seconds: tells seconds that only grow.
    """

    items: Items
    objects: Objects
    key: IdentityKey
    clock: Clock
    populating: Populating
    changed: Queue
    recompute: Queue
    seconds: Callable[[], float]

    @property
    def editing(self) -> Editing:
        """For making, changing and deleting."""
        return Editing(self.items, self.objects, self.clock, self.want_recompute)

    @property
    def lists(self) -> Lists:
        """For fixed lists."""
        return Lists(self.items, self.key, self.clock, self.changed)

    def contacts(self, shop: str) -> Contacts:
        """For naming the shop's customers."""
        return Contacts(self.items, self.key, shop)

    def audiences(self, shop: str) -> Audiences:
        """For hashed lists of the shop's customers."""
        return Audiences(self.items, self.objects, self.clock, self.contacts(shop))

    def want_recompute(self, shop: str) -> None:
        """Have them recomputed. Noted first, so that the next tick does it should the message be lost."""
        want_recompute(self.items, shop)
        self.recompute.send({"shop": shop, "recompute": True})
