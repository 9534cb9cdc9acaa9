"""What was viewed, visited, filled in, and on which device."""

from datetime import timedelta
from typing import Any

import pytest

from kairos.domain.catalogue import ProductFact
from kairos.domain.errors import Refused
from kairos.domain.profile import Profile
from kairos.domain.visits import ActivityAct
from tests.unit.criteria.both import holds
from tests.unit.criteria.doing import DAY, SECOND, act
from tests.unit.criteria.people import NOW, catalogue, moment, profile

VIEWED = {"kind": "viewed"}
CATALOGUE = catalogue(
    ProductFact(id="p1", categories=("c-7", "lamps"), brand="nord"),
    ProductFact(id="p2", categories=("chairs",), brand="alpina"),
)


def did(*acts: ActivityAct) -> Profile:
    return profile(acts=tuple(sorted(acts, key=lambda one: one.at)))


def seen(rule: Any, *acts: ActivityAct) -> bool:
    return holds(rule, did(*acts), moment(catalogue=CATALOGUE))


def test_without_a_name_any_page_product_or_category_is_a_view_and_nothing_else() -> None:
    for kind in ("page", "product", "category"):
        assert seen(VIEWED, act(kind, "x"))
    for kind in ("search", "cart", "chat", "event", "support"):
        assert not seen(VIEWED, act(kind, "x"))
    assert not seen(VIEWED)


@pytest.mark.parametrize(
    ("page", "address", "passes"),
    [
        ({"equals": "/lamps"}, "https://shop.example.com/lamps", True),
        ({"equals": "/lamps"}, "https://shop.example.com/Lamps/?utm=1#top", True),
        ({"equals": "/lamps/"}, "/lamps", True),
        ({"equals": "/lamps"}, "/lamps/desk", False),
        ({"equals": "/"}, "https://shop.example.com", True),
        ({"equals": "https://shop.example.com"}, "https://shop.example.com/", True),
        ({"equals": "/sale?page=2"}, "/sale?page=2", True),
        ({"equals": "/sale?page=2"}, "/sale", False),
        ({"starts_with": "/lamps"}, "https://shop.example.com/lamps/desk", True),
        ({"starts_with": "https://shop.example.com/l"}, "https://shop.example.com/lamps", True),
        ({"starts_with": "lamps"}, "/lamps", False),
        ({"starts_with": "/x"}, "/go?to=https://shop.example.com/x", False),
        ({"contains": "DESK"}, "/lamps/desk", True),
        ({"contains": "example.com"}, "https://shop.example.com/lamps", True),
        ({"contains": "top"}, "/lamps#top", False),
        ({"starts_with": "/lamps", "contains": "floor"}, "/lamps/desk", False),
    ],
)
def test_a_page_is_known_by_its_address(page: Any, address: str, passes: bool) -> None:
    assert seen({**VIEWED, "page": page}, act("page", address)) is passes


def test_a_product_at_an_address_of_that_name_is_no_page() -> None:
    assert not seen({**VIEWED, "page": {"equals": "p1"}}, act("product", "p1"))
    assert not seen({**VIEWED, "products": ["p1"]}, act("page", "p1"))


def test_a_category_counts_views_of_its_own_page_and_of_its_products() -> None:
    rule = {**VIEWED, "categories": ["Lamps"]}
    assert seen(rule, act("category", "lamps"))
    assert seen(rule, act("product", "p1"))
    assert not seen(rule, act("product", "p2"))
    assert not seen(rule, act("category", "chairs"))
    assert seen({**rule, "times": {"equals": 2}}, act("category", "LAMPS "), act("product", "p1"))


def test_a_brand_counts_views_of_its_products() -> None:
    assert seen({**VIEWED, "brands": ["Nord"]}, act("product", "p1"))
    assert not seen({**VIEWED, "brands": ["Nord"]}, act("product", "p2"))


def test_a_view_of_any_of_what_is_named_counts() -> None:
    rule = {**VIEWED, "page": {"equals": "/sale"}, "products": ["p2"], "times": {"at_least": 2}}
    assert seen(rule, act("page", "/sale"), act("product", "p2"))
    assert not seen(rule, act("page", "/sale"), act("product", "p1"))


def test_views_are_counted_in_the_window_to_the_second() -> None:
    rule = {**VIEWED, "window": {"within": "P7D"}}
    assert not seen(rule, act("page", "/", 7 * DAY))
    assert seen(rule, act("page", "/", 7 * DAY - SECOND))
    assert seen({**rule, "times": {"equals": 0}}, act("page", "/", 7 * DAY))


