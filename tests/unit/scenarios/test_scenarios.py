"""The scenarios in the box: their settings, names and what a shop may change."""

import json
import re
from pathlib import Path

import pytest

from kairos import keys
from kairos.domain.criteria.durations import exact_seconds
from kairos.domain.errors import NotFound, Refused
from kairos.domain.scenario import Scenario
from kairos.domain.scenarios.registry import SCENARIOS, scenario
from kairos.ports import Item, Put
from kairos.services.checking import read_request
from kairos.services.scenarios import (
    change_scenario,
    settings_schema,
    show_runs,
    show_scenario,
    show_scenarios,
)
from kairos.services.starting import Starting, start_scenarios
from tests.unit.scenarios.shopfront import CART, Shopfront

EVENTS = Path(__file__).parents[3] / "events"
ALL = pytest.mark.parametrize("one", SCENARIOS.values(), ids=list(SCENARIOS))


@ALL
def test_every_setting_has_a_default(one: Scenario) -> None:
    assert one.read_settings({}) is not None


@ALL
def test_every_named_criterion_is_a_rule_that_reads(one: Scenario) -> None:
    for name in one.criteria:
        assert one.rule(name, "cart:1", one.read_settings({})) is not None


@ALL
def test_every_duration_named_is_a_setting(one: Scenario) -> None:
    assert set(one.durations) <= set(one.settings.model_fields)


@ALL
def test_what_spaces_messages_is_a_length_of_time_among_the_settings(one: Scenario) -> None:
    if one.spaced_by is not None:
        assert exact_seconds(getattr(one.read_settings({}), one.spaced_by)) > 0


def test_an_unknown_name_is_refused_with_the_nearest() -> None:
    with pytest.raises(Refused, match="'cart_abandoned'"):
        scenario("abandoned_cart").rule("not cart_abandond", "cart:1", None)
    with pytest.raises(NotFound):
        scenario("abandoned_carts")


def change(shop: Shopfront, told: dict[str, object]) -> dict[str, object]:
    return change_scenario(shop.items, shop.clock, shop.shop, "abandoned_cart", told, lambda _: None)


def test_a_scenario_is_off_with_defaults_until_the_shop_says_otherwise() -> None:
    shown = show_scenarios(Shopfront().items, Shopfront().shop)[0]
    assert (shown["scenario"], shown["enabled"], shown["holdout_percent"]) == ("abandoned_cart", False, 0)
    assert shown["settings"]["wait_newcomer"] == "PT4H"


def test_what_is_left_out_stays_and_null_brings_the_default_back() -> None:
    shop = Shopfront()
    change(shop, {"enabled": True, "settings": {"wait_newcomer": "PT6H", "code_percent": 10}})
    change(shop, {"holdout_percent": 50})
    shown = change(shop, {"settings": {"wait_newcomer": None}})
    assert (shown["enabled"], shown["holdout_percent"]) == (True, 50)
    assert shown["settings"]["wait_newcomer"] == "PT4H"
    assert shown["settings"]["code_percent"] == 10
    assert show_scenario(shop.items, shop.shop, "abandoned_cart") == shown


@pytest.mark.parametrize(
    ("told", "field", "says"),
    [
        ({"settings": {"wait_newcommer": "PT4H"}}, "settings.wait_newcommer", "'wait_newcomer'"),
        ({"settings": {"wait_newcomer": "4h"}}, "settings.wait_newcomer", "PT24H"),
        ({"settings": {"no_order_within": "P0D"}}, "settings.no_order_within", "no time"),
        ({"settings": {"code_percent": 0}}, "settings.code_percent", "1 or more"),
        ({"settings": {"code_pool": "Two words"}}, "settings.code_pool", "matches"),
        ({"settings": []}, "settings", "object"),
        ({"holdout_percent": 100}, "holdout_percent", "99"),
        ({"holdout_percent": -1}, "holdout_percent", "0"),
        ({"enabled": "perhaps"}, "enabled", "true or false"),
        ({"enable": True}, "enable", "'enabled'"),
    ],
)
def test_a_wrong_change_is_refused_by_field_and_changes_nothing(
    told: dict[str, object], field: str, says: str
) -> None:
    shop = Shopfront()
    with pytest.raises(Refused) as refusal:
        change(shop, told)
    assert refusal.value.field == field
    assert says in str(refusal.value)
    assert shop.items.get(keys.scenario_settings("shoes", "abandoned_cart")) is None


