"""Twice, in any order, or killed anywhere and begun again: the same history, each order once."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kairos.domain.customer import CustomerSnapshot
from kairos.domain.identity import Identities
from kairos.domain.order import Amounts, OrderSnapshot
from kairos.services.importing import part, parts
from kairos.services.importing.places import part_file
from tests.unit.importing.world import SHOP, Crash, KilledItems, World, node

bounded = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
START = datetime(2026, 3, 1, 12, tzinfo=UTC)
ORDERS: dict[str, Any] = {
    "kind": "orders",
    "mapping": {
        "columns": {
            "order_id": "id", "placed_at": "date", "updated_at": "changed", "customer_id": "who",
            "email": "email", "phone": "phone", "total": "total", "accepts_email": "news",
        }
    },
}  # fmt: skip
CUSTOMERS: dict[str, Any] = {
    "kind": "customers",
    "mapping": {
        "columns": {
            "customer_id": "who", "email": "email", "phone": "phone", "updated_at": "changed",
            "first_name": "first", "accepts_email": "news", "consent_at": "changed",
        }
    },
}  # fmt: skip
PHONES = ("", "+41790000001", "+41790000002")


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small files are cut into parts, and stored in several goes, as large ones are; one after another, so
    that a worker is killed in the same place each time."""
    monkeypatch.setattr(parts, "PART_BYTES", 150)
    monkeypatch.setattr(part, "AT_ONCE", 2)
    monkeypatch.setattr(part, "UNDER_WAY", 1)


def at(minutes: int) -> datetime:
    return START + timedelta(minutes=minutes)


class Told(NamedTuple):
    """One telling of an order, by a file or a webhook."""

    number: int
    minutes: int
    who: str
    email: str
    phone: str
    total: int

    @property
    def row(self) -> str:
        times = f"{START.isoformat()},{at(self.minutes).isoformat()}"
        return f"{self.number},{times},{self.who},{self.email},{self.phone},{self.total},yes\n"

    @property
    def snapshot(self) -> OrderSnapshot:
        who = Identities(platform_id=self.who or None, email=self.email or None, phone=self.phone or None)
        return OrderSnapshot(
            id=str(self.number),
            updated_at=at(self.minutes),
            placed_at=START,
            status="paid",
            amounts=Amounts(currency="EUR", total=self.total * 100),
            identities=who,
        )

    @property
    def first(self) -> str | None:
        """The strongest node that it names."""
        told = (("platform_id", self.who), ("email", self.email), ("phone", self.phone))
        return next((node(kind, value) for kind, value in told if value), None)  # type: ignore[arg-type]


def file_of(told: Sequence[Told]) -> str:
    return "id,date,changed,who,email,phone,total,news\n" + "".join(one.row for one in told)


tellings = st.builds(
    Told,
    st.integers(1, 3),
    st.integers(0, 3),
    st.sampled_from(("", "7", "8")),
    st.sampled_from(("", "ada@example.com", "bob@example.com")),
    st.sampled_from(PHONES),
    st.integers(1, 3),
)
files = st.lists(tellings, max_size=5, unique_by=lambda one: one.number)


# Twice


@given(files)
@bounded
def test_a_file_imported_twice_changes_nothing(told: list[Told]) -> None:
    world = World()
    first = world.run(file_of(told), **ORDERS)
    before = world.history()
    again = world.run(file_of(told), **ORDERS)
    assert world.history() == before
    assert again["rows"] == first["rows"]


def test_rows_without_an_order_id_are_not_doubled_by_a_second_import() -> None:
    world = World()
    wish = {
        "kind": "orders",
        "header": False,
        "mapping": {"columns": {"customer_id": 1, "placed_at": 2, "total": 3}},
    }
    text = "7,2026-01-02,5\n8,2026-01-02,5\n7,2026-01-02,5\n"
    for body in (text, text, text + "7,2026-01-02,5\n"):
        world.run(body, **wish)
    profile = world.profile("platform_id", "7")
    assert profile is not None
    assert [one.revenue for one in profile.orders] == [500, 500, 500]