def test_visits_are_counted_by_how_they_began() -> None:
    acts = [
        act("page", "/", 3 * DAY, starts_visit=True),
        act("page", "/sale", 3 * DAY - SECOND),
        act("page", "/", DAY, starts_visit=True),
    ]
    assert seen({"kind": "visits", "equals": 2}, *acts)
    assert seen({"kind": "visits", "equals": 1, "window": {"within": "P2D"}}, *acts)
    assert seen({"kind": "visits", "equals": 0})


def test_the_last_visit_turns_old_exactly_then() -> None:
    rule = {"kind": "last_visit", "older_than": "P30D"}
    assert seen(rule, act("page", "/", 30 * DAY))
    assert not seen(rule, act("page", "/", 30 * DAY - SECOND))
    assert not seen(rule)


def test_a_ticket_at_support_is_no_visit() -> None:
    acts = [act("page", "/", 40 * DAY), act("support", "ticket", DAY)]
    assert seen({"kind": "last_visit", "older_than": "P30D"}, *acts)


def test_time_on_the_site_adds_up_in_the_window() -> None:
    acts = [act("page", "/", 2 * DAY, seconds=40), act("page", "/", DAY, seconds=20)]
    rule = {"kind": "time_on_site", "at_least": 60}
    assert seen(rule, *acts)
    assert not seen({**rule, "at_least": 61}, *acts)
    assert not seen({**rule, "window": {"within": "P2D"}}, *acts)
    assert seen({"kind": "time_on_site", "equals": 0})


def test_a_chat_is_no_contact_with_support_and_a_ticket_no_chat() -> None:
    assert seen({"kind": "chatted"}, act("chat"))
    assert not seen({"kind": "support_contact"}, act("chat"))
    assert seen({"kind": "support_contact"}, act("support", "ticket"))
    assert not seen({"kind": "chatted"}, act("support", "ticket"))


def test_two_chats_within_30_days() -> None:
    rule = {"kind": "chatted", "times": {"at_least": 2}, "window": {"within": "P30D"}}
    assert seen(rule, act("chat", None, 30 * DAY - SECOND), act("chat"))
    assert not seen(rule, act("chat", None, 30 * DAY), act("chat"))


def test_a_complaint_is_a_contact_but_not_every_contact_a_complaint() -> None:
    rule = {"kind": "support_contact", "complaint": True}
    assert seen(rule, act("support", stage="Complaint"))
    assert not seen(rule, act("support", stage="question"))
    assert not seen(rule, act("support"))


def test_a_form_is_known_by_its_name_and_how_far_it_went() -> None:
    rule = {"kind": "form", "name": "Newsletter", "stage": "sent"}
    assert seen(rule, act("form", "newsletter", stage="sent"))
    assert not seen(rule, act("form", "newsletter", stage="started"))
    assert not seen(rule, act("form", "newsletter"))
    assert not seen(rule, act("form", "survey", stage="sent"))
    assert seen({"kind": "form"}, act("form", "survey", stage="seen"))
    assert seen({"kind": "form", "stage": "started"}, act("form", "survey", stage="started"))


def test_a_device_was_used_at_any_time_or_last() -> None:
    acts = [act("page", "/", 2 * DAY, device="mac"), act("page", "/", DAY, device="phone"), act("page", "/")]
    rule = {"kind": "device", "any_of": ["mac", "linux"]}
    assert seen(rule, *acts)
    assert not seen({**rule, "which": "last"}, *acts)
    assert seen({"kind": "device", "any_of": ["phone"], "which": "last"}, *acts)
    assert not seen({**rule, "window": {"within": "P2D"}}, *acts)
    assert seen({**rule, "window": {"older_than": "PT36H"}, "which": "last"}, *acts)


def test_an_unknown_device_is_none_of_them() -> None:
    anything = {"kind": "device", "any_of": ["phone", "tablet", "mac", "windows", "linux"]}
    assert not seen(anything, act("page", "/"))
    assert not seen({**anything, "which": "last"}, act("page", "/"))


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        ({**VIEWED, "page": {}}, "page"),
        ({**VIEWED, "times": {"at_least": 2, "at_most": 1}}, "times"),
        ({**VIEWED, "window": {"older_than": "P2D", "within": "P1D"}}, "window"),
        ({"kind": "visits"}, "rule"),
        ({"kind": "device", "any_of": []}, "any_of"),
        ({"kind": "device", "any_of": ["fridge"]}, "any_of[0]"),
        ({"kind": "form", "stage": "lost"}, "stage"),
    ],
)
def test_what_asks_for_nothing_or_the_impossible_is_refused(rule: Any, field: str) -> None:
    with pytest.raises(Refused) as refused:
        holds(rule, profile())
    assert refused.value.field == field


def test_a_view_ahead_of_the_clock_counts_as_just_now() -> None:
    assert seen({**VIEWED, "window": {"within": "PT1S"}}, act("page", "/", -timedelta(hours=1)))
    assert moment().now == NOW
