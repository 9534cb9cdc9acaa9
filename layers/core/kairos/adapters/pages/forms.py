"""The hosted forms' pages."""

from html import escape

from kairos.adapters.pages.fields import Filled, anchor, html_of
from kairos.adapters.pages.layout import Answer, form_words, frame, known_language
from kairos.adapters.pages.notifications import SCRIPT, offer
from kairos.domain.shop import Shop
from kairos.services.forms.showing import Page

_ASKING = frozenset({"sign_up", "questionnaire", "survey", "preferences"})


def page(told: Page) -> Answer:
    """The page in its language, with the shop's name and colour."""
    language, shop = known_language(told.language), told.shop
    words = form_words(language, shop.name)
    words |= {"consent": wording(shop, told.language)}
    offered = offer(shop, words, language) if told.notifies else ""
    if told.name in _ASKING:
        title, body = words[f"{told.name}_title"], _form(told, words, language, offered)
    elif told.name == "confirm":
        title, body = (
            words["confirm_title"],
            _status(words["confirm_text"]) + _button(words["confirm_button"]),
        )
    else:
        title, body = words[f"{told.name}_title"], _status(words[f"{told.name}_text"]) + offered
    return frame(language, title, body, shop.name, shop.pages.colour, SCRIPT if offered else None)


def wording(shop: Shop, language: str) -> str:
    """What one agrees to by signing up: the shop's own words, else those in the box."""
    known = known_language(language)
    return shop.pages.wording.get(known) or form_words(known, shop.name)["consent"]


def not_found(accepts: str | None) -> Answer:
    """For an address that leads nowhere, in the language that the browser asks for."""
    language = known_language((accepts or "")[:2].lower())
    words = form_words(language, "")
    return frame(language, words["bad_title"], _status(words["bad_text"]))


def try_again(accepts: str | None) -> Answer:
    """For a store that is busy: nothing is lost but the moment."""
    language = known_language((accepts or "")[:2].lower())
    words = form_words(language, "")
    return frame(language, words["busy_title"], _status(words["later_text"]))


def _form(told: Page, words: dict[str, str], language: str, offered: str) -> str:
    fields = "".join(
        html_of(Filled(field, words, language, told.values, told.wrong.get(field.name)))
        for field in told.fields
    )
    sent = f'<button type="submit">{escape(words[f"{told.name}_button"])}</button>'
    # No action: the form goes back to the address that it came from, token and stage included.
    form = f'<form method="post" novalidate>{fields}{sent}</form>'
    intro = f"<p>{escape(words[f'{told.name}_intro'])}</p>"
    return _summary(told, words) + intro + form + offered + _more(told, words)


def _summary(told: Page, words: dict[str, str]) -> str:
    """What is wrong, each leading to its field; told at once to who can't see it."""
    if not told.wrong:
        return ""
    listed = "".join(
        f'<li><a href="#{anchor(field)}">{escape(words[f"error_{told.wrong[field.name]}"])}</a></li>'
        for field in told.fields
        if field.name in told.wrong
    )
    return f'<div class="summary" role="alert"><h2>{escape(words["errors"])}</h2><ul>{listed}</ul></div>'


def _more(told: Page, words: dict[str, str]) -> str:
    if told.name != "preferences" or told.unsubscribe is None:
        return ""
    link, text = escape(told.unsubscribe), escape(words["unsubscribe"])
    return f'<p class="more"><a href="{link}">{text}</a></p>'


def _status(text: str) -> str:
    return f'<p role="status">{escape(text)}</p>'


def _button(text: str) -> str:
    return f'<form method="post"><button type="submit">{escape(text)}</button></form>'
