"""The shop's shelf of segments, read by one query, with a layout that knows all of their rules."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from kairos import keys
from kairos.domain.errors import Conflict
from kairos.domain.ready_made.registry import ready_made_segments
from kairos.domain.scenario_entries import entry_segments
from kairos.domain.segment import Layout, Segment, SegmentId
from kairos.domain.shelf import ShopSegments, read_shelf
from kairos.domain.shop import Shop
from kairos.domain.standing import Thresholds
from kairos.ports import Item, Items, Put, Unchanged
from kairos.services.recording.storing import ROUNDS, agree
from kairos.services.scenarios import Standing

SHELF = "s"
"""How the sort keys of a shop's own segments begin, and those of their layout and thresholds, and of the
scenarios, whose ways in are segments too."""

Load = Callable[[Items, Shop], ShopSegments]
"""load_segments, or what remembers its answers."""

_MOST_KEPT = 64
_kept: dict[str, tuple[Shop, Mapping[SegmentId, Segment], Sequence[Item], ShopSegments]] = {}


def load_segments(
    items: Items, shop: Shop, ready_made: Mapping[SegmentId, Segment] | None = None
) -> ShopSegments:
    """The shop's shelf as it now stands. Rules that the layout does not know yet are given positions in it.

    ready_made: what comes with every shop, None for all that there is. Raises Conflict where the layout is
    being changed by others all the time.
    """
    place = keys.layout(shop.id)
    common = ready_made_segments(shop.levels) if ready_made is None else ready_made
    for _ in range(ROUNDS):
        held = items.query(place.pk, SHELF)
        shelf = _understood(shop, common, held)
        stored = next((one for one in held if one.key == place), None)
        body = shelf.layout.as_json()
        if stored is not None and stored.body == body:
            return shelf
        version = str(int(stored.version) + 1) if stored else "1"
        try:
            items.write(Put(Item(place, version, body), Unchanged(stored.version if stored else None)))
        except Conflict:
            continue
        return shelf
    raise Conflict(f"The layout was changed by others {ROUNDS} times in a row.")


def note_full_pass(
    items: Items, shop: str, positions: int, thresholds: int, catalogue: str | None = None
) -> None:
    """Note that all customers of the shop were evaluated by so many positions of the layout, with these
    products (None: as before), and compared with the thresholds of this version: what turns from then on does
    so because of time or of facts."""

    def passed(held: Item | None) -> Item | None:
        known = Layout.model_validate(held.body) if held else Layout()
        after = known.passed(positions, thresholds, catalogue)
        return None if after == known else Item(keys.layout(shop), "", after.as_json())

    agree(items, keys.layout(shop), passed)


def _understood(shop: Shop, ready_made: Mapping[SegmentId, Segment], held: Sequence[Item]) -> ShopSegments:
    """What these items say; a warm process takes what it read before where nothing has changed since."""
    last = _kept.get(shop.id)
    if last is not None and last[:3] == (shop, ready_made, held):
        return last[3]
    bodies = {item.key: item.body for item in held}
    entries = entry_segments(_switched_on(shop.id, held))
    own = [
        Segment.model_validate(item.body)
        for item in held
        if item.key.sk.startswith(keys.segment(shop.id, "").sk)
    ]
    shelf = read_shelf(
        shop,
        {**ready_made, **{one.id: one for one in own}, **entries},
        Layout.model_validate(bodies.get(keys.layout(shop.id), {})),
        Thresholds.model_validate(bodies.get(keys.thresholds(shop.id), {})),
    )
    if len(_kept) >= _MOST_KEPT:
        _kept.clear()
    _kept[shop.id] = (shop, ready_made, held, shelf)
    return shelf


def _switched_on(shop: str, held: Sequence[Item]) -> dict[str, dict[str, Any]]:
    """The settings of the scenarios that are on, by name."""
    prefix = keys.scenario_settings(shop, "").sk
    standings = {
        item.key.sk.removeprefix(prefix): Standing.model_validate(item.body)
        for item in held
        if item.key.sk.startswith(prefix)
    }
    return {name: one.settings for name, one in standings.items() if one.enabled}
