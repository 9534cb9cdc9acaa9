"""Which events start a run, and that a cause never has two."""

from datetime import timedelta

import pytest

from kairos import keys
from kairos.domain.errors import Refused, Throttled
from kairos.domain.identity import Identities
from kairos.domain.run import Run, run_id
from kairos.domain.scenario import in_holdout
from kairos.ports import Item, Key, Put
from kairos.services.runs import read_run, runs_of
from kairos.services.sending.decisions import decisions_of
from kairos.services.starting import BACKLOG, Starting, read_event, start_scenarios
from tests.unit.scenarios.shopfront import BUYER, CART, Shopfront

RUN = run_id("shoes", "abandoned_cart", f"cart:{CART}")


@pytest.fixture
def shop() -> Shopfront:
    made = Shopfront()
    made.set_scenario()
    made.cart()
    return made


def start(shop: Shopfront) -> str:
    return start_scenarios(Starting(shop.items, shop.clock, shop.machines), shop.event())["abandoned_cart"]


def stored(shop: Shopfront) -> Run | None:
    item = shop.items.get(keys.run("shoes", RUN))
    return Run.model_validate(item.body) if item else None


def test_a_changed_cart_starts_one_execution_named_after_the_run(shop: Shopfront) -> None:
    assert start(shop) == "started"
    [(scenario, name, given)] = shop.machines.started
    assert (scenario, name) == ("abandoned_cart", RUN)
    assert given.keys() == {"shop", "customer", "run", "cause", "settings"}
    assert BUYER.email not in str(given)
    run = stored(shop)
    assert run is not None
    assert run.state == "started"


def test_a_start_is_kept_once_with_what_was_met(shop: Shopfront) -> None:
    start(shop)
    start(shop)
    [kept] = decisions_of(shop.items, "shoes", RUN)
    assert (kept.decision.what, kept.decision.at) == ("started", shop.clock.now())
    assert kept.decision.facts == {
        "condition cart_abandoned": True,
        "condition not ordered_since_cart": True,
    }


def test_the_run_hangs_on_its_customer(shop: Shopfront) -> None:
    start(shop)
    run = stored(shop)
    assert run is not None
    assert shop.items.get(keys.run_pointer("shoes", run.customer, RUN)) is not None


def test_the_execution_is_told_every_setting_also_one_without_a_value(shop: Shopfront) -> None:
    shop.set_scenario(settings={"wait_newcomer": "PT6H"})
    start(shop)
    settings = shop.machines.started[0][2]["settings"]
    assert (settings["wait_newcomer"], settings["wait_recent_buyer"]) == ("PT6H", "PT24H")
    assert settings["code_pool"] is None


def test_one_cart_has_one_run_however_often_it_changes(shop: Shopfront) -> None:
    assert start(shop) == "started"
    shop.clock.at += timedelta(hours=1)
    shop.cart(items=2)
    assert start(shop) == "running already"
    assert len(shop.machines.started) == 1


MISTYPED = Identities(email="buyer@example.con")


def test_a_run_follows_its_cart_to_the_customer_whose_it_becomes(shop: Shopfront) -> None:
    shop.cart(key="k2", who=MISTYPED)
    parts = Starting(shop.items, shop.clock, shop.machines)
    assert start_scenarios(parts, shop.event("k2")) == {"abandoned_cart": "started"}
    mistyped = shop.event("k2")

    shop.clock.at += timedelta(minutes=1)
    shop.cart(key="k2", who=BUYER)
    assert start_scenarios(parts, shop.event("k2")) == {"abandoned_cart": "running already"}
    assert start_scenarios(parts, mistyped) == {"abandoned_cart": "customer unknown"}  # comes late
    run = read_run(shop.items, "shoes", run_id("shoes", "abandoned_cart", "cart:k2"))
    assert run is not None
    assert (run.customer, run.state) == (shop.nodes()[0], "started")
    assert runs_of(shop.items, "shoes", shop.nodes()) == [run]
    assert len(shop.machines.started) == 1


