"""Copies and erasure of what is kept of a person."""

import json
from datetime import timedelta

import pytest

from kairos import keys
from kairos.domain.customer import PrivacyRequest
from kairos.domain.identity import Identities
from kairos.services import endpoints
from kairos.services.customers import load_profile, resolve
from kairos.services.endpoints import Registering
from kairos.services.privacy.belongings import nodes_of
from kairos.services.privacy.erase import Erasing, erase_customer
from kairos.services.privacy.export import export_customer
from kairos.services.runs import runs_of
from tests.unit.api.fakes import NOW
from tests.unit.api.shop_floor import (
    KEY,
    SHOP,
    THEN,
    Crash,
    Floor,
    Unheard,
    customer,
    order,
    person_of,
    snapshot_of,
)

ADA = KEY.node("demo", "platform_id", "1")
BOB = KEY.node("demo", "platform_id", "2")


@pytest.fixture
def floor() -> Floor:
    return new_floor()


def new_floor() -> Floor:
    floor = Floor()
    floor.person("Ada", 1)
    floor.person("Bob", 2)
    return floor


def redact(**changes: object) -> PrivacyRequest:
    told = {
        "request": "erase_customer",
        "id": "1",
        "updated_at": NOW,
        "identities": Identities(platform_id="1", email="ada@example.com"),
    }
    return PrivacyRequest.model_validate(told | changes)


def erase_ada(floor: Floor) -> None:
    floor.privacy.act_on(redact(), SHOP)


def copy_of(floor: Floor, email: str) -> str:
    nodes = nodes_of(floor.items, "demo", KEY, Identities(email=email))
    return json.dumps(export_customer(floor.items, floor.clock, "demo", nodes))


# Copies


def test_a_copy_holds_something_of_every_kind_that_is_kept(floor: Floor) -> None:
    copy = json.loads(copy_of(floor, "ada@example.com"))
    empty = {name for name, told in copy.items() if not told}
    assert empty == {"suppressions", "imported_orders"}
    assert {one["kind"] for one in copy["identities"]} == {"platform_id", "email", "phone", "visitor"}
    assert copy["orders"][0]["lines"][0]["title"] == "Mug engraved Ada"
    assert copy["messages"][0]["events"][0]["kind"] == "click"
    assert [one["what"] for one in copy["decisions"]] == ["started"]
    assert copy["lists"] == ["adas-list"]
    assert "one_time_buyers" in {one["segment"] for one in copy["segments"]}
    entered = [one for one in copy["segments_lately"] if one["segment"] == "one_time_buyers"]
    assert [(one["entered"], one["cause"]) for one in entered] == [(True, "event")]


def test_a_copy_holds_nothing_of_anybody_else(floor: Floor) -> None:
    assert "bob" not in copy_of(floor, "ada@example.com").lower()


def test_a_data_request_is_written_to_the_bucket_once_and_counted(floor: Floor) -> None:
    for _ in range(2):
        floor.privacy.act_on(redact(request="export"), SHOP)
    [(place, body)] = floor.objects.held.items()
    assert place.startswith("exports/demo/")
    assert json.loads(body)["records"][0]["person"]["first_name"] == "Ada"
    assert floor.counts.told == [("PrivacyRequests", {"kind": "export", "shop": "demo"})]


def test_a_data_request_for_somebody_unknown_tells_that_nothing_is_kept(floor: Floor) -> None:
    floor.privacy.act_on(redact(request="export", identities=Identities(platform_id="99")), SHOP)
    [body] = floor.objects.held.values()
    assert json.loads(body)["orders"] == []


# Erasure


def test_erasure_leaves_no_personal_data_of_the_customer(floor: Floor) -> None:
    erase_ada(floor)
    stored = floor.items.text().lower()
    assert "ada" not in stored.replace("cart:cart-ada", "").replace("#cart-ada", "").replace(
        "checkout-ada", ""
    ).replace('"cart-ada"', "")
    assert "+491701234561" not in stored


