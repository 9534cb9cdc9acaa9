"""Imports as the API makes, starts and shows them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple

from kairos.domain.errors import NotFound, Refused
from kairos.domain.imports import Import
from kairos.ports import Clock, Items, Queue, Uploads
from kairos.services.importing.jobs import Job, change_job, create_job, list_jobs, read_job
from kairos.services.importing.places import bad_rows_file, uploaded_file
from kairos.services.importing.wish import ImportWish, resolve_wish
from kairos.services.shops import load_shop

ADDRESS_LASTS = timedelta(hours=1)
"""How long an address for sending or fetching a file opens; asking again gives a new one."""

_MOST_AHEAD = timedelta(days=1)
"""How far a shop's clock may run ahead of ours."""

LARGEST_FILE = 1_000_000_000
"""Bytes; about ten million rows. Larger histories come in several files."""


class Imports(NamedTuple):
    """What the API needs. new_id: makes an id that nobody can guess."""

    items: Items
    uploads: Uploads
    queue: Queue
    clock: Clock
    new_id: Callable[[], str]

    def create(self, shop: str, wish: ImportWish) -> dict[str, Any]:
        """The new import, as shown, with the address for its file. Raises Refused, NotFound."""
        if load_shop(self.items, shop) is None:
            raise NotFound("shop", shop)
        resolved = resolve_wish(wish)
        if wish.exported_at and self.clock.shown(wish.exported_at) > self.clock.now() + _MOST_AHEAD:
            problem = "It lies in the future; every later telling would count as older."
            raise Refused("exported_at", problem, "Send the time at which the file was written.")
        told = Import(
            id=self.new_id(),
            format=resolved.format,
            mapping=resolved.mapping,
            needed=resolved.needed,
            exported_at=wish.exported_at,
            created_at=self.clock.now(),
        )
        return self._shown(create_job(self.items, shop, told))

    def start(self, shop: str, import_id: str) -> dict[str, Any]:
        """Begin, or go on where it stopped; one that is done stays so. Raises Refused, NotFound, Conflict."""
        job = read_job(self.items, shop, import_id)
        if job.told.state == "done":
            return self._shown(job)
        if job.told.progress.phase == "split":
            self._look_at_file(job)
        if job.told.state != "running":
            started = job.told.started_at or self.clock.now()
            job = change_job(self.items, job, {"state": "running", "started_at": started, "trouble": None})
        # Also where it runs: whoever works on it may have died, and of two workers the slower stops.
        self.queue.send({"shop": shop, "import": import_id})
        return self._shown(job)

    def list(self, shop: str) -> list[dict[str, Any]]:
        """The imports of the last 30 days as shown, latest first, without addresses. Raises NotFound."""
        if load_shop(self.items, shop) is None:
            raise NotFound("shop", shop)
        return [_told(job) for job in list_jobs(self.items, shop)]

    def show(self, shop: str, import_id: str) -> dict[str, Any]:
        """How far it has come. Raises NotFound."""
        return self._shown(read_job(self.items, shop, import_id))

    def _look_at_file(self, job: Job) -> None:
        size = self.uploads.size(uploaded_file(job.shop, job.told.id))
        if size is None:
            raise Refused("file", "It has not been sent.", "PUT it to the address in `upload`, then start.")
        if size > LARGEST_FILE:
            problem = f"It has {size:,} bytes; {LARGEST_FILE:,} are the most."
            raise Refused("file", problem, "Send the history in several files, split by date.")

    def _shown(self, job: Job) -> dict[str, Any]:
        shown = _told(job)
        bad_rows = {**shown["bad_rows"], "address": self._bad_rows(job)}
        return {**shown, "bad_rows": bad_rows, "upload": self._upload(job)}

    def _bad_rows(self, job: Job) -> str | None:
        """Where all of them can be fetched, once they are gathered."""
        gathered = job.told.progress.phase in ("tell", "clean")
        if not gathered or not job.told.progress.rows.bad:
            return None
        key = bad_rows_file(job.shop, job.told.id)
        return self.uploads.address_to_fetch(key, ADDRESS_LASTS, f"bad-rows-{job.told.id}.csv")

    def _upload(self, job: Job) -> dict[str, Any] | None:
        """Where to send the file, while it may still be sent."""
        if job.told.state not in ("waiting", "failed") or job.told.progress.phase != "split":
            return None
        address = self.uploads.address_to_send(uploaded_file(job.shop, job.told.id), ADDRESS_LASTS)
        return {"method": "PUT", "address": address, "seconds": int(ADDRESS_LASTS.total_seconds())}


def _told(job: Job) -> dict[str, Any]:
    """All that is shown of it but the addresses."""
    told, progress = job.told, job.told.progress
    shown = told.model_dump(
        mode="json", include={"id", "state", "created_at", "started_at", "finished_at", "trouble"}
    )
    return {
        **shown,
        "kind": told.mapping.kind,
        "rows": {
            "in_file": progress.rows_in_file,
            "read": progress.rows.read,
            **progress.rows.model_dump(),
        },
        "orders": progress.orders,
        "customers": progress.customers,
        "undated_consents": progress.undated_consents,
        "bad_rows": {"first": [one.model_dump() for one in progress.first_bad], "address": None},
        "upload": None,
    }
