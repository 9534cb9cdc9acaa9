"""The memberships of a partition after a pass, in new files beside the facts that it went by."""

from collections.abc import Iterable, Mapping
from itertools import batched
from typing import Any, NamedTuple

from kairos.domain.membership import WORD
from kairos.domain.segment import Layout
from kairos.engine.compaction import write
from kairos.engine.dictionaries import packed
from kairos.engine.local_files import LocalFiles
from kairos.engine.manifest import Base
from kairos.engine.opening import Opened, words_columns
from kairos.engine.sources import relation, relation_of

_AT_ONCE = 1_000


class Final(NamedTuple):
    """A customer's membership as it was committed. entered: the second of entering, by segment."""

    customer: int
    words: tuple[int, ...]
    entered: Mapping[str, int]


def rewrite(
    local: LocalFiles,
    opened: Opened,
    folder: str,
    found: str,
    words: int,
    layout: Layout,
    changed: Iterable[Final],
) -> Base:
    """The opened partition's base with other memberships. Nothing may be laid over it.

    found: SQL relation of what the pass found, so many words wide, by this layout. changed: who turned, as
    committed.
    """
    base = opened.manifest.base
    assert base is not None  # noqa: S101 - an empty partition has nothing to rewrite
    known = len(opened.words["segment"])
    _load(opened, changed, words)
    named = ", ".join(f"coalesce(c.w{one}, f.w{one}) AS w{one}" for one in range(words))
    query = f"SELECT f.customer, {named}, f.due FROM {found} f LEFT JOIN changed c USING (customer)"
    path = write(opened, local.folder / "w.parquet", query)
    kept = _still_in(opened, relation_of(str(path)), words, layout)
    entered = write(opened, local.folder / "entered.parquet", f"FROM ({kept} UNION ALL FROM entered)")
    update: dict[str, Any] = {
        "membership": local.store(f"{folder}/membership", path),
        "words": words,
        "tables": {**base.tables, "memberships": local.store(f"{folder}/memberships", entered)},
    }
    if len(opened.words["segment"]) > known:
        update["dictionaries"] = local.put(f"{folder}/words", packed(opened.words))
    return base.model_copy(update=update)


def _still_in(opened: Opened, membership: str, words: int, layout: Layout) -> str:
    """SQL of when whoever did not turn had entered; what was deleted since is left out."""
    code = opened.dictionaries.code
    opened.create("places", {"segment": "UINTEGER", "word": "UINTEGER", "shift": "UINTEGER"})
    living = {one: at for one, at in layout.latest.items() if layout.lives(at)}
    opened.append("places", [(code("segment", one), at // WORD, at % WORD) for one, at in living.items()])
    word = " ".join(f"WHEN {one} THEN w{one}" for one in range(words))
    return (
        f"SELECT m.* FROM {relation(opened.sources['memberships'])} m JOIN places USING (segment)"
        f" JOIN {membership} f USING (customer)"
        " WHERE customer NOT IN (SELECT customer FROM changed)"
        f" AND ((CASE word {word} END) >> shift) & 1 = 1"
    )


def _load(opened: Opened, changed: Iterable[Final], words: int) -> None:
    """Into the tables `changed` (customer, words) and `entered` (as memberships)."""
    opened.create("changed", words_columns(words))
    opened.create("entered", {"customer": "UINTEGER", "segment": "UINTEGER", "ts": "UINTEGER"})
    code = opened.dictionaries.code
    for some in batched(changed, _AT_ONCE, strict=False):
        opened.append("changed", [(one.customer, *one.words) for one in some])
        entered = [(one, segment, ts) for one in some for segment, ts in one.entered.items()]
        opened.append("entered", [(one.customer, code("segment", told), ts) for one, told, ts in entered])
