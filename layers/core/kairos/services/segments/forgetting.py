"""Forgetting what readers of hashed lists were given: with the segment, or with the whole shop."""

from kairos import keys
from kairos.domain.audience_state import ReaderState, objects_of
from kairos.ports import Delete, Items, Key, Objects


def forget_readers(items: Items, objects: Objects, shop: str, segment: str) -> None:
    """Forget it for every reader of this segment. Repeating it changes nothing."""
    for item in items.query(keys.audience_reader(shop, segment, "", "").pk):
        forget_objects(items, objects, item.key)
        items.write(Delete(item.key))


def forget_objects(items: Items, objects: Objects, reader: Key) -> None:
    """Delete from the bucket what this reader was given; the item itself stays."""
    held = items.get(reader)
    state = ReaderState.model_validate(held.body) if held else ReaderState()
    for one in sorted(objects_of(state.base, state.next)):
        objects.delete(one)


def is_reader(key: Key, shop: str) -> bool:
    """Whether the key is that of a reader of one of the shop's segments."""
    return key.pk.startswith(keys.audience_reader(shop, "", "", "").pk)
