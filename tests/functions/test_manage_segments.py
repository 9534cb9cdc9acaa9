"""Segments as the API makes, changes, previews and lists them."""

from collections.abc import Callable
from typing import Any

import pytest

from kairos import bootstrap, keys
from kairos.domain.scenarios import registry
from kairos.ports import Delete
from kairos.services.privacy.erase import Erasing, erase_customer
from tests.functions.segment_shop import BUYERS, READER, Caller, SegmentShop

SEGMENTS = "/v1/shops/{shop}/segments"
SEGMENT = f"{SEGMENTS}/{{segment}}"
FANS = {"kind": "order_count", "at_least": 5}


@pytest.fixture
def shop(aws: Any, monkeypatch: pytest.MonkeyPatch) -> SegmentShop:
    return SegmentShop(aws, monkeypatch)


@pytest.fixture
def call(shop: SegmentShop, event: Callable[[str], dict[str, Any]]) -> Caller:
    return Caller(shop.aws.load_app("manage_segments"), event)


def test_ready_made_segments_are_there_and_counted_from_the_first_day(call: Caller) -> None:
    status, told = call("GET", SEGMENTS, query={"language": "de"})
    assert (status, told["of"]) == (200, 4)
    one = {one["id"]: one for one in told["segments"]}["one_time_buyers"]
    assert (one["name"], one["origin"], one["count"]) == ("Einmalkäufer", "kairos", 3)
    assert one["value"]["average_basket"] == "10.00"
    assert "near_the_shop" in {one["id"] for one in told["templates"]}


def test_a_segment_is_made_shown_changed_and_deleted(call: Caller, shop: SegmentShop) -> None:
    status, made = call("POST", SEGMENTS, {"name": "Our buyers", "rule": BUYERS})
    assert (status, made["id"], made["count"]) == (201, "our_buyers", None)
    status, shown = call("GET", SEGMENT, segment="our_buyers")
    assert (status, shown["count"], shown["of"], shown["used_by"]) == (200, 3, 4, [])
    status, changed = call("PUT", SEGMENT, {"rule": FANS}, segment="our_buyers")
    assert (status, changed["rule"], changed["name"]) == (200, FANS, "Our buyers")
    assert (changed["changes"]["enter"], changed["changes"]["leave"]) == (0, 3)
    assert call("GET", SEGMENT, segment="our_buyers")[1]["count"] == 0
    assert shop.queued("recompute") == [{"shop": "demo", "recompute": True}] * 2
    assert call("DELETE", SEGMENT, segment="our_buyers") == (204, None)
    assert call("GET", SEGMENT, segment="our_buyers")[0] == 404


def test_a_preview_is_answered_with_count_sample_and_time(call: Caller, shop: SegmentShop) -> None:
    status, told = call("POST", f"{SEGMENTS}/preview", {"rule": BUYERS})
    assert (status, told["count"], told["of"]) == (200, 3, 4)
    assert {one["id"] for one in told["sample"]} == {shop.node(name) for name in ("Ada", "Bob", "Cleo")}
    assert 0 <= told["ms"] < 10_000
    assert "ada@example.com" in str(told["sample"])


def test_a_reader_may_preview_and_page_but_reads_no_address(call: Caller) -> None:
    for method, route, body, path in (
        ("POST", f"{SEGMENTS}/preview", {"rule": BUYERS}, {}),
        ("GET", f"{SEGMENT}/members", None, {"segment": "one_time_buyers"}),
    ):
        status, told = call(method, route, body, caller=READER, **path)
        assert status == 200
        assert "a…@example.com" in str(told)
        assert "ada@" not in str(told)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"rule": {"kind": "order_cuont"}}, "kind"),
        ({"rule": {"kind": "in_segment", "segment": "gone"}}, "segment"),
        ({"rule": "buyers"}, "rule"),
        ({}, "rule"),
        ({"rule": BUYERS, "segment": ["a"]}, "segment"),
        ({"rule": BUYERS, "limit": 5}, "limit"),
        ([], "body"),
    ],
)
def test_a_wrong_rule_is_answered_400_with_field_and_remedy(call: Caller, body: Any, field: str) -> None:
    status, problem = call("POST", f"{SEGMENTS}/preview", body)
    assert (status, problem["field"]) == (400, field)
    assert problem["remedy"]


def test_the_impact_of_a_change_is_answered_and_changes_nothing(call: Caller) -> None:
    call("POST", SEGMENTS, {"name": "Buyers", "rule": BUYERS})
    call("POST", SEGMENTS, {"name": "Others", "rule": {"not": {"kind": "in_segment", "segment": "buyers"}}})
    status, told = call("POST", f"{SEGMENT}/impact", {"rule": FANS}, segment="buyers")
    assert (status, told["enter"], told["leave"], told["running"]) == (200, 0, 3, {})
    assert told["used_by"] == [{"kind": "segment", "id": "others", "name": "Others"}]
    assert call("GET", SEGMENT, segment="buyers")[1]["rule"] == BUYERS


