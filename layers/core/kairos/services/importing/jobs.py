"""The item of an import: made, read, changed by whoever read it last, and shown."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from kairos import keys
from kairos.domain.errors import NotFound
from kairos.domain.imports import Import
from kairos.ports import Item, Items, Put, Unchanged

KEPT = timedelta(days=30)
"""How long an import's item is kept after it was made."""


class Job(NamedTuple):
    """An import as it was read. version: by which a change knows that nobody else has changed it."""

    shop: str
    told: Import
    version: str


def create_job(items: Items, shop: str, told: Import) -> Job:
    """Put a new one on record."""
    job = Job(shop, told, "1")
    item = _item(job)
    listed = Item(keys.listed_import(shop, told.id), "1", {}, item.expires_at)
    items.transact([Put(item, Unchanged(None)), Put(listed)])
    return job


def list_jobs(items: Items, shop: str) -> list[Job]:
    """Every import of the last weeks, latest first."""
    place = keys.listed_import(shop, "")
    ids = [one.key.sk.removeprefix(place.sk) for one in items.query(place.pk, place.sk)]
    held = items.get_many(keys.history_import(shop, one) for one in ids)
    jobs = [Job(shop, Import.model_validate(one.body), one.version) for one in held.values()]
    return sorted(jobs, key=lambda one: (one.told.created_at, one.told.id), reverse=True)


def read_job(items: Items, shop: str, import_id: str) -> Job:
    """Raises NotFound where there is none (any more)."""
    held = items.get(keys.history_import(shop, import_id))
    if held is None:
        raise NotFound("import", import_id[:40])
    return Job(shop, Import.model_validate(held.body), held.version)


def change_job(items: Items, job: Job, changes: Mapping[str, Any]) -> Job:
    """The job with these fields changed. Raises Conflict where somebody else has changed it since."""
    told = job.told.model_copy(update=dict(changes))
    changed = Job(job.shop, told, str(int(job.version) + 1))
    items.write(Put(_item(changed), Unchanged(job.version)))
    return changed


def _item(job: Job) -> Item:
    expires: datetime = job.told.created_at + KEPT
    place = keys.history_import(job.shop, job.told.id)
    return Item(place, job.version, job.told.as_json(), int(expires.timestamp()))
