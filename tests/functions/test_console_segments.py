"""Segments in the console: the pages call the services, and show what these refuse."""

import re
from typing import Any

import pytest

from kairos.console.words import LANGUAGES
from kairos.services.segments.uses import read_own_segments
from tests.functions.console_shop import Browser, Console, as_json

BUYERS = {"node:0": "all", "node:0.0": "order_count", "v:0.0:op0": "at_least", "v:0.0:val0": "1"}
PAGES = (
    "",
    "/uplift",
    *(f"/segments?kind={kind}" for kind in ("all", "own", "ready", "lists", "templates")),
    "/segment-table",
    "/segments/one_time_buyers",
    "/segments/one_time_buyers/members",
    "/segments/one_time_buyers/feeds",
    "/segments/one_time_buyers/audiences",
    "/segments/one_time_buyers/delete",
    "/segments/near_the_shop/copy",
    "/segments/fans",
    "/segments/fans/edit",
    "/segments/fans/delete",
    "/segments/fair/members",
    "/new-segment",
    "/new-list",
    "/segment-criteria?q=&at=0",
    "/personas",
    "/new-persona",
    "/personas/anna",
    "/personas/anna/edit",
    "/personas/anna/delete",
)


@pytest.fixture
def console(aws: Any, monkeypatch: pytest.MonkeyPatch) -> Console:
    return Console(aws, monkeypatch)


@pytest.fixture
def marketer(console: Console) -> Browser:
    return console.browser("marketer")


def made(browser: Browser, name: str = "Fans", **fields: Any) -> Any:
    return browser.post("/shops/demo/new-segment", {"name": name, **BUYERS, **fields})


def rule_of(console: Console, segment: str) -> Any:
    return read_own_segments(console.shop.items, "demo")[segment].rule


def test_every_page_is_drawn_in_every_language(marketer: Browser) -> None:
    made(marketer)
    marketer.post("/shops/demo/new-list", {"name": "Fair"})
    marketer.post("/shops/demo/new-persona", {"name": "Anna", "segments": ["fans", "prospects"]})
    for language in LANGUAGES:
        marketer.language = language
        for path in PAGES:
            page = marketer.get(f"/shops/demo{path}")
            assert page.status == 200, (language, path)
            assert not re.search(r"\{\w+\}", page.html), (language, path)


def test_a_segment_is_made_and_changed_as_on_the_api(console: Console, marketer: Browser) -> None:
    assert made(marketer).to == "/shops/demo/segments/fans?done=segments.made"
    assert rule_of(console, "fans") == {"all": [{"kind": "order_count", "at_least": 1}]}
    changed = marketer.post(
        "/shops/demo/segments/fans/edit", {"name": "Fans", **BUYERS, "v:0.0:val0": "5", "not:0.0": "1"}
    )
    assert changed.status == 303
    assert rule_of(console, "fans") == {"all": [{"not": {"kind": "order_count", "at_least": 5}}]}
    assert console.shop.queued("recompute")


def test_what_is_refused_stands_at_its_place_with_all_that_was_typed(marketer: Browser) -> None:
    page = made(marketer, name="Kept name", **{"v:0.0:val0": "many"})
    assert page.status == 400
    assert 'value="Kept name"' in page.html
    assert 'value="many"' in page.html
    [wrong] = re.findall(r'id="wrong-0-0" lang="en">([^<]+)<', page.html)
    assert wrong


def test_a_name_is_asked_for(marketer: Browser) -> None:
    assert made(marketer, name="").status == 400


def test_the_preview_counts_names_some_and_says_the_rule(marketer: Browser) -> None:
    page = marketer.post("/shops/demo/segment-preview", BUYERS)
    assert '<p class="count">3</p>' in page.html
    assert "Customers with number of orders: at least 1." in page.html
    assert all(name in page.html for name in ("Ada", "Bob", "Cleo"))
    assert "Dan" not in page.html


def test_the_preview_of_a_change_says_who_enters_and_leaves(marketer: Browser) -> None:
    made(marketer)
    page = marketer.post("/shops/demo/segment-preview", {**BUYERS, "not:0.0": "1", "segment": "fans"})
    assert "1 enters" in page.html
    assert "3 leave" in page.html


def test_the_preview_says_where_something_is_missing(marketer: Browser) -> None:
    page = marketer.post("/shops/demo/segment-preview", {"node:0": "all", "node:0.0": "country"})
    assert page.status == 200
    assert re.search(r'id="wrong-0-0" lang="en" hx-swap-oob="true">[^<]+<', page.html)


