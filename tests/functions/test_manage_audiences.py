"""What is handed on of segments: feeds, hashed lists, personas."""

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import pytest

from kairos import bootstrap
from kairos.domain.access import Caller as Who
from kairos.domain.access import may
from kairos.domain.audience import hashed
from kairos.domain.consent import ConsentStatement
from kairos.domain.identity import Identities
from kairos.services.privacy.erase import Erasing, erase_customer
from kairos.services.recording.consents import record_consents
from kairos.services.segments import members
from tests.functions.segment_shop import Caller, SegmentShop
from tests.unit.api.shop_floor import customer

SHOP = "/v1/shops/{shop}"
SEGMENT = f"{SHOP}/segments/{{segment}}"
PERSONA = f"{SHOP}/personas/{{persona}}"
BUYERS = "one_time_buyers"


@pytest.fixture
def shop(aws: Any, monkeypatch: pytest.MonkeyPatch) -> SegmentShop:
    return SegmentShop(aws, monkeypatch)


@pytest.fixture
def call(shop: SegmentShop, event: Callable[[str], dict[str, Any]]) -> Caller:
    return Caller(shop.aws.load_app("manage_audiences"), event)


@pytest.fixture
def read(shop: SegmentShop, event: Callable[[str], dict[str, Any]]) -> Caller:
    """Reads feeds; nobody is said to be calling."""
    return Caller(shop.aws.load_app("read_feed"), event)


def feed_of(call: Caller, segment: str = BUYERS) -> str:
    """The token of a new feed."""
    status, made = call("POST", f"{SEGMENT}/feeds", {"name": "Tool"}, segment=segment)
    assert status == 201
    assert made["addresses"]["csv"].removesuffix(".csv") == made["addresses"]["json"].removesuffix(".json")
    return str(made["addresses"]["csv"].rpartition("/")[2].removesuffix(".csv"))


def fetch(read: Caller, name: str, **query: str) -> dict[str, Any]:
    return read.whole("GET", "/v1/feeds/{feed}", query=query or None, caller={}, feed=name)


def emails(answer: dict[str, Any]) -> set[str]:
    return {one["email"] for one in json.loads(answer["body"])["members"]}


ALL = {"ada@example.com", "bob@example.com", "cleo@example.com"}


def test_whoever_knows_the_address_reads_the_members_as_json(call: Caller, read: Caller) -> None:
    answer = fetch(read, f"{feed_of(call)}.json")
    assert answer["statusCode"] == 200
    assert emails(answer) == ALL
    assert json.loads(answer["body"])["next"] is None
    assert answer["headers"]["cache-control"] == "no-store"


