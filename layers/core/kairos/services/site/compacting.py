"""What was told of sites becomes part of their files, every few minutes; once a day what is too old goes."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, time, timedelta
from itertools import groupby, islice
from typing import NamedTuple

from kairos import keys
from kairos.domain.errors import Conflict, NotFound
from kairos.domain.shop import Shop
from kairos.domain.site.rows import Gone
from kairos.engine.local_files import LocalFiles
from kairos.engine.manifest import SnapshotBroken
from kairos.engine.site.compaction import compacted
from kairos.engine.site.delta import DeltaBroken, Told, together, unpack
from kairos.engine.site.manifest import KEPT, NEW, Forgotten, SiteManifest
from kairos.ports import Clock, Counts, Files, Item, Items, Put, StoredObject, Unchanged
from kairos.services.shops import load_shop

MOST_AT_ONCE = 2_000
"""Files of what was told that one pass over a shop takes in."""

_FETCHED_AT_ONCE = 16

TENDED_EVERY = timedelta(days=1)
GRACE = timedelta(hours=2)
"""Real time that a file nothing leads to stays: whoever wrote it may be about to say so."""

REMEMBERED = timedelta(days=1)
"""How long nothing of an erased visitor is taken in: what was being recorded as they were erased is told
within minutes, and what is delivered later is refused where it is recorded."""

_SECONDS = 60


class Compacting(NamedTuple):
    """What compacting needs. now: real time. has_time: whether so many seconds of work may still be begun.

    on_error: is told which shop failed for now, and by what.
    """

    items: Items
    files: Files
    local: LocalFiles
    clock: Clock
    counts: Counts
    now: Callable[[], datetime]
    has_time: Callable[[int], bool]
    on_error: Callable[[str, Exception], None]


def compact_all(given: Compacting) -> list[str]:
    """Take in what was told of every shop, and tend the files of those whose day has come. Answers which.

    What is left for lack of time, or because somebody else is at it, the next call does.
    """
    as_of = given.clock.now()
    told = {
        shop: list(some)
        for shop, some in groupby(given.files.listed(f"{NEW}/"), lambda one: _shop_of(one.key))
    }
    listed = [item.key.sk for item in given.items.query(keys.listed_shop("").pk)]
    held = given.items.get_many(keys.site(shop) for shop in listed)
    tended = [shop for shop in listed if (item := held.get(keys.site(shop))) and _is_due(given, _read(item))]
    done = []
    for shop in dict.fromkeys([*told, *tended]):
        if not given.has_time(_SECONDS):
            break
        try:
            compact(given, shop, told.get(shop, ()), as_of)
        except Exception as error:
            given.on_error(shop, error)
            continue
        done.append(shop)
    return done


def compact(given: Compacting, shop_id: str, told: Sequence[StoredObject], as_of: datetime) -> None:
    """One shop's. told: files of all that was told of it until `as_of`; those beyond what one pass takes in
    stay."""
    shop = load_shop(given.items, shop_id)
    if shop is None:
        for one in told:
            given.files.delete(one.key)
        return
    held = given.items.get(keys.site(shop.id))
    before = _read(held)
    some = list(islice(told, MOST_AT_ONCE))
    is_due = _is_due(given, before)
    try:
        after = _after(given, shop, before, some, is_due)
    except SnapshotBroken:
        if given.items.get(keys.site(shop.id)) != held:
            return  # somebody else was at it, and has deleted what was read here
        after = _after(given, shop, _without_lost(given, shop.id, before), some, is_due)
    after = after.model_copy(update={"as_of": as_of if len(some) == len(told) else before.as_of})
    version = str(int(held.version) + 1) if held else "1"
    item = Item(keys.site(shop.id), version, after.as_json())
    try:
        given.items.write(Put(item, Unchanged(held.version if held else None)))
    except Conflict:
        # Somebody else was at it: what they took in is in their files, and the rest the next call takes.
        _delete(given, before, after)
        return
    _delete(given, after, before)
    for one in some:
        given.files.delete(one.key)
    if is_due:
        _delete_orphans(given, shop.id, after)


def _after(
    given: Compacting, shop: Shop, before: SiteManifest, some: Sequence[StoredObject], is_due: bool
) -> SiteManifest:
    """Its files with what was told in them. Raises SnapshotBroken where one of them is missing."""
    told, now = _fetched(given, shop.id, some), given.clock.now()
    fresh = tuple(Forgotten(visitor=one.visitor, until=one.until, noted_at=now) for one in told.gone)
    remembered = tuple(one for one in before.forgotten if now - one.noted_at < REMEMBERED)
    gone = [Gone(one.visitor, one.until) for one in (*remembered, *fresh)]
    since = datetime.combine(now.astimezone(UTC).date() - timedelta(days=shop.site_kept_days), time(), UTC)
    kept = {day: ref for day, ref in before.days.items() if not is_due or day >= since.date().isoformat()}
    days = compacted(given.local, kept, told.rows, gone, told.gone, since, f"{KEPT}/{shop.id}")
    given.local.forget([*kept.values(), *days.values()])
    return before.model_copy(
        update={
            "days": days,
            "forgotten": (*remembered, *fresh),
            "tended_at": given.now() if is_due else before.tended_at,
        }
    )


def _fetched(given: Compacting, shop: str, some: Sequence[StoredObject]) -> Told:
    """What the files tell; one that somebody else has taken in meanwhile is left out."""

    def fetch(one: StoredObject) -> Told:
        try:
            return unpack(given.files.get(one.key))
        except NotFound:
            return Told()
        except DeltaBroken as broken:
            given.counts.add("SiteFilesBroken", shop=shop)
            given.on_error(shop, broken)
            return Told()

    with ThreadPoolExecutor(_FETCHED_AT_ONCE) as pool:
        return together(pool.map(fetch, some))


def _without_lost(given: Compacting, shop: str, before: SiteManifest) -> SiteManifest:
    """The manifest without days whose file is missing or has another size, which are counted."""
    sizes = {found.key: found.size for found in given.files.listed(f"{KEPT}/{shop}/")}
    whole = {day: ref for day, ref in before.days.items() if sizes.get(ref.key) == ref.size}
    given.counts.add("SiteFilesBroken", len(before.days) - len(whole), shop=shop)
    return before.model_copy(update={"days": whole})


def _delete(given: Compacting, wanted: SiteManifest, other: SiteManifest) -> None:
    """Delete what the other manifest alone leads to. Who reads by that one is told to read again."""
    for key in {ref.key for ref in other.days.values()} - {ref.key for ref in wanted.days.values()}:
        with suppress(NotFound):
            given.files.delete(key)


def _delete_orphans(given: Compacting, shop: str, manifest: SiteManifest) -> None:
    wanted = {ref.key for ref in manifest.days.values()}
    for found in given.files.listed(f"{KEPT}/{shop}/"):
        if found.key not in wanted and given.now() - found.written_at > GRACE:
            given.files.delete(found.key)


def _is_due(given: Compacting, manifest: SiteManifest) -> bool:
    return manifest.tended_at is None or given.now() - manifest.tended_at >= TENDED_EVERY


def _read(held: Item | None) -> SiteManifest:
    return SiteManifest.model_validate(held.body) if held else SiteManifest()


def _shop_of(key: str) -> str:
    return key.removeprefix(f"{NEW}/").partition("/")[0]
