"""A shop that imports its history into memory, with workers killed at will."""

import itertools
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from kairos import keys
from kairos.adapters.memory import MemoryFiles, MemoryItems
from kairos.domain.identity import IdentityKey, IdentityKind
from kairos.domain.profile import Profile
from kairos.domain.shop import Sender, Shop
from kairos.ports import Item, Key, Put
from kairos.services.customers import load_profile, resolve
from kairos.services.importing.places import uploaded_file
from kairos.services.importing.requests import Imports
from kairos.services.importing.steps import Work
from kairos.services.importing.wish import ImportWish
from kairos.services.importing.work import Importing
from kairos.services.privacy.erase import Erasing, erase_customer
from kairos.services.recording.folding import fold
from kairos.services.recording.record import Recorder
from tests.shelves import without_segments
from tests.unit.api.fakes import FixedClock

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
KEY = IdentityKey(secret=b"made up")
SHOP = Shop(
    id="velo",
    name="Velo",
    platform="generic",
    currency="EUR",
    timezone="Europe/Berlin",
    sender=Sender(email="shop@example.com", name="Velo"),
)


def node(kind: IdentityKind, value: str) -> str:
    return KEY.node(SHOP.id, kind, value)


class Crash(BaseException):
    """The worker is killed: nothing that it could catch."""


class Uploads:
    """See ports.Uploads; addresses that tell what they are for."""

    def __init__(self, files: MemoryFiles) -> None:
        self.files = files

    def address_to_send(self, key: str, lasts: timedelta) -> str:
        return f"https://bucket.example.com/{key}?put&seconds={lasts.total_seconds():.0f}"

    def address_to_fetch(self, key: str, lasts: timedelta, name: str) -> str:
        return f"https://bucket.example.com/{key}?get={name}&seconds={lasts.total_seconds():.0f}"

    def size(self, key: str) -> int | None:
        return len(self.files.stored[key]) if key in self.files.stored else None


