"""Mails that are composed of blocks, in a browser: every block, phone and desktop, light and dark.

Screenshots lie in .local/screenshots afterwards.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import product
from typing import Literal, get_args

import pytest
from playwright.sync_api import Browser, Page, Route

from kairos.adapters.templates.engine import render_default
from kairos.adapters.templates.steps import layouts
from kairos.domain.pages import PageSettings
from kairos.services.sending.content import Content
from kairos.services.sending.example import example, lifelike
from tests.browser.looking import SCREENS, contrast, fits, shoot
from tests.unit.sending.world import SHOP

pytestmark = pytest.mark.proof

Scheme = Literal["light", "dark"]
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
PICTURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="WIDTH" height="600">'
    '<rect width="100%" height="100%" fill="#8fa58a"/></svg>'
)
ASSETS = {
    name: f"https://shop.example.com/{name}" for name in ("guide", "video", "webinar", "chat", "returns")
}
EQUIPPED = SHOP.model_copy(
    update={
        "name": "Werkstatt für aussergewöhnlich feine Leinenstoffe",
        "pages": PageSettings.model_validate({**ASSETS, "video_still": "https://shop.example.com/wide.svg"}),
    }
)
LISTS = ("items", "featured", "related", "viewed", "new_products", "trending")
MAILS = [
    ("abandoned_cart", "reminder_1"),
    ("abandoned_cart", "reminder_2"),
    ("big_spender_perks", "early_access"),
    ("newsletter", "news"),
    ("price_drop", "cheaper"),
    ("prospects", "first_order_code"),
    ("prospects", "trending"),
    ("prospects", "video"),
    ("second_order", "thanks"),
    ("season", "greeting"),
    ("undecided_help", "closer_look"),
]
"""Steps that show every block between them."""


@pytest.fixture(params=list(product(SCREENS, get_args(Scheme))), ids="-".join)
def view(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """An empty page of this size and colour scheme, to which pictures come from nowhere else."""
    screen, scheme = request.param
    width, height = SCREENS[screen]
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
    view = context.new_page()
    view.set_default_timeout(10_000)
    view.route("**/*", _picture)
    yield view
    context.close()


def _picture(route: Route) -> None:
    width = "1200" if "wide" in route.request.url else "600"
    route.fulfill(content_type="image/svg+xml", body=PICTURE.replace("WIDTH", width))


def shown(scenario: str, step: str) -> Content:
    told = lifelike(example(EQUIPPED, "de", None, NOW), scenario, step)
    pictured = {
        name: tuple(
            item.model_copy(update={"image": "https://shop.example.com/square.svg"})
            for item in getattr(told, name)
        )
        for name in LISTS
    }
    if told.campaign is not None:
        wide = {"image": "https://shop.example.com/wide.svg"}
        articles = tuple(article.model_copy(update=wide) for article in told.campaign.articles)
        pictured["campaign"] = told.campaign.model_copy(update={**wide, "articles": articles})
    return told.model_copy(update=pictured)


def test_these_mails_show_every_block_between_them() -> None:
    every = {block for layout in layouts().values() for block in layout.blocks if " else " not in block}
    assert {block for mail in MAILS for block in layouts()[mail].blocks} >= every


@pytest.mark.parametrize(("scenario", "step"), MAILS)
def test_a_mail_of_blocks_fits_and_can_be_read(
    view: Page, scenario: str, step: str, request: pytest.FixtureRequest
) -> None:
    view.set_content(render_default(scenario, step, shown(scenario, step)).html)
    shoot(view, "mail-blocks", request)

    assert fits(view)
    assert view.evaluate("[...document.images].every(one => one.naturalWidth > 0)")
    assert contrast(view, "a, h1, h2, p, td > div, span, s") >= 4.5
