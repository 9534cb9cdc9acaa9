"""From a request to what a shop's site is like; opened sites stay from one request to the next."""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any, NamedTuple

from kairos import keys
from kairos.domain.errors import NotFound, Refused
from kairos.domain.shop import Shop
from kairos.domain.site.figures import Asked
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

MOST_BYTES = 20_000_000
"""Of the days' files that are opened at once: some 280,000 visits, which are there in half of the time that
somebody waits for an answer (29 seconds: Amazon API Gateway quotas, "Integration timeout")."""

_A_DAY = timedelta(days=1)


class Opened(NamedTuple):
    """since: from when on the site is whole; None: from the first day that is kept."""

    site: OpenedSite
    since: datetime | None


class Sites:
    """Opens sites. What is opened again only takes in what changed since. most: see MOST_BYTES."""

    def __init__(self, items: Items, local: LocalFiles, most: int = MOST_BYTES) -> None:
        self._items, self._local, self._most = items, local, most
        self._open: dict[tuple[str, str], OpenedSite] = {}

    def open(self, shop: Shop, end: datetime) -> Opened:
        """The site as its files now are; of a large one, as many days before the end as are opened at once.

        Raises SnapshotBroken where one of the files is missing.
        """
        manifest = self._manifest(shop)
        try:
            return self._opened(shop, manifest, end)
        except SnapshotBroken:
            # Files go as soon as others have taken their place: the newer manifest leads to these.
            if (newer := self._manifest(shop)) == manifest:
                raise
            return self._opened(shop, newer, end)

    def _manifest(self, shop: Shop) -> SiteManifest:
        held = self._items.get(keys.site(shop.id))
        return SiteManifest.model_validate(held.body) if held else SiteManifest()

    def _opened(self, shop: Shop, whole: SiteManifest, end: datetime) -> Opened:
        # Visits that began before the end may go on after midnight.
        manifest, since = whole.until(end.astimezone(UTC).date() + _A_DAY, self._most)
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
        return Opened(held, datetime.combine(since, time(), UTC) if since else None)


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
    site, since = given.sites.open(shop, asked.end)
    kept = kept_from(shop, now)
    if since is not None and since > kept:
        asked, kept = _as_far_as_opened(asked, since), since
    return answer(counted(site, asked), shop, asked, site.manifest.as_of, kept)


def _as_far_as_opened(asked: Asked, since: datetime) -> Asked:
    """The question without a comparison that nothing was opened for. Raises Refused."""
    if asked.start < since:
        problem = "More was done on the site in this time than is counted at once."
        first = (since + _A_DAY).date()  # in no time zone does it begin before
        raise Refused("from", problem, f"Ask for less at once: from {first} on, say.")
    return asked if asked.before is None or asked.before >= since else asked._replace(before=None)
