"""What the messages in the box are made of: each step of each scenario; what is empty vanishes."""

import itertools
import re
from typing import Any

import pytest
from pydantic import ValidationError

from kairos.adapters.templates.box import LANGUAGES, default_file, words_file
from kairos.adapters.templates.engine import render_default
from kairos.adapters.templates.mjml import default_mjml
from kairos.adapters.templates.names import all_steps
from kairos.adapters.templates.steps import StepLayout, layouts
from kairos.adapters.templates.words import sentences
from kairos.domain.money import Money
from kairos.services.sending.content import Content, RenderedEmail
from kairos.services.sending.example import example, lifelike
from tests.unit.sending.world import SHOP, START
from tests.unit.templates.test_defaults import Balanced
from tests.unit.templates.test_every_mail import EQUIPPED
from tests.unit.templates.test_short import BOUND_TO_A_CODE

PROMISED: dict[str, tuple[str, ...]] = {
    "abandoned_cart": ("reminder_1", "reminder_2"),
    "double_opt_in": ("confirm",),
    "win_back": ("welcome_back", "whats_new", "second_offer", "ultimatum"),
    "prospects": (
        *("need_a_hand", "trending", "first_order_code", "welcome_family", "video"),
        *("welcome_guide", "webinar", "any_questions", "guided_tour", "questionnaire"),
    ),
    "second_order": ("thanks", "suggestions"),
    "order_follow_up": ("two_days_ago",),
    "satisfaction": ("survey",),
    "review_request": ("ask_review",),
    "referral": ("invite_friends",),
    "loyalty_reward": ("points_reached", "secret_offer", "teaser"),
    "big_spender_perks": ("early_access", "free_shipping", "easy_reorder"),
    "coupon_customers": ("stock_offer",),
    "replenishment": ("running_out",),
    "browse_reminder": ("still_looking", "looked_again"),
    "undecided_help": ("closer_look", "variants", "returns_policy"),
    "cross_sell": ("goes_with_it",),
    "upsell": ("step_up",),
    "occasion": ("best_wishes",),
    "wake_up": ("surprise",),
    "feedback_request": ("why_no_more",),
    "sunset": ("last_call",),
    "newsletter": ("news",),
    "campaign": ("message",),
    "launch_announcement": ("launch",),
    "season": ("greeting",),
    "price_drop": ("cheaper",),
}
"""Every message that a scenario sends."""

STEPS = sorted((scenario, step) for scenario, steps in PROMISED.items() for step in steps)
EMPTY: dict[str, Any] = {
    **dict.fromkeys(("items", "featured", "related", "viewed", "new_products", "trending"), ()),
    **dict.fromkeys(
        ("code", "percent", "code_kind", "occasion", "campaign", "first_name", "total", "cart_url")
    ),
    "points": 0,
}
BARE_SHOP = SHOP.model_copy(update={"url": None, "postal_address": None})


def content(language: str = "en", **fields: Any) -> Content:
    shop = fields.pop("shop", EQUIPPED)
    return example(shop, language, None, START).model_copy(update=fields)


def mail(scenario: str, step: str, **fields: Any) -> RenderedEmail:
    return render_default(scenario, step, content(**fields))


def test_every_message_of_every_scenario_is_in_the_box_and_no_other() -> None:
    assert all_steps() == STEPS
    assert {*layouts(), ("double_opt_in", "confirm")} == set(STEPS)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("scenario", "step"), STEPS)
def test_what_is_empty_vanishes_and_leaves_the_rest_whole(scenario: str, step: str, language: str) -> None:
    told = mail(scenario, step, language=language, locale=language, shop=BARE_SHOP, **EMPTY)
    html = Balanced()
    html.feed(re.sub(r"<!--.*?-->", "", told.html, flags=re.DOTALL))
    assert html.open == []
    common = words_file(language)["common"]
    for name in ("viewed", "new_products", "trending", "related", "chat", "watch", "guide"):
        if name not in words_file(language)[scenario][step].values():
            assert common[name] not in told.text
    assert not re.search(r"None|\{|\n\n\n", told.text)
    assert 'class="code"' not in told.html


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("scenario", "step"), STEPS)
def test_a_subject_is_short_enough_to_be_read_on_a_phone(scenario: str, step: str, language: str) -> None:
    shop = EQUIPPED.model_copy(update={"name": "N" * 15})
    shown = lifelike(example(shop, language, None, START), scenario, step)
    long = shown.featured[0].model_copy(update={"title": "T" * 80}) if shown.featured else None
    for variant in ({}, EMPTY, {"featured": (long,), "campaign": None}):
        if variant is EMPTY and (scenario, step) in BOUND_TO_A_CODE:
            continue
        told = render_default(scenario, step, shown.model_copy(update=variant))
        assert len(told.subject) < 60, told.subject


@pytest.mark.parametrize(("scenario", "step"), sorted(layouts()))
def test_every_sentence_of_a_step_is_shown_and_none_is_missing(scenario: str, step: str) -> None:
    named = set(re.findall(r"words\.(\w+)", default_mjml(scenario, step)))
    assert set(words_file("en")[scenario][step]) <= named
    assert named <= set(sentences("en", scenario, step))


