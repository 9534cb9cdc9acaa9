"""Making, changing and deleting a shop's own segments: judged together, written one edit after the other."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from kairos import keys
from kairos.domain.errors import Conflict, InUse, NotFound, Refused
from kairos.domain.ready_made.registry import READY_MADE
from kairos.domain.segment import Segment, SegmentId
from kairos.domain.segment_graph import Rules, judge
from kairos.domain.segment_wish import NewSegment, SegmentEdit
from kairos.domain.shelf import ShopSegments, read_shelf
from kairos.domain.shop import Shop
from kairos.ports import Check, Clock, Delete, Item, Items, Objects, Put, Unchanged, Write
from kairos.services.recording.storing import ROUNDS
from kairos.services.segments.copying import copied, free_id
from kairos.services.segments.feeds import close_feeds
from kairos.services.segments.forgetting import forget_readers
from kairos.services.segments.shelf import load_segments
from kairos.services.segments.uses import KEEPING, uses_of

MOST_SEGMENTS = 200
"""Segments of a shop's own."""


class Editing(NamedTuple):
    """What editing needs. wanted: has the segments of the shop with this id recomputed, now."""

    items: Items
    objects: Objects
    clock: Clock
    wanted: Callable[[str], None]


class _Edit(NamedTuple):
    """One edit as it is to be written. after: the shop's segments with it."""

    segment: Segment
    write: Write
    after: Mapping[SegmentId, Segment]


def create_segment(parts: Editing, shop: Shop, wish: NewSegment, language: str = "en") -> Segment:
    """Make the segment; it is evaluated for all customers at once. Raises Refused naming the field.

    language: in which a copy of a ready-made segment is named where it is given no name.
    """

    def made(shelf: ShopSegments) -> _Edit:
        own = own_segments(shelf)
        if len(own) >= MOST_SEGMENTS:
            problem = f"The shop has {len(own)} segments of its own; {MOST_SEGMENTS} are the most."
            raise Refused("segments", problem, "Delete one that nobody needs.")
        told = copied(shelf, wish, language) if wish.copy_of else wish
        segment_id = free_id(shelf, wish.id, told.name or "")
        rule = {"kind": "on_list", "list": segment_id} if wish.type == "list" else told.rule
        if wish.type == "rule":
            judge(segment_id, rule, _rules(shelf))
        segment = Segment(
            id=segment_id,
            name=told.name or segment_id,
            type=wish.type,
            rule=rule or {},
            description=told.description or "",
            updated_at=parts.clock.now(),
        )
        write = Put(Item(keys.segment(shop.id, segment_id), "1", segment.as_json()), Unchanged(None))
        return _Edit(segment, write, {**shelf.segments, segment_id: segment})

    return _carry_out(parts, shop, made)


def change_segment(parts: Editing, shop: Shop, segment_id: str, edit: SegmentEdit) -> Segment:
    """Change a segment of the shop's own; a new rule is evaluated for all customers at once.

    Raises NotFound, Refused naming the field.
    """

    def changed(shelf: ShopSegments) -> _Edit:
        held = _changeable(parts.items, shelf, segment_id)
        known = Segment.model_validate(held.body)
        if edit.rule is not None:
            if known.type == "list":
                raise Refused("rule", "A fixed list has none.", "Put members on it, or make another segment.")
            judge(segment_id, edit.rule, _rules(shelf, but=segment_id))
        told = {name: value for name, value in edit.model_dump().items() if value is not None}
        segment = known.model_copy(update={**told, "updated_at": parts.clock.now()})
        put = Put(Item(held.key, str(int(held.version) + 1), segment.as_json()), Unchanged(held.version))
        return _Edit(segment, put, {**shelf.segments, segment_id: segment})

    return _carry_out(parts, shop, changed)


def delete_segment(parts: Editing, shop: Shop, segment_id: str) -> None:
    """Delete a segment of the shop's own, and with it its feeds and what readers were given of it.

    Raises NotFound, Refused for a ready-made one, InUse while others use it.
    """

    def deleted(shelf: ShopSegments) -> _Edit:
        held = _changeable(parts.items, shelf, segment_id)
        uses = [one for one in uses_of(parts.items, shop.id, segment_id) if one.kind in KEEPING]
        if uses:
            raise InUse("segment", segment_id, tuple(f"the {one.kind} {one.name!r}" for one in uses))
        after = {name: one for name, one in shelf.segments.items() if name != segment_id}
        return _Edit(shelf.segments[segment_id], Delete(held.key, Unchanged(held.version)), after)

    _carry_out(parts, shop, deleted)
    close_feeds(parts.items, shop.id, segment_id)
    forget_readers(parts.items, parts.objects, shop.id, segment_id)


def _carry_out(parts: Editing, shop: Shop, edit: Callable[[ShopSegments], _Edit]) -> Segment:
    """Write the edit under the condition that no other was written since what it was judged by was read.

    Every edit writes or checks the layout: that is what sets one after the other, so that no two together
    make a cycle, or leave a rule that asks for a segment just deleted.
    """
    place = keys.layout(shop.id)
    for _ in range(ROUNDS):
        shelf = load_segments(parts.items, shop)
        held = parts.items.get(place)
        if held is None or held.body != shelf.layout.as_json():
            continue
        wanted = edit(shelf)
        layout = read_shelf(shop, wanted.after, shelf.layout, shelf.thresholds).layout
        beside: Write | Check = Check(place, Unchanged(held.version))
        if layout != shelf.layout:
            item = Item(place, str(int(held.version) + 1), layout.as_json())
            beside = Put(item, Unchanged(held.version))
        try:
            parts.items.transact([wanted.write, beside])
        except Conflict:
            continue
        if layout != shelf.layout:
            parts.wanted(shop.id)
        return wanted.segment
    raise Conflict("The shop's segments are being changed by others.")


def own_segments(shelf: ShopSegments) -> list[Segment]:
    """Those that the shop made."""
    return [one for one in shelf.segments.values() if one.origin == "shop"]


def _rules(shelf: ShopSegments, but: str = "") -> Rules:
    return {one.id: one.rule for one in shelf.segments.values() if one.id != but}


def _changeable(items: Items, shelf: ShopSegments, segment_id: str) -> Item:
    if segment_id in READY_MADE:
        problem = f"{segment_id!r} comes with every shop and stays as it is."
        raise Refused("segment", problem, f'Copy it: POST …/segments with "copy_of": "{segment_id}".')
    held = items.get(keys.segment(shelf.shop.id, segment_id))
    if held is None:
        raise NotFound("segment", segment_id)
    return held
