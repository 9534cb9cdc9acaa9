"""What the engine proposes is written if it still holds; else closures decide on fresh facts."""

from datetime import timedelta

import pytest

from kairos import keys
from kairos.domain.consent import ConsentStatement
from kairos.domain.segment import Cause
from kairos.domain.standing import Distribution, Thresholds
from kairos.ports import Item, Put
from tests.unit.memberships.world import RULES, World, assert_true, load
from tests.unit.recording.stories import ADA, BOB
from tests.unit.recording.world import SHOP, START, at, node, order, who

ADA_ID, BOB_ID = node("email", ADA), node("email", BOB)
ADA_BUYS = order("1", 1, identities=who(email=ADA))
LATER = timedelta(hours=2)


@pytest.fixture
def world() -> World:
    """Ada's order is about to be two hours old."""
    world = World()
    world.deliver(ADA_BUYS)
    world.listen()
    world.clock.at += LATER
    return world


def counted(world: World, name: str) -> list:
    """What the store is given to write from now on, by the name of its method."""
    calls, inner = [], getattr(world.items, name)

    def call(given):
        calls.append(given)
        return inner(given)

    setattr(world.items, name, call)
    return calls


def test_what_time_has_made_true_is_written_and_told(world: World) -> None:
    told = world.engine()()
    assert (told.proposed, told.written, told.decided) == (1, 1, ())
    assert "lapsed" in world.segments(ADA_ID)
    assert world.moves() == [("lapsed", True)]
    assert {one.cause for one in world.history() if one.segment == "lapsed"} == {"time"}
    assert_true(world)


def test_each_changed_customer_costs_one_write_and_nobody_else_any() -> None:
    world = World()
    buyers = [f"buyer{number}@example.com" for number in range(120)]
    for number, email in enumerate(buyers):
        placed = START - LATER if number % 10 else START
        world.deliver(order(str(number), 1, placed_at=placed, identities=who(email=email)))
    world.clock.at += timedelta(minutes=29, seconds=59)
    assert world.engine()() == (120, 0, ())
    world.clock.at += timedelta(seconds=1)
    puts = counted(world, "transact")
    assert world.engine()("another pass") == (120, 12, ())
    assert len(puts) == 12
    assert_true(world)


def test_a_pass_that_is_committed_again_writes_nothing_and_tells_the_same_again(world: World) -> None:
    commit = world.engine()
    commit("a pass")
    told, stored = world.heard(), dict(world.items.stored)
    world.bus.published.clear()
    assert commit("a pass").written == 0
    assert world.heard() == told
    assert world.items.stored == stored


def test_another_pass_tells_nothing_of_it(world: World) -> None:
    world.engine()("a pass")
    world.listen()
    world.engine()("the next one")
    assert world.heard() == []


def test_of_whom_something_was_recorded_since_closures_decide(world: World) -> None:
    commit = world.engine()
    world.deliver(order("2", 90, placed_at=at(140), identities=who(email=ADA)))
    world.listen()
    told = commit()
    assert (told.written, [one.customer for one in told.decided]) == (0, [ADA_ID])
    assert world.segments(ADA_ID) == {"buyers", "loyal", "quiet_buyers", "new_buyers"}
    assert world.heard() == []
    assert_true(world)


def test_so_they_do_of_whom_it_is_being_recorded(world: World) -> None:
    """The order's worker has stored the profile, and was killed before it could evaluate."""
    commit = world.engine()

    def killed(*_call: object) -> None:
        written = world.items.stored[keys.profile(SHOP.id, ADA_ID)].version
        if written == "2":
            raise InterruptedError

    with pytest.raises(InterruptedError):
        world.deliver(order("2", 90, placed_at=at(140), identities=who(email=ADA)), on_call=killed)
    commit()
    assert world.moves() == [("loyal", True)]
    assert {one.cause for one in world.history() if one.segment == "loyal"} == {"event"}


def test_who_has_merged_since_is_judged_as_who_they_are_now(world: World) -> None:
    commit = world.engine()
    world.deliver(order("2", 90, identities=who(platform_id="c1", email=ADA)))
    (decided,) = commit().decided
    assert decided.customer == node("platform_id", "c1")
    assert set(world.memberships()) == {decided.customer}


def test_a_proposal_older_than_the_last_turn_is_no_match_for_it(world: World) -> None:
    world.clock.at -= timedelta(hours=1, minutes=45)
    commit = world.engine()
    world.clock.at += timedelta(hours=1, minutes=45)
    world.evaluate(ADA_ID)
    assert "lapsed" in world.segments(ADA_ID)
    (decided,) = commit().decided
    assert decided.transitions == ()
    assert "lapsed" in world.segments(ADA_ID)


def consent(state: str, minutes: int) -> ConsentStatement:
    return ConsentStatement(channel="email", address=ADA, state=state, stated_at=at(minutes), source="form")


def test_a_consent_withdrawn_since_is_seen_though_the_profile_stays_as_it_is() -> None:
    lapsed = {"all": [RULES["subscribers"], RULES["lapsed"]]}
    world = World({"lapsed_subscribers": lapsed})
    world.deliver(order("1", 1, identities=who(email=ADA), consents=(consent("granted", 1),)))
    commit = world.engine_later(LATER)
    world.deliver(order("1", 1, identities=who(email=ADA), consents=(consent("withdrawn", 2),)))
    world.clock.at += LATER
    assert [one.customer for one in commit().decided] == [ADA_ID]
    assert world.segments(ADA_ID) == set()
    assert world.heard() == []