class Sent:
    """See ports.Queue."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []

    def send(self, body: Any, attributes: Any = None) -> None:
        assert attributes is None
        self.messages.append(dict(body))


class Counted:
    """See ports.Counts."""

    def __init__(self) -> None:
        self.told: list[tuple[str, int, dict[str, str]]] = []

    def add(self, name: str, amount: int = 1, **labels: str) -> None:
        self.told.append((name, amount, labels))


class KilledItems:
    """Passes calls on; before the nth thing with an effect the worker is killed. A batch is many things."""

    def __init__(self, inner: MemoryItems, kill_at: int | None) -> None:
        self.inner = inner
        self.left = kill_at

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def effect(self) -> None:
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise Crash

    def write(self, write: Any) -> None:
        self.effect()
        self.inner.write(write)

    def transact(self, writes: Any) -> None:
        self.effect()
        self.inner.transact(writes)

    def put_batch(self, items: Any) -> None:
        for item in items:
            self.effect()
            self.inner.put_batch([item])


class KilledFiles:
    """The same for the bucket."""

    def __init__(self, inner: MemoryFiles, effect: Callable[[], None]) -> None:
        self.inner = inner
        self.effect = effect

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.inner, name)
        if name not in ("put", "store", "delete"):
            return method

        def call(*given: Any, **named: Any) -> Any:
            self.effect()
            return method(*given, **named)

        return call


class Filed(MemoryItems):
    """What is stored now, filed by partition, so that thousands of these can be read."""

    def __init__(self, inner: MemoryItems) -> None:
        super().__init__()
        self.stored = inner.stored
        self.files: dict[str, list[Key]] = {}
        for key in sorted(inner.stored):
            self.files.setdefault(key.pk, []).append(key)

    def query(self, pk: str, prefix: str = "", limit: int | None = None) -> list[Item]:
        found = [self.stored[key] for key in self.files.get(pk, ()) if key.sk.startswith(prefix)]
        return found[:limit]


class World:
    """One shop. touched: the nodes that were told about, in order."""

    def __init__(self, shop: Shop = SHOP) -> None:
        self.items = MemoryItems()
        self.items.write(Put(Item(keys.shop(shop.id), "1", shop.as_json())))
        self.files = MemoryFiles(lambda: NOW)
        self.clock = FixedClock(NOW)
        self.queue = Sent()
        self.counts = Counted()
        self.touched: list[str] = []
        self.errors: list[Exception] = []
        self.pauses: list[float] = []
        self.shop = shop
        numbers = itertools.count(1)
        self.imports = Imports(
            self.items, Uploads(self.files), self.queue, self.clock, lambda: f"i{next(numbers)}"
        )

    def create(self, **wish: Any) -> dict[str, Any]:
        return self.imports.create(self.shop.id, ImportWish.model_validate(wish))

    def send(self, import_id: str, body: bytes | str) -> None:
        raw = body.encode() if isinstance(body, str) else body
        self.files.put(uploaded_file(self.shop.id, import_id), raw)

    def begin(self, body: bytes | str, **wish: Any) -> str:
        """An import that is started, but not worked on yet; its id."""
        import_id: str = self.create(**wish)["id"]
        self.send(import_id, body)
        self.imports.start(self.shop.id, import_id)
        return import_id

    def run(self, body: bytes | str, **wish: Any) -> dict[str, Any]:
        """A whole import; how it ended."""
        import_id = self.begin(body, **wish)
        self.work(import_id)
        return self.show(import_id)

    def work(self, import_id: str, enough_time: Callable[[], bool] = lambda: True, **planted: Any) -> None:
        self.worker(**planted).work(self.shop.id, import_id, enough_time)

    def worker(self, kill_at: int | None = None, items: Any = None) -> Importing:
        killed = KilledItems(items or self.items, kill_at)
        files = KilledFiles(self.files, killed.effect)
        work = Work(killed, files, KEY, self.clock, self.counts, self._touched(killed), self.erase)
        return Importing(work, self._again, self.pauses.append, lambda _, error: self.errors.append(error))

    def _touched(self, killed: KilledItems) -> Callable[[str, Sequence[str]], None]:
        def touched(shop: str, nodes: Sequence[str]) -> None:
            killed.effect()
            assert shop == self.shop.id
            self.touched += nodes

        return touched

    def _again(self, shop: str, import_id: str) -> None:
        self.queue.send({"shop": shop, "import": import_id})

    def erase(self, shop: str, nodes: Any, at: datetime) -> None:
        erase_customer(Erasing(self.items, self.files, shop, at), nodes)

    def show(self, import_id: str) -> dict[str, Any]:
        return self.imports.show(self.shop.id, import_id)

    def record(self, *snapshots: Any) -> None:
        """What webhooks tell."""
        recorder = Recorder(
            self.items, _Silence(), KEY, self.clock, lambda *_: (), lambda *_: None, self.erase, self.files,
            without_segments,
        )  # fmt: skip
        recorder.record_all(self.shop, snapshots, "webhook")

    def profile(self, kind: IdentityKind, value: str) -> Profile | None:
        return load_profile(self.items, self.shop.id, KEY.node(self.shop.id, kind, value))

    def profiles(self) -> list[Profile]:
        """Every customer's, folded afresh."""
        items = Filed(self.items)
        nodes = {key.pk.rpartition("#")[2] for key in self.items.stored if "#node#" in key.pk}
        customers = {resolve(items, self.shop.id, one).customer for one in nodes}
        found = (load_profile(items, self.shop.id, one) for one in sorted(customers))
        return [one for one in found if one is not None]

    def settle_down(self) -> None:
        """Fold those who were told about, as the consumer of that telling does."""
        for one in sorted(set(self.touched)):
            fold(self.items, self.shop.id, one)

    def history(self) -> dict[Key, tuple[str | None, str]]:
        """All that is stored but the imports' own items; versions that merely count are left out."""
        return {
            key: (item.version if "#" in item.version else None, json.dumps(item.body, sort_keys=True))
            for key, item in self.items.stored.items()
            if key.sk.partition("#")[0] != "import"
        }


class _Silence:
    """See ports.Events."""

    def publish(self, events: Any) -> None:
        """Nobody listens."""