def test_a_run_that_passes_to_somebody_held_out_ends(shop: Shopfront) -> None:
    shop.cart(key="k2", who=MISTYPED)
    parts = Starting(shop.items, shop.clock, shop.machines)
    start_scenarios(parts, shop.event("k2"))

    shop.clock.at += timedelta(minutes=1)
    shop.cart(key="k2", who=_left_out(shop))
    shop.set_scenario(holdout_percent=50)
    assert start_scenarios(parts, shop.event("k2")) == {"abandoned_cart": "holdout"}
    run = read_run(shop.items, "shoes", run_id("shoes", "abandoned_cart", "cart:k2"))
    assert run is not None
    assert (run.state, run.reason) == ("ended", "holdout")


def test_a_run_stays_with_a_customer_who_gets_another_id(shop: Shopfront) -> None:
    guest = Identities(email="guest@example.org")
    shop.cart(key="k2", who=guest)
    parts = Starting(shop.items, shop.clock, shop.machines)
    start_scenarios(parts, shop.event("k2"))

    known = shop.nodes(Identities(platform_id="18", email="guest@example.org"))
    assert shop.event("k2").customer == known[0]
    assert start_scenarios(parts, shop.event("k2")) == {"abandoned_cart": "running already"}
    [run] = runs_of(shop.items, "shoes", known)
    assert run.customer == known[1]


def test_an_ended_run_is_not_started_again(shop: Shopfront) -> None:
    start(shop)
    run = stored(shop)
    assert run is not None
    over = run.model_copy(update={"state": "ended", "reason": "cart emptied"})
    shop.items.write(Put(Item(keys.run("shoes", RUN), "9", over.as_json())))
    assert start(shop) == "ended already"
    assert len(shop.machines.started) == 1


def test_a_crash_before_the_execution_started_is_mended_by_the_repeated_event(shop: Shopfront) -> None:
    shop.machines.fail = Throttled("busy")
    with pytest.raises(Throttled):
        start(shop)
    run = stored(shop)
    assert run is not None
    assert run.state == "registered"

    shop.set_scenario(settings={"wait_newcomer": "PT1H"})
    assert start(shop) == "started"
    [(_, name, given)] = shop.machines.started
    assert name == RUN
    assert given["settings"]["wait_newcomer"] == "PT4H"  # as registered, so that the input is the same


class FailingAfter:
    """Items that fail once, right after the n-th write was done or right before it."""

    def __init__(self, shop: Shopfront, write: int, before: bool) -> None:
        self._items, self._left, self._before = shop.items, write, before

    def __getattr__(self, name: str) -> object:
        return getattr(self._items, name)

    def transact(self, writes: object) -> None:
        self._fail(True)
        self._items.transact(writes)  # type: ignore[arg-type]
        self._fail(False)

    def write(self, write: object) -> None:
        self.transact([write])

    def _fail(self, before: bool) -> None:
        if before:
            self._left -= 1
        if self._left == 0 and before is self._before:
            self._left = -1
            raise Throttled("crash")


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("write", [1, 2, 3])
def test_a_crash_around_any_write_ends_in_one_run_once_the_event_is_repeated(
    shop: Shopfront, write: int, before: bool
) -> None:
    failing = Starting(FailingAfter(shop, write, before), shop.clock, shop.machines)  # type: ignore[arg-type]
    with pytest.raises(Throttled):
        start_scenarios(failing, shop.event())
    start(shop)
    assert {name for _, name, _ in shop.machines.started} == {RUN}
    run = stored(shop)
    assert run is not None
    assert run.state == "started"


def test_nothing_starts_while_the_scenario_is_off(shop: Shopfront) -> None:
    shop.set_scenario(enabled=False)
    assert start(shop) == "switched off"
    shop.items.stored.pop(keys.scenario_settings("shoes", "abandoned_cart"))
    assert start(shop) == "switched off"
    assert stored(shop) is None


def test_a_cause_of_exactly_3_days_starts_and_an_older_one_does_not(shop: Shopfront) -> None:
    shop.clock.at += BACKLOG + timedelta(seconds=1)
    assert start(shop) == "too old"
    shop.clock.at -= timedelta(seconds=1)
    assert start(shop) == "started"


