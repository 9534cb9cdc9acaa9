"""The reader of one file, by its kind."""

from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from kairos.adapters.history.customers import CustomerRows
from kairos.adapters.history.orders import OrderRows
from kairos.adapters.history.values import cells_of
from kairos.adapters.platforms.shopify.orders import MANUAL_GATEWAYS as BY_SHOPIFY
from kairos.adapters.platforms.woocommerce.orders import MANUAL_GATEWAYS as BY_WOOCOMMERCE
from kairos.domain.imports import Import
from kairos.domain.mapping import OrderMapping
from kairos.domain.shop import Shop
from kairos.ports import Clock

Reader = OrderRows | CustomerRows
"""Makes snapshots of rows."""


def reader_of(
    told: Import, fields: Sequence[str], names: Mapping[str, str], shop: Shop, clock: Clock
) -> Reader:
    """fields: of a row's cells; names: what the file calls them (see layout.Layout)."""
    zone = ZoneInfo(told.mapping.timezone) if told.mapping.timezone else shop.zone
    cells = cells_of(told.mapping, zone, clock)
    if isinstance(told.mapping, OrderMapping):
        manual = BY_SHOPIFY | BY_WOOCOMMERCE | {one.strip().casefold() for one in shop.transfer_gateways}
        return OrderRows(told.mapping, fields, names, cells, shop, manual)
    exported_at = clock.shown(told.exported_at) if told.exported_at else None
    return CustomerRows(told.mapping, fields, names, cells, zone, exported_at, told.created_at)
