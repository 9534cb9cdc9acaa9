"""The memberships of a partition after a pass, in new files beside the facts that it went by."""

from collections.abc import Iterable, Mapping
from itertools import batched
from typing import Any, NamedTuple

from kairos.engine.compaction import dictionaries, write
from kairos.engine.local_files import LocalFiles
from kairos.engine.manifest import Base
from kairos.engine.opening import Opened, words_columns
from kairos.engine.sources import relation

_AT_ONCE = 1_000


class Final(NamedTuple):
    """A customer's membership as it was committed. entered: the second of entering, by segment."""

    customer: int
    words: tuple[int, ...]
    entered: Mapping[str, int]


def rewrite(
    local: LocalFiles, opened: Opened, folder: str, found: str, words: int, changed: Iterable[Final]
) -> Base:
    """The opened partition's base with other memberships. Nothing may be laid over it.

    found: SQL relation of what the pass found, so many words wide. changed: who turned, as committed.
    """
    base = opened.manifest.base
    assert base is not None  # noqa: S101 - an empty partition has nothing to rewrite
    known = len(opened.words["segment"])
    _load(opened, changed, words)
    named = ", ".join(f"coalesce(c.w{one}, f.w{one}) AS w{one}" for one in range(words))
    query = f"SELECT f.customer, {named}, f.due FROM {found} f LEFT JOIN changed c USING (customer)"
    membership = local.store(f"{folder}/membership", write(opened, local.folder / "w.parquet", query))
    former = relation(opened.sources["memberships"])
    kept = f"SELECT * FROM {former} WHERE customer NOT IN (SELECT customer FROM changed)"
    entered = write(opened, local.folder / "memberships.parquet", f"FROM ({kept} UNION ALL FROM entered)")
    tables = {**base.tables, "memberships": local.store(f"{folder}/memberships", entered)}
    update: dict[str, Any] = {"membership": membership, "words": words, "tables": tables}
    if len(opened.words["segment"]) > known:
        update["dictionaries"] = local.put(f"{folder}/words", dictionaries(opened.words))
    return base.model_copy(update=update)


def _load(opened: Opened, changed: Iterable[Final], words: int) -> None:
    """Into the tables `changed` (customer, words) and `entered` (as memberships)."""
    opened.create("changed", words_columns(words))
    opened.create("entered", {"customer": "UINTEGER", "segment": "UINTEGER", "ts": "UINTEGER"})
    code = opened.dictionaries.code
    for some in batched(changed, _AT_ONCE, strict=False):
        opened.append("changed", [(one.customer, *one.words) for one in some])
        entered = [(one, segment, ts) for one in some for segment, ts in one.entered.items()]
        opened.append("entered", [(one.customer, code("segment", told), ts) for one, told, ts in entered])
