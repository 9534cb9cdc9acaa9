"""A shop whose visitors' doings are recorded, told to the site's files, compacted and shown."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from kairos import keys
from kairos.adapters.memory import MemoryFiles
from kairos.domain.activity import Activity, ActivityBatch
from kairos.domain.site.rows import Gone, Row
from kairos.engine.local_files import LocalFiles
from kairos.engine.site.manifest import SiteManifest
from kairos.ports import Item, Put
from kairos.services.privacy.erase import Erasing, erase_customer
from kairos.services.recording.record import Recorder
from kairos.services.site.compacting import Compacting, compact_all
from kairos.services.site.showing import Showing, Sites, show_site
from kairos.services.site.telling import tell
from tests.unit.recording import world as recording
from tests.unit.snapshot.world import Counted

ZONE = "Europe/Zurich"
SHOP = recording.SHOP.model_copy(update={"timezone": ZONE})
NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
META = (
    "from", "to", "before_from", "as_of", "kept_from", "currency", "timezone", "device", "visitors",
)  # fmt: skip


class Clock:
    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def shown(self, real: datetime) -> datetime:
        return real

    def real_elapsed(self, since: datetime) -> timedelta:
        return self.at - since


class World(recording.World):
    """Recording as ever, but with a bucket; real time is that of the clock."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.items.write(Put(Item(keys.shop(SHOP.id), "2", SHOP.as_json())))
        self.items.write(Put(Item(keys.listed_shop(SHOP.id), "1", {})))
        self.shop, self.clock = SHOP, Clock(NOW)
        self.files = MemoryFiles(self.clock.now)
        self.folder, self.counted, self.errors = folder, Counted(), list[tuple[str, Exception]]()
        self.sites = Sites(self.items, LocalFiles(self.files, folder))

    def recorder(self, items: Any, bus: Any) -> Recorder:
        return super().recorder(items, bus)._replace(clock=self.clock, objects=self.files)

    def deliver(self, *snapshots: Any, **more: Any) -> Any:
        """As record_events does, which tells the site last."""
        outcome = super().deliver(*snapshots, **more)
        tell(self.files, SHOP.id, outcome.done.site)
        return outcome

    def visit(self, visitor: str, *acts: Activity, **more: Any) -> Any:
        at = max((one.at for one in acts), default=self.clock.at)
        return self.deliver(ActivityBatch(visitor=visitor, updated_at=at, activities=acts, **more))

    def tell(self, *rows: Row, gone: tuple[Gone, ...] = ()) -> None:
        tell(self.files, SHOP.id, rows, gone)

    def erase(self, shop: str, nodes: Any, when: datetime) -> None:
        erase_customer(Erasing(self.items, self.files, shop, when), nodes)

    def compacting(self, **other: Any) -> Compacting:
        parts = Compacting(
            self.items,
            self.files,
            LocalFiles(self.files, self.folder),
            self.clock,
            self.counted,
            self.clock.now,
            lambda _: True,
            lambda shop, error: self.errors.append((shop, error)),
        )
        return parts._replace(**other)

    def compact(self, **other: Any) -> list[str]:
        return compact_all(self.compacting(**other))

    def opens_at_most(self, size: int) -> None:
        """Bytes of files at once."""
        self.sites = Sites(self.items, LocalFiles(self.files, self.folder), size)

    def show(self, query: Mapping[str, str] | None = None) -> dict[str, Any]:
        return show_site(Showing(self.items, self.clock, self.sites), SHOP.id, query or {})

    def figures(self, query: Mapping[str, str] | None = None) -> dict[str, Any]:
        """What is shown, without what was asked."""
        told = self.show({"limit": "100"} | dict(query or {}))
        return {name: one for name, one in told.items() if name not in META}

    def manifest(self) -> SiteManifest:
        held = self.items.get(keys.site(SHOP.id))
        return SiteManifest.model_validate(held.body) if held else SiteManifest()

    def listed(self, folder: str) -> list[str]:
        return [one.key for one in self.files.listed(f"site/{folder}/{SHOP.id}/")]
