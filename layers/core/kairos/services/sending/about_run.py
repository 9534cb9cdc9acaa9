"""What the message of a run is about, beside what all messages show: products, and the day that it is."""

from typing import NamedTuple

from kairos import keys
from kairos.domain.catalogue import Catalogue, product_fact
from kairos.domain.message import LedgerEntry
from kairos.domain.moment import Moment
from kairos.domain.profile import Profile
from kairos.domain.run import Run
from kairos.domain.scenario import Shown
from kairos.domain.scenarios.registry import SCENARIOS
from kairos.domain.shop import Shop
from kairos.domain.standing import Thresholds
from kairos.ports import Items
from kairos.services.segments.standing import products_of
from kairos.services.sending.content import ShownItem
from kairos.services.sending.offering import MOST_OFFERED, may_be_offered, offer, read_products


class About(NamedTuple):
    """See services.sending.content.Content. ids: of products featured, which are not offered again."""

    featured: tuple[ShownItem, ...] = ()
    occasion: str | None = None
    ids: frozenset[str] = frozenset()


def about_run(
    items: Items, shop: Shop, profile: Profile | None, entry: LedgerEntry, country: str | None
) -> About:
    """What the entry's run is about; nothing where its scenario shows nothing of its own."""
    told = _shown(items, shop, profile, entry) if profile else None
    if told is None:
        return About()
    known = read_products(items, shop.id, dict.fromkeys(told.products))
    sold = [one for one in known.values() if may_be_offered(one, country)][:MOST_OFFERED]
    ids = frozenset(one.id for one in sold)
    return About(tuple(offer(one) for one in sold), told.occasion, ids)


def _shown(items: Items, shop: Shop, profile: Profile, entry: LedgerEntry) -> Shown | None:
    scenario = SCENARIOS.get(entry.step.scenario)
    if scenario is None or scenario.shows is None or entry.broadcast is not None:
        return None
    run = items.get(keys.run(shop.id, entry.step.run))
    settings = scenario.recall_settings(Run.model_validate(run.body).settings if run else {})
    products = read_products(items, shop.id, dict.fromkeys(sorted(products_of(profile))))
    held = items.get(keys.thresholds(shop.id))
    moment = Moment(
        now=entry.reserved_at,
        shop=shop,
        thresholds=Thresholds.model_validate(held.body) if held else Thresholds(),
        catalogue=Catalogue({one: product_fact(product) for one, product in products.items()}),
    )
    return scenario.shows(profile, settings, moment)
