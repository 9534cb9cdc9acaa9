"""Every state of every broadcast's machine, on the real definitions with the real functions."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from kairos.domain.broadcast import Form
from kairos.domain.errors import Conflict, Throttled
from kairos.domain.scenario import Scenario
from kairos.domain.scenarios.registry import SCENARIOS
from kairos.engine.manifest import SnapshotBroken
from kairos.services.broadcasts.starting import resume, set_going, stop
from kairos.services.snapshot.manifests import NotBuilt
from tests.statemachines.broadcast_world import BroadcastWorld
from tests.statemachines.world import Machine, install, interpreter
from tests.unit.broadcasts.world import EVERYBODY, MONDAY_NOON, SHOP

ROOT = Path(__file__).parents[2]
BROADCASTS = {name: one for name, one in SCENARIOS.items() if one.is_broadcast}
PAGE = ["TakePage", "ChooseNext", "WaitForNext"]
END = ["TakePage", "ChooseNext", "EndRun"]
HANDED_OVER = ["SendPages", "EndRun"]

Open = Callable[..., BroadcastWorld]


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    """A shop with so many customers, and the scenario's machine."""
    with ExitStack() as stack:

        def made(scenario: str, members: int = 3) -> BroadcastWorld:
            machine: Machine = stack.enter_context(interpreter(scenario))
            world = BroadcastWorld(members, machine, monkeypatch)
            install(world, machine, monkeypatch)  # type: ignore[arg-type]
            world.segment("everybody", EVERYBODY)
            world.switch(scenario)
            return world

        yield made


def test_a_campaign_goes_to_its_segment(opened: Open) -> None:
    world = opened("campaign", 60)
    world.of("campaign", audience={"segment": "everybody"})
    assert world.follow() == [*HANDED_OVER, *PAGE, *END]
    assert len(world.got) == len(set(world.got)) == 60
    assert {entry.step.step for entry in world.entries} == {"message"}
    assert world.outputs[-1] == {"reason": "finished"}


def test_a_newsletter_goes_to_who_takes_emails(opened: Open) -> None:
    world = opened("newsletter")
    world.consent(1, "withdrawn")
    world.of("newsletter")
    world.follow()
    assert world.got == sorted([world.node(0), world.node(2)])
    assert {entry.step.step for entry in world.entries} == {"news"}


def test_a_launch_goes_to_trend_followers_and_a_day_later_to_the_others(opened: Open) -> None:
    world = opened("launch_announcement")
    world.product("lamp")
    for number, product in enumerate(("old-1", "old-2")):
        at = MONDAY_NOON - timedelta(days=60 + number)
        world.product(product, published_at=at)
        world.order(1, product, at + timedelta(days=1))
    world.of("launch_announcement", subject={"product": "lamp"})
    world.follow()
    first, *rest = sorted(world.entries, key=lambda entry: entry.reserved_at)
    assert (first.customer, first.step.step) == (world.node(1), "launch")
    assert {entry.reserved_at - first.reserved_at for entry in rest} == {timedelta(days=1)}
    assert len(rest) == 2


def test_a_greeting_goes_to_the_countries_that_keep_the_day(opened: Open) -> None:
    world = opened("season")
    there = world.add(9, country="GB")
    world.of("season", subject={"occasion": "mothers_day", "countries": ["GB", "IE"]})
    world.follow()
    assert [(entry.customer, entry.step.step) for entry in world.entries] == [(there, "greeting")]


def test_news_of_a_price_goes_to_who_left_the_product_in_a_cart(opened: Open) -> None:
    world = opened("price_drop")
    world.product("lamp", 800)
    world.cart(2, "lamp")
    world.of("price_drop", subject={"product": "lamp", "old_price": 1000})
    world.follow()
    assert [(entry.customer, entry.step.step) for entry in world.entries] == [(world.node(2), "cheaper")]


def test_a_thousand_members_need_three_states_at_most(opened: Open) -> None:
    """Counted on pages of 60: what a page costs does not depend on its size, 2,000 at the usual pace."""
    world = opened("campaign", 300)
    world.of("campaign", audience={"segment": "everybody"}, pace=6)
    pages = 300 // 60
    world.follow()
    assert len(world.states) <= 3 * pages + 8
    thousands = 10
    assert (
        3 * (thousands * 1000 // 2000) + 8 + 1 <= 3 * thousands
    )  # 8: beginning, drain and end; 1: the start
    assert len(world.got) == 300


def test_stopped_half_way_and_resumed_it_is_complete_and_once_each(opened: Open) -> None:
    world = opened("campaign", 100)
    broadcast = world.of("campaign", audience={"segment": "everybody"}, pace=3)
    world.planned = [(timedelta(minutes=15), lambda: stop(world.executing, SHOP.id, broadcast.id))]
    world.follow()
    assert (world.now(broadcast).state, len(world.got)) == ("stopped", 60)
    assert world.outputs[-1] == {"reason": "stopped"}
    resume(world.executing, SHOP.id, broadcast.id)
    world.follow()
    assert (world.now(broadcast).state, len(world.got)) == ("done", 100)
    assert len(set(world.got)) == 100


def test_an_execution_started_again_under_its_name_hands_nothing_over_twice(opened: Open) -> None:
    world = opened("campaign")
    broadcast = world.of("campaign", audience={"segment": "everybody"})
    [worker] = world.started
    world.follow()
    set_going(world.executing, SHOP.id, broadcast.id)
    assert world.started == []
    worker._execution_logic()
    assert [name for name in world.states if name == "SendPages"] == ["SendPages"]
    world.follow()
    assert len(world.got) == 3


@pytest.mark.parametrize(
    "error", [Throttled("slow down"), Conflict("changed"), NotBuilt("lumen"), SnapshotBroken("file", "gone")]
)
def test_a_page_that_fails_for_the_moment_is_taken_again(opened: Open, error: Exception) -> None:
    world = opened("campaign")
    world.of("campaign", audience={"segment": "everybody"})
    world.crashes = [error]
    assert world.follow()[-1] == "EndRun"
    assert len(world.got) == 3


@pytest.mark.parametrize("name", BROADCASTS)
def test_the_table_of_each_machine_names_what_there_is(name: str) -> None:
    definition = yaml.safe_load((ROOT / "statemachines" / f"{name}.asl.yaml").read_text())
    told = definition["States"]["SendPages"]["Arguments"]["Input"]["form"]
    form, scenario = Form.model_validate(told), BROADCASTS[name]
    assert {one.audience for one in form.stages} <= {"told", *scenario.audiences}
    assert set(scenario.audiences) <= {one.audience for one in form.stages}
    assert set(form.channels) <= set(scenario.channels)
    assert settings_named(form) <= set(scenario.settings.model_fields)


def settings_named(form: Form) -> set[str]:
    named = {one.after for one in form.stages if one.after is not None}
    return named | ({form.code.percent, form.code.valid_for} if form.code else set())


@pytest.mark.parametrize("scenario", BROADCASTS.values(), ids=list(BROADCASTS))
def test_every_broadcast_ends_and_has_a_pace(scenario: Scenario) -> None:
    settings: Any = scenario.read_settings({})
    assert (settings.ends_after, settings.pace) == ("P3D", 1000)