def test_and_as_csv(call: Caller, read: Caller) -> None:
    answer = fetch(read, f"{feed_of(call)}.csv")
    assert answer["headers"]["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer["body"], newline="")))
    assert {(row["email"], row["first_name"]) for row in rows} >= {("ada@example.com", "Ada")}
    assert {row["email"] for row in rows} == ALL


def test_a_name_that_is_a_formula_is_text_in_a_spreadsheet(
    call: Caller, read: Caller, shop: SegmentShop
) -> None:
    told = customer("Ada", 1, bootstrap.clock().now())
    wicked = told.person.model_copy(update={"first_name": '=HYPERLINK("http://example.org")'})
    shop.record(told.model_copy(update={"person": wicked}))
    assert '"\'=HYPERLINK(""http://example.org"")"' in fetch(read, f"{feed_of(call)}.csv")["body"]


def test_who_withdraws_is_erased_or_bounces_leaves_the_feed_at_once(
    call: Caller, read: Caller, shop: SegmentShop
) -> None:
    name = f"{feed_of(call)}.json"
    said = {"channel": "email", "address": "bob@example.com", "state": "withdrawn", "source": "form"}
    statement = ConsentStatement.model_validate(said | {"stated_at": bootstrap.clock().now()})
    record_consents(shop.items, "demo", bootstrap.identity_key(), [statement])
    assert emails(fetch(read, name)) == ALL - {"bob@example.com"}
    address = bootstrap.identity_key().node("demo", "email", "ada@example.com")
    erasing = Erasing(shop.items, bootstrap.objects(), "demo", bootstrap.clock().now())
    erase_customer(erasing, [shop.node("Ada"), address])
    assert emails(fetch(read, name)) == {"cleo@example.com"}


def test_pages_follow_each_other_by_the_link_that_each_gives(
    call: Caller, read: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(members.read_feed_page, "__defaults__", (2,))
    name, found, query = f"{feed_of(call)}.json", set(), dict[str, str]()
    for _ in range(2):
        answer = fetch(read, name, **query)
        found |= emails(answer)
        following = json.loads(answer["body"])["next"]
        if following:
            assert answer["headers"]["link"] == f'<{following}>; rel="next"'
            query = {"cursor": following.partition("?cursor=")[2]}
    assert (found, following) == (ALL, None)


def test_a_closed_feed_and_a_wrong_address_are_answered_alike(call: Caller, read: Caller) -> None:
    token = feed_of(call)
    [listed] = call("GET", f"{SEGMENT}/feeds", segment=BUYERS)[1]["feeds"]
    assert call("DELETE", f"{SEGMENT}/feeds/{{feed}}", segment=BUYERS, feed=listed["id"]) == (204, None)
    answers = [fetch(read, name) for name in (f"{token}.csv", f"{'a' * 43}.csv", "x.csv", f"{token}.xml")]
    assert {one["statusCode"] for one in answers} == {404}
    assert len({one["body"] for one in answers}) == 1
    assert all(one["headers"]["cache-control"] == "no-store" for one in answers)


def test_addresses_are_below_that_of_the_api_that_was_asked(
    call: Caller, shop: SegmentShop, event: Callable[[str], dict[str, Any]]
) -> None:
    assert call("POST", f"{SEGMENT}/feeds", {"name": "Tool"}, segment=BUYERS)[0] == 201

    def below_a_stage(name: str) -> dict[str, Any]:
        told = event(name)
        told["requestContext"] |= {"domainName": "abc.execute-api.example.com", "path": f"/dev{told['path']}"}
        return told

    asked = Caller(shop.aws.load_app("manage_audiences"), below_a_stage)
    made = asked("POST", f"{SEGMENT}/feeds", {"name": "Tool"}, segment=BUYERS)[1]
    assert made["addresses"]["csv"].startswith("https://abc.execute-api.example.com/dev/v1/feeds/")


def test_reads_are_logged_without_anybody_in_them(call: Caller, read: Caller) -> None:
    token = feed_of(call)
    fetch(read, f"{token}.csv")
    [feed] = call("GET", f"{SEGMENT}/feeds", segment=BUYERS)[1]["feeds"]
    [logged] = feed["reads"]
    assert (logged["format"], logged["rows"], logged["first"]) == ("csv", 3, True)
    assert set(logged) == {"at", "format", "rows", "first"}
    assert token not in str(feed)


def test_only_a_segment_that_there_is_has_feeds(call: Caller) -> None:
    assert call("POST", f"{SEGMENT}/feeds", {"name": "Tool"}, segment="gone")[0] == 404
    assert call("POST", f"{SEGMENT}/feeds", {"name": "Tool"}, segment="near_the_shop")[0] == 400
    assert (
        call("POST", f"{SEGMENT}/feeds", {"name": "Tool", "days": 1000}, segment=BUYERS)[1]["field"] == "days"
    )


def agree(shop: SegmentShop, *names: str, state: str = "granted") -> None:
    said = [
        ConsentStatement.model_validate(
            {"channel": "advertising", "address": f"{name.lower()}@example.com", "state": state}
            | {"stated_at": bootstrap.clock().now(), "source": "form"}
        )
        for name in names
    ]
    record_consents(shop.items, "demo", bootstrap.identity_key(), said)
    shop.tell_snapshot([shop.node(name) for name in names])


def meta(name: str) -> list[str]:
    return [hashed("meta", f"{name.lower()}@example.com", None).email or "", ""]


def audience(call: Caller, **query: str) -> tuple[int, Any]:
    return call("GET", f"{SEGMENT}/audience", query={"network": "meta"} | query, segment=BUYERS)


def test_an_audience_holds_only_who_agreed_to_advertising(call: Caller, shop: SegmentShop) -> None:
    assert audience(call)[1]["add"] == []
    agree(shop, "Ada", "Dan")
    status, told = audience(call)
    assert (status, told["schema"], told["cursor"]) == (200, ["EMAIL", "PHONE"], None)
    assert told["add"] == [meta("Ada")]
    assert "example.com" not in str(told)


def test_a_reader_is_told_what_changed_since_it_last_read(call: Caller, shop: SegmentShop) -> None:
    agree(shop, "Ada", "Bob")
    first = audience(call, reader="ads")[1]
    assert sorted(first["add"]) == sorted([meta("Ada"), meta("Bob")])
    agree(shop, "Ada", state="withdrawn")
    agree(shop, "Cleo")
    then = audience(call, reader="ads", since=first["since"])[1]
    assert (then["add"], then["remove"]) == ([meta("Cleo")], [meta("Ada")])


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"network": "myspace"}, "network"),
        ({"network": ""}, "network"),
        ({"buyers": "maybe"}, "buyers"),
        ({"reader": "Ads & more"}, "reader"),
        ({"reader": "ads", "since": "never"}, "since"),
        ({"cursor": "x"}, "cursor"),
    ],
)
def test_what_an_audience_is_asked_wrongly_is_named(call: Caller, query: dict[str, str], field: str) -> None:
    status, problem = audience(call, **query)
    assert (status, problem["field"]) == (400, field)