def test_erasure_leaves_everybody_else_as_they_were(floor: Floor) -> None:
    before = copy_of(floor, "bob@example.com")
    erase_ada(floor)
    assert copy_of(floor, "bob@example.com") == before
    assert load_profile(floor.items, "demo", BOB) is not None


def test_after_erasure_there_is_no_such_customer(floor: Floor) -> None:
    erase_ada(floor)
    for node in (
        ADA,
        KEY.node("demo", "email", "ada@example.com"),
        KEY.node("demo", "visitor", "visitor-Ada"),
    ):
        assert load_profile(floor.items, "demo", node) is None


def test_every_node_of_the_customer_is_marked_so_that_sending_and_recording_find_it(floor: Floor) -> None:
    who = person_of("Ada", 1)
    erase_ada(floor)
    for kind, value in who.model_dump(include={"platform_id", "email", "phone"}).items():
        marker = floor.items.get(keys.erasure("demo", KEY.node("demo", kind, value)))
        assert marker is not None
        assert marker.body == {"at": NOW.isoformat()}


def test_a_late_telling_of_the_past_does_not_bring_the_customer_back(floor: Floor) -> None:
    erase_ada(floor)
    before = snapshot_of(floor)
    late = NOW - timedelta(seconds=1)
    floor.record(order("Ada", 1, late), customer("Ada", 1, late))
    assert snapshot_of(floor) == before


def test_an_old_telling_of_an_order_without_a_name_does_not_bring_it_back(floor: Floor) -> None:
    erase_ada(floor)
    nameless = order("Ada", 1, THEN + timedelta(days=1)).model_copy(update={"identities": Identities()})
    floor.record(nameless)
    assert "engraved" not in json.dumps(floor.items.stored[keys.order("demo", "order-1")].body)


def test_who_comes_back_later_is_a_customer_again(floor: Floor) -> None:
    erase_ada(floor)
    floor.record(customer("Ada", 1, NOW + timedelta(days=1)))
    profile = load_profile(floor.items, "demo", ADA)
    assert profile is not None
    assert profile.orders == ()


def test_the_consent_is_replaced_by_a_suppression_of_the_hashed_address(floor: Floor) -> None:
    assert floor.consent_of("ada@example.com") is not None
    erase_ada(floor)
    assert floor.consent_of("ada@example.com") is None
    place = keys.suppression("demo", "email", KEY.node("demo", "email", "ada@example.com"))
    assert floor.items.stored[place].body["reason"] == "erased"
    assert floor.consent_of("bob@example.com") is not None


def test_running_runs_are_ended(floor: Floor) -> None:
    [before] = runs_of(floor.items, "demo", (ADA,))
    erase_ada(floor)
    ended = floor.items.stored[keys.run("demo", before.id)].body
    assert (ended["state"], ended["reason"]) == ("ended", "erased")


def test_the_ledger_still_proves_what_was_sent(floor: Floor) -> None:
    message = floor.mailed("Ada", 1)
    erase_ada(floor)
    assert floor.items.get(keys.message("demo", message)) is not None
    assert floor.items.query(keys.message("demo", message).pk, "event#") == []


def test_earlier_exports_are_erased_too(floor: Floor) -> None:
    floor.privacy.act_on(redact(request="export"), SHOP)
    erase_ada(floor)
    # What is left tells the site's files which visitor to forget, by a hash.
    assert {key.partition("/")[0] for key in floor.objects.held} <= {"site"}


def test_orders_that_the_platform_names_are_erased_whoever_they_name(floor: Floor) -> None:
    request = redact(identities=Identities(platform_id="99"), order_ids=("order-1",))
    floor.privacy.act_on(request, SHOP)
    assert "engraved" not in json.dumps(floor.items.stored[keys.order("demo", "order-1")].body)


def test_a_phone_that_has_passed_to_somebody_else_leaves_them_alone(floor: Floor) -> None:
    phone = person_of("Bob", 2).phone
    floor.privacy.act_on(redact(identities=Identities(platform_id="1", phone=phone)), SHOP)
    assert load_profile(floor.items, "demo", BOB) is not None


