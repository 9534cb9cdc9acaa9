"""Messages on short channels: every language, one segment where it can be, the shop's own by country."""

import itertools
import re
from typing import Any

import pytest

from kairos.adapters.memory import MemoryItems
from kairos.adapters.templates.box import LANGUAGES
from kairos.adapters.templates.checking import ShortDraft
from kairos.adapters.templates.engine import TemplateRenderer
from kairos.adapters.templates.names import CHANNELS, all_steps, channels_of, parse_name
from kairos.adapters.templates.own import list_templates, load_template, preview, save_template
from kairos.domain.errors import NotFound, Refused
from kairos.domain.pages import PageSettings
from kairos.domain.sms_text import length_of
from kairos.services.sending.content import CampaignContent, Content, RenderedShort
from kairos.services.sending.example import example
from tests.unit.sending.world import SHOP, START

SHORT = [channel for channel in CHANNELS if channel != "email"]
SPOKEN = [
    (scenario, step, language)
    for (scenario, step), language in itertools.product(all_steps(), LANGUAGES)
    if len(channels_of(scenario, step)) > 1
]
SMS = parse_name("abandoned_cart.reminder_1.sms.de")
DRAFT = ShortDraft(title="", text="{{ customer.first_name }}, {{ cart.url }}", url="")


LINK = "https://shop.example.com/cart/" + "7" * 25
"""As long as a link may be for a text message to fit one segment."""

ASSETS = ("guide", "video", "webinar", "chat", "returns")
READERS = ("cart_url", "survey_url", "questionnaire_url", "preferences_url")
LINKED = SHOP.model_copy(
    update={"url": LINK, "pages": PageSettings.model_validate(dict.fromkeys(ASSETS, LINK))}
)
LACKING = dict.fromkeys(("code", "percent", "code_kind", "occasion", "campaign"))
WISHES: dict[str, dict[str, Any]] = {
    "a discount": {"campaign": None},
    "a discount for hours": {"campaign": None, "code_valid_for": 24 * 3600},
    "free shipping": {"campaign": None, "percent": None, "code_kind": "free_shipping"},
    "a cart with free shipping": {"variant": "free_shipping"},
    "a campaign": {"code": None, "percent": None, "code_kind": None},
    "nothing else": {**LACKING, "featured": ()},
}


def content(language: str = "en", **fields: Any) -> Content:
    shop = fields.pop("shop", LINKED)
    shown = example(shop, language, None, START).model_copy(update=dict.fromkeys(READERS, LINK))
    featured = tuple(one.model_copy(update={"url": LINK}) for one in shown.featured)
    campaign = shown.campaign and shown.campaign.model_copy(update={"button_url": LINK})
    told = {"code": "A1B2C3D4E5", "featured": featured, "campaign": campaign, **fields}
    return shown.model_copy(update=told)


def rendered(scenario: str, step: str, channel: Any, shown: Content, items: Any = None) -> RenderedShort:
    told = TemplateRenderer(items or MemoryItems())(scenario, step, channel, shown)
    assert isinstance(told, RenderedShort)
    return told


def refusal(draft: ShortDraft, name: str = "abandoned_cart.reminder_1.push.de") -> Refused:
    with pytest.raises(Refused) as refused:
        save_template(MemoryItems(), SHOP, parse_name(name), draft, START)
    return refused.value


BOUND_TO_A_CODE = {
    ("abandoned_cart", "reminder_2"),
    *(("win_back", step) for step in ("welcome_back", "second_offer", "ultimatum")),
    ("prospects", "first_order_code"),
    ("big_spender_perks", "free_shipping"),
    ("coupon_customers", "stock_offer"),
}
"""Steps that are left out where there is no code to be had."""

SAID = [
    (*spoken, wish)
    for spoken, (wish, fields) in itertools.product(SPOKEN, WISHES.items())
    if "code" not in fields or spoken[:2] not in BOUND_TO_A_CODE
]


@pytest.mark.parametrize(("scenario", "step", "language", "wish"), SAID)
def test_every_channel_speaks_every_language_whole(
    scenario: str, step: str, language: str, wish: str
) -> None:
    shown = content(language, **WISHES[wish])
    for channel in SHORT:
        told = rendered(scenario, step, channel, shown)
        for part in (told.title, told.text, told.url or ""):
            assert not re.search(r"[{}]|None|\[\[|  ", part)
        assert told.text
        assert (told.title == "") is (channel == "sms")
        assert told.url == LINK


def test_every_message_of_a_scenario_is_written_for_every_channel() -> None:
    mail_alone = {step for step in all_steps() if channels_of(*step) == ("email",)}
    assert mail_alone == {("double_opt_in", "confirm")}


@pytest.mark.parametrize(("scenario", "step", "language", "wish"), SAID)
def test_a_text_message_with_its_link_fits_one_segment(
    scenario: str, step: str, language: str, wish: str
) -> None:
    shop = LINKED.model_copy(update={"name": "W" * 60})  # of which 30 are shown
    text = rendered(scenario, step, "sms", content(language, shop=shop, **WISHES[wish])).text
    assert LINK in text
    assert (length_of(text).coding, length_of(text).segments) == ("GSM", 1), text


