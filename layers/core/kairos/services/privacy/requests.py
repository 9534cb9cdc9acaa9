"""Requests that come from the shop's platform: fulfilled once, resumed where a crash cut them short."""

from datetime import datetime, timedelta
from typing import NamedTuple

from kairos import keys
from kairos.domain.customer import PrivacyRequest
from kairos.domain.identity import IdentityKey, customer_id
from kairos.domain.shop import Shop
from kairos.domain.value import canonical_json, digest
from kairos.ports import Clock, Counts, Item, Items, Key, Objects, Put, Queue
from kairos.services.privacy.belongings import nodes_of
from kairos.services.privacy.erase import Erasing, erase_customer, export_object
from kairos.services.privacy.erase_shop import ShopErasing, erase_shop
from kairos.services.privacy.export import export_customer

REMEMBERED = timedelta(days=90)
"""How long a fulfilled request is known as such; platforms repeat theirs within hours."""


class Privacy(NamedTuple):
    """Fulfils requests. shop_erasing: what only the erasure of a whole shop needs. changed: see Erasing."""

    items: Items
    objects: Objects
    key: IdentityKey
    clock: Clock
    counts: Counts
    shop_erasing: ShopErasing
    changed: Queue | None = None

    def act_on(self, request: PrivacyRequest, shop: Shop) -> None:
        """Fulfil the request, at most once. Raises only what is transient: then it is to be repeated."""
        told = digest([request.request, request.id, request.updated_at.isoformat()])[:32]
        done = keys.privacy_request(shop.id, told)
        if self.items.get(done) is not None:
            return
        if request.request == "erase_shop":
            erase_shop(self.shop_erasing, shop.id)
        else:
            nodes = nodes_of(self.items, shop.id, self.key, request.identities)
            if request.request == "export":
                self._export(request, shop.id, nodes, told)
            else:
                erasing = Erasing(self.items, self.objects, shop.id, request.updated_at, self.changed)
                erase_customer(erasing, nodes, request.order_ids)
            self._remember(done)
        self.counts.add("PrivacyRequests", kind=request.request, shop=shop.id)

    def _export(self, request: PrivacyRequest, shop: str, nodes: set[str], told: str) -> None:
        """Into the bucket; the pointer first, so that a later erasure finds every export."""
        if not nodes:
            return
        customer = customer_id(nodes)
        self.items.write(Put(Item(keys.export_pointer(shop, customer, told), "1", {})))
        copy = export_customer(self.items, self.clock, shop, nodes, request.order_ids)
        self.objects.put(export_object(shop, customer, told), canonical_json(copy).encode())

    def _remember(self, done: Key) -> None:
        now: datetime = self.clock.now()
        expires_at = int((now + REMEMBERED).timestamp())
        self.items.write(Put(Item(done, "1", {"at": now.isoformat()}, expires_at)))
