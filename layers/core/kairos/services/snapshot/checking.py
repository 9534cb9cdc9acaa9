"""The snapshot held against the table it was made from, every night: what stays different is repaired.

A customer whose change is still queued is different, too. So whoever is found different is a suspect at
first, and counts as a difference if the next look finds the same.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import batched
from typing import Any, NamedTuple

from kairos import keys
from kairos.domain.judging import judge, memberships
from kairos.domain.membership import Membership, segments_of
from kairos.domain.shelf import ShopSegments
from kairos.domain.shop import Shop
from kairos.engine.encode import encode
from kairos.engine.manifest import PartitionManifest, ShopManifest
from kairos.engine.opening import Opened
from kairos.engine.passing import words_for
from kairos.engine.sources import relation
from kairos.engine.standing import by_current_positions
from kairos.engine.tables import TABLES
from kairos.services.customers import read_customer
from kairos.services.segments.standing import EVERYTHING, with_standing
from kairos.services.snapshot.feeding import feed
from kairos.services.snapshot.lease import Running
from kairos.services.snapshot.manifests import change_partition, load_manifest
from kairos.services.snapshot.parts import Recomputing
from kairos.services.snapshot.updating import Occasion, reader

CHECKED_FOR = timedelta(hours=24)
"""Real time after which the snapshot is held against the table again."""

MOST_SUSPECTS = 200
"""Suspects remembered of one partition."""

ROW_BY_ROW = 2_000
"""Customers of a partition whose rows are compared one by one in one night, others in the next."""

_AT_ONCE = 100
_SECONDS = 30


def needs_check(shop: ShopManifest, partition: PartitionManifest, now: datetime) -> bool:
    """Whether the partition has to be held against the table. now: real time."""
    return bool(partition.suspects) or is_night(shop, now)


def is_night(shop: ShopManifest, now: datetime) -> bool:
    """Whether it is time for all customers. now: real time."""
    return shop.verified_at is None or now - shop.verified_at >= CHECKED_FOR


def check_partition(given: Recomputing, shop: Shop, number: int, running: Running) -> None:
    """Repair suspects who still are different; look for new ones where it is time. Raises SnapshotBroken."""
    opened = given.snapshots.open_partition(shop, number)
    shelf = given.evaluating.load(given.evaluating.items, shop)
    checking = Checking(given, opened, shelf)
    different = checking.different(opened.manifest.suspects)
    if different:
        given.counts.add("SnapshotDifferences", len(different), shop=shop.id)
        given.on_difference(shop.id, different)
        repair(given, shelf, different, running)
    suspects: list[str] = []
    checked = opened.manifest.checked
    if is_night(load_manifest(given.evaluating.items, shop.id), given.watch.now()):
        found, checked = checking.suspects()
        suspects = [one for one in found if one not in different][:MOST_SUSPECTS]

    def noted(held: PartitionManifest) -> PartitionManifest:
        added = set(held.suspects) - set(opened.manifest.suspects)
        return held.model_copy(update={"suspects": tuple(sorted({*suspects, *added})), "checked": checked})

    change_partition(given.evaluating.items, shop.id, number, noted)


def repair(given: Recomputing, shelf: ShopSegments, customers: Collection[str], running: Running) -> None:
    """Evaluate the customers anew, and tell the snapshot."""
    manifest = load_manifest(given.evaluating.items, shelf.shop.id)
    read = reader(given.evaluating, shelf, [Occasion(customers, "repair", f"{running.of}:repair")])
    for division in manifest.divisions:
        feed(given.feeding, shelf.shop.id, division, customers, read)


class Checking:
    """One partition held against the table, at one moment."""

    def __init__(self, given: Recomputing, opened: Opened, shelf: ShopSegments) -> None:
        self._given, self._opened, self._shelf = given, opened, shelf
        self._items, self._shop = given.evaluating.items, shelf.shop
        self._now = given.evaluating.clock.now()
        words = words_for(len(shelf.layout.positions))
        stored = relation(opened.sources["membership"])
        self._stood = by_current_positions(stored, opened.words_wide, shelf.layout, words)

    def suspects(self) -> tuple[list[str], int]:
        """Customers who seem different, and up to which number rows were compared one by one."""
        found = [one for some in self._numbered() for one in self._behind(some)]
        last = self._opened.manifest.checked
        for some in batched(self._opened.numbers(last)[:ROW_BY_ROW], _AT_ONCE, strict=False):
            if not self._given.watch.has_time(_SECONDS):
                return found, last
            ids = self._opened.ids_of(some)
            found += self.different([customer for customer, _ in ids.values()])
            last = some[-1]
        return list(dict.fromkeys(found)), last if last < self._opened.last_number else 0

    def different(self, customers: Sequence[str]) -> list[str]:
        """Those of the customers of whom the snapshot says anything else than the table."""
        found = []
        for some in batched(customers, _AT_ONCE, strict=False):
            numbers = self._opened.numbers_of(some)
            held = self._rows([*numbers.values()])
            for customer in some:
                number = numbers.get(customer)
                if self._is_different(customer, number, held[number] if number else None):
                    found.append(customer)
        return found

    def _numbered(self) -> Iterator[dict[int, tuple[str, str]]]:
        """Customers and versions of their profiles by number, some at a time, while there is time."""
        for some in batched(self._opened.numbers(), _AT_ONCE, strict=False):
            if not self._given.watch.has_time(_SECONDS):
                return
            yield self._opened.ids_of(some)

    def _behind(self, some: Mapping[int, tuple[str, str]]) -> list[str]:
        """Those whose stored profile or membership is not the one that the snapshot has."""
        shop, layout = self._shop.id, self._shelf.layout
        profiles = {customer: keys.profile(shop, customer) for customer, _ in some.values()}
        versions = self._items.versions(profiles.values())
        places = {customer: keys.membership(shop, customer) for customer, _ in some.values()}
        held = self._items.get_many(places.values())
        words = self._words(some)
        behind = []
        for number, (customer, version) in some.items():
            item = held.get(places[customer])
            membership = Membership.model_validate(item.body) if item else Membership()
            is_same = versions.get(profiles[customer], "") == version
            told = membership.words(layout)
            if not is_same or told != words[number][:-1][: len(told)]:
                behind.append(customer)
        return behind

    def _words(self, numbers: Iterable[int]) -> dict[int, tuple[int, ...]]:
        """Words of the membership, and when it is due."""
        return {row[0]: row[1:] for row in self._opened.rows(self._stood, numbers)}

    def _rows(self, numbers: Collection[int]) -> dict[int, "_Told"]:
        """What the snapshot says of these customers."""
        rows: dict[int, Counter[Any]] = {}
        for table in TABLES:
            for row in self._opened.rows(relation(self._opened.sources[table]), numbers):
                rows.setdefault(row[0], Counter())[table, row] += 1
        words, ids = self._words(numbers), self._opened.ids_of(numbers)
        return {one: _Told(ids[one][1], rows[one], words[one][:-1], words[one][-1]) for one in ids}

    def _is_different(self, customer: str, number: int | None, told: "_Told | None") -> bool:
        """Whether the table says something else of them. told: what the snapshot says, None for nothing."""
        known = read_customer(self._items, self._shop.id, customer)
        profile = None if known.component.is_anonymous else known.profile
        if profile is None or known.component.customer != customer:
            return told is not None
        stored = known.stored_profiles.get(customer)
        if number is None or told is None or stored is None or stored.body != profile.as_json():
            return True
        place = keys.membership(self._shop.id, customer)
        body = next((item.body for item in known.held if item.key == place), {})
        membership = Membership.model_validate(body)
        since = segments_of(membership, self._shelf.layout)
        asks = (EVERYTHING - {"catalogue"}) | self._shelf.asks
        facts, catalogue = with_standing(self._items, self._shop, known, profile, asks)
        judged = judge(self._shelf, facts, catalogue, since, self._now)
        # Who is due turns with the next tick, which is nobody's mistake.
        if told.due > self._now.timestamp() and judged.matched != since.keys() & self._shelf.rules.keys():
            return True
        facts = facts.model_copy(update={"memberships": memberships(since)})
        rows = encode(facts, self._shop, number, self._opened.dictionaries)
        counted = Counter((table, row) for table, some in rows.items() for row in some)
        words = membership.words(self._shelf.layout)
        return (stored.version, counted, words) != (told.version, told.rows, told.words[: len(words)])


class _Told(NamedTuple):
    """What the snapshot says of a customer: the version of the profile, all rows, the segments, when due."""

    version: str
    rows: Counter[Any]
    words: tuple[int, ...]
    due: int
