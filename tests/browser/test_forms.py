"""The hosted forms and the mails that no demo sends, in a browser: phone and desktop, light and dark.

Screenshots lie in .local/screenshots afterwards.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Literal, get_args
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Browser, Page, Route

from kairos.adapters.pages.forms import not_found, page
from kairos.adapters.pages.layout import Answer
from kairos.adapters.templates.box import LANGUAGES
from kairos.adapters.templates.engine import render_default
from kairos.domain.pages import PageSettings
from kairos.domain.shop import Shop
from kairos.services.forms import showing
from kairos.services.forms.asking import Field, sign_up_fields, survey_fields
from kairos.services.forms.showing import PageName
from kairos.services.sending.content import ShownItem
from kairos.services.sending.example import example
from tests.browser.looking import SCREENS, contrast, fits, shoot
from tests.unit.sending.world import SHOP

pytestmark = pytest.mark.proof

Scheme = Literal["light", "dark"]
ADDRESS = "https://api.example.com/v1/forms/token"
LONG = "Werkstatt für aussergewöhnlich feine Leinenstoffe und Kerzen"
SIZES = {
    "name": "size",
    "label": {"de": "Ihre Grösse?", "en": "Your size?", "fr": "Votre taille ?", "it": "La tua taglia?"},
    "choices": ["S", "M", "L", "XL"],
}
LENGTHY: Shop = SHOP.model_copy(
    update={
        "name": LONG,
        "pages": PageSettings.model_validate(
            {
                "colour": "#7a1f3d",
                "sign_up_asks": ["first_name", "birthday", "gender"],
                "questions": [SIZES],
                "topics": ["Leinen", "Kerzen", "Handgezogene Bienenwachskerzen aus der Region"],
                "video": "https://shop.example.com/video",
            }
        ),
    }
)


@pytest.fixture(params=[(screen, scheme) for screen in SCREENS for scheme in get_args(Scheme)], ids="-".join)
def view(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """An empty page of this size and colour scheme, without JavaScript of its own."""
    screen, scheme = request.param
    width, height = SCREENS[screen]
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
    view = context.new_page()
    view.set_default_timeout(10_000)
    yield view
    context.close()


def asked(name: str) -> tuple[Field, ...]:
    fields = {
        "sign_up": sign_up_fields(LENGTHY),
        "survey": survey_fields(),
        "questionnaire": [
            Field("birthday", "date"),
            Field("area", "one_of", choices=("urban", "residential")),
            Field("looking_for", "words"),
            Field("size", "one_of", choices=("S", "M"), label=SIZES["label"], own_choices=True),  # type: ignore[arg-type]
        ],
        "preferences": [
            Field("channels", "some_of", choices=("email", "sms"), value=("email",)),
            Field("frequency", "one_of", choices=("normal", "fewer"), value=("normal",)),
            Field("topics", "some_of", choices=LENGTHY.pages.topics, own_choices=True),
            Field("language", "one_of", choices=("de", "fr-CH"), value=("de",)),
            Field("birthday", "date"),
        ],
    }
    return tuple(fields[name])


def told(name: PageName, language: str) -> showing.Page:
    fields = asked(name) if name in {"sign_up", "survey", "questionnaire", "preferences"} else ()
    return showing.Page(
        name, LENGTHY, language, fields, unsubscribe="https://api.example.com/v1/unsubscribe/x"
    )


def serve(view: Page, *answers: Answer) -> list[dict[str, list[str]]]:
    """The address with these answers, one after the other, the last for ever; what was posted to it."""
    left, posted = list(answers), list[dict[str, list[str]]]()

    def answer(route: Route) -> None:
        if route.request.method == "POST":
            posted.append(parse_qs(route.request.post_data or ""))
        shown = left.pop(0) if len(left) > 1 else left[0]
        route.fulfill(status=200, headers=dict(shown.headers), body=shown.html)

    view.route("https://api.example.com/**", answer)
    return posted


def unlabelled(view: Page) -> list[str]:
    """Inputs that nothing names for who can't see them."""
    script = "nodes => nodes.filter(one => !one.labels.length).map(one => one.outerHTML)"
    return list(view.eval_on_selector_all("input, textarea", script))


