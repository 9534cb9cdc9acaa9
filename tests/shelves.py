"""Shelves for tests that are not about segments themselves."""

from kairos.domain.segment import Layout
from kairos.domain.shelf import ShopSegments, read_shelf
from kairos.domain.shop import Shop
from kairos.domain.standing import Thresholds
from kairos.ports import Items
from kairos.services.segments.shelf import load_segments, note_full_pass


def without_segments(_items: Items, shop: Shop) -> ShopSegments:
    """In place of load_segments: a shop of which nobody asks anything."""
    return read_shelf(shop, {}, Layout(), Thresholds())


def settle(items: Items, shop: Shop) -> ShopSegments:
    """As after the shop's first full recompute: what turns from now on turns because of facts or time."""
    shelf = load_segments(items, shop)
    note_full_pass(items, shop.id, len(shelf.layout.positions), shelf.thresholds.version)
    return load_segments(items, shop)
