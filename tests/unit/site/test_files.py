"""The site's files: erased visitors go and stay away, old days go, and nothing is lost."""

import gzip
from datetime import timedelta
from pathlib import Path

import pytest

from kairos import keys
from kairos.domain.activity import Activity
from kairos.domain.errors import Refused
from kairos.domain.identity import Identities
from kairos.domain.site.rows import Gone, Row, millis, visitor_number
from kairos.engine.manifest import SnapshotBroken
from kairos.ports import Item, Put
from kairos.services.customers import resolve
from tests.unit.recording.world import FaultyItems, node
from tests.unit.site.world import NOW, SHOP, World

ADA, STRANGER = "ada-and-nobody-else", "a-stranger-of-the-shop"
EMAIL = "ada@example.com"


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def seen(number: int, days: float = 1) -> Activity:
    at = NOW - timedelta(days=days, minutes=-number)
    return Activity(id=f"e{number}-{days}", kind="page", at=at, target=f"https://shop.example.com/{number}")


def visits(world: World, days: int = 80) -> int:
    start = (world.clock.at - timedelta(days=days)).isoformat()
    found: int = world.show({"from": start})["total"]["visits"]
    return found


def known_ada(world: World, *acts: Activity) -> None:
    who = Identities(visitor=ADA, email=EMAIL, verified=True)
    world.visit(ADA, *acts, identities=who, identified_at=acts[-1].at)


def erase_ada(world: World) -> None:
    world.erase(SHOP.id, resolve(world.items, SHOP.id, node("email", EMAIL)).nodes, world.clock.at)


def test_what_was_told_twice_counts_once(world: World) -> None:
    for _ in range(2):
        world.visit(STRANGER, seen(1), seen(2))
        world.compact()
    told = world.show()["total"]
    assert (told["visits"], told["views"]) == (1, 2)


def test_a_page_told_again_with_its_seconds_is_one_view_of_the_longest(world: World) -> None:
    for seconds in (None, 40, 12):
        world.visit(STRANGER, seen(1).model_copy(update={"seconds": seconds}))
    world.compact()
    told = world.show()["total"]
    assert (told["views"], told["seconds"]) == (1, 40)


def test_an_erased_customers_visits_disappear_and_the_others_stay(world: World) -> None:
    known_ada(world, seen(1), seen(2, days=40))
    world.visit(STRANGER, seen(1))
    world.compact()
    assert visits(world) == 3
    erase_ada(world)
    world.compact()
    assert visits(world) == 1
    files = b"".join(body for key, body in world.files.stored.items() if key.startswith("site/"))
    assert str(visitor_number(node("visitor", ADA))).encode() not in files
    assert set(world.listed("kept")) == {ref.key for ref in world.manifest().days.values()}


def test_what_was_being_told_while_a_visitor_was_erased_does_not_come_back(world: World) -> None:
    visitor = visitor_number(node("visitor", ADA))
    erase_ada_first = Gone(visitor, millis(world.clock.at))
    world.tell(gone=(erase_ada_first,))
    world.compact()
    world.tell(Row(visitor, millis(world.clock.at - timedelta(minutes=1)), 1, 1, "/late"))
    world.compact()
    assert visits(world) == 0


def test_who_comes_again_after_an_erasure_is_somebody_new(world: World) -> None:
    known_ada(world, seen(1))
    erase_ada(world)
    world.compact()
    world.clock.at += timedelta(hours=1)
    world.visit(ADA, seen(1, days=0).model_copy(update={"at": world.clock.at}))
    world.clock.at += timedelta(minutes=1)
    world.compact()
    told = world.show()["total"]
    assert (told["visits"], told["new_visits"]) == (1, 1)


def test_days_beyond_what_the_shop_keeps_go(world: World) -> None:
    world.visit(STRANGER, seen(1, days=5), seen(2, days=91))
    world.compact()
    assert len(world.listed("kept")) == 2
    world.clock.at += timedelta(days=2)
    world.compact()
    assert len(world.listed("kept")) == len(world.manifest().days) == 1


def test_what_is_older_than_what_is_kept_is_not_taken_in(world: World) -> None:
    world.visit(STRANGER, seen(1, days=93))
    world.compact()
    assert world.manifest().days == {}


def test_a_shop_without_news_costs_no_write(world: World) -> None:
    world.visit(STRANGER, seen(1))
    world.compact()
    before = world.items.stored[keys.site(SHOP.id)].version
    assert world.compact() == []
    assert world.items.stored[keys.site(SHOP.id)].version == before


