"""A shop whose deliveries reach the snapshot, and whose segments are recomputed."""

import gzip
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from kairos import keys
from kairos.domain.judging import memberships
from kairos.domain.membership import segments_of
from kairos.domain.profile import Profile
from kairos.domain.shop import Shop
from kairos.engine.encode import Dictionaries, encode
from kairos.engine.local_files import LocalFiles
from kairos.engine.opening import Opened
from kairos.engine.passing import words_for
from kairos.engine.sources import relation
from kairos.engine.standing import by_current_positions
from kairos.engine.tables import DICTIONARIES, TABLES
from kairos.ports import Item, Key, Put
from kairos.services.customers import read_customer
from kairos.services.segments.evaluating import Evaluating
from kairos.services.segments.standing import with_standing
from kairos.services.snapshot.feeding import Feeding
from kairos.services.snapshot.manifests import change_manifest, load_manifest, load_partitions
from kairos.services.snapshot.parts import Recomputing, Watch
from kairos.services.snapshot.planning import Result, Step, plan
from kairos.services.snapshot.reading import Snapshots
from kairos.services.snapshot.stepping import ATTEMPTS, StepFailed, step_of_machine
from kairos.services.snapshot.ticking import Ticking, recompute_wished, tick
from kairos.services.snapshot.updating import Occasion, Updating, update_customers
from tests.unit.memberships import world as memberships_world
from tests.unit.recording import world as recording
from tests.unit.recording.world import SHOP, node

REAL = datetime(2026, 11, 22, tzinfo=UTC)
"""When all this really happens; the shop's clock shows another time."""


class Counted(dict[str, int]):
    """See ports.Counts."""

    def add(self, name: str, amount: int = 1, **_: str) -> None:
        self[name] = self.get(name, 0) + amount


class Machines:
    """Keeps what was started."""

    def __init__(self) -> None:
        self.started: list[tuple[str, str, Mapping[str, Any]]] = []

    def start(self, machine: str, name: str, given: Mapping[str, Any]) -> None:
        self.started.append((machine, name, given))


class MemorySweep:
    """See ports.Sweep: some keys at a time, in no order that means anything."""

    def __init__(self, stored: Mapping[Key, Item], at_once: int = 7) -> None:
        self._stored, self._at_once = stored, at_once

    def page(
        self, start: str, after: str | None, part: int = 0, parts: int = 1
    ) -> tuple[list[Key], str | None]:
        keys_of_part = [key for key in sorted(self._stored) if sum(key.pk.encode()) % parts == part]
        begin = int(after or 0)
        seen = keys_of_part[begin : begin + self._at_once]
        further = str(begin + self._at_once) if begin + self._at_once < len(keys_of_part) else None
        return [key for key in seen if key.pk.startswith(start)], further


