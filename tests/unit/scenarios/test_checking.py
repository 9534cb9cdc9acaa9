"""Looking again: facts, waits and ends, for one customer in one call."""

from datetime import timedelta

import pytest

from kairos import keys
from kairos.domain.errors import Refused
from kairos.domain.moment import Moment
from kairos.domain.run import Run, run_id
from kairos.domain.scenarios.abandoned_cart import ABANDONED_CART
from kairos.domain.shop import Shop
from kairos.ports import Item, Put
from kairos.services.checking import Checking, CheckRequest, Facts, check, evaluate, read_request, why_unmet
from kairos.services.customers import load_profile
from kairos.services.runs import register
from tests.unit.scenarios.shopfront import CART, MovedClock, Shopfront

RUN = run_id("shoes", "abandoned_cart", f"cart:{CART}")
ASKED = {"criteria": ("recent_buyer",), "only_if": ("not ordered_since_cart", "cart_abandoned")}


@pytest.fixture
def shop() -> Shopfront:
    made = Shopfront()
    made.set_scenario()
    made.cart()
    customer = made.event().customer
    run = Run(
        shop="shoes",
        scenario="abandoned_cart",
        cause=f"cart:{CART}",
        customer=customer,
        registered_at=made.clock.now(),
        settings={"wait_newcomer": "PT6H"},
    )
    register(made.items, run)
    return made


def ask(shop: Shopfront, **asked: tuple[str, ...]) -> Facts:
    request = CheckRequest(shop="shoes", run=RUN, **(asked or ASKED))
    return check(Checking(shop.items, shop.clock), request)


def reason(shop: Shopfront) -> tuple[str, str | None]:
    item = shop.items.get(keys.run("shoes", RUN))
    assert item is not None
    return item.body["state"], item.body.get("reason")


def test_the_run_goes_on_with_the_facts_asked_for(shop: Shopfront) -> None:
    shop.clock.at += timedelta(minutes=5)
    found = ask(shop)
    assert (found.decision, found.facts) == ("go", {"recent_buyer": False})
    assert found.quiet_seconds == 300
    assert reason(shop) == ("registered", None)


def test_a_scenario_that_was_switched_off_ends_the_run(shop: Shopfront) -> None:
    shop.set_scenario(enabled=False)
    assert (ask(shop).decision, reason(shop)) == ("end", ("ended", "switched off"))


def test_durations_are_the_runs_settings_in_seconds(shop: Shopfront) -> None:
    found = ask(shop)
    assert found.durations["wait_newcomer"] == 6 * 3600
    assert found.durations["wait_recent_buyer"] == 24 * 3600
    assert found.durations["next_code_after"] == 60 * 86400


def test_an_order_recorded_a_moment_ago_is_seen(shop: Shopfront) -> None:
    shop.clock.at += timedelta(minutes=5)
    assert ask(shop).decision == "go"
    shop.order()
    found = ask(shop)
    assert (found.decision, found.reason) == ("end", "ordered since")
    assert reason(shop) == ("ended", "ordered since")


def test_the_first_condition_that_fails_says_why(shop: Shopfront) -> None:
    shop.clock.at += timedelta(minutes=5)
    shop.cart(items=0)
    assert ask(shop).reason == "cart emptied"


def lag(shop: Shopfront, seconds: float) -> None:
    marker = {"lag_seconds": seconds, "seen_at": shop.clock.real.isoformat()}
    shop.items.write(Put(Item(keys.backlog(), "1", marker)))


def test_while_webhooks_queue_for_more_than_2_minutes_nothing_is_decided(shop: Shopfront) -> None:
    shop.order()
    lag(shop, 121)
    found = ask(shop)
    assert (found.decision, found.reason, found.wait_seconds) == ("wait", "webhooks are queued", 60)
    assert reason(shop) == ("registered", None)


def test_a_lag_of_2_minutes_is_still_trusted(shop: Shopfront) -> None:
    shop.order()
    lag(shop, 120)
    assert ask(shop).decision == "end"


def test_on_a_laptop_the_wait_for_webhooks_still_lasts_a_minute_of_real_time(shop: Shopfront) -> None:
    shop.clock = MovedClock(wait_scale=0.001)
    lag(shop, 300)
    assert ask(shop).wait_seconds == 60_000


def test_an_erasure_ends_the_run_even_if_the_customer_came_back(shop: Shopfront) -> None:
    shop.clock.at += timedelta(hours=1)
    marker = {"at": shop.clock.now().isoformat()}
    shop.items.write(Put(Item(keys.erasure("shoes", shop.nodes()[1]), "1", marker)))
    shop.cart()
    found = ask(shop)
    assert (found.decision, found.reason) == ("end", "erased")
    assert reason(shop) == ("ended", "erased")


def test_an_erasure_before_the_run_began_does_not_end_it(shop: Shopfront) -> None:
    marker = {"at": (shop.clock.now() - timedelta(seconds=1)).isoformat()}
    shop.items.write(Put(Item(keys.erasure("shoes", shop.nodes()[1]), "1", marker)))
    assert ask(shop).decision == "go"


def test_a_customer_of_whom_nothing_is_kept_ends_the_run_without_being_called_erased(shop: Shopfront) -> None:
    for key in [key for key in shop.items.stored if "cart" in key.pk]:
        shop.items.stored.pop(key)
    found = ask(shop)
    assert (found.decision, found.reason) == ("end", "cart gone")


def test_a_run_that_is_unknown_or_over_ends(shop: Shopfront) -> None:
    unknown = check(Checking(shop.items, shop.clock), CheckRequest(shop="shoes", run="none"))
    assert (unknown.decision, unknown.reason) == ("end", "run unknown")
    shop.cart(items=0, seconds=-1)
    ask(shop)
    assert ask(shop).reason == "run ended"


def test_an_unknown_criterion_is_refused_with_the_nearest_name(shop: Shopfront) -> None:
    with pytest.raises(Refused, match="'recent_buyer'"):
        ask(shop, criteria=("recent_buyers",))


def test_a_request_that_is_none_is_refused_by_field() -> None:
    with pytest.raises(Refused) as refusal:
        read_request({"shop": "shoes", "run": "r", "onlyif": []})
    assert refusal.value.field == "onlyif"


def test_not_a_name_is_its_opposite(shop: Shopfront) -> None:
    profile = load_profile(shop.items, "shoes", shop.nodes()[0])
    held = shop.items.get(keys.shop("shoes"))
    assert profile is not None
    assert held is not None
    moment = Moment(now=shop.clock.now(), shop=Shop.model_validate(held.body))
    names = ["cart_abandoned", "not cart_abandoned"]
    facts = evaluate(names, profile, moment, f"cart:{CART}", {}, ABANDONED_CART)
    assert facts == {"cart_abandoned": True, "not cart_abandoned": False}
    assert why_unmet(ABANDONED_CART, facts) == "cart abandoned"
    assert why_unmet(ABANDONED_CART, {"cart_abandoned": True}) is None