def test_while_it_stands_time_turns_what_depends_on_it() -> None:
    lapsed = {"all": [RULES["subscribers"], RULES["lapsed"]]}
    world = World({"lapsed_subscribers": lapsed})
    world.deliver(order("1", 1, identities=who(email=ADA), consents=(consent("granted", 1),)))
    world.clock.at += LATER
    world.engine()()
    assert world.moves() == [("lapsed_subscribers", True)]


def test_a_rule_edited_since_is_left_to_the_next_pass(world: World) -> None:
    commit = world.engine()
    world.put_segment("lapsed", {"kind": "last_order", "older_than": "P9D"})
    world.put_segment("buyers", {"kind": "order_count", "at_least": 5})
    told = commit()
    assert (told.written, told.decided) == (0, ())
    assert world.segments(ADA_ID) == {"buyers", "quiet_buyers", "new_buyers"}


def test_what_did_not_change_is_still_committed_after_an_edit(world: World) -> None:
    commit = world.engine()
    world.put_segment("buyers", {"kind": "order_count", "at_least": 5})
    assert commit().written == 1
    assert world.segments(ADA_ID) == {"buyers", "quiet_buyers", "new_buyers", "lapsed"}


def test_who_was_judged_by_the_edited_rule_already_is_judged_by_it_again(world: World) -> None:
    commit = world.engine()
    world.put_segment("buyers", {"kind": "order_count", "at_least": 5})
    world.evaluate(ADA_ID)
    world.clock.at += timedelta(seconds=1)
    assert [one.customer for one in commit().decided] == [ADA_ID]
    assert world.segments(ADA_ID) == {"lapsed"}


def test_a_rule_made_while_a_pass_commits_takes_nobody_out_of_its_segment(world: World) -> None:
    commit, shelf = world.engine(), world.shelf()

    def edited_and_judged(items: object, shop: object) -> object:
        """The shelf is read; then somebody edits a rule, and Ada is judged by it."""
        if "patient" not in world.segments(ADA_ID):
            world.put_segment("patient", {"kind": "order_count", "at_most": 3})
            world.evaluate(ADA_ID, of="an edit")
            return shelf
        return load(items, shop)

    parts = world.parts()
    world.parts = lambda *_: parts._replace(load=edited_and_judged)
    assert [one.customer for one in commit().decided] == [ADA_ID]
    assert {"patient", "lapsed"} <= world.segments(ADA_ID)


@pytest.fixture
def ranked() -> World:
    """Only rules by rank; Ada has spent 10.00 and is among the best."""
    world = World({"best": {"kind": "rank", "by": "revenue", "top": 10}}, settled=False)
    put_thresholds(world, 1, 900)
    world.settle()
    world.deliver(ADA_BUYS)
    world.listen()
    return world


def put_thresholds(world: World, version: int, best: int) -> None:
    told = Distribution(count=10, total=best * 10, percentiles=(best,) * 99)
    known = Thresholds(version=version, measures={"revenue": told})
    world.items.write(Put(Item(keys.thresholds(SHOP.id), str(version), known.as_json())))


def test_moved_thresholds_move_customers_without_starting_anything(ranked: World) -> None:
    assert ranked.segments(ADA_ID) == {"best"}
    put_thresholds(ranked, 2, 1500)
    ranked.engine()()
    assert ranked.segments(ADA_ID) == set()
    assert ranked.heard() == []
    assert [(one["segment"], one["entered"], one["cause"]) for one in ranked.filed()] == [
        ("best", False, "threshold")
    ]


def test_thresholds_that_moved_since_leave_their_rules_to_the_next_pass(ranked: World) -> None:
    put_thresholds(ranked, 2, 1500)
    commit = ranked.engine()
    put_thresholds(ranked, 3, 900)
    assert commit() == (1, 0, ())
    assert ranked.segments(ADA_ID) == {"best"}


def test_once_all_were_compared_with_them_changes_are_due_to_what_happens(ranked: World) -> None:
    put_thresholds(ranked, 2, 1500)
    ranked.engine()()
    ranked.settle()
    ranked.deliver(order("2", 2, identities=who(email=ADA)))
    assert ranked.moves() == [("best", True)]


def test_a_new_rule_over_everybody_is_one_event_and_a_file() -> None:
    world = World()
    for number in range(120):
        world.deliver(order(str(number), 1, identities=who(email=f"buyer{number}@example.com")))
    world.bus.published.clear()
    world.put_segment("patient", {"kind": "order_count", "at_most": 3})
    assert world.engine()().written == 120
    (told,) = world.bus.published.values()
    assert told.name == "SegmentsRecomputed"
    lines = world.filed()
    assert len({one["customer"] for one in lines}) == len(lines) == 120
    assert {(one["segment"], one["entered"], one["cause"]) for one in lines} == {("patient", True, "rule")}


@pytest.mark.parametrize("cause", ["repair", "import"])
def test_a_repair_or_an_import_says_so(world: World, cause: Cause) -> None:
    world.engine()(cause=cause)
    assert world.heard() == []
    assert [(one["segment"], one["cause"]) for one in world.filed()] == [("lapsed", cause)]


def test_no_proposals_are_nothing() -> None:
    assert World().engine()() == (0, 0, ())