class World(memberships_world.World):
    """One shop. Deliveries are recorded at once; what the snapshot has to read waits in `queued`."""

    def __init__(self, folder: Path, rules: dict[str, Any] | None = None, settled: bool = True) -> None:
        super().__init__(rules, settled)
        self.items.write(Put(Item(keys.listed_shop(SHOP.id), "1", {})))
        self.folder = folder
        self.queued: list[Occasion] = []
        self.counted = Counted()
        self.machines = Machines()
        self.errors: list[Exception] = []
        self.different: list[str] = []
        self.real = REAL
        self.seconds_left = 900
        self.patience: int | None = None  # so many times a function has time for one thing more
        self._numbers = count(1)
        self._folders = count(1)

    # ------------------------------------------------------------ what happens

    def unique(self) -> str:
        return f"{next(self._numbers)}"

    def deliver(self, *snapshots: Any, **more: Any) -> Any:
        """As record_events does, which tells the queue last."""
        outcome = super().deliver(*snapshots, **more)
        if customers := outcome.done.touched.customers:
            self.queued.append(Occasion(customers, "event", f"message {len(self.queued)}"))
        return outcome

    def pump(self, parts: "Updating | None" = None) -> None:
        """As update_snapshot does with all that is queued."""
        if self.queued:
            update_customers(parts or self.updating(), SHOP.id, self.queued)
        self.queued = []

    def buy(self, email: str, **more: Any) -> str:
        """An order; the id of who placed it."""
        number = str(more.pop("number", self.unique()))
        identities = recording.who(email=email)
        self.deliver(recording.order(number, 1, identities=identities, **more))
        return node("email", email)

    def wait(self, **delta: float) -> None:
        """Time passes, really too."""
        self.clock.at += timedelta(**delta)
        self.real += timedelta(**delta)

    # ------------------------------------------------------------ the parts

    def updating(self, on_call: Callable[[int, str], None] | None = None) -> Updating:
        evaluating = self.parts(on_call)
        return Updating(
            Feeding(evaluating.items, self._files_of(evaluating), self.unique), evaluating, self.counted
        )

    def recomputing(self, on_call: Callable[[int, str], None] | None = None) -> Recomputing:
        """As a function that starts cold; on_call is told of each call of store, bus and bucket."""
        evaluating = self.parts(on_call)
        files = self._files_of(evaluating)
        local = LocalFiles(files, self.folder / f"function-{next(self._folders)}", self.unique)
        return Recomputing(
            feeding=Feeding(evaluating.items, files, self.unique),
            evaluating=evaluating,
            snapshots=Snapshots(evaluating.items, local, self.counted),
            local=local,
            sweep=MemorySweep(self.items.stored),
            counts=self.counted,
            watch=Watch(lambda: self.real, self._has_time),
            on_error=lambda _shop, _step, error: self.errors.append(error),
            on_difference=lambda _shop, customers: self.different.extend(customers),
        )

    def _has_time(self, seconds: int) -> bool:
        if self.patience is not None:
            self.patience -= 1
            return self.patience >= 0
        return seconds < self.seconds_left

    def _files_of(self, evaluating: Evaluating) -> Any:
        return evaluating.objects

    def tick(self, on_call: Callable[[int, str], None] | None = None) -> list[str]:
        """One tick of the schedule, by a function that starts cold."""
        given = self.recomputing(on_call)
        try:
            return tick(Ticking(given, self.machines, f"tick {next(self._folders)}"))
        finally:
            given.snapshots.close()

    def wish(self) -> None:
        """What an edited rule sends."""
        given = self.recomputing()
        recompute_wished(Ticking(given, self.machines, f"wish {next(self._folders)}"), [SHOP.id])
        given.snapshots.close()

    def divide(self, partitions: int) -> None:
        """As if there were customers enough for so many partitions."""
        change_manifest(
            self.items,
            SHOP.id,
            lambda held: held.model_copy(update={"count": partitions, "broken": "for the test"}),
        )
        self.run_machine()

    def run_machine(self) -> None:
        """As the state machine does: each task is a function of its own."""
        holder = f"execution {next(self._folders)}"
        results: list[Result] = []
        while True:
            given = self.recomputing()
            planned = plan(given, SHOP.id, holder, results)
            if not planned.steps:
                return
            results = [self._task(given, holder, step) for step in planned.steps]
            given.snapshots.close()

    def _task(self, given: Recomputing, holder: str, step: Step) -> Result:
        for _ in range(ATTEMPTS):
            with suppress(StepFailed):
                return step_of_machine(given, SHOP.id, holder, step)
        return Result(kind=step.kind, number=step.number, ended="failed")

    # ------------------------------------------------------------ looking

    def opened(self, shop: Shop = SHOP) -> list[Opened]:
        """All partitions, by a reader that starts cold."""
        given = self.recomputing()
        _, partitions = given.snapshots.open_all(shop)
        return list(partitions)

    def said(self) -> dict[str, Any]:
        """What the snapshot says of each customer: see said_by."""
        found: dict[str, Any] = {}
        given = self.recomputing()
        for opened in given.snapshots.open_all(SHOP)[1]:
            found |= said_by(opened, self.shelf().layout)
        given.snapshots.close()
        return found

    def facts_as_said(self) -> dict[str, Any]:
        """What it should say, worked out from the table."""
        customers = {key.pk.rpartition("#")[2] for key in self.items.stored if key.sk == "profile"}
        return {one: self._true_of(one) for one in customers}

    def _true_of(self, customer: str) -> Any:
        known = read_customer(self.items, SHOP.id, customer)
        assert known.profile is not None
        profile, _ = with_standing(self.items, SHOP, known, known.profile)
        layout = self.shelf().layout
        held = self.membership(customer)
        profile = profile.model_copy(update={"memberships": memberships(segments_of(held, layout))})
        return (known.stored_profiles[customer].version, facts_of(profile), held.words(layout))

    def filed(self) -> list[dict[str, Any]]:
        """The lines of every file of transitions."""
        held = [body for key, body in self.files.stored.items() if key.startswith("transitions/")]
        return [json.loads(line) for body in held for line in gzip.decompress(body).decode().splitlines()]

    @property
    def manifest(self) -> Any:
        return load_manifest(self.items, SHOP.id)

    @property
    def partitions(self) -> Any:
        return load_partitions(self.items, SHOP.id, self.manifest.numbers)


def assert_kept(world: World) -> None:
    """Table and snapshot say the same, and that is what the facts say."""
    assert world.errors == []
    assert world.said() == world.facts_as_said()
    memberships_world.assert_true(world)


def facts_of(profile: Profile) -> Counter[Any]:
    """The rows of a profile, with words in the place of codes."""
    words = Dictionaries()
    rows = encode(profile, SHOP, 0, words)
    return Counter(_spelt(table, row, words.words) for table, some in rows.items() for row in some)


def said_by(opened: Opened, layout: Any) -> dict[str, Any]:
    """Version, rows with words in the place of codes, and membership by the layout, by customer."""
    ids = {number: told for number, *told in opened.rows(relation(opened.sources["ids"]), opened.numbers())}
    rows: dict[int, Counter[Any]] = {number: Counter() for number in ids}
    for table in TABLES:
        for row in opened.connection.execute(f"FROM {relation(opened.sources[table])}").fetchall():
            rows[row[0]][_spelt(table, (0, *row[1:]), opened.words)] += 1
    stood = by_current_positions(
        relation(opened.sources["membership"]),
        opened.words_wide,
        layout,
        words_for(len(layout.positions)),
    )
    words = {row[0]: row[1:-1] for row in opened.connection.execute(f"FROM {stood}").fetchall()}
    wide = -(-len(layout.positions) // 64)
    return {customer: (version, rows[one], words[one][:wide]) for one, (customer, version) in ids.items()}


def _spelt(table: str, row: Sequence[Any], words: Mapping[str, Sequence[Any]]) -> Any:
    named = zip(TABLES[table], row, strict=True)
    return table, tuple(words[name][value] if name in DICTIONARIES else value for name, value in named)