def test_who_is_overtaken_leaves_nothing_behind_and_loses_nothing(world: World) -> None:
    world.visit(STRANGER, seen(1))

    def overtake(_number: int, when: str) -> None:
        if when == "before" and not world.manifest().days:
            world.compact()

    world.compact(items=FaultyItems(world.items, overtake, ("write",)))
    assert not world.errors
    assert visits(world) == 1
    assert set(world.listed("kept")) == {ref.key for ref in world.manifest().days.values()}


def test_who_dies_after_the_new_files_are_in_use_has_done_no_harm(world: World) -> None:
    world.visit(STRANGER, seen(1))
    told = dict(world.files.stored)
    world.compact()
    world.files.stored |= told  # as if they had not been deleted
    world.files.stored["site/kept/velo/2026-01-01-orphan"] = b"of one who died before"
    world.files.written_at["site/kept/velo/2026-01-01-orphan"] = world.clock.at
    world.clock.at += timedelta(days=1, hours=1)
    world.compact()
    assert visits(world) == 1
    assert set(world.listed("kept")) == {ref.key for ref in world.manifest().days.values()}
    assert world.listed("new") == []


def test_a_lost_file_is_counted_and_the_other_days_go_on(world: World) -> None:
    world.visit(STRANGER, seen(1, days=1), seen(2, days=2))
    world.compact()
    [lost, _] = world.listed("kept")
    world.files.delete(lost)
    with pytest.raises(SnapshotBroken):
        visits(world)
    world.clock.at += timedelta(days=1)
    world.visit(STRANGER, seen(3, days=2))
    world.compact()
    assert world.counted["SiteFilesBroken"] == 1
    assert visits(world) == 2


def test_a_damaged_telling_is_counted_and_the_rest_is_taken_in(world: World) -> None:
    world.visit(STRANGER, seen(1))
    world.files.put(f"site/new/{SHOP.id}/damaged.jsonl.gz", gzip.compress(b"[1, 2, 3"))
    world.compact()
    assert world.counted["SiteFilesBroken"] == 1
    assert visits(world) == 1


def test_files_of_a_shop_that_is_gone_go(world: World) -> None:
    world.visit(STRANGER, seen(1))
    del world.items.stored[keys.shop(SHOP.id)]
    world.compact()
    assert world.listed("new") == world.listed("kept") == []


def days_ago(world: World, start: float, end: float = 0) -> dict[str, str]:
    at = world.clock.at
    return {"from": (at - timedelta(days=start)).isoformat(), "to": (at - timedelta(days=end)).isoformat()}


@pytest.fixture
def large(world: World) -> World:
    """A visit on each of 40 days, of which ten are opened at once."""
    for day in range(40):
        world.visit(f"{STRANGER}-{day}", seen(day, days=day + 0.1))
    world.compact()
    sizes = [ref.size for _, ref in sorted(world.manifest().days.items())]
    world.opens_at_most(sum(sizes[-10:]))
    return world


def test_of_a_large_site_is_said_from_when_on_it_is_shown(large: World) -> None:
    told = large.show(days_ago(large, 6))
    assert told["total"]["visits"] == 6
    assert told["before_from"] is None
    assert told["kept_from"] == "2026-04-25T00:00:00+00:00"
    assert large.show(days_ago(large, 3))["before_from"] == days_ago(large, 6)["from"]


def test_any_days_of_a_large_site_are_shown_as_of_a_small_one(large: World) -> None:
    asked = [days_ago(large, 3), days_ago(large, 30.5, 28), days_ago(large, 39.5, 37), days_ago(large, 2)]
    found = [large.figures(query) for query in asked]
    large.opens_at_most(10**9)
    assert found == [large.figures(query) for query in asked]
    assert [one["total"]["visits"] for one in found] == [3, 3, 3, 2]


def test_of_a_large_site_nobody_is_shown_a_part_for_the_whole(large: World) -> None:
    with pytest.raises(Refused) as told:
        large.show(days_ago(large, 20))
    assert told.value.field == "from"
    assert told.value.remedy == "Ask for less at once: from 2026-04-26 on, say."
    assert large.show({"from": "2026-04-26"})["total"]["visits"] == 9


def test_who_reads_by_files_that_were_just_replaced_reads_again(world: World) -> None:
    world.visit(STRANGER, seen(1))
    world.compact()
    stale = world.items.get(keys.site(SHOP.id))
    world.visit(STRANGER, seen(2))
    world.compact()
    fresh = world.items.get(keys.site(SHOP.id))
    assert stale is not None
    assert fresh is not None
    world.items.write(Put(stale))

    class Slow:
        """Reads the manifest just before it is replaced."""

        def __getattr__(self, name: str):
            return getattr(world.items, name)

        def get(self, key):
            found = world.items.get(key)
            if key == keys.site(SHOP.id):
                world.items.write(Put(Item(key, fresh.version, fresh.body)))
            return found

    world.sites._items = Slow()
    assert world.show()["total"]["views"] == 2