def test_a_persona_is_kept_and_filled(call: Caller) -> None:
    wish = {"name": "Anna", "segments": [BUYERS], "match": "any"}
    assert call("PUT", PERSONA, wish, persona="anna")[0] == 200
    status, told = call("GET", PERSONA, persona="anna")
    assert (status, told["typical"]["members"], told["typical"]["share"]) == (200, 3, 75.0)
    assert [one["id"] for one in call("GET", f"{SHOP}/personas")[1]["personas"]] == ["anna"]
    assert call("DELETE", PERSONA, persona="anna")[0] == 204
    assert call("GET", PERSONA, persona="anna")[0] == 404
    assert call("PUT", PERSONA, wish | {"segments": ["gone"]}, persona="anna")[1]["field"] == "segments[0]"


@pytest.mark.parametrize("persona", ["Anna Müller", "a", "../x", "A"])
def test_a_persona_goes_by_a_plain_id(call: Caller, persona: str) -> None:
    wish = {"name": "Anna", "segments": [BUYERS]}
    assert call("PUT", PERSONA, wish, persona=persona)[0] == 400


def test_one_shop_never_sees_anothers(call: Caller) -> None:
    feed_of(call)
    for method, route in (
        ("GET", f"{SEGMENT}/feeds"),
        ("GET", f"{SEGMENT}/audience"),
        ("GET", PERSONA),
    ):
        assert call(method, route, shop="other", segment=BUYERS, persona="anna")[0] == 404


@pytest.mark.parametrize(
    ("method", "route", "roles"),
    [
        ("POST", f"{SHOP}/segments/preview", {"reader", "marketer", "owner"}),
        ("POST", f"{SEGMENT}/impact", {"reader", "marketer", "owner"}),
        ("GET", f"{SEGMENT}/members", {"reader", "marketer", "owner"}),
        ("GET", f"{SEGMENT}/audience", {"marketer", "owner"}),
        ("POST", f"{SEGMENT}/feeds", {"marketer", "owner"}),
        ("POST", f"{SEGMENT}/members", {"marketer", "owner"}),
        ("DELETE", SEGMENT, {"marketer", "owner"}),
        ("PUT", f"{SHOP}/customers/{{customer}}/consents", {"marketer", "owner"}),
    ],
)
def test_who_may_do_what(method: str, route: str, roles: set[str]) -> None:
    for role in ("reader", "marketer", "owner"):
        who = Who.model_validate({"key_id": "k", "role": role, "shops": ("demo",)})
        assert may(who, method, route, "demo") is (role in roles)
        assert not may(who, method, route, "other")


def test_consents_are_stated_for_a_customer_by_id(
    shop: SegmentShop, event: Callable[[str], dict[str, Any]]
) -> None:
    call = Caller(shop.aws.load_app("manage_customers"), event)
    route = f"{SHOP}/customers/{{customer}}/consents"
    wish = {"consents": [{"channel": "advertising", "state": "granted", "wording": "Yes."}]}
    status, told = call("PUT", route, wish, customer=shop.node("Ada"))
    assert (status, told["accepts"]) == (200, ["advertising", "email"])
    assert shop.queued("snapshot") == [{"shop": "demo", "customers": [shop.node("Ada")], "cause": "import"}]
    said = [one for one in told["consents"] if one["channel"] == "advertising"]
    assert {one["shop"]["address"] for one in said} == {"ada@example.com", "+491701234561"}


@pytest.mark.parametrize(
    ("consent", "field"),
    [
        ({"channel": "push", "state": "granted"}, "consents[0].channel"),
        ({"channel": "fax", "state": "granted"}, "consents[0].channel"),
        ({"channel": "email", "state": "maybe"}, "consents[0].state"),
        ({"channel": "email", "state": "granted", "at": "2999-01-01T00:00:00Z"}, "consents[0].at"),
        ({"channel": "email", "state": "granted", "at": "yesterday"}, "consents[0].at"),
    ],
)
def test_what_is_no_consent_is_refused(
    shop: SegmentShop, event: Callable[[str], dict[str, Any]], consent: dict[str, str], field: str
) -> None:
    call = Caller(shop.aws.load_app("manage_customers"), event)
    route = f"{SHOP}/customers/{{customer}}/consents"
    status, problem = call("PUT", route, {"consents": [consent]}, customer=shop.node("Ada"))
    assert (status, problem["field"]) == (400, field)
    assert call("PUT", route, {"consents": [consent]}, customer="c" + "0" * 26)[0] in (400, 404)


def test_a_channel_without_an_address_is_refused(
    shop: SegmentShop, event: Callable[[str], dict[str, Any]]
) -> None:
    told = customer("Fay", 6).model_copy(update={"identities": Identities(platform_id="6"), "consents": ()})
    shop.record(told)
    call = Caller(shop.aws.load_app("manage_customers"), event)
    node = bootstrap.identity_key().node("demo", "platform_id", "6")
    wish = {"consents": [{"channel": "email", "state": "granted"}]}
    status, problem = call("PUT", f"{SHOP}/customers/{{customer}}/consents", wish, customer=node)
    assert (status, problem["field"]) == (400, "consents[0].channel")
