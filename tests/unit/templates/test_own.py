"""A shop's own templates: mistakes are told when saving, and no template can run away."""

import pytest

from kairos.adapters.memory import MemoryItems
from kairos.adapters.templates.bounded import render
from kairos.adapters.templates.box import LANGUAGES
from kairos.adapters.templates.checking import Draft
from kairos.adapters.templates.engine import TemplateRenderer
from kairos.adapters.templates.names import TemplateName, parse_name
from kairos.adapters.templates.own import load_template, preview, save_template, starting_point
from kairos.domain.errors import NotFound, Refused
from kairos.services.sending.content import RenderedEmail
from kairos.services.sending.example import example
from tests.unit.sending.world import SHOP, START, World

NAME = parse_name("abandoned_cart.reminder_1.de")
DRAFT = Draft(
    subject="Hallo {{ customer.first_name }}",
    mjml="<mjml><mj-body><mj-section><mj-column><mj-text>{% for item in cart.items %}{{ item.title }}"
    '{% endfor %} <a href="{{ unsubscribe_url }}">x</a></mj-text></mj-column></mj-section></mj-body></mjml>',
    text="{{ cart.url }} {{ unsubscribe_url }}",
)


def shown(items: MemoryItems, name: TemplateName, draft: Draft | None = None) -> RenderedEmail:
    told = preview(items, name, draft, example(SHOP, name.language, name.country, START), START)
    assert isinstance(told, RenderedEmail)
    return told


def refusal(draft: Draft) -> Refused:
    with pytest.raises(Refused) as refused:
        save_template(MemoryItems(), SHOP, NAME, draft, START)
    return refused.value


def test_a_saved_template_is_the_one_that_is_sent() -> None:
    world = World()
    save_template(world.store, SHOP, NAME, DRAFT, START)
    world.render = TemplateRenderer(world.store)
    world.ask()
    world.deliver_all()
    email = world.provider.calls[0]
    assert email.subject == "Hallo Anna"
    assert "Cushion" in email.html


def test_it_counts_for_its_own_language_alone() -> None:
    world = World()
    save_template(world.store, SHOP, NAME, DRAFT, START)
    world.record_customer(language="fr")
    world.render = TemplateRenderer(world.store)
    world.ask()
    world.deliver_all()
    assert world.provider.calls[0].subject == "Votre panier chez Lumen vous attend"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("step", ["reminder_1", "reminder_2"])
def test_the_template_in_the_box_is_a_start_that_can_be_saved_as_it_is(step: str, language: str) -> None:
    items, name = MemoryItems(), parse_name(f"abandoned_cart.{step}.{language}")
    before = shown(items, name)
    save_template(items, SHOP, name, starting_point(name), START)
    assert shown(items, name).subject == before.subject
    assert load_template(items, SHOP, name)["own"] is True


@pytest.mark.parametrize(
    ("subject", "problem", "remedy"),
    [
        ("{{ customer.fist_name }}", "'customer.fist_name'", "'customer.first_name'"),
        ("{% if free_shipping %}{{ cart.totl }}{% endif %}", "'cart.totl'", "'cart.total'"),
        ("{{ custmer.first_name }}", "'custmer'", "'customer'"),
        ("{% for one in cart.items %}{{ one.pric }}{% endfor %}", "'one.pric'", "'one.price'"),
        ("{{ shop.name | upcas }}", "'upcas'", "'upcase'"),
        ("{% include 'x' %}", "include", "Correct"),
        ("{% render 'x' %}", "render", "Correct"),
        ("{{ shop", "expected", "Correct"),
    ],
)
def test_a_name_that_does_not_exist_is_refused_with_the_nearest_that_does(
    subject: str, problem: str, remedy: str
) -> None:
    refused = refusal(DRAFT._replace(subject=subject))
    assert refused.field == "subject"
    assert problem in refused.problem
    assert remedy in refused.remedy


@pytest.mark.parametrize("part", ["mjml", "text"])
def test_a_template_without_the_way_out_is_refused(part: str) -> None:
    without = {part: getattr(DRAFT, part).replace("unsubscribe_url", "shop.name")}
    assert refusal(DRAFT._replace(**without)).field == part


