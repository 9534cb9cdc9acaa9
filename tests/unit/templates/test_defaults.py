"""The templates in the box: every language, every variant, whatever a cart holds."""

import re
import tomllib
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest

from kairos.adapters.templates.box import LANGUAGES, default_file
from kairos.adapters.templates.engine import TemplateRenderer, render_default
from kairos.adapters.templates.variables import locale_of, money
from kairos.domain.money import Money
from kairos.services.sending.content import Content, RenderedEmail, ShownItem, language_of
from tests.unit.sending.test_decide import CODE
from tests.unit.sending.world import SHOP, START, World

STEPS = ("reminder_1", "reminder_2")
CUSHION = ShownItem(
    title="Cushion",
    quantity=2,
    unit_price=Money(amount=3990, currency="CHF"),
    total=Money(amount=7980, currency="CHF"),
    image="https://cdn.example.com/cushion.jpg",
    url="https://shop.example.com/cushion",
)


def content(**fields: Any) -> Content:
    told = {
        "shop": SHOP,
        "language": "en",
        "locale": "en",
        "first_name": "Anna",
        "items": (CUSHION,),
        "total": Money(amount=7980, currency="CHF"),
        "related": (CUSHION.model_copy(update={"title": "Napkin", "quantity": 0}),),
        "cart_url": "https://shop.example.com/cart/1?a=1&b=2",
        "code": "A1B2",
        "percent": 5,
        "code_expires_at": START + timedelta(days=30),
        "unsubscribe_url": "https://api.example.com/v1/unsubscribe/token",
    }
    return Content.model_validate(told | fields)


def rendered(step: str = "reminder_1", **fields: Any) -> RenderedEmail:
    return render_default("abandoned_cart", step, content(**fields))


