"""What a site's files are: one Parquet file for each day on which anything was done, named by one small item.

Files get names never used again, and the item is replaced under the condition that nobody else replaced it.
Rows are united by what names them, so that telling them twice, late or in another order changes nothing.
"""

from datetime import date, timedelta

from pydantic import Field

from kairos.domain.value import Instant, Value
from kairos.engine.manifest import FileRef

SITES = "site"
"""All of it lies below this in the bucket."""

NEW = f"{SITES}/new"
"""What was told and is not part of the days' files yet, by shop."""

KEPT = f"{SITES}/kept"
"""The days' files, by shop."""


class Forgotten(Value):
    """An erased visitor: nothing up to `until` (milliseconds since 1970) may come back. noted_at: when this
    was learned, by the one clock."""

    visitor: int
    until: int
    noted_at: Instant


class SiteManifest(Value):
    """days: file by day (UTC, "2026-11-22") of what was done then. as_of: up to when all that was told is in
    them, by the one clock. forgotten: erased lately. tended_at: real time of the last look for files that
    miss, are in excess or too old."""

    days: dict[str, FileRef] = Field(default_factory=dict)
    as_of: Instant | None = None
    forgotten: tuple[Forgotten, ...] = ()
    tended_at: Instant | None = None

    def until(self, last: date, most: int) -> tuple["SiteManifest", date | None]:
        """With the newest days up to `last` whose files have no more than so many bytes together.

        Also the day from which on they are whole; None where nothing had to be left out.
        """
        if sum(ref.size for ref in self.days.values()) <= most:
            return self, None
        some: dict[str, FileRef] = {}
        for day in sorted((one for one in self.days if one <= last.isoformat()), reverse=True):
            most -= self.days[day].size
            if most < 0:
                since = date.fromisoformat(day) + timedelta(days=1)
                return self.model_copy(update={"days": some}), since
            some[day] = self.days[day]
        return self.model_copy(update={"days": some}), None
