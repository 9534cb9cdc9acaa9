"""From a request to what a shop's site is like; opened sites stay from one request to the next."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from kairos import keys
from kairos.domain.errors import NotFound
from kairos.domain.shop import Shop
from kairos.engine.local_files import LocalFiles
from kairos.engine.manifest import SnapshotBroken
from kairos.engine.site.counting import counted
from kairos.engine.site.manifest import SiteManifest
from kairos.engine.site.opening import OpenedSite
from kairos.ports import Clock, Items
from kairos.services.shops import load_shop
from kairos.services.site.answer import answer
from kairos.services.site.asking import kept_from, read_question

MOST_OPEN = 2
"""Sites kept open at once; of 100,000 visits one takes some 100 MB of memory."""


class Sites:
    """Opens sites. What is opened again only takes in what changed since."""

    def __init__(self, items: Items, local: LocalFiles) -> None:
        self._items, self._local = items, local
        self._open: dict[tuple[str, str], OpenedSite] = {}

    def open(self, shop: Shop) -> OpenedSite:
        """The site as its files now are. Raises SnapshotBroken where one of them is missing."""
        manifest = self._manifest(shop)
        try:
            return self._opened(shop, manifest)
        except SnapshotBroken:
            # Files go as soon as others have taken their place: the newer manifest leads to these.
            if (newer := self._manifest(shop)) == manifest:
                raise
            return self._opened(shop, newer)

    def _manifest(self, shop: Shop) -> SiteManifest:
        held = self._items.get(keys.site(shop.id))
        return SiteManifest.model_validate(held.body) if held else SiteManifest()

    def _opened(self, shop: Shop, manifest: SiteManifest) -> OpenedSite:
        place = (shop.id, shop.timezone)
        held = self._open.pop(place, None)
        if held is None:
            while len(self._open) >= MOST_OPEN:
                self._open.pop(next(iter(self._open))).close()
            held = OpenedSite(self._local, shop, manifest)
        else:
            try:
                held.refresh(manifest)
            except SnapshotBroken:
                held.close()
                raise
        self._open[place] = held
        return held


class Showing(NamedTuple):
    """What showing sites needs."""

    items: Items
    clock: Clock
    sites: Sites


def show_site(given: Showing, shop_id: str, query: Mapping[str, str]) -> dict[str, Any]:
    """What visitors do on the shop's site, as JSON.

    Raises NotFound for no shop, Refused naming the parameter, and SnapshotBroken.
    """
    shop = load_shop(given.items, shop_id)
    if shop is None:
        raise NotFound("shop", shop_id)
    now = given.clock.now()
    asked = read_question(query, shop, now)
    site = given.sites.open(shop)
    return answer(counted(site, asked), shop, asked, site.manifest.as_of, kept_from(shop, now))
