"""Whoever was erased does not come back by a file, and what files told is copied and erased with the rest."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from kairos import keys
from kairos.domain.identity import Identities
from kairos.domain.order import Amounts, OrderSnapshot
from kairos.services.importing.places import uploaded_file
from kairos.services.privacy.belongings import nodes_of
from kairos.services.privacy.erase import Erasing, erase_customer
from kairos.services.privacy.erase_shop import ShopErasing, erase_shop
from kairos.services.privacy.export import export_customer
from tests.unit.api.fakes import MemorySecrets
from tests.unit.importing.world import KEY, NOW, SHOP, Crash, KilledItems, World, node

ADA, BOB = "ada@example.com", "bob@example.com"
WISH: dict[str, Any] = {
    "kind": "orders",
    "mapping": {
        "columns": {"order_id": "id", "placed_at": "date", "email": "email", "total": "total", "name": "name"}
    },
}
FILE = (
    "id,date,email,total,name\n"
    f"1,2026-01-02,{ADA},5,Ada Lovelace\n2,2026-01-03,{BOB},6,Bob\n3,2026-01-04,{ADA},7,Ada Lovelace\n"
)


def world_with(body: str = FILE) -> World:
    world = World()
    assert world.run(body, **WISH)["state"] == "done"
    return world


def erase(world: World, email: str, at: datetime = NOW) -> None:
    nodes = nodes_of(world.items, SHOP.id, KEY, Identities(email=email))
    erase_customer(Erasing(world.items, world.files, SHOP.id, at), nodes)


def stored(world: World) -> str:
    """All that is stored of history, as text."""
    return json.dumps([(*key, told) for key, told in world.history().items()]).lower()


def tells_of_ada(world: World) -> bool:
    return ADA in stored(world) or "lovelace" in stored(world)


def recorded(minutes: int, email: str) -> OrderSnapshot:
    """Order 1 as a webhook tells it, so long after the file does."""
    at = datetime.fromisoformat("2026-01-02T00:00:00+01:00") + timedelta(minutes=minutes)
    amounts = Amounts(currency="EUR", total=900)
    who = Identities(email=email)
    return OrderSnapshot(id="1", updated_at=at, placed_at=at, status="paid", amounts=amounts, identities=who)


def test_a_copy_holds_what_files_told() -> None:
    world = world_with()
    copy = export_customer(world.items, world.clock, SHOP.id, [node("email", ADA)])
    assert [one["id"] for one in copy["imported_orders"]] == ["1", "3"]
    assert "bob" not in json.dumps(copy).lower()


def test_erasure_leaves_nothing_of_the_person_and_all_of_everybody_else() -> None:
    world = world_with()
    before = world.profile("email", BOB)
    erase(world, ADA)
    assert not tells_of_ada(world)
    assert world.profile("email", ADA) is None
    assert world.profile("email", BOB) == before


def test_who_was_erased_does_not_come_back_by_the_same_file() -> None:
    world = world_with()
    erase(world, ADA)
    before = world.history()
    told = world.run(FILE, **WISH)
    assert (told["rows"]["erased"], told["rows"]["good"], told["orders"]) == (2, 1, 1)
    assert world.history() == before


def test_what_somebody_orders_after_their_erasure_is_imported() -> None:
    world = world_with()
    erase(world, ADA, NOW - timedelta(days=30))
    told = world.run(f"id,date,email,total,name\n4,2026-10-30,{ADA},8,Ada\n", **WISH)
    assert (told["rows"]["erased"], told["orders"]) == (0, 1)
    profile = world.profile("email", ADA)
    assert profile is not None
    assert [one.id for one in profile.orders] == ["4"]


class Erasure(KilledItems):
    """Before the nth thing that has an effect, Ada is erased."""

    def __init__(self, world: World, place: int) -> None:
        super().__init__(world.items, None)
        self.place = place
        self.world = world

    def effect(self) -> None:
        self.place -= 1
        if self.place == -1:
            erase(self.world, ADA)


def test_an_erasure_at_any_moment_of_an_import_leaves_nothing_of_the_person() -> None:
    place, done = 0, False
    while not done:
        world = World()
        import_id = world.begin(FILE, **WISH)
        erasure = Erasure(world, place)
        world.work(import_id, items=erasure)
        done = erasure.place >= 0
        if not done:
            assert world.show(import_id)["state"] == "done"
            assert not tells_of_ada(world), place
            assert world.profile("email", ADA) is None, place
            assert world.profile("email", BOB) is not None
        place += 1
    assert place > 10


@pytest.mark.parametrize(("minutes", "theirs"), [(-60, ADA), (60, BOB)])
def test_of_an_order_told_twice_the_erasure_of_one_person_leaves_the_others_newer_telling(
    minutes: int, theirs: str
) -> None:
    """The file says it is Ada's; a webhook, an hour before or after, that it is Bob's."""
    world = world_with()
    world.record(recorded(minutes, BOB))
    erase(world, BOB if theirs == ADA else ADA)
    profile = world.profile("email", theirs)
    assert profile is not None
    assert "1" in [one.id for one in profile.orders]
    assert (ADA if theirs == BOB else BOB) not in stored(world)


@pytest.mark.parametrize("minutes", [-60, 60])
def test_erasing_whose_order_it_is_by_now_buries_every_telling_of_it(minutes: int) -> None:
    world = world_with()
    world.record(recorded(minutes, ADA))
    erase(world, ADA)
    assert not tells_of_ada(world)
    world.record(recorded(minutes, ADA))
    assert world.profile("email", ADA) is None


def test_an_erased_shop_leaves_no_file_of_an_import_that_was_under_way() -> None:
    world = World()
    import_id = world.begin(FILE + "4,never,,,\n", **WISH)
    waiting = world.create(**WISH)["id"]
    world.send(waiting, FILE)
    with pytest.raises(Crash):
        world.work(import_id, kill_at=18)
    assert uploaded_file(SHOP.id, waiting) in world.files.stored

    class Sweep:
        def page(self, start: str, after: str | None) -> tuple[list[Any], None]:
            assert after is None
            return [key for key in world.items.stored if key.pk.startswith(start)], None

    erase_shop(ShopErasing(world.items, world.files, MemorySecrets(), Sweep(), lambda: 0.0), SHOP.id)
    assert world.files.stored == {}
    assert world.items.get(keys.history_import(SHOP.id, import_id)) is None