@pytest.mark.parametrize(
    "mjml",
    [
        "no mjml at all",
        "<mjml><mj-body><mj-section>",
        "<mjml><mj-body><mj-txt>{{ unsubscribe_url }}</mj-txt></mj-body></mjml>",
        '<mjml><mj-body><mj-include path="/etc/passwd" />{{ unsubscribe_url }}</mj-body></mjml>',
    ],
)
def test_bad_mjml_is_refused(mjml: str) -> None:
    assert refusal(DRAFT._replace(mjml=mjml)).field == "mjml"


def test_mjml_too_deep_to_be_compiled_is_refused_and_kills_nobody() -> None:
    deep = "<mjml><mj-body><mj-raw>" + "<div>" * 20_000 + "</div>" * 20_000 + "</mj-raw></mj-body></mjml>"
    assert refusal(DRAFT._replace(mjml=deep)).field == "mjml"


@pytest.mark.parametrize(
    "source",
    [
        "{% for i in (1..9999999) %}x{% endfor %}",
        "{% for i in (1..40) %}" * 3 + "x" + "{% endfor %}" * 3,
        "{% assign a = 'xxxxxxxxxx' %}" + "{% assign a = a | append: a %}" * 60,
        "{% for i in (1..1900) %}" + "{{ shop.name }}" * 400 + "{% endfor %}",
        "x" * 300_000,
        "{{ 9 | divided_by: 0 }}",
    ],
)
def test_a_template_that_grows_without_end_is_stopped(source: str) -> None:
    with pytest.raises(Refused):
        render(source, {"shop": {"name": "Lumen"}}, html=False)


FAR = "(1..9999999999)"


@pytest.mark.parametrize(
    "source",
    [
        "{{ FAR | join }}",
        "{{ 'x' | default: FAR | join }}",
        "{{ 'x' | append: FAR }}",
        "{{ cart[FAR] }}",
        "{% for i in FAR reversed %}{% endfor %}",
        "{% for i in FAR offset: 9999999998 %}{% endfor %}",
        "{% for i in cart.items limit: FAR %}{% endfor %}",
        "{% if shop.url %}{% for i in cart.items %}{% assign far = FAR %}{% endfor %}{% endif %}",
        "{% if FAR contains 'x' %}{% endif %}",
        "{% if shop.url %}{% elsif shop.name and FAR contains 'x' %}{% endif %}",
        "{% unless FAR contains 'x' %}{% else %}{% endunless %}",
        "{% case FAR %}{% when 1 %}{% endcase %}",
        "{% case 1 %}{% when FAR %}{% endcase %}",
        "{% cycle FAR, 2 %}",
        "{% cycle 'x': 1, FAR %}",
        "{% capture far %}{{ FAR | join }}{% endcapture %}",
        "{% echo FAR | join %}",
        "{% for i in (1..cart.more_items) %}{% endfor %}",
        "{% for i in ('1'..'9999999999') %}{% endfor %}",
    ],
)
def test_nothing_counts_far_not_even_before_the_first_pass(source: str) -> None:
    with pytest.raises(Refused):
        render(source.replace("FAR", FAR), {"shop": {"name": "Lumen"}, "cart": {}}, html=False)


def test_a_short_range_may_be_counted() -> None:
    assert render("{% for i in (1..3) reversed %}{{ i }}{% endfor %}", {}, html=False) == "321"


def test_a_template_nested_too_deeply_is_refused() -> None:
    with pytest.raises(Refused):
        render("{% if " + "a and " * 20_000 + "a %}{% endif %}", {}, html=False)


def test_only_steps_and_languages_that_exist_have_templates() -> None:
    for name in ("abandoned_cart.reminder_9.de", "abandoned_cart.reminder_1.es", "x", "win_back.first.de"):
        with pytest.raises(NotFound):
            parse_name(name)


def test_a_draft_is_previewed_and_not_kept() -> None:
    items = MemoryItems()
    assert shown(items, NAME, DRAFT).subject == "Hallo Alex"
    assert items.stored == {}
