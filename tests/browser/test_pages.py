"""The mails and the unsubscribe page in a browser: on a phone and a desktop, in light and dark.

Screenshots lie in .local/screenshots afterwards.
"""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal, get_args

import pytest
from playwright.sync_api import Browser, Page, Request, Route

from kairos.adapters.unsubscribe_page import HEADERS, not_found, page
from kairos.domain.shop import Shop
from kairos.services.unsubscribing import Standing
from local.costs import NOW, World
from local.demo_shop.cast import PARTS, Actor
from local.demo_shop.people import Language, make_person
from local.demo_shop.seeded import seeded
from local.demo_shop.shopify.cart import Item
from local.mail_files import save_mail
from local.shop_generator import SHOP, pictures, shop_settings
from tests.browser.looking import SCREENS, contrast, fits, shoot

pytestmark = pytest.mark.proof

Scheme = Literal["light", "dark"]
PICTURES = "https://pictures.example.com"
LANGUAGES = get_args(Language)
MAILS = ("reminder", "code")


@pytest.fixture(scope="module")
def mails(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Path]:
    """Both mails in each language, saved as the demo saves them, by language and name."""
    home, world = tmp_path_factory.mktemp("mails"), World(0)
    (home / "pictures").mkdir()
    for name, content in pictures(world.shop.catalogue).items():
        (home / "pictures" / name).write_bytes(content)
    saved = {}
    for number, language in enumerate(LANGUAGES, start=500):
        person = make_person(seeded(number, "reader"), number, language)
        wanted = tuple(Item(world.shop.catalogue[place], quantity) for place, quantity in ((0, 1), (14, 2)))
        actor = Actor(PARTS[0], person, wanted, NOW - timedelta(days=90), None)
        for webhook in actor.past():
            world.post(webhook)
        run = world.leave_cart(actor)
        world.ask_to_send(run, "reminder_1", timedelta(hours=4), code=False)
        world.ask_to_send(run, "reminder_2", timedelta(hours=24), code=True)
        for name, email in zip(MAILS, world.taken.sent[-2:], strict=True):
            record: dict[str, Any] = {
                "at": world.clock.now().isoformat(),
                "message_id": "1",
                "to": [f"{language}-{name}@example.com"],
                "headers": {"Subject": email.subject},
                "text": email.text,
                "html": email.html,
            }
            saved[language, name] = save_mail(record, home / "mails", PICTURES)
    return saved


@pytest.fixture(params=[(screen, scheme) for screen in SCREENS for scheme in get_args(Scheme)], ids="-".join)
def view(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """An empty page of this size and colour scheme."""
    screen, scheme = request.param
    width, height = SCREENS[screen]
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, device_scale_factor=1
    )
    view = context.new_page()
    view.set_default_timeout(10_000)
    yield view
    context.close()


@pytest.mark.parametrize("name", MAILS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_mail_fits_shows_its_pictures_and_can_be_read(
    view: Page,
    mails: dict[tuple[str, str], Path],
    language: str,
    name: str,
    request: pytest.FixtureRequest,
) -> None:
    view.goto(mails[language, name].as_uri())
    broken = view.evaluate(
        "[...document.images].filter(i => !i.naturalWidth || !i.hasAttribute('alt')).map(i => i.src)"
    )
    shoot(view, "mail", request)

    assert fits(view)
    assert view.evaluate("document.images.length") >= 2
    assert broken == []
    assert view.evaluate("document.documentElement.lang").startswith(language)
    assert view.locator("a[href*='/v1/unsubscribe/']").is_visible()
    assert contrast(view, "a, h1, h2, p, td > div, span") >= 4.5


def standing(language: str, granted: bool) -> Standing:
    settings = {name: value for name, value in shop_settings("").items() if name != "secrets"}
    return Standing(Shop.model_validate({**settings, "id": SHOP}), language, granted, can_undo=not granted)


def serve(view: Page, language: str) -> list[Request]:
    """The unsubscribe address with its real headers: asks before a POST, confirms after it."""
    posted: list[Request] = []

    def answer(route: Route) -> None:
        if route.request.method == "POST":
            posted.append(route.request)
        route.fulfill(status=200, headers=dict(HEADERS), body=page(standing(language, not posted)))

    view.route("https://api.example.com/**", answer)
    return posted


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_unsubscribe_page_asks_once_and_confirms(
    view: Page, language: str, request: pytest.FixtureRequest
) -> None:
    complaints: list[str] = []
    view.on("console", lambda told: complaints.append(told.text))
    posted = serve(view, language)
    view.goto("https://api.example.com/local/v1/unsubscribe/token")
    shoot(view, "unsubscribe-ask", request)

    assert fits(view)
    assert view.evaluate("document.documentElement.lang") == language
    assert view.locator("button").count() == 1
    assert contrast(view, "h1, p, button") >= 4.5
    assert posted == []

    view.locator("button").focus()
    with view.expect_navigation():
        view.keyboard.press("Enter")
    shoot(view, "unsubscribe-done", request)

    assert [one.url for one in posted] == ["https://api.example.com/local/v1/unsubscribe/token"]
    assert fits(view)
    assert contrast(view, "h1, p, button") >= 4.5
    assert complaints == []  # its own policy allows all that the page needs


def test_a_wrong_link_says_so(view: Page, request: pytest.FixtureRequest) -> None:
    view.route(
        "https://api.example.com/**",
        lambda route: route.fulfill(status=404, headers=dict(HEADERS), body=not_found("fr")),
    )
    view.goto("https://api.example.com/local/v1/unsubscribe/wrong")
    shoot(view, "unsubscribe-wrong", request)

    assert view.locator("h1").is_visible()
    assert view.locator("button").count() == 0
    assert fits(view)