WAITS = pytest.mark.parametrize("wait", ["wait_recent_buyer", "wait_newcomer", "code_wait"])


@WAITS
@pytest.mark.parametrize("longer", ["P4Y", "P301D", "P300DT1S", "P10M", "P42W7D"])
def test_a_wait_longer_than_a_run_may_wait_is_refused_by_field(wait: str, longer: str) -> None:
    shop = Shopfront()
    with pytest.raises(Refused) as refusal:
        change(shop, {"settings": {wait: longer}})
    assert refusal.value.field == f"settings.{wait}"
    assert longer in str(refusal.value)
    assert "P300D" in str(refusal.value)
    assert shop.items.get(keys.scenario_settings("shoes", "abandoned_cart")) is None


@WAITS
@pytest.mark.parametrize("long", ["PT0S", "P300D", "P9M", "PT7200H"])
def test_the_longest_wait_is_taken(wait: str, long: str) -> None:
    shop = Shopfront()
    change(shop, {"settings": {wait: long}})
    assert show_scenario(shop.items, shop.shop, "abandoned_cart")["settings"][wait] == long


def test_runs_are_those_of_the_customer_by_any_of_their_nodes() -> None:
    shop = Shopfront()
    shop.set_scenario()
    shop.cart()
    start_scenarios(Starting(shop.items, shop.clock, shop.machines), shop.event())
    for node in shop.nodes():
        [run] = show_runs(shop.items, "shoes", "abandoned_cart", node)
        assert (run["cause"], run["state"]) == (f"cart:{CART}", "started")
        assert re.fullmatch(r"[0-9a-f]{32}", run["id"])
    assert show_runs(shop.items, "shoes", "abandoned_cart", "c" + "0" * 26) == []


def test_runs_of_nobody_in_particular_are_refused() -> None:
    with pytest.raises(Refused) as refusal:
        show_runs(Shopfront().items, "shoes", "abandoned_cart", "")
    assert refusal.value.field == "customer"


def test_the_example_of_an_executions_input_states_every_setting() -> None:
    told = json.loads((EVENTS / "abandoned_cart_input.json").read_text())
    assert told["settings"] == scenario("abandoned_cart").read_settings({}).model_dump(mode="json")


def test_the_example_of_a_check_reads() -> None:
    request = read_request(json.loads((EVENTS / "check.json").read_text()))
    asked = {name.removeprefix("not ") for name in (*request.criteria, *request.only_if)}
    assert asked <= scenario("abandoned_cart").criteria.keys()


OLD = {"enabled": True, "settings": {"thanks_after": "a fortnight", "gone": 7, "suggestions_after": "P30D"}}


def test_settings_of_an_older_version_are_shown_with_what_to_correct() -> None:
    shop = Shopfront()
    shop.items.write(Put(Item(keys.scenario_settings("shoes", "second_order"), "1", OLD)))
    shown = show_scenario(shop.items, shop.shop, "second_order")
    assert (shown["settings"]["thanks_after"], shown["settings"]["suggestions_after"]) == ("P3D", "P30D")
    assert "settings." in shown["trouble"]


def test_a_run_goes_on_with_what_is_still_known_of_its_settings() -> None:
    read = scenario("second_order").recall_settings(OLD["settings"])
    assert (read.thanks_after, read.suggestions_after) == ("P3D", "P30D")


def test_a_timeline_that_is_switched_on_or_tuned_has_its_ways_in_evaluated_at_once() -> None:
    shop, wanted = Shopfront(), list[str]()
    for told in ({"enabled": True}, {"settings": {"thanks_after": "P4D"}}, {"holdout_percent": 10}):
        change_scenario(shop.items, shop.clock, shop.shop, "second_order", told, wanted.append)
    assert wanted == ["shoes", "shoes"]


def test_the_schema_of_the_settings_says_every_default() -> None:
    schema = settings_schema("second_order")
    assert schema["properties"]["thanks_after"]["default"] == "P3D"
