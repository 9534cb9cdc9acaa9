"""A site opened for questions: its days loaded, visits made of them; opened again, only what changed."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

from kairos.domain.shop import Shop
from kairos.domain.site.places import Place
from kairos.domain.site.rows import KINDS
from kairos.domain.site.rows import VIEWS as VIEW_KINDS
from kairos.engine.local_files import LocalFiles
from kairos.engine.manifest import FileRef
from kairos.engine.opening import connect
from kairos.engine.site import visits
from kairos.engine.site.manifest import SiteManifest
from kairos.engine.sources import relation_of

_AT_ONCE = 16
"""Files fetched at once: a small file is a wait for S3 more than it is bytes."""

_EPOCH = date(1970, 1, 1)
_PLACED = ", ".join(str(KINDS.index(one) + 1) for one in (*VIEW_KINDS, "form"))


class OpenedSite:
    """The visits of one shop's site as its manifest has them. Hours are of the shop's time zone."""

    def __init__(self, local: LocalFiles, shop: Shop, manifest: SiteManifest) -> None:
        """Raises SnapshotBroken."""
        self._local, self._zone = local, shop.timezone
        self.connection = connect(local.folder)
        self._days: dict[str, FileRef] = {}
        self._made = 0
        self._make("rows", visits.ROWS)
        self._make("places", {"place": "UINTEGER", "kind": "UTINYINT", "target": "VARCHAR"})
        for table, columns in visits.TABLES.items():
            self._make(table, columns)
        self.refresh(manifest)

    def refresh(self, manifest: SiteManifest) -> None:
        """Take in the days that changed, and forget those that went. Raises SnapshotBroken."""
        changed = {
            day for day in {*self._days, *manifest.days} if self._days.get(day) != manifest.days.get(day)
        }
        if not changed:
            self.manifest = manifest
            return
        fetched = {day: manifest.days[day] for day in sorted(changed) if day in manifest.days}
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            paths = dict(zip(fetched, pool.map(self._local.path, fetched.values()), strict=True))
        numbers = ", ".join(str(_number(day)) for day in changed)
        self._run(
            f"CREATE OR REPLACE TABLE changed AS SELECT DISTINCT visitor FROM rows WHERE day IN ({numbers})"
        )
        self._run(f"DELETE FROM rows WHERE day IN ({numbers})")
        for day, path in paths.items():
            self._take_in(day, path)
        self._run(
            "INSERT INTO changed SELECT DISTINCT visitor FROM rows"
            f" WHERE day IN ({numbers}) AND visitor NOT IN (FROM changed)"
        )
        self._make_visits()
        self._days, self.manifest = dict(manifest.days), manifest
        self._local.forget(fetched.values())

    def places(self, codes: set[int]) -> dict[int, Place]:
        """What codes of places stand for."""
        found = self.connection.execute(
            "SELECT place, kind, target FROM places WHERE place IN (SELECT unnest(?::UINTEGER[]))",
            [sorted(codes)],
        ).fetchall()
        return {place: Place(KINDS[kind - 1], target) for place, kind, target in found}

    def close(self) -> None:
        """Give back memory."""
        self.connection.close()

    def _take_in(self, day: str, path: Path) -> None:
        told = relation_of(str(path))
        self._run(
            "INSERT INTO places SELECT (row_number() OVER (ORDER BY kind, target)"
            " + (SELECT count(*) FROM places))::UINTEGER, kind, target FROM"
            f" (SELECT DISTINCT kind, target FROM {told} WHERE kind IN ({_PLACED}))"
            " ANTI JOIN places USING (kind, target)"
        )
        self._run(
            f"INSERT INTO rows SELECT {_number(day)}, visitor, ts, id, kind, coalesce(place, 0), stage,"
            f" device, seconds, value, version FROM {told} LEFT JOIN places USING (kind, target)"
        )

    def _make_visits(self) -> None:
        for table in visits.TABLES:
            self._run(f"DELETE FROM {table} WHERE visitor IN (FROM changed)")
        for name, query in (
            ("numbered", visits.NUMBERED),
            ("views", visits.VIEWS),
            ("spans", visits.SPANS),
            ("walks", visits.WALKS),
            ("carts", visits.CARTS),
            ("ordered", visits.ORDERS),
        ):
            self._run(f"CREATE OR REPLACE TABLE {name} AS {query}")
        self._run(f"INSERT INTO visits {visits.visits_of(self._zone, self._made)}")
        # Their numbers follow visitors and their visits, as the rows of spans do.
        self._run(
            "CREATE OR REPLACE TABLE numbers AS SELECT visitor, n,"
            f" (row_number() OVER (ORDER BY visitor, n) + {self._made})::UINTEGER AS visit FROM spans"
        )
        self._run(f"INSERT INTO seen {visits.SEEN}")
        self._run(f"INSERT INTO forms {visits.FORMS}")
        [[made]] = self.connection.execute("SELECT count(*) FROM spans").fetchall()
        self._made += made
        for name in ("numbered", "views", "spans", "walks", "carts", "ordered", "numbers", "changed"):
            self._run(f"DROP TABLE {name}")

    def _make(self, table: str, columns: dict[str, str]) -> None:
        named = ", ".join(f"{name} {kind}" for name, kind in columns.items())
        self._run(f"CREATE TABLE {table} ({named})")

    def _run(self, sql: str) -> None:
        self.connection.execute(sql)


def _number(day: str) -> int:
    return (date.fromisoformat(day) - _EPOCH).days