@pytest.mark.parametrize(
    ("layout", "problem"),
    [
        ({"blocks": ["button", "cuopons"], "button": "shop"}, "blocks"),
        ({"blocks": ["related", "button"], "button": "shop"}, "card"),
        ({"blocks": ["button", "button"], "button": "shop"}, "once"),
        ({"blocks": ["button"], "button": "shopp"}, "button"),
        ({"blocks": [], "button": "shop"}, "blocks"),
        ({"blocks": ["button"], "button": "shop", "colour": "red"}, "colour"),
    ],
)
def test_a_layout_that_can_not_work_is_refused_when_it_is_read(layout: Any, problem: str) -> None:
    with pytest.raises(ValidationError, match=problem):
        StepLayout.model_validate(layout)


def test_every_block_has_both_an_mjml_and_a_text_part() -> None:
    blocks = set(itertools.chain.from_iterable(layout.blocks for layout in layouts().values()))
    files = {block for block in blocks if default_file(f"{block}.mjml") is not None}
    assert files
    assert all(default_file(f"{block}.txt") is not None for block in files)


def test_of_two_lists_the_second_shows_only_where_the_first_is_empty() -> None:
    both = mail("win_back", "whats_new").text
    assert "New since your last order" in both
    assert "Popular right now" not in both
    instead = mail("win_back", "whats_new", new_products=()).text
    assert "New since your last order" not in instead
    assert "Popular right now" in instead


def test_a_code_that_ends_within_two_days_is_told_in_hours() -> None:
    day = mail("prospects", "first_order_code", code_valid_for=24 * 3600)
    for part in (day.html, day.text):
        assert "Valid for 24 hours after this message was sent, for one order." in part
    longer = mail("prospects", "first_order_code", code_valid_for=48 * 3600)
    assert "Valid until December 21, 2026, for one order." in longer.text


def test_a_code_for_free_shipping_says_so_and_names_no_percent() -> None:
    told = mail("win_back", "second_offer", code_kind="free_shipping", percent=None)
    assert told.subject == "Free shipping on your next order"
    assert "This code gives you free shipping." in told.text
    assert "%" not in told.text


def test_a_lower_price_stands_beside_the_old_one() -> None:
    cushion = content().featured[0]
    told = mail("price_drop", "cheaper", featured=(cushion,), locale="en")
    assert "CHF\u00a049.00 instead of CHF\u00a064.00" in told.text
    assert "<s>CHF\u00a064.00</s>" in told.html
    assert "instead of" not in mail("replenishment", "running_out", featured=content().related).text


def test_the_button_leads_to_the_product_else_to_the_shop() -> None:
    cushion = content().featured[0].model_copy(update={"url": "https://shop.example.com/cushion"})
    assert (
        "Have a look:\nhttps://shop.example.com/cushion\n"
        in mail("upsell", "step_up", featured=(cushion,)).text
    )
    assert "Have a look:\nhttps://shop.example.com\n" in mail("upsell", "step_up", featured=()).text


def test_what_a_marketer_wrote_keeps_its_lines_and_can_not_become_html() -> None:
    campaign = content().campaign
    assert campaign is not None
    wrote = campaign.model_copy(update={"text": "First <b>line</b>.\nSecond."})
    told = mail("campaign", "message", campaign=wrote)
    assert "First &lt;b&gt;line&lt;/b&gt;.<br" in told.html
    assert "First <b>line</b>.\nSecond." in told.text
    assert told.subject == campaign.heading


def test_a_newsletter_shows_its_articles_in_order() -> None:
    campaign = content().campaign
    assert campaign is not None
    told = mail("newsletter", "news")
    for part in (told.html, told.text):
        places = [part.index(article.title) for article in campaign.articles]
        assert places == sorted(places)


@pytest.mark.parametrize(
    ("occasion", "subject"),
    [
        ("birthday", "Happy birthday, Alex"),
        ("wedding", "Happy anniversary, Alex"),
        ("name_day", "Our best wishes, Alex"),
    ],
)
def test_best_wishes_go_by_the_day_and_never_name_a_field(occasion: str, subject: str) -> None:
    told = mail("occasion", "best_wishes", occasion=occasion)
    assert told.subject == subject
    assert "name_day" not in told.html


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_message_tells_its_reader_how_old_we_think_they_are(language: str) -> None:
    guessed = re.compile(
        r"senior|alter\b|rentn|retrait|anzian|pension|young|jung|jeune|giovan", re.IGNORECASE
    )
    for scenario, step in STEPS:
        told = mail(scenario, step, language=language)
        assert not guessed.search(told.subject + told.text)


def test_an_example_tells_of_each_step_what_it_would_tell() -> None:
    shown = content()
    code = lifelike(shown, "prospects", "first_order_code")
    assert (code.percent, code.code_valid_for) == (10, 24 * 3600)
    assert code.code_expires_at == START.replace(day=22)
    assert lifelike(shown, "big_spender_perks", "free_shipping").percent is None
    assert lifelike(shown, "price_drop", "cheaper").featured[0].old_price == Money(
        amount=6400, currency="CHF"
    )
    theirs = shown.model_copy(update={"code": None})
    assert lifelike(theirs, "price_drop", "cheaper") is theirs