READABLE = "h1, h2, p, label, legend, span, button, a, li"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["sign_up", "survey", "questionnaire", "preferences", "confirm", "sent"])
def test_a_form_fits_is_labelled_and_can_be_read(
    view: Page, name: PageName, language: str, request: pytest.FixtureRequest
) -> None:
    complaints: list[str] = []
    view.on("console", lambda one: complaints.append(one.text))
    serve(view, page(told(name, language)))
    view.goto(ADDRESS)
    shoot(view, "form", request)

    assert fits(view)
    assert view.evaluate("document.documentElement.lang") == language
    assert view.locator("h1").count() == 1
    assert view.locator("main").count() == 1
    assert unlabelled(view) == []
    assert contrast(view, READABLE) >= 4.5
    assert complaints == []  # its own policy allows all that the page needs


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_wrong_is_told_above_and_at_its_field(
    view: Page, language: str, request: pytest.FixtureRequest
) -> None:
    wrong = told("sign_up", language)._replace(
        wrong={"email": "email", "birthday": "birthday", "consent": "consent"},
        values={"email": ["noel@"], "birthday_day": ["31"], "birthday_month": ["2"]},
    )
    serve(view, page(wrong))
    view.goto(ADDRESS)
    shoot(view, "form-wrong", request)

    assert fits(view)
    assert view.get_by_role("alert").is_visible()
    assert view.locator("#email").input_value() == "noel@"
    assert view.locator("#email").get_attribute("aria-describedby") == "email-error"
    assert view.locator("#email-error").is_visible()
    view.get_by_role("alert").get_by_role("link").nth(1).click()
    assert view.evaluate("location.hash") == "#birthday-day"
    assert contrast(view, READABLE) >= 4.5


def test_a_score_is_given_with_the_keyboard_alone(view: Page, request: pytest.FixtureRequest) -> None:
    posted = serve(view, page(told("survey", "en")), page(told("thanks", "en")))
    view.goto(ADDRESS)
    view.keyboard.press("Tab")
    for _ in range(9):
        view.keyboard.press("ArrowRight")
    assert view.evaluate("getComputedStyle(document.querySelector(':focus + span')).outlineStyle") == "solid"
    shoot(view, "form-score", request)
    view.keyboard.press("Tab")
    view.keyboard.type("Better than ever")
    view.keyboard.press("Tab")
    with view.expect_navigation():
        view.keyboard.press("Enter")

    assert posted == [{"score": ["9"], "comment": ["Better than ever"]}]
    assert view.get_by_role("status").is_visible()


def test_an_address_that_leads_nowhere_says_so(view: Page, request: pytest.FixtureRequest) -> None:
    serve(view, not_found("it"))
    view.goto(ADDRESS)
    shoot(view, "form-unknown", request)

    assert view.locator("h1").is_visible()
    assert view.locator("form").count() == 0
    assert fits(view)


NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("scenario", "step"),
    [("double_opt_in", "confirm"), ("abandoned_cart", "reminder_1"), ("abandoned_cart", "reminder_2")],
)
def test_a_mail_with_long_names_and_no_picture_fits(
    view: Page, scenario: str, step: str, language: str, request: pytest.FixtureRequest
) -> None:
    item = ShownItem(title=f"{LONG}, {'x' * 60}", quantity=12)
    shown = example(LENGTHY, language, None, NOW).model_copy(
        update={"first_name": "Maximiliane-Alexandra", "items": (item, item), "total": None, "code": "X" * 40}
    )
    view.set_content(render_default(scenario, step, shown).html)
    shoot(view, "mail-long", request)

    assert fits(view)
    assert view.evaluate("document.images.length") == 0
    assert contrast(view, "a, h1, h2, p, td > div, span") >= 4.5