def test_records_without_a_time_are_not_written_again() -> None:
    world = World()
    body = "who,email,phone,changed,first,news\n7,ada@example.com,+41790000001,,Ada,yes\n"
    world.run(body, **CUSTOMERS)
    before = world.history()
    world.clock.time += timedelta(days=1)
    world.run(body, **CUSTOMERS)
    assert world.history() == before


# The newest telling counts


def newest(told: Sequence[Told], by_webhook: Sequence[Told]) -> dict[int, Told]:
    """Of each order: the telling of the latest time, of equally late ones the webhook's."""
    chosen: dict[int, tuple[int, bool, Told]] = {}
    for one, hooked in [*((one, False) for one in told), *((one, True) for one in by_webhook)]:
        known = chosen.get(one.number)
        if known is None or (one.minutes, hooked) > known[:2]:
            chosen[one.number] = (one.minutes, hooked, one)
    return {number: one for number, (_, _, one) in chosen.items()}


@given(files, files, st.booleans())
@bounded
def test_importing_and_receiving_the_same_orders_counts_each_once_for_whom_the_newest_telling_names(
    told: list[Told], by_webhook: list[Told], webhooks_first: bool
) -> None:
    world = World()
    if webhooks_first:
        world.record(*(one.snapshot for one in by_webhook))
    world.run(file_of(told), **ORDERS)
    if not webhooks_first:
        world.record(*(one.snapshot for one in by_webhook))
    # Rows that name nobody tell nothing; a webhook without a name says that an order is nobody's.
    wanted = newest([one for one in told if one.first], by_webhook)
    counted = [
        (order.id, order.revenue, profile.nodes) for profile in world.profiles() for order in profile.orders
    ]
    assert sorted(number for number, _, _ in counted) == sorted(
        str(number) for number, one in wanted.items() if one.first
    )
    for number, revenue, nodes in counted:
        assert revenue == wanted[int(number)].total * 100
        assert wanted[int(number)].first in nodes


@given(files, files)
@bounded
def test_whether_file_or_webhooks_come_first_makes_no_difference(
    told: list[Told], by_webhook: list[Told]
) -> None:
    one, other = World(), World()
    one.run(file_of(told), **ORDERS)
    one.record(*(each.snapshot for each in by_webhook))
    other.record(*(each.snapshot for each in by_webhook))
    other.run(file_of(told), **ORDERS)
    one.settle_down()
    other.settle_down()
    assert one.history() == other.history()


@given(st.lists(st.tuples(files, st.booleans()), max_size=4))
@bounded
def test_whoever_has_to_be_folded_anew_is_told_about(history: list[tuple[list[Told], bool]]) -> None:
    world = World()
    for told, by_file in history:
        if by_file:
            world.run(file_of(told), **ORDERS)
            world.settle_down()
        else:
            world.record(*(one.snapshot for one in told))
    stored = {key.pk: item.body for key, item in world.items.stored.items() if key.sk == "profile"}
    assert sorted(map(str, stored.values())) == sorted(str(one.as_json()) for one in world.profiles())


def test_of_two_files_the_newer_telling_stays_and_of_equal_times_the_last_import() -> None:
    def told(minutes: int, total: int) -> str:
        return file_of([Told(1, minutes, "7", "", "", total)])

    world = World()
    revenues = []
    for body in (told(1, 1), told(0, 2), told(1, 3), told(2, 4)):
        world.run(body, **ORDERS)
        profile = world.profile("platform_id", "7")
        revenues.append(profile.orders[0].revenue if profile else None)
    assert revenues == [100, 100, 300, 400]


def test_an_order_that_two_files_give_to_two_people_is_the_last_ones_alone() -> None:
    world = World()
    world.run(file_of([Told(1, 0, "", "ada@example.com", "", 5)]), **ORDERS)
    world.run(file_of([Told(1, 0, "7", "", "", 5)]), **ORDERS)
    assert [(one.platform_id, len(one.orders)) for one in world.profiles()] == [("7", 1)]