@pytest.mark.parametrize("emptied", [True, False])
def test_a_cart_emptied_or_ordered_before_the_event_arrives_leaves_the_cause_unused(
    shop: Shopfront, emptied: bool
) -> None:
    told = shop.event()
    shop.clock.at += timedelta(minutes=1)
    if emptied:
        shop.cart(items=0)
    else:
        shop.order()
    parts = Starting(shop.items, shop.clock, shop.machines)
    assert start_scenarios(parts, told) == {"abandoned_cart": "not eligible"}
    assert stored(shop) is None


def test_a_cart_that_an_unsigned_source_names_starts_nothing(shop: Shopfront) -> None:
    told = shop.event()
    shop.cart(key="k2", who=Identities(visitor="v", email="stranger@example.org", verified=False))
    parts = Starting(shop.items, shop.clock, shop.machines)
    unsigned = told.model_copy(update={"cause": "cart:k2", "customer": shop.nodes()[0]})
    assert start_scenarios(parts, unsigned) == {"abandoned_cart": "not eligible"}


def test_an_unknown_shop_or_customer_starts_nothing(shop: Shopfront) -> None:
    parts = Starting(shop.items, shop.clock, shop.machines)
    told = shop.event()
    elsewhere = told.model_copy(update={"shop": "another"})
    assert start_scenarios(parts, elsewhere) == {"abandoned_cart": "shop unknown"}
    nobody = told.model_copy(update={"customer": "c" + "0" * 26})
    assert start_scenarios(parts, nobody) == {"abandoned_cart": "customer unknown"}


def test_an_event_that_no_scenario_awaits_starts_none(shop: Shopfront) -> None:
    told = shop.event().model_copy(update={"name": "OrderRecorded"})
    assert start_scenarios(Starting(shop.items, shop.clock, shop.machines), told) == {}


def _left_out(shop: Shopfront) -> Identities:
    """A buyer who is drawn into a holdout of 50 %."""
    for number in range(100):
        who = Identities(platform_id=f"p{number}")
        if in_holdout("shoes", "abandoned_cart", shop.nodes(who)[0], 50):
            return who
    raise AssertionError("nobody is drawn")


def test_the_holdout_is_on_record_and_never_executed(shop: Shopfront) -> None:
    shop.cart(key="k2", who=_left_out(shop))
    shop.set_scenario(holdout_percent=50)
    parts = Starting(shop.items, shop.clock, shop.machines)
    assert start_scenarios(parts, shop.event("k2")) == {"abandoned_cart": "holdout"}
    assert shop.machines.started == []
    item = shop.items.get(keys.run("shoes", run_id("shoes", "abandoned_cart", "cart:k2")))
    assert item is not None
    assert (item.body["state"], item.body["reason"]) == ("ended", "holdout")

    shop.set_scenario(holdout_percent=0)
    assert start_scenarios(parts, shop.event("k2")) == {"abandoned_cart": "holdout"}


def test_a_holdout_of_20_per_cent_takes_about_as_many_and_a_greater_one_more_of_others() -> None:
    people = [f"c{number:026x}" for number in range(2000)]
    twenty = {one for one in people if in_holdout("shoes", "abandoned_cart", one, 20)}
    fifty = {one for one in people if in_holdout("shoes", "abandoned_cart", one, 50)}
    assert 0.17 < len(twenty) / len(people) < 0.23
    assert twenty < fifty
    assert not any(in_holdout("shoes", "abandoned_cart", one, 0) for one in people)


def test_an_event_that_is_none_is_refused() -> None:
    with pytest.raises(Refused, match="CartChanged"):
        read_event("CartChanged", {"shop": "shoes"})


def test_a_run_is_keyed_by_shop() -> None:
    assert run_id("a", "abandoned_cart", "cart:1") != run_id("b", "abandoned_cart", "cart:1")
    assert keys.run("a", "r") == Key("a#run#r", "run")