class Balanced(HTMLParser):
    """Fails where tags are not closed in order."""

    VOID = frozenset({"meta", "link", "img", "br", "hr", "input"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self.VOID:
            self.open.append(tag)
        for name, value in attrs:
            if name in {"href", "src"}:
                assert value
                assert value.startswith("http"), (tag, name, value)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self.open.pop() == tag


def keys_of(words: dict[str, Any], path: str = "") -> set[str]:
    found: set[str] = set()
    for name, value in words.items():
        found |= keys_of(value, f"{path}{name}.") if isinstance(value, dict) else {f"{path}{name}"}
    return found


def test_no_language_lacks_a_sentence() -> None:
    told = {one: keys_of(tomllib.loads(default_file(f"words/{one}.toml") or "")) for one in LANGUAGES}
    assert told["de"]
    assert all(keys == told["de"] for keys in told.values())


def test_every_sentence_that_a_template_names_exists() -> None:
    for step in STEPS:
        sources = [f"abandoned_cart/{step}.mjml", f"abandoned_cart/{step}.txt"]
        parts = [
            "head.mjml",
            "header.mjml",
            "items.mjml",
            "related.mjml",
            "footer.mjml",
            "items.txt",
            "footer.txt",
        ]
        words = tomllib.loads(default_file("words/en.toml") or "")
        known = words["common"] | words["abandoned_cart"][step]
        for source in sources:
            text = default_file(source) or ""
            for part in parts:
                text += (default_file(part) or "") if part in text else ""
            assert set(re.findall(r"words\.(\w+)", text)) <= known.keys()


@pytest.mark.parametrize("variant", [None, "free_shipping"])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("step", STEPS)
def test_every_template_renders_whole_in_every_language(
    step: str, language: str, variant: str | None
) -> None:
    mail = rendered(step, language=language, locale=language, variant=variant)
    html = Balanced()
    html.feed(re.sub(r"<!--.*?-->", "", mail.html, flags=re.DOTALL))
    assert html.open == []
    for part in mail.as_json().values():
        assert part.strip()
        assert "{{" not in part
        assert "{%" not in part
        assert "None" not in part
    assert f'<html lang="{language}"' in mail.html
    assert len(mail.html) < 102_000  # Gmail clips what is longer


@pytest.mark.parametrize("step", STEPS)
def test_opening_a_mail_asks_nobody_for_fonts_or_styles(step: str) -> None:
    html = rendered(step).html
    assert "<link" not in html
    assert "@import" not in html
    assert "<script" not in html


@pytest.mark.parametrize("step", STEPS)
def test_both_parts_hold_the_shop_its_address_and_the_way_out(step: str) -> None:
    mail = rendered(step)
    for part in (mail.html, mail.text):
        assert "Example Street 12, Zurich" in part
        assert "https://api.example.com/v1/unsubscribe/token" in part
        assert "Unsubscribe" in part
    assert "https://shop.example.com/cart/1?a=1&b=2" in mail.text


def test_the_variants_differ_in_subject_and_body() -> None:
    plain, shipping = rendered(), rendered(variant="free_shipping")
    assert "Free shipping" in shipping.subject
    assert "free of charge" in shipping.text
    assert "free of charge" not in plain.text


def test_a_code_and_the_day_it_ends_are_told() -> None:
    mail = rendered("reminder_2")
    for part in (mail.html, mail.text):
        assert "A1B2" in part
        assert "December 21, 2026" in part
    assert mail.subject == "5% off, just for you"


def test_names_and_titles_are_escaped_in_html_and_plain_in_text() -> None:
    evil = '<script>alert("1")</script>'
    item = CUSHION.model_copy(update={"title": evil, "instead_of": evil})
    mail = rendered(first_name=evil, items=(item,), related=(item,))
    assert "<script" not in mail.html
    assert "&lt;script&gt;" in mail.html
    assert evil in mail.text


def test_a_title_can_not_break_out_of_an_attribute() -> None:
    item = CUSHION.model_copy(update={"image": 'https://cdn.example.com/a.jpg" onerror="alert(1)'})
    assert ' onerror="' not in rendered(items=(item,)).html


def test_what_looks_like_liquid_in_a_title_is_not_run() -> None:
    item = CUSHION.model_copy(update={"title": "{{ shop.name }}"})
    assert "{{ shop.name }}" in rendered(items=(item,)).text


def test_a_subject_stays_on_one_line() -> None:
    shop = SHOP.model_copy(update={"name": "Lumen\r\nBcc: all@example.com\u2028\x00\x1b[1m"})
    assert rendered(shop=shop).subject.isprintable()


def test_nothing_known_shows_nothing_instead_of_breaking() -> None:
    bare = ShownItem(title="")
    shop = SHOP.model_copy(update={"url": None, "postal_address": None})
    for step in STEPS:
        mail = rendered(
            step, shop=shop, first_name=None, items=(bare,), related=(bare,), total=None, cart_url=None
        )
        assert "None" not in mail.html + mail.text + mail.subject


def test_an_empty_cart_leaves_out_the_list() -> None:
    assert "Your cart\n" not in rendered("reminder_2", items=(), total=None).text


@pytest.mark.parametrize(
    ("amount", "currency", "locale", "shown"),
    [
        (123456, "EUR", "de", "1.234,56\xa0€"),
        (123456, "EUR", "fr", "1\u202f234,56\xa0€"),
        (123456, "CHF", "de-CH", "CHF\xa01\u2019234.56"),
        (123456, "CHF", "it", "1.234,56\xa0CHF"),
        (123456, "VND", "en", "₫123,456"),
        (123456, "KWD", "en", "KWD\xa0123.456"),
    ],
)
def test_money_is_written_as_people_there_do(amount: int, currency: str, locale: str, shown: str) -> None:
    assert money(Money(amount=amount, currency=currency), locale_of(locale, locale[:2])) == shown


def test_an_absurd_amount_is_written_all_the_same() -> None:
    shown = money(Money(amount=10**40, currency="EUR"), locale_of("en", "en"))
    assert shown is not None
    assert shown.replace(",", "") == "\u20ac1" + "0" * 38 + ".00"


@pytest.mark.parametrize("tag", ["xx", "de-XX", "", "not a tag", "de-Latn-CH-1901"])
def test_an_odd_locale_still_writes_money(tag: str) -> None:
    assert "9.90" in str(money(Money(amount=990, currency="CHF"), locale_of(tag, "en"))).replace(",", ".")


@pytest.mark.parametrize(
    ("languages", "spoken", "chosen"),
    [
        (("de", "fr"), "fr", ("fr", "fr")),
        (("de", "fr"), "fr-CH", ("fr", "fr-CH")),
        (("de-CH", "fr-CH"), "fr", ("fr", "fr-CH")),
        (("de", "fr"), "it", ("de", "de")),
        (("de", "fr"), None, ("de", "de")),
        (("en",), "EN_gb", ("en", "EN-gb")),
    ],
)
def test_the_customers_language_if_the_shop_speaks_it_else_the_shops_first(
    languages: tuple[str, ...], spoken: str | None, chosen: tuple[str, str]
) -> None:
    assert language_of(SHOP.model_copy(update={"languages": languages}), spoken) == chosen


def test_a_shop_that_speaks_none_of_our_languages_is_heard_in_english() -> None:
    assert "cart" in rendered(language="es", locale="es").subject


def sent(world: World, **asked: Any) -> Any:
    world.render = TemplateRenderer(world.store)
    world.ask(**asked)
    world.deliver_all()
    return world.provider.calls[0]


def test_a_reminder_shows_the_cart_of_its_customer_in_their_language() -> None:
    email = sent(World())
    assert email.subject == "Ihr Warenkorb bei Lumen wartet auf Sie"
    assert "Guten Tag Anna" in email.text
    assert "2 \xd7 Cushion, 79,80\xa0CHF" in email.text
    assert "https://shop.example.com/cart/1" in email.html


def test_related_products_are_of_the_same_category_at_most_four_and_none_from_the_cart() -> None:
    world = World()
    for product in ("p1", "p2", "p3", "p4", "p5", "p6"):
        world.record_product(product)
    world.record_product("other", category_ids=("chairs",))
    world.record_product("gone", available=False)
    world.record_product("deleted", deleted=True)
    text = sent(world).text
    assert len(re.findall(r"- Product p[2-6]", text)) == 4
    assert "Product p1" not in text
    assert "Product other" not in text
    assert "Product gone" not in text
    assert "Product deleted" not in text


def test_a_sold_out_item_is_replaced_by_one_of_its_category() -> None:
    world = World()
    world.record_product("p1", available=False)
    world.record_product("p2")
    text = sent(world).text
    assert "- Product p2" in text
    assert "anstelle des ausverkauften Artikels: Cushion" in text
    assert "Summe" not in text


def test_a_sold_out_item_without_a_substitute_says_so() -> None:
    world = World()
    world.record_product("p1", available=False)
    assert "Cushion (Zurzeit ausverkauft)" in sent(world).text


def test_the_code_that_was_given_is_the_code_that_is_sent() -> None:
    world = World()
    world.upload_codes("A1")
    email = sent(world, step="reminder_2", code=CODE | {"percent": 10})
    assert email.subject == "10 % Rabatt, nur für Sie"
    assert "A1" in email.text
    assert "5. Dezember 2026" in email.text


def test_a_code_that_the_shop_makes_for_a_least_basket_says_so() -> None:
    made = {"source": "shop", "percent": 10, "valid_for": 86400, "minimum_basket": 5000}
    email = sent(World(), step="reminder_2", code=made)
    assert "für eine Bestellung ab 50,00\u00a0CHF." in email.text
    without = sent(World(), step="reminder_2", code={**made, "minimum_basket": 0})
    assert "für eine Bestellung." in without.text


def test_a_code_of_a_day_is_told_in_hours_when_it_is_sent() -> None:
    made = {"source": "shop", "percent": 10, "valid_for": 86400}
    email = sent(World(), step="reminder_2", code=made)
    assert "Gültig 24 Stunden ab Versand dieser Nachricht, für eine Bestellung." in email.text


def test_a_code_for_free_shipping_is_told_as_such_when_it_is_sent() -> None:
    made = {"source": "shop", "kind": "free_shipping", "valid_for": 30 * 86400}
    assert sent(World(), step="reminder_2", code=made).subject == "Gratisversand, nur für Sie"


def test_links_that_are_no_web_addresses_are_left_out() -> None:
    world = World()
    world.record_cart(restore_url="javascript:alert(1)")
    assert "javascript:" not in sent(world).html


def test_a_long_cart_is_shortened_and_the_rest_counted() -> None:
    world = World()
    line = {"title": "Thing", "quantity": 1, "unit_price": 100, "total": 100}
    world.record_cart(lines=tuple(line | {"title": f"Thing {number}"} for number in range(30)))
    assert "und 22 weitere" in sent(world).text
