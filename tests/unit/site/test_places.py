"""Places of a site: one page is one place by whatever link, and no file holds whose page it was."""

import pytest

from kairos.domain.activity import Activity
from kairos.domain.site.places import LONGEST, page_of
from kairos.domain.site.rows import rows_of_acts
from tests.unit.recording.world import START


@pytest.mark.parametrize(
    ("address", "page"),
    [
        ("https://shop.example.com/lamps", "/lamps"),
        ("https://shop.example.com/lamps/?color=red#top", "/lamps"),
        ("https://shop.example.com", "/"),
        ("/lamps/desk", "/lamps/desk"),
        ("https://shop.example.com/products/lamp-2026-edition", "/products/lamp-2026-edition"),
        ("https://shop.example.com/12-desk-lamp.html", "/12-desk-lamp.html"),
        ("https://shop.example.com/account/kim@example.com", "/account/…"),
        ("https://shop.example.com/account/kim%40example.com/orders", "/account/…/orders"),
        ("https://shop.example.com/orders/1234567", "/orders/…"),
        ("https://shop.example.com/reset/b7e0f8c2-6d1a-4e9b-9a53-0d2f4c1e7a88", "/reset/…"),
        ("https://shop.example.com/checkouts/cn/Z2NwLXVzLWNlbnRyYWwx0jAx", "/checkouts/cn/…"),
        ("https://[broken/lamps", "/https:/[broken/lamps"),
    ],
)
def test_a_page_is_the_path_of_its_address_without_what_is_about_somebody(address: str, page: str) -> None:
    assert page_of(address) == page


def test_no_name_of_a_place_is_endless() -> None:
    assert len(page_of("/" + "a" * 5000)) == LONGEST


def test_what_was_searched_for_and_the_fields_of_events_are_left_out() -> None:
    told = [
        Activity(id="1", kind="search", at=START, target="my illness"),
        Activity(id="2", kind="event", at=START, target="quiz", fields={"name": "Kim"}),
        Activity(id="3", kind="support", at=START, target="call"),
    ]
    assert [row.target for row in rows_of_acts(1, told)] == ["", ""]