def test_the_languages_differ() -> None:
    texts = [rendered("abandoned_cart", "reminder_1", "push", content(one)).text for one in LANGUAGES]
    assert len(set(texts)) == len(LANGUAGES)


def test_a_notification_shows_the_first_picture_of_the_cart_and_a_text_message_none() -> None:
    item = content().items[0].model_copy(update={"image": "https://cdn.example.com/a.jpg"})
    shown = content(items=(item,))
    assert (
        rendered("abandoned_cart", "reminder_1", "web_push", shown).image == "https://cdn.example.com/a.jpg"
    )
    assert rendered("abandoned_cart", "reminder_1", "sms", shown).image is None


def test_a_notification_about_a_product_or_a_campaign_shows_theirs() -> None:
    one = content().featured[0].model_copy(update={"image": "https://cdn.example.com/featured.jpg"})
    told = rendered("price_drop", "cheaper", "web_push", content(featured=(one,), campaign=None))
    assert told.image == "https://cdn.example.com/featured.jpg"
    wrote = CampaignContent(heading="News", image="https://cdn.example.com/campaign.jpg")
    told = rendered("campaign", "message", "web_push", content(featured=(one,), campaign=wrote))
    assert told.image == "https://cdn.example.com/campaign.jpg"


def test_the_shops_own_text_is_sent_on_its_channel_alone() -> None:
    items = MemoryItems()
    save_template(items, SHOP, SMS, DRAFT, START)
    assert rendered("abandoned_cart", "reminder_1", "sms", content("de"), items).text.startswith(
        "Alex, https"
    )
    assert "Alex" not in rendered("abandoned_cart", "reminder_1", "push", content("de"), items).text


def test_a_variant_for_a_country_goes_before_the_one_for_the_language() -> None:
    items = MemoryItems()
    for tag, text in (("de", "Überall"), ("de-CH", "In der Schweiz")):
        name = parse_name(f"abandoned_cart.reminder_1.push.{tag}")
        save_template(items, SHOP, name, DRAFT._replace(title="x", text=text), START)
    told = {
        country: rendered("abandoned_cart", "reminder_1", "push", content("de", country=country), items).text
        for country in ("CH", "AT", None)
    }
    assert told == {"CH": "In der Schweiz", "AT": "Überall", None: "Überall"}


@pytest.mark.parametrize(
    ("draft", "field", "remedy"),
    [
        (DRAFT._replace(title="{{ custmer.first_name }}"), "title", "customer"),
        (DRAFT._replace(title="x", text="{{ cart.totl }}"), "text", "cart.total"),
        (DRAFT._replace(title="x", url="{{ cart.ur }}"), "url", "cart.url"),
        (DRAFT._replace(title=" "), "title", "Write"),
        (DRAFT._replace(title="x", text="{% for i in (1..2000) %}x{% endfor %}"), "text", "below"),
    ],
)
def test_a_mistake_is_told_at_its_part_when_it_is_saved(draft: ShortDraft, field: str, remedy: str) -> None:
    refused = refusal(draft)
    assert refused.field == field
    assert remedy in refused.remedy


@pytest.mark.parametrize(
    "text", ["{% for i in (1..9999999) %}x{% endfor %}", "{% include 'x' %}", "{% render 'x' %}"]
)
def test_a_short_text_can_neither_run_away_nor_reach_out(text: str) -> None:
    assert refusal(DRAFT._replace(title="x", text=text)).field == "text"


def test_an_address_that_is_none_of_the_web_is_left_out() -> None:
    told = preview(MemoryItems(), SMS, DRAFT._replace(url="javascript:alert(1)"), content("de"), START)
    assert isinstance(told, RenderedShort)
    assert told.url is None


def test_names_of_three_parts_are_e_mails() -> None:
    assert parse_name("abandoned_cart.reminder_1.de") == parse_name("abandoned_cart.reminder_1.email.de")
    assert parse_name("abandoned_cart.reminder_1.sms.de-CH").tag == "de-CH"


@pytest.mark.parametrize(
    "name",
    [
        "abandoned_cart.reminder_1.fax.de",
        "abandoned_cart.reminder_1.sms.de-ch",
        "double_opt_in.confirm.sms.de",
        "common.greeting.de",
        "unsubscribe.ask.de",
        "forms.email.de",
        "short.abandoned_cart.de",
        "../words.de",
        "abandoned_cart/reminder_1..de",
    ],
)
def test_what_is_no_template_has_no_name(name: str) -> None:
    with pytest.raises(NotFound):
        parse_name(name)


def test_every_template_is_listed_with_whether_it_is_the_shops_own() -> None:
    items = MemoryItems()
    save_template(items, SHOP, parse_name("abandoned_cart.reminder_1.sms.de-CH"), DRAFT, START)
    listed = {one["template"]: one["own"] for one in list_templates(items, SHOP)}
    assert listed["abandoned_cart.reminder_1.sms.de-CH"] is True
    assert listed["abandoned_cart.reminder_1.sms.de"] is False
    assert listed["double_opt_in.confirm.email.it"] is False
    for name in listed:
        load_template(items, SHOP, parse_name(name))