def test_a_repeated_request_changes_nothing(floor: Floor) -> None:
    erase_ada(floor)
    floor.record(customer("Ada", 1, NOW + timedelta(days=1)))
    before = snapshot_of(floor)
    erase_ada(floor)
    assert snapshot_of(floor) == before


def test_an_erasure_cut_short_at_any_write_is_resumed_to_the_same_end() -> None:
    clean = new_floor()
    clean.items.writes = 0
    erase_ada(clean)
    writes, expected = clean.items.writes, snapshot_of(clean)
    assert writes > 20
    for at in range(1, writes + 1):
        floor = new_floor()
        floor.items.writes, floor.items.crash_at = 0, at
        with pytest.raises(Crash):
            erase_ada(floor)
        floor.items.crash_at = None
        erase_ada(floor)
        assert snapshot_of(floor) == expected, at


def test_an_erasure_cut_short_is_resumed_from_any_node_that_it_marked() -> None:
    """The API is asked for one id, which may be any of the customer's nodes."""
    clean = new_floor()
    clean.items.writes = 0
    erase_one(clean, ADA)
    writes, expected = clean.items.writes, snapshot_of(clean)
    for at in range(1, writes + 1):
        floor = new_floor()
        floor.items.writes, floor.items.crash_at = 0, at
        with pytest.raises(Crash):
            erase_one(floor, ADA)
        floor.items.crash_at = None
        erase_one(floor, KEY.node("demo", "email", "ada@example.com"))
        assert snapshot_of(floor) == expected, at


def erase_one(floor: Floor, node: str) -> None:
    nodes = resolve(floor.items, "demo", node).nodes
    erase_customer(Erasing(floor.items, floor.objects, "demo", NOW), nodes)


# A whole shop


def erase_shop(floor: Floor) -> None:
    floor.privacy.act_on(PrivacyRequest(request="erase_shop", id="1", updated_at=NOW), SHOP)


def with_neighbours() -> Floor:
    floor = new_floor()
    floor.privacy.act_on(redact(request="export"), SHOP)
    for key in (keys.shop("other"), keys.order("other", "1"), keys.shop("demo-2"), keys.order("demo-2", "1")):
        floor.items.stored[key] = floor.items.stored[keys.shop("demo")]._replace(key=key)
    floor.secrets.held["other"] = {}
    return floor


def test_a_shop_that_left_is_erased_with_its_secret_and_exports() -> None:
    floor = with_neighbours()
    erase_shop(floor)
    assert {key.pk for key in floor.items.stored} == {
        "shop#other",
        "other#order#1",
        "shop#demo-2",
        "demo-2#order#1",
    }
    assert set(floor.secrets.held) == {"other"}
    assert floor.objects.held == {}


def test_phones_of_a_shop_that_left_are_removed_from_the_platform() -> None:
    floor = with_neighbours()
    node = KEY.node("demo", "platform_id", "1")
    given = Registering(floor.items, KEY, floor.clock, Unheard())
    endpoints.register(given, "demo", node, "push", "arn:of:a:phone", {}, NOW, "app", "Yes")
    erase_shop(floor)
    waiting = floor.items.query(keys.orphaned_endpoint("").pk)
    assert [item.body for item in waiting] == [{"arn": "arn:of:a:phone"}]


def test_the_erasure_of_a_shop_cut_short_at_any_write_is_resumed_to_the_same_end() -> None:
    clean = with_neighbours()
    clean.items.writes = 0
    erase_shop(clean)
    expected = snapshot_of(clean)
    for at in range(1, clean.items.writes + 1):
        floor = with_neighbours()
        floor.items.writes, floor.items.crash_at = 0, at
        with pytest.raises(Crash):
            erase_shop(floor)
        floor.items.crash_at = None
        assert keys.shop("demo") in floor.items.stored, "without it, the request would not be acted on again"
        erase_shop(floor)
        assert snapshot_of(floor) == expected, at
        assert floor.objects.held == {}
