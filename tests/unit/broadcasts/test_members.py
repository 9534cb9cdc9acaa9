"""What is kept of a broadcast's members is found by their customer: for reports, holdout and erasure."""

from collections import Counter
from datetime import time, timedelta
from typing import Any

import pytest

from kairos import keys
from kairos.domain.outreach import Outreach
from kairos.domain.shop import QuietHours
from kairos.ports import Item, Key
from kairos.services.broadcasts.deciding import decide_batch
from kairos.services.customers import read_customer
from kairos.services.privacy.belongings import gather
from kairos.services.privacy.erase import Erasing, erase_customer
from kairos.services.privacy.export import export_customer
from kairos.services.segments.noticed_items import NoticedItems
from kairos.services.segments.standing import with_standing
from tests.unit.broadcasts.world import SHOP, NoObjects, Sent, World

QUIET = SHOP.model_copy(update={"quiet_hours": QuietHours(start=time(12), end=time(15))})
"""Noon in UTC is 13:00 in Berlin."""


def outreach(world: World, number: int) -> Outreach:
    """What the snapshot is told of one customer."""
    known = read_customer(world.store, SHOP.id, world.node(number))
    assert known.profile is not None
    return with_standing(world.store, SHOP, known, known.profile, {"outreach"})[0].outreach


def test_reports_know_each_member_as_the_broadcasts_own_counts_do() -> None:
    world = World(30)
    for number in range(5):
        world.consent(number, "withdrawn")
    world.switch("campaign", holdout=30)
    counts = world.run(world.campaign()).counts
    courses = [course for number in range(30) for course in outreach(world, number).runs]
    assert {course.scenario for course in courses} == {"campaign"}
    held = [course for course in courses if course.held_out]
    reasons = Counter(course.reason for course in courses if not course.held_out)
    assert len(held) == counts.holdout > 0
    assert reasons == {"finished": counts.sent, **counts.left_out}
    assert "no consent" in reasons


def test_reports_know_who_was_put_off_and_then_left_out() -> None:
    world = World(1, QUIET)
    broadcast = world.campaign()
    world.page(broadcast)
    world.decide()
    told = outreach(world, 0)
    assert [(one.reason, one.deferred) for one in told.passed_over] == [("quiet hours", True)]
    assert [one.ended_at for one in told.runs] == [None]
    world.consent(0, "withdrawn")
    world.run(broadcast)
    assert [(one.reason, one.ended_at is None) for one in outreach(world, 0).runs] == [("no consent", False)]


def test_the_snapshot_is_told_of_whatever_is_decided_for_a_member() -> None:
    world = World(1, QUIET)
    told = Sent()
    broadcast = world.campaign()
    world.page(broadcast)
    [batch] = world.batches.messages
    world.items = NoticedItems(world.store, told)
    decide_batch(world.deciding, batch["shop"], batch["broadcast"], batch["batch"])
    assert {one for message in told.messages for one in message["customers"]} == {world.node(0)}


def test_nothing_is_decided_to_which_nothing_leads() -> None:
    """A crash between any two writes leaves no decision that an erasure would not find."""
    world = World(1)
    world.consent(0, "withdrawn")
    world.page(world.campaign())
    [batch] = world.batches.messages
    written: list[str] = []
    write = world.store.write

    def watched(one: Any) -> None:
        written.append((one.item.key if hasattr(one, "item") else one.key).sk.split("#")[0])
        write(one)

    world.store.write = watched  # type: ignore[method-assign]
    decide_batch(world.deciding, batch["shop"], batch["broadcast"], batch["batch"])
    assert written.index("member") < written.index("decision")


@pytest.mark.parametrize("later", [0, 1, 50])
def test_who_was_held_out_once_stays_so_whatever_the_share_is_later(later: int) -> None:
    world = World(30)
    world.switch("campaign", holdout=50)
    first = world.campaign()
    world.run(first)
    held = {number for number in range(30) if world.decided(first, number) == [("ended", "holdout")]}
    assert held
    world.clock.at += timedelta(days=40)
    world.switch("campaign", holdout=later)
    second = world.campaign()
    world.run(second)
    assert {n for n in range(30) if world.decided(second, n) == [("ended", "holdout")]} == held


def test_the_sides_of_one_scenario_are_not_those_of_another() -> None:
    world = World(30)
    world.switch("campaign", holdout=50)
    world.run(world.campaign())
    held = [number for number in range(30) if any(run.held_out for run in outreach(world, number).runs)]
    assert held
    world.clock.at += timedelta(days=40)
    world.switch("season")
    world.segment("all", {"kind": "order_count", "at_least": 0})
    step = world.campaign().form
    other = world.begin("season", step, audience={"segment": "all"})
    assert world.run(other).counts.holdout == 0


def test_broadcasts_of_which_a_customer_was_no_member_cost_no_look() -> None:
    world = World(2)
    world.segment("buyers", {"kind": "order_count", "at_least": 1})
    world.order(1, "lamp", world.clock.now())
    for _ in range(5):
        world.run(world.campaign("buyers"))
        world.clock.at += timedelta(days=1)
    asked: list[str] = []
    query = world.store.query

    def watched(pk: str, prefix: str = "", limit: int | None = None) -> list[Item]:
        asked.append(pk)
        return query(pk, prefix, limit)

    world.store.query = watched  # type: ignore[method-assign]
    gather(world.store, SHOP.id, [world.node(0)])
    assert not [pk for pk in asked if "#run#" in pk or "#broadcast#" in pk]
    gather(world.store, SHOP.id, [world.node(1)])
    assert len([pk for pk in asked if "#run#" in pk]) == 5


def test_an_export_tells_what_somebody_was_a_member_of_and_an_erasure_takes_it() -> None:
    world = World(1)
    world.run(world.campaign())
    [run] = export_customer(world.store, world.clock, SHOP.id, [world.node(0)])["runs"]
    assert (run["scenario"], run["reason"]) == ("campaign", "finished")
    erase_customer(Erasing(world.store, NoObjects(), SHOP.id, world.clock.now()), [world.node(0)])
    assert not [key for key in world.store.stored if key.sk.startswith(("member#", "decision#"))]


def kept_of(world: World, number: int) -> list[Key]:
    """What there is at the customer and of their runs, but the marker of an erasure."""
    places = [key for key in world.store.stored if world.node(number) in key.pk or "#run#" in key.pk]
    return [key for key in places if key.sk != "erased" and not key.sk.startswith("suppressed#")]


@pytest.mark.parametrize("holdout", [0, 50])
def test_of_who_was_erased_before_nothing_is_kept(holdout: int) -> None:
    world = World(8)
    named = [world.node(number) for number in range(8)]
    for node in named:
        erase_customer(Erasing(world.store, NoObjects(), SHOP.id, world.clock.now()), [node])
    world.clock.at += timedelta(hours=1)
    world.switch("campaign", holdout=holdout)
    done = world.run(
        world.begin("campaign", world.campaign().form, customers=named, audience={"customers": 8})
    )
    assert done.counts.left_out == {"erased": 8}
    assert [kept_of(world, number) for number in range(8)] == [[]] * 8


def test_of_a_member_who_is_unknown_nothing_is_kept() -> None:
    world = World(0)
    node = world.node(7)
    form = world.campaign().form
    done = world.run(world.begin("campaign", form, customers=[node], audience={"customers": 1}))
    assert done.counts.left_out == {"customer unknown": 1}
    assert world.store.get(keys.profile(SHOP.id, node)) is None
    assert kept_of(world, 7) == []
