"""Memberships as they stood, told by the positions that segments have now; and as they stand after a pass."""

from collections.abc import Iterable

import duckdb

from kairos.domain.membership import WORD
from kairos.domain.segment import Layout
from kairos.engine.manifest import NEVER


def by_current_positions(membership: str, words_wide: int, layout: Layout, words: int) -> str:
    """SQL of the relation `membership` (so many words wide) with the bits of edited segments moved.

    A bit lies where its segment's position was when it was written. An edited segment has a new position
    since: its bit is told there, so many words wide, and bits of what was deleted are left out.
    """
    kept: dict[int, int] = {}
    moved: dict[int, list[str]] = {}
    for position, told in enumerate(layout.positions):
        if not layout.lives(position) or position >= words_wide * WORD:
            continue
        latest = layout.latest[told.segment]
        if latest == position:
            kept[position // WORD] = kept.get(position // WORD, 0) | 1 << position % WORD
        else:
            bit = f"((w{position // WORD} >> {position % WORD}) & 1)"
            moved.setdefault(latest // WORD, []).append(f"({bit} << {latest % WORD})")
    own = [
        f"(w{one} & {kept.get(one, 0)}::UBIGINT)" if one < words_wide else "0::UBIGINT"
        for one in range(words)
    ]
    columns = [" | ".join([own[one], *moved.get(one, [])]) for one in range(words)]
    named = ", ".join(f"({column})::UBIGINT AS w{one}" for one, column in enumerate(columns))
    return f"(SELECT customer, {named}, due FROM {membership})"


def first_due(connection: duckdb.DuckDBPyConnection, membership: str) -> int:
    """When the first of the relation's customers is due, seconds since 1970; NEVER where it has none."""
    [(first,)] = connection.execute(f"SELECT min(due) FROM {membership}").fetchall()
    return NEVER if first is None else int(first)


def mask_of(positions: Iterable[int], words: int) -> tuple[int, ...]:
    """The words in which the bits of these positions are set, and no others."""
    mask = [0] * words
    for position in positions:
        mask[position // WORD] |= 1 << position % WORD
    return tuple(mask)


def masked(membership: str, mask: tuple[int, ...]) -> str:
    """SQL of the relation with the bits of the mask alone."""
    named = ", ".join(f"w{one} & {bits}::UBIGINT AS w{one}" for one, bits in enumerate(mask))
    return f"(SELECT customer, {named}, due FROM {membership})"


def united(found: str, kept: str, words: int, wide: int) -> str:
    """SQL of the relation `found` with the bits that are set in `kept` beside its own.

    words: how many both have; wide: how many the result has.
    """
    columns = [f"(f.w{one} | coalesce(k.w{one}, 0))::UBIGINT AS w{one}" for one in range(words)]
    columns += [f"0::UBIGINT AS w{one}" for one in range(words, wide)]
    named = ", ".join(columns)
    return f"(SELECT f.customer, {named}, f.due FROM {found} f LEFT JOIN {kept} k USING (customer))"