def test_a_segment_in_use_is_not_deleted_and_its_users_are_named(
    call: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    call("POST", SEGMENTS, {"name": "Buyers", "rule": BUYERS})
    call("POST", SEGMENTS, {"name": "Others", "rule": {"not": {"kind": "in_segment", "segment": "buyers"}}})
    name = "abandoned_cart"
    naming = registry.SCENARIOS[name]._replace(segments=lambda _settings: ("buyers",))
    monkeypatch.setitem(registry.SCENARIOS, name, naming)
    status, problem = call("DELETE", SEGMENT, segment="buyers")
    assert status == 409
    assert "'Others'" in problem["detail"]
    assert naming.title in problem["detail"]


def test_a_cycle_is_answered_with_its_way(call: Caller) -> None:
    call("POST", SEGMENTS, {"name": "One", "id": "s1", "rule": BUYERS})
    call("POST", SEGMENTS, {"name": "Two", "id": "s2", "rule": {"kind": "in_segment", "segment": "s1"}})
    status, problem = call("PUT", SEGMENT, {"rule": {"kind": "in_segment", "segment": "s2"}}, segment="s1")
    assert (status, problem["field"]) == (400, "segment")
    assert "s1 → s2 → s1" in problem["detail"]


def test_ready_made_ones_are_copied_and_not_changed(call: Caller) -> None:
    assert call("PUT", SEGMENT, {"name": "Mine"}, segment="seniors")[0] == 400
    assert call("DELETE", SEGMENT, segment="seniors")[0] == 400
    told = {"copy_of": "local_customers", "parameters": {"countries": ["CH"]}}
    assert call("POST", SEGMENTS, told)[1]["rule"] == {"kind": "country", "any_of": ["CH"]}


def test_a_template_is_shown_with_what_copying_it_asks_for(call: Caller) -> None:
    status, told = call("GET", SEGMENT, segment="near_the_shop")
    assert (status, told["type"], told["origin"]) == (200, "template", "kairos")
    assert [one["name"] for one in told["parameters"]] == ["latitude", "longitude", "km"]
    assert call("GET", f"{SEGMENT}/members", segment="near_the_shop")[0] == 400


def test_members_are_paged_each_once(call: Caller, shop: SegmentShop) -> None:
    found, cursor = [], None
    for _ in range(3):
        query = {"limit": "1"} | ({"cursor": cursor} if cursor else {})
        status, page = call("GET", f"{SEGMENT}/members", query=query, segment="one_time_buyers")
        assert status == 200
        found += page["members"]
        cursor = page["cursor"]
    assert [one["id"] for one in found] == sorted(shop.node(name) for name in ("Ada", "Bob", "Cleo"))
    assert call("GET", f"{SEGMENT}/members", query={"cursor": "x"}, segment="one_time_buyers")[0] == 400


def test_an_erased_customer_is_named_no_more(call: Caller, shop: SegmentShop) -> None:
    node = bootstrap.identity_key().node("demo", "email", "ada@example.com")
    erasing = Erasing(shop.items, bootstrap.objects(), "demo", bootstrap.clock().now())
    erase_customer(erasing, [shop.node("Ada"), node])
    told = call("GET", f"{SEGMENT}/members", segment="one_time_buyers")[1]
    assert {one["first_name"] for one in told["members"]} == {"Bob", "Cleo"}
    assert "ada" not in str(call("POST", f"{SEGMENTS}/preview", {"rule": BUYERS})[1]).lower()


def test_a_fixed_list_takes_members_and_names_strangers(call: Caller, shop: SegmentShop) -> None:
    call("POST", SEGMENTS, {"name": "VIPs", "type": "list"})
    change = {"put": ["ada@example.com", shop.node("Bob"), "nobody@example.com"]}
    status, told = call("POST", f"{SEGMENT}/members", change, segment="vips")
    assert (status, told) == (200, {"put": 2, "removed": 0, "unknown": ["put[2]"]})
    [message] = shop.queued("snapshot")
    assert (message["shop"], message["cause"]) == ("demo", "import")
    shop.tell_snapshot(message["customers"])
    assert call("GET", SEGMENT, segment="vips")[1]["count"] == 2
    assert call("POST", f"{SEGMENT}/members", change, segment="seniors")[0] == 400


def test_the_history_is_answered_by_day(call: Caller) -> None:
    assert call("GET", f"{SEGMENT}/history", segment="seniors") == (200, {"days": []})
    assert call("GET", f"{SEGMENT}/history", segment="gone")[0] == 404


def test_before_the_snapshot_is_built_lists_say_so_and_questions_are_answered_503(
    call: Caller, shop: SegmentShop
) -> None:
    shop.items.write(Delete(keys.snapshot("demo")))
    status, told = call("GET", SEGMENTS)
    assert (status, told["of"], len(told["warnings"])) == (200, None, 1)
    answer = call.whole("POST", f"{SEGMENTS}/preview", {"rule": BUYERS})
    assert answer["statusCode"] == 503
    assert answer["headers"]["retry-after"] == "60"
    status, made = call("POST", SEGMENTS, {"name": "Buyers", "rule": BUYERS})
    assert status == 201
    status, changed = call("PUT", SEGMENT, {"rule": FANS}, segment=made["id"])
    assert (status, changed["changes"]) == (200, None)


def test_a_file_of_the_snapshot_that_is_gone_is_answered_503_and_counted_for(
    call: Caller, shop: SegmentShop, capsys: pytest.CaptureFixture[str]
) -> None:
    for one in shop.aws.s3.list_objects_v2(Bucket="bucket", Prefix="snapshot/")["Contents"]:
        shop.aws.s3.delete_object(Bucket="bucket", Key=one["Key"])
    assert call("POST", f"{SEGMENTS}/preview", {"rule": BUYERS})[0] == 503
    assert "SnapshotBroken" in capsys.readouterr().out
    status, told = call("GET", SEGMENTS)
    assert (status, len(told["warnings"])) == (200, 1)


def test_one_shop_never_sees_anothers(call: Caller) -> None:
    call("POST", SEGMENTS, {"name": "Buyers", "rule": BUYERS})
    for method, route, body in (
        ("GET", SEGMENTS, None),
        ("GET", SEGMENT, None),
        ("GET", f"{SEGMENT}/members", None),
        ("POST", f"{SEGMENTS}/preview", {"rule": BUYERS}),
        ("DELETE", SEGMENT, None),
    ):
        assert call(method, route, body, shop="other", segment="buyers")[0] == 404
