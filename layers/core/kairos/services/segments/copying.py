"""Copies of segments, and the ids that new ones get."""

import re
import unicodedata

from kairos.domain.errors import Refused
from kairos.domain.ready_made.registry import READY_MADE
from kairos.domain.scenario_entries import ENTRY_SEGMENTS
from kairos.domain.segment_wish import NewSegment
from kairos.domain.shelf import ShopSegments

RESERVED = frozenset({"preview"})
"""No segment's id: another address of the API ends so."""


def copied(shelf: ShopSegments, wish: NewSegment, language: str) -> NewSegment:
    """The wish with the rule, and if it has none of its own the name and description, of what it copies.

    Raises Refused naming the field.
    """
    source = wish.copy_of or ""
    if source in READY_MADE:
        one = READY_MADE[source]
        rule, name, about = (
            one.filled(wish.parameters, shelf.shop.levels),
            one.names.speaking(language),
            one.description,
        )
    elif source in shelf.segments:
        known = shelf.segments[source]
        if known.type == "list":
            raise Refused(
                "copy_of", "A fixed list has no rule to copy.", "Make a list and put members on it."
            )
        if wish.parameters:
            raise Refused("parameters", f"{source!r} asks for none.", "Leave them out.")
        rule, name, about = known.rule, known.name, known.description
    else:
        raise Refused("copy_of", f"There is no segment {source!r}.", "Use an id that GET …/segments shows.")
    told = {"rule": rule, "name": wish.name or name, "description": wish.description or about}
    return wish.model_copy(update=told)


def free_id(shelf: ShopSegments, wanted: str | None, name: str) -> str:
    """The id that was wanted, else one after the name; none that was one before: a list may still be on it.

    Raises Refused for one that is taken.
    """
    taken = {*shelf.segments, *shelf.layout.latest, *READY_MADE, *RESERVED}
    if wanted is not None:
        if wanted in taken or wanted.startswith(ENTRY_SEGMENTS):
            raise Refused("id", f"{wanted!r} is, or was, another segment's.", "Choose another one.")
        return wanted
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:50].strip("_")
    base = base if len(base) > 1 else f"segment_{base}".strip("_")
    numbers = range(2, len(taken) + 3)
    return next(one for one in (base, *(f"{base}_{number}" for number in numbers)) if one not in taken)
