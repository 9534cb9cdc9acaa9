"""Every mail in the box, whatever the scenario: whole in each language, small, and the shop's alone."""

import itertools
import re
from urllib.parse import urlparse

import pytest

from kairos.adapters.memory import MemoryItems
from kairos.adapters.templates.box import LANGUAGES, words_file
from kairos.adapters.templates.checking import Draft
from kairos.adapters.templates.engine import render_default
from kairos.adapters.templates.names import TemplateName, all_steps, parse_name
from kairos.adapters.templates.own import preview, save_template, starting_point
from kairos.domain.errors import Refused
from kairos.domain.pages import PageSettings
from kairos.services.sending.content import RenderedEmail
from kairos.services.sending.example import example
from tests.unit.sending.world import SHOP, START

MAILS = [(*step, language) for step, language in itertools.product(all_steps(), LANGUAGES)]
HOSTS = {"shop.example.com", "example.com"}
VIDEO = {"video": "https://shop.example.com/v", "video_still": "https://shop.example.com/v.jpg"}
ASSETS = {name: f"https://shop.example.com/{name}" for name in ("guide", "webinar", "chat", "returns")}
EQUIPPED = SHOP.model_copy(update={"pages": PageSettings.model_validate(VIDEO | ASSETS)})


@pytest.mark.parametrize(("scenario", "step", "language"), MAILS)
def test_it_is_whole_small_and_loads_nothing_from_strangers(scenario: str, step: str, language: str) -> None:
    mail = render_default(scenario, step, example(EQUIPPED, language, None, START))
    for part in (mail.subject, mail.html, mail.text):
        assert part.strip()
        assert not re.search(r"\{\{|\{%|None|\[\[", part)
    assert len(mail.html.encode()) < 102_000  # Gmail clips what is longer
    assert {urlparse(one).hostname for one in re.findall(r'(?:src|href)="([^"]+)"', mail.html)} <= HOSTS
    assert not re.search(r"<link|<script|@import|url\(", mail.html)
    assert f'<html lang="{language}"' in mail.html


@pytest.mark.parametrize(("scenario", "step", "language"), MAILS)
def test_the_one_in_the_box_can_be_saved_as_the_shops_own(scenario: str, step: str, language: str) -> None:
    items, name = MemoryItems(), parse_name(f"{scenario}.{step}.{language}")
    save_template(items, SHOP, name, starting_point(name), START)


def test_no_language_says_the_same_as_another() -> None:
    """A sentence left in another language is one that reads the same; names and units may."""
    alike = {"total", "unsubscribe", "email", "channel_sms", "comment", "error_score"}
    filled_in = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\[\[.*?\]\]")
    told = {
        language: {name: filled_in.sub("", text) for name, text in _sentences(words_file(language))}
        for language in LANGUAGES
    }
    for one, other in itertools.combinations(LANGUAGES, 2):
        same = {
            name
            for name, text in told[one].items()
            if told[other][name] == text and len(text) > 12 and name.rpartition(".")[2] not in alike
        }
        assert same == set(), (one, other)


def _sentences(words: dict[str, object], path: str = "") -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name, told in words.items():
        found += _sentences(told, f"{path}{name}.") if isinstance(told, dict) else [(path + name, str(told))]
    return found


def own(part: str) -> str:
    parts = f'<mj-include path="head.mjml" /><mj-body>{part}<mj-include path="footer.mjml" /></mj-body>'
    return f"<mjml>{parts}</mjml>"


def saved(mjml: str) -> RenderedEmail:
    shop = SHOP.model_copy(update={"pages": PageSettings.model_validate(VIDEO)})
    name = TemplateName("abandoned_cart", "reminder_1", "fr")
    draft = Draft("x", mjml, "[[products.txt trending]]\n{{ unsubscribe_url }}")
    told = preview(MemoryItems(), name, draft, example(shop, "fr", None, START), START)
    assert isinstance(told, RenderedEmail)
    return told


def test_a_shops_mail_may_use_the_parts_of_the_box_in_its_language() -> None:
    mail = saved(own('<mj-include path="products.mjml" of="viewed" /><mj-include path="video.mjml" />'))
    assert "Vous les avez regardés récemment" in mail.html
    assert all(product.title in mail.html for product in example(SHOP, "fr", None, START).viewed)
    assert 'src="https://shop.example.com/v.jpg"' in mail.html
    assert "Voir la vidéo" in mail.html
    assert "Très demandé en ce moment" in mail.text


@pytest.mark.parametrize(
    "include", ['path="/etc/passwd"', 'path="words.toml"', 'path="products.mjml" of="orders"']
)
def test_nothing_else_can_be_included(include: str) -> None:
    with pytest.raises(Refused):
        saved(own(f"<mj-include {include} />"))