def test_a_record_that_a_webhook_told_since_is_not_replaced_by_an_older_file() -> None:
    world = World()
    newer = CustomerSnapshot.model_validate(
        {"id": "7", "updated_at": at(9), "identities": {"platform_id": "7"}, "person": {"first_name": "Ada"}}
    )
    world.record(newer)
    body = f"who,email,phone,changed,first,news\n7,,,{at(5).isoformat()},Augusta,\n"
    world.run(body, **CUSTOMERS)
    profile = world.profile("platform_id", "7")
    assert profile is not None
    assert profile.person.first_name == "Ada"


# Killed


STORY = [
    Told(1, 0, "7", "ada@example.com", PHONES[1], 1),
    Told(2, 1, "8", "bob@example.com", PHONES[1], 2),
    Told(3, 2, "7", "ada@example.com", PHONES[2], 3),
    Told(4, 3, "", "", "", 4),
    Told(5, 4, "9", "cyd@example.com", "", 5),
]
BEFORE = [
    Told(1, 5, "7", "", PHONES[1], 9),
    Told(6, 0, "9", "", PHONES[2], 6),
]


def begun() -> tuple[World, str]:
    """Webhooks have told of some, and an import is started."""
    world = World()
    world.record(*(one.snapshot for one in BEFORE))
    return world, world.begin(file_of(STORY) + "7,never,,,,,x,\n", **ORDERS)


def assert_alike(world: World, ideal: World, import_id: str) -> None:
    assert set(world.touched) >= set(ideal.touched)
    shown, wanted = world.show(import_id), ideal.show(import_id)
    assert shown == wanted
    world.settle_down()
    ideal.settle_down()
    assert world.history() == ideal.history()
    assert world.files.stored == ideal.files.stored


def ideal_of() -> tuple[World, str]:
    ideal, import_id = begun()
    ideal.work(import_id)
    assert ideal.show(import_id)["rows"] == {
        "in_file": 6, "read": 6, "good": 4, "bad": 1, "nobody": 1, "erased": 0,
    }  # fmt: skip
    return ideal, import_id


def test_killed_before_anything_it_does_and_begun_again_it_ends_the_same() -> None:
    ideal, import_id = ideal_of()
    for place in count():
        world, _ = begun()
        try:
            world.work(import_id, kill_at=place)
        except Crash:
            world.work(import_id)
            assert_alike(world, ideal, import_id)
        else:
            break
    assert place > 60


@given(st.lists(st.integers(0, 40), max_size=5))
@bounded
def test_killed_again_and_again_it_ends_the_same(places: list[int]) -> None:
    ideal, import_id = ideal_of()
    world, _ = begun()
    for place in places:
        try:
            world.work(import_id, kill_at=place)
        except Crash:
            continue
    world.work(import_id)
    assert_alike(world, ideal, import_id)


class Overtaking(KilledItems):
    """Before the nth thing that has an effect, another worker does all that is left."""

    def __init__(self, inner: Any, place: int, other: Any) -> None:
        super().__init__(inner, None)
        self.place = place
        self.other = other

    def effect(self) -> None:
        self.place -= 1
        if self.place == -1:
            self.other()


def test_of_two_workers_on_one_import_the_slower_stops_and_nothing_is_counted_twice() -> None:
    ideal, import_id = ideal_of()
    for place in count():
        world, _ = begun()
        overtaking = Overtaking(world.items, place, lambda world=world: world.work(import_id))
        world.work(import_id, items=overtaking)
        assert_alike(world, ideal, import_id)
        if overtaking.place >= 0:
            break
    assert place > 30


def test_what_a_dead_worker_left_in_the_bucket_goes_with_the_import() -> None:
    world, import_id = begun()
    with pytest.raises(Crash):
        world.work(import_id, kill_at=8)
    assert part_file(SHOP.id, import_id, 0) in world.files.stored
    world.work(import_id)
    assert not [key for key in world.files.stored if "bad-rows" not in key]
