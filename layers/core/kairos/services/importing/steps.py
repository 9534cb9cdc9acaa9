"""The steps of an import. Each does its work, then notes that it is done, so that it may be repeated."""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from itertools import batched
from pathlib import Path
from typing import Any, NamedTuple

from kairos.adapters.history.reader import reader_of
from kairos.adapters.history.rows import open_rows
from kairos.domain.errors import Conflict, NotFound, Refused
from kairos.domain.identity import IdentityKey
from kairos.domain.imports import FIRST_BAD, BadRow, Phase, Progress, RowCounts
from kairos.domain.mapping import fields_of
from kairos.domain.shop import Shop
from kairos.ports import Clock, Counts, Delete, Files, Items
from kairos.services.importing.cleaning import delete_parts
from kairos.services.importing.jobs import Job, change_job
from kairos.services.importing.outcomes import (
    Outcome,
    bad_rows_csv,
    outcomes,
    save_outcome,
    share,
    shares_of,
)
from kairos.services.importing.part import store_part
from kairos.services.importing.parts import cut, parts_of, rows_of
from kairos.services.importing.places import bad_rows_file, outcome_file, part_file, uploaded_file
from kairos.services.importing.storing import Erase, Store

TOLD_AT_ONCE = 25
"""Customers that are told about in one call: whoever is told folds them all, ten calls at a time, and must be
done within its 150 s, also where each customer takes a fifth of a second, as on a busy laptop."""

Touched = Callable[[str, Sequence[str]], None]
"""Is told of customers of a shop, by any node of theirs, whose history has changed; maybe more than once."""


class Overtaken(Exception):
    """Somebody else works on this import, and was faster."""


class Work(NamedTuple):
    """What the steps need."""

    items: Items
    files: Files
    key: IdentityKey
    clock: Clock
    counts: Counts
    touched: Touched
    erase: Erase


def split(given: Work, job: Job, shop: Shop) -> None:
    """Cut the file into parts. Raises Refused where the file is not what was stated."""
    told = job.told
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        uploaded = folder / "uploaded"
        try:
            given.files.fetch(uploaded_file(job.shop, told.id), uploaded)
        except NotFound:
            raise Refused("file", "It is gone.", "Send it again, then start.") from None
        parts = parts_of(uploaded.stat().st_size)
        with uploaded.open("rb") as source:
            opened = open_rows(source, told)
            layout = opened.layout
            reader = reader_of(told, layout.fields, layout.names, shop, given.clock)
            done = cut(opened.each, reader, parts, folder)
        for part in range(parts):
            given.files.store(part_file(job.shop, told.id, part), folder / str(part))
    save_outcome(given.files, outcome_file(job.shop, told.id, None), Outcome(bad=done.bad))
    progress = Progress(
        phase="store",
        rows_in_file=done.rows,
        parts=parts,
        rows=RowCounts(bad=done.unread),
        first_bad=_first((), done.bad),
    )
    _note(given, job, progress, columns=layout.names)


def store(given: Work, job: Job, shop: Shop) -> None:
    """Store the next part."""
    told, progress = job.told, job.told.progress
    part, again = progress.parts_done, progress.parts_begun > progress.parts_done
    if not again:
        progress = progress.model_copy(update={"parts_begun": part + 1})
        job = _note(given, job, progress)
    fields = [field for field, _ in fields_of(told.mapping) if field in told.columns]
    reader = reader_of(told, fields, told.columns, shop, given.clock)
    rows = rows_of(given.files.get(part_file(job.shop, told.id, part)))
    done = store_part(Store(given.items, given.key, job.shop, given.erase, again, set(), set()), reader, rows)
    save_outcome(given.files, outcome_file(job.shop, told.id, part), done.outcome)
    for mark in done.marks:
        given.items.write(Delete(mark))
    changes = {
        "phase": "store" if part + 1 < progress.parts else "report",
        "parts_done": part + 1,
        "rows": progress.rows.plus(done.rows),
        "orders": progress.orders + (done.told if told.mapping.kind == "orders" else 0),
        "undated_consents": progress.undated_consents + done.undated,
        "first_bad": _first(progress.first_bad, done.outcome.bad),
        "touched": progress.touched + len(done.outcome.touched),
    }
    _note(given, job, progress.model_copy(update=changes))


def report(given: Work, job: Job, shop: Shop) -> None:
    """Gather the bad rows into one file."""
    told, progress = job.told, job.told.progress
    if progress.rows.bad:
        text = bad_rows_csv(outcomes(given.files, shop.id, told.id, progress.parts))
        given.files.put(bad_rows_file(shop.id, told.id), text, "text/csv; charset=utf-8")
    shares = shares_of(progress.touched)
    changes = {"phase": "tell" if shares else "clean", "shares": shares}
    _note(given, job, progress.model_copy(update=changes))


def tell(given: Work, job: Job, shop: Shop) -> None:
    """Tell of the next share of the customers whose history has changed."""
    told, progress = job.told, job.told.progress
    done = outcomes(given.files, shop.id, told.id, progress.parts)
    nodes = share(done, progress.told, progress.shares)
    for some in batched(nodes, TOLD_AT_ONCE, strict=False):
        given.touched(shop.id, some)
    changes = {
        "phase": "tell" if progress.told + 1 < progress.shares else "clean",
        "told": progress.told + 1,
        "customers": progress.customers + len(nodes),
    }
    _note(given, job, progress.model_copy(update=changes))


def clean(given: Work, job: Job, shop: Shop) -> None:
    """Delete the file and its parts: what is worth keeping is stored."""
    told = job.told
    delete_parts(given.files, job)
    given.files.delete(uploaded_file(shop.id, told.id))
    given.counts.add("Imports", state="done")
    given.counts.add("ImportedRows", told.progress.rows.good, shop=shop.id)
    _note(given, job, told.progress, state="done", finished_at=given.clock.now())


STEPS: Mapping[Phase, Callable[[Work, Job, Shop], None]] = {
    "split": split,
    "store": store,
    "report": report,
    "tell": tell,
    "clean": clean,
}


def _note(given: Work, job: Job, progress: Progress, **changes: Any) -> Job:
    """Note how far it is. Raises Overtaken where somebody else has noted something since."""
    try:
        return change_job(given.items, job, {"progress": progress, **changes})
    except Conflict as other:
        raise Overtaken from other


def _first(known: Sequence[BadRow], more: Sequence[BadRow]) -> tuple[BadRow, ...]:
    return tuple(sorted((*known, *more), key=lambda one: one.line)[:FIRST_BAD])
