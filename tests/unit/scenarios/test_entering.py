"""Ways into timelines: which transitions start a run, for whom, and how often."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from kairos import keys
from kairos.adapters.memory import MemoryItems
from kairos.domain.consent import ConsentStatement
from kairos.domain.event import Event
from kairos.domain.holdout import HOLDOUT
from kairos.domain.run import Run
from kairos.domain.scenario_entries import WayIn, entry_segments, way_in_of, ways_in
from kairos.domain.scenarios.registry import SCENARIOS
from kairos.domain.scenarios.second_order import SECOND_ORDER
from kairos.ports import Check, Item, Put, Write
from kairos.services.recording.consents import record_consents
from kairos.services.runs import end_run, runs_of
from kairos.services.starting import BACKLOG, Starting, start_by_hand, start_scenarios
from tests.unit.scenarios.shopfront import KEY, Shopfront

EMAIL = "buyer@example.org"
ENTRY = WayIn(SECOND_ORDER, "first_order").segment


@pytest.fixture
def shop() -> Shopfront:
    made = Shopfront()
    stand(made)
    made.order(hours=1)
    return made


def stand(shop: Shopfront, holdout: int = 0, **settings: str) -> None:
    body = {"enabled": True, "holdout_percent": holdout, "settings": settings}
    shop.items.write(Put(Item(keys.scenario_settings("shoes", "second_order"), "1", body)))


def parts(shop: Shopfront) -> Starting:
    return Starting(shop.items, shop.clock, shop.machines)


def moved(shop: Shopfront, version: str = "1", entered: bool = True) -> str:
    """What comes of the transition."""
    event = Event(
        name="SegmentEntered" if entered else "SegmentLeft",
        shop="shoes",
        customer=shop.nodes()[0],
        cause=f"segment:{ENTRY}",
        occurred_at=shop.clock.now(),
        version=version,
    )
    return start_scenarios(parts(shop), event).get("second_order", "nothing")


def runs(shop: Shopfront) -> list[Run]:
    return runs_of(shop.items, "shoes", shop.nodes())


def end(shop: Shopfront) -> None:
    for run in runs(shop):
        end_run(shop.items, "shoes", run.id, "finished", shop.clock.now())


def test_entering_starts_a_run_whose_waits_count_from_what_made_it_true(shop: Shopfront) -> None:
    assert moved(shop) == "started"
    [run] = runs(shop)
    assert (run.entry, run.began) == ("first_order", shop.clock.now() - timedelta(hours=1))


def test_a_transition_told_twice_starts_one_run(shop: Shopfront) -> None:
    assert [moved(shop), moved(shop)] == ["started", "running already"]
    assert len(runs(shop)) == 1


def test_leaving_starts_nothing_where_entering_does(shop: Shopfront) -> None:
    assert moved(shop, entered=False) == "nothing"


def test_other_segments_start_nothing() -> None:
    assert [way_in_of(one) for one in ("vips", "kairos-second_order-none", "kairos-nothing-first_order")] == [
        None
    ] * 3


def test_nobody_has_two_runs_at_a_time(shop: Shopfront) -> None:
    stand(shop, again_after="PT0S")
    assert [moved(shop, "1"), moved(shop, "2")] == ["started", "under way"]


def test_by_default_a_customer_enters_once(shop: Shopfront) -> None:
    moved(shop, "1")
    end(shop)
    assert moved(shop, "2") == "entered before"


def test_a_customer_enters_again_once_the_time_is_over_and_not_a_second_before(shop: Shopfront) -> None:
    stand(shop, again_after="P30D")
    moved(shop, "1")
    end(shop)
    shop.clock.at += timedelta(days=30) - timedelta(seconds=1)
    shop.order(hours=1)
    assert moved(shop, "2") == "entered before"
    shop.clock.at += timedelta(seconds=1)
    assert moved(shop, "3") == "started"


def test_a_run_that_died_stands_in_nobodys_way_for_ever(shop: Shopfront) -> None:
    stand(shop, again_after="PT0S")
    moved(shop, "1")
    shop.clock.at += timedelta(days=366)
    shop.order(hours=1)
    assert moved(shop, "2") == "started"


def test_a_transition_of_long_ago_starts_nothing(shop: Shopfront) -> None:
    event = Event(
        name="SegmentEntered",
        shop="shoes",
        customer=shop.nodes()[0],
        cause=f"segment:{ENTRY}",
        occurred_at=shop.clock.now() - BACKLOG - timedelta(seconds=1),
        version="1",
    )
    assert start_scenarios(parts(shop), event) == {"second_order": "too old"}


def test_who_was_held_out_once_stays_so_whatever_the_percentage_becomes(shop: Shopfront) -> None:
    stand(shop, holdout=99, again_after="PT0S")
    assert moved(shop, "1") == HOLDOUT
    stand(shop, holdout=0, again_after="PT0S")
    assert moved(shop, "2") == HOLDOUT


def test_who_was_let_in_once_is_never_held_out(shop: Shopfront) -> None:
    stand(shop, again_after="PT0S")
    assert moved(shop, "1") == "started"
    end(shop)
    stand(shop, holdout=99, again_after="PT0S")
    assert moved(shop, "2") == "started"


def test_settings_that_are_refused_now_start_nothing(shop: Shopfront) -> None:
    stand(shop, thanks_after="a fortnight")
    assert moved(shop) == "settings refused"
    assert entry_segments({"second_order": {"thanks_after": "a fortnight"}}) == {}


def test_the_backlog_enters_at_its_stage_and_once(shop: Shopfront) -> None:
    shop.clock.at += timedelta(days=20)
    customer = shop.nodes()[0]
    told = [
        start_by_hand(parts(shop), "shoes", SECOND_ORDER, customer, "release-1", "first_order") for _ in "ab"
    ]
    assert told == ["started", "running already"]
    [run] = runs(shop)
    assert run.began == shop.clock.now() - timedelta(days=20, hours=1)
    end(shop)
    again = start_by_hand(parts(shop), "shoes", SECOND_ORDER, customer, "release-2", "first_order")
    assert again == "entered before"


def test_named_customers_enter_again_as_if_it_had_just_happened(shop: Shopfront) -> None:
    moved(shop)
    end(shop)
    shop.clock.at += timedelta(days=20)
    assert start_by_hand(parts(shop), "shoes", SECOND_ORDER, shop.nodes()[0], "b") == "started"
    assert runs(shop)[0].began == shop.clock.now()


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_way_in_of_a_scenario_with_defaults_is_a_segment_of_its_own(name: str) -> None:
    made = entry_segments({name: {}})
    assert made.keys() <= {way.segment for way in ways_in(SCENARIOS[name])}
    for segment in made:
        found = way_in_of(segment)
        assert found is not None
        assert (found.scenario.name, found.segment) == (name, segment)


def test_two_ways_in_at_the_same_instant_start_one_run(shop: Shopfront) -> None:
    told: list[str] = []

    class Overtaken(MemoryItems):
        """Another invocation lets the customer in between our reading and our writing."""

        def transact(self, writes: Sequence[Write | Check]) -> None:
            if not told:
                told.append("")
                told.append(moved(shop, "2"))
            super().transact(writes)

    overtaken = Overtaken()
    overtaken.stored = shop.items.stored
    shop.items = overtaken
    assert (moved(shop, "1"), told[1]) == ("under way", "started")
    assert len(runs(shop)) == len(shop.machines.started) == 1


def test_what_happened_within_three_days_starts_a_run(shop: Shopfront) -> None:
    shop.clock.at += BACKLOG - timedelta(hours=1)
    assert moved(shop) == "started"


def test_what_happened_before_that_belongs_to_the_backlog(shop: Shopfront) -> None:
    shop.clock.at += BACKLOG
    assert moved(shop) == "too old"


@pytest.mark.parametrize(("reason", "again"), [("no consent", "started"), ("finished", "entered before")])
def test_who_could_not_be_reached_enters_once_they_can(shop: Shopfront, reason: str, again: str) -> None:
    moved(shop)
    for run in runs(shop):
        end_run(shop.items, "shoes", run.id, reason, shop.clock.now())
    assert moved(shop, "2") == again


def test_who_was_written_to_and_then_withdrew_does_not_enter_again(shop: Shopfront) -> None:
    moved(shop)
    [run] = runs(shop)
    end_run(shop.items, "shoes", run.id, "no consent", shop.clock.now())
    pointer = keys.send_pointer("shoes", run.customer, "m1")
    shop.items.write(Put(Item(pointer, "1", {"message_id": "m1", "run": run.id, "step": "thanks"})))
    assert moved(shop, "2") == "entered before"


def test_the_waits_of_an_occasion_count_from_the_beginning_of_its_day(shop: Shopfront) -> None:
    shop.items.write(Put(Item(keys.scenario_settings("shoes", "occasion"), "1", {"enabled": True})))
    event = Event(
        name="SegmentEntered",
        shop="shoes",
        customer=shop.nodes()[0],
        cause="segment:kairos-occasion-day",
        occurred_at=shop.clock.now(),
        version="1",
    )
    assert start_scenarios(parts(shop), event) == {"occasion": "started"}
    [run] = runs(shop)
    assert run.began == datetime(2026, 3, 1, 23, tzinfo=UTC)  # midnight in Berlin


@pytest.mark.parametrize(("days", "result"), [(2, "started"), (4, "too old")])
def test_who_joins_by_newsletter_enters_by_the_date_of_their_consent(days: int, result: str) -> None:
    shop = Shopfront()
    shop.items.write(Put(Item(keys.scenario_settings("shoes", "prospects"), "1", {"enabled": True})))
    at = shop.clock.now() - timedelta(days=days)
    said = ConsentStatement(channel="email", address=EMAIL, state="granted", stated_at=at, source="form")
    shop.become_known()
    record_consents(shop.items, "shoes", KEY, (said,))
    event = Event(
        name="SegmentEntered",
        shop="shoes",
        customer=shop.nodes()[0],
        cause="segment:kairos-prospects-joined",
        occurred_at=shop.clock.now(),
        version="1",
    )
    assert start_scenarios(parts(shop), event) == {"prospects": result}
    assert [run.began for run in runs(shop)] == ([at] if result == "started" else [])


def test_who_would_enter_by_leaving_is_nobodys_backlog() -> None:
    wake_up = SCENARIOS["wake_up"]
    assert wake_up.entries["opened"].on_leaving
    assert wake_up.backlog_rules(wake_up.read_settings({})).keys() == {"clicked"}
