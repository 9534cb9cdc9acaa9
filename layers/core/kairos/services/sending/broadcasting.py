"""What a broadcast's message shows beside what all show: the marketer's words, the product, the occasion."""

from typing import NamedTuple

from kairos import keys
from kairos.domain.broadcast import Broadcast
from kairos.domain.campaign_content import CampaignContent, content_in
from kairos.domain.message import LedgerEntry
from kairos.domain.money import Money
from kairos.domain.product import ProductSnapshot
from kairos.domain.shop import Shop
from kairos.ports import Items
from kairos.services.sending.content import ShownItem
from kairos.services.sending.offering import offer


class BroadcastContent(NamedTuple):
    """See services.sending.content.Content. ids: of products featured, which are not offered again."""

    campaign: CampaignContent | None = None
    featured: tuple[ShownItem, ...] = ()
    occasion: str | None = None
    ids: frozenset[str] = frozenset()


NOTHING = BroadcastContent()


def broadcast_content(items: Items, shop: Shop, entry: LedgerEntry, language: str) -> BroadcastContent:
    """What the entry's broadcast shows in the reader's language; nothing where it is of none."""
    if entry.broadcast is None:
        return NOTHING
    place, written = (
        keys.broadcast(shop.id, entry.broadcast),
        keys.broadcast_content(shop.id, entry.broadcast),
    )
    held = items.get_many([place, written])
    if place not in held:
        return NOTHING
    about = Broadcast.model_validate(held[place].body).subject
    usual = shop.languages[0].split("-")[0]
    told = held[written].body if written in held else {}
    words = {name: CampaignContent.model_validate(one) for name, one in told.items()}
    product = items.get(keys.product(shop.id, about.product)) if about.product else None
    shown = _featured(ProductSnapshot.model_validate(product.body), about.old_price) if product else None
    return BroadcastContent(
        campaign=content_in(words, language, usual),
        featured=(shown,) if shown else (),
        occasion=about.names.get(language)
        or about.names.get(usual)
        or next(iter(about.names.values()), None),
        ids=frozenset({about.product} if about.product else ()),
    )


def _featured(product: ProductSnapshot, old_price: int | None) -> ShownItem | None:
    if product.deleted or not product.title:
        return None
    shown = offer(product)
    if old_price is None or product.currency is None or (product.price or 0) >= old_price:
        return shown
    return shown.model_copy(update={"old_price": Money(amount=old_price, currency=product.currency)})
