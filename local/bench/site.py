"""How long a site takes to compact, to open and to be asked, and what it costs: python -m local.bench.site.

A shop of three months, ten things done in each visit. Everything on one thread, as in Lambda, and told in
seconds of the processor.
"""

import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import NamedTuple

from kairos import keys
from kairos.adapters.memory import MemoryFiles
from kairos.domain.shop import Sender
from kairos.domain.shop import Shop as Settings
from kairos.domain.site.rows import KINDS, STAGES, Row, millis
from kairos.engine.local_files import LocalFiles
from kairos.ports import Item, Put, StoredObject
from kairos.services.site.compacting import Compacting, compact_all
from kairos.services.site.showing import Showing, Sites, show_site
from kairos.services.site.telling import tell
from local.counted_items import CountedItems

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAYS = 90
ACTS = 10
ASKED = 15
TICKS = 30 * 24 * 20
"""In a month."""
SHOP = Settings(
    id="bench",
    name="Bench",
    platform="shopify",
    currency="EUR",
    timezone="Europe/Zurich",
    sender=Sender(email="shop@example.com", name="Bench"),
)


class _Fixed:
    def now(self) -> datetime:
        return NOW

    def shown(self, real: datetime) -> datetime:
        return real

    def real_elapsed(self, since: datetime) -> timedelta:
        return NOW - since


class _Nowhere:
    def add(self, name: str, amount: int = 1, **labels: str) -> None:
        pass


def _fail(shop: str, error: Exception) -> None:
    raise RuntimeError(shop) from error


class _CountedFiles(MemoryFiles):
    """Counts what S3 charges for; deleting is free."""

    def __init__(self) -> None:
        super().__init__()
        self.calls = Counter[str]()

    def put(self, key: str, body: bytes, content_type: str = "application/json") -> None:
        self.calls["put"] += 1
        super().put(key, body, content_type)

    def get(self, key: str) -> bytes:
        self.calls["get"] += 1
        return super().get(key)

    def listed(self, prefix: str) -> Iterator[StoredObject]:
        self.calls["list"] += 1
        return super().listed(prefix)

    @property
    def dollars(self) -> float:
        return (5 * (self.calls["put"] + self.calls["list"]) + 0.4 * self.calls["get"]) / 1e6


class Shop(NamedTuple):
    """A shop with an empty site, or one filled. folder: for local files."""

    items: CountedItems
    files: _CountedFiles
    compacting: Compacting
    showing: Showing


def opened_shop(folder: Path) -> Shop:
    """A shop that has nothing yet."""
    items, files, clock = CountedItems(), _CountedFiles(), _Fixed()
    items.write(Put(Item(keys.shop(SHOP.id), "1", SHOP.as_json())))
    items.write(Put(Item(keys.listed_shop(SHOP.id), "1", {})))
    local = LocalFiles(files, folder)
    compacting = Compacting(items, files, local, clock, _Nowhere(), clock.now, lambda _: True, _fail)
    return Shop(items, files, compacting, Showing(items, clock, Sites(items, local)))


def rows(visits: int, chance: Random) -> Iterator[Row]:
    """What so many visits consist of, two of each visitor."""
    page, product, step = (KINDS.index(one) + 1 for one in ("page", "product", "checkout_step"))
    for visit in range(visits):
        at = millis(NOW) - chance.randrange(DAYS * 86_400_000)
        for number in range(ACTS):
            at += chance.randrange(5_000, 120_000)
            kind = chance.choice((page, page, page, product, product, step))
            target = (
                "" if kind == step else f"/{'p' * (kind == product)}{int(chance.paretovariate(0.7)) % 500}"
            )
            stage = STAGES.index(chance.choice(("cart", "contact", "payment"))) + 1 if kind == step else 0
            yield Row(
                visit // 2 + 1, at, visit * ACTS + number, kind, target, stage, chance.randrange(1, 6), 30
            )


def main(visits: int) -> None:
    """Print what it takes."""
    with tempfile.TemporaryDirectory() as folder:
        shop = opened_shop(Path(folder))
        made = list(rows(visits, Random(1)))  # noqa: S311 - to be repeated
        for start in range(0, len(made), 20_000):
            tell(shop.files, SHOP.id, made[start : start + 20_000])
        _timed(f"compacting {len(made)} rows of {DAYS} days at once", lambda: compact_all(shop.compacting))
        size = sum(len(body) for body in shop.files.stored.values())
        print(f"{size / 1e6:.1f} MB in {len(shop.files.stored)} files")
        period = {"from": (NOW - timedelta(days=DAYS / 2)).isoformat()}
        _timed("opening, and the first answer", lambda: show_site(shop.showing, SHOP.id, period))
        warm = [_seconds(lambda: show_site(shop.showing, SHOP.id, period)) for _ in range(ASKED)]
        print(f"a warm answer: {statistics.median(warm) * 1000:.0f} ms, at most {max(warm) * 1000:.0f} ms")
        tell(shop.files, SHOP.id, [Row(1, millis(NOW), 2**64 - 1, 1, "/new")])
        _timed("compacting one day", lambda: compact_all(shop.compacting))
        _timed("an answer after that", lambda: show_site(shop.showing, SHOP.id, period))
        for events in (3, 50):
            print(f"{events} events in a batch: ${_per_million(shop, events):.2f} per million events")
        _ticks(shop)


def _per_million(shop: Shop, events: int) -> float:
    """What telling and taking in costs, without the tick itself: dollars."""
    before = shop.files.dollars
    some = list(rows(events * 20 // ACTS + 1, Random(2)))[: events * 20]  # noqa: S311 - to be repeated
    for start in range(0, len(some), events):
        tell(shop.files, SHOP.id, some[start : start + events])
    told = shop.files.dollars
    for one in list(shop.files.listed("site/new/")):
        shop.files.get(one.key)
    taken = shop.files.dollars - told
    compact_all(shop.compacting)
    return (told - before + taken) / len(some) * 1e6


def _ticks(shop: Shop) -> None:
    """Print what a tick costs a shop on whose site something was done, and one where nothing was."""
    for what, some in (("a quiet tick", ()), ("a tick with news", [Row(1, millis(NOW), 5, 1, "/x")])):
        tell(shop.files, SHOP.id, some)
        before = shop.files.dollars
        with shop.items.counted() as units:
            compact_all(shop.compacting)
        table = (units[0].writes * 0.625 + units[0].reads * 0.125) / 1e6
        cost = (shop.files.dollars - before + table) * TICKS
        print(f"{what}: {units[0]}, ${cost:.2f} for a month of {TICKS} of them")


def _timed(what: str, work: Callable[[], object]) -> None:
    print(f"{what}: {_seconds(work) * 1000:.0f} ms")


def _seconds(work: Callable[[], object]) -> float:
    """Of the processor, which is what a busy machine does not change."""
    began = time.process_time()
    work()
    return time.process_time() - began


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