def test_a_rule_that_asks_for_itself_is_refused_with_the_way(marketer: Browser) -> None:
    made(marketer)
    circle = {"name": "Fans", "node:0": "all", "node:0.0": "in_segment", "v:0.0:segment": "fans"}
    page = marketer.post("/shops/demo/segments/fans/edit", circle)
    assert page.status == 400
    assert "fans" in re.findall(r'id="wrong-0-0" lang="en">([^<]+)<', page.html)[0]


def test_a_button_changes_the_rule_and_says_where_the_keyboard_goes_on(marketer: Browser) -> None:
    page = marketer.post("/shops/demo/segment-rule", {**BUYERS, "do": "add:0:age"})
    assert 'value="age"' in page.html
    assert as_json(page) == {"rebuilt": {"focus": "c-0-1"}}


@pytest.mark.parametrize(
    ("language", "typed", "kind"), [("de", "umsatz", "revenue"), ("fr", "panier", "abandoned_cart")]
)
def test_criteria_are_found_in_the_reader_s_language(
    marketer: Browser, language: str, typed: str, kind: str
) -> None:
    marketer.language = language
    assert f'value="add:0:{kind}"' in marketer.get(f"/shops/demo/segment-criteria?q={typed}&at=0").html


def test_a_template_is_copied_with_what_it_asks_for(console: Console, marketer: Browser) -> None:
    place = "/shops/demo/segments/near_the_shop/copy"
    told = {"name": "Around Zürich", "p:latitude": "47.3769", "p:longitude": "8.5417"}
    assert marketer.post(place, {**told, "p:km": "far"}).status == 400
    assert marketer.post(place, {**told, "p:km": "25"}).status == 303
    assert rule_of(console, "around_zurich")["km"] == 25


def test_a_feed_s_address_is_shown_once_and_closes_after_it_was_asked(marketer: Browser) -> None:
    place = "/shops/demo/segments/one_time_buyers/feeds"
    opened = marketer.post(place, {"name": "Mailing tool", "days": "30"}).html
    [address] = re.findall(r'value="(https://[^"]+\.csv)"', opened)
    assert address.startswith("https://api.example.com/dev/v1/feeds/")
    listed = marketer.get(place).html
    assert "Mailing tool" in listed
    assert address not in listed
    [feed] = re.findall(r"/feeds/(\w+)/close", listed)
    assert "Mailing tool" in marketer.get(f"{place}/{feed}/close").html
    assert marketer.post(f"{place}/{feed}/close").status == 303
    assert "Mailing tool" not in marketer.get(place).html


def test_a_list_is_filled_by_address_and_says_who_is_nobody(marketer: Browser) -> None:
    marketer.post("/shops/demo/new-list", {"name": "Fair"})
    told = marketer.post(
        "/shops/demo/segments/fair/members", {"members": "ada@example.com, nobody@example.com", "act": "put"}
    )
    assert "1 put on the list" in told.html
    assert "nobody@example.com" in told.html


def test_what_is_in_use_is_kept_and_says_by_whom(marketer: Browser) -> None:
    made(marketer)
    made(marketer, name="Friends", **{"node:0.0": "in_segment", "v:0.0:segment": "fans"})
    asked = marketer.get("/shops/demo/segments/fans/delete")
    assert "Friends" in asked.html
    assert "danger sure" not in asked.html
    assert marketer.post("/shops/demo/segments/fans/delete").status == 409
    assert marketer.post("/shops/demo/segments/friends/delete").status == 303
    assert marketer.post("/shops/demo/segments/fans/delete").status == 303


@pytest.mark.parametrize("role", ["reader", "marketer"])
def test_a_reader_sees_addresses_masked(console: Console, role: Any) -> None:
    page = console.browser(role).get("/shops/demo/segments/one_time_buyers/members").html
    assert ("ada@example.com" in page.lower()) is (role == "marketer")


def test_a_persona_says_what_is_typical(marketer: Browser) -> None:
    made(marketer)
    kept = marketer.post("/shops/demo/new-persona", {"name": "Anna", "segments": ["fans"], "match": "all"})
    assert kept.to.startswith("/shops/demo/personas/anna")
    assert ">3<" in marketer.get("/shops/demo/personas/anna").html


def test_two_personas_of_one_name_are_two(marketer: Browser) -> None:
    for _ in range(2):
        marketer.post("/shops/demo/new-persona", {"name": "New", "segments": ["prospects"]})
    assert len(set(re.findall(r"/personas/(\w+)", marketer.get("/shops/demo/personas").html))) == 2


def test_home_tells_what_needs_a_hand(marketer: Browser) -> None:
    assert "No scenario is on" in marketer.get("/shops/demo").html
