"""A shop's own templates: checked when saved, so that no customer is the first to see a mistake."""

import re
from collections.abc import Iterable
from datetime import timedelta
from typing import Any, NamedTuple

from kairos import keys
from kairos.adapters.templates.bounded import FILTERS, compiled
from kairos.adapters.templates.engine import default_text, render_default, render_own
from kairos.adapters.templates.mjml import compiled_own, default_mjml
from kairos.adapters.templates.variables import ITEM_NAMES, NAMES
from kairos.adapters.templates.words import sentences
from kairos.domain.errors import NotFound, Refused
from kairos.domain.money import Money
from kairos.domain.refusing import nearest
from kairos.domain.shop import Shop
from kairos.domain.value import Instant
from kairos.ports import Item, Items, Key, Put
from kairos.services.sending.content import Content, RenderedEmail, ShownItem
from kairos.services.sending.facts import CHANNEL

_WORD = re.compile(r"\{\{ words\.(\w+) \}\}")
_OF_LISTS = ("size", "first", "last")
_UNSUBSCRIBE = "unsubscribe_url"


class TemplateName(NamedTuple):
    """Which template: "abandoned_cart.reminder_1.de"."""

    scenario: str
    step: str
    language: str


class Draft(NamedTuple):
    """What a shop writes: Liquid in all three; mjml: the body, a whole MJML document."""

    subject: str
    mjml: str
    text: str


def parse_name(text: str) -> TemplateName:
    """The template of that name. Raises NotFound for a step or language that does not exist."""
    scenario, _, rest = text.partition(".")
    step, _, language = rest.partition(".")
    try:
        sentences(language, scenario, step)
    except KeyError:
        raise NotFound("template", text) from None
    return TemplateName(scenario, step, language)


def save_template(items: Items, shop: Shop, name: TemplateName, draft: Draft, now: Instant) -> dict[str, Any]:
    """Check, compile and keep it; answers what was stored. Raises Refused naming the part and the remedy."""
    own = _checked(shop, name, draft, now)
    items.write(Put(own))
    return own.body


def load_template(items: Items, shop: Shop, name: TemplateName) -> dict[str, Any]:
    """{"subject", "mjml", "text", "own"}: the shop's, else the one in the box as a start for an own one."""
    item = items.get(_key(shop, name))
    if item is not None:
        return {part: item.body[part] for part in Draft._fields} | {"own": True}
    return starting_point(name)._asdict() | {"own": False}


def preview(items: Items, shop: Shop, name: TemplateName, draft: Draft | None, now: Instant) -> RenderedEmail:
    """The draft, else what would be sent now, with an example cart. Raises Refused."""
    content = example(shop, name.language, now)
    if draft is not None:
        return render_own(_checked(shop, name, draft, now), content)
    own = items.get(_key(shop, name))
    return render_own(own, content) if own else render_default(name.scenario, name.step, content)


def starting_point(name: TemplateName) -> Draft:
    """The template in the box, its sentences put in, as a shop would have written it."""
    words = sentences(name.language, name.scenario, name.step)
    path = f"{name.scenario}/{name.step}"

    def put_in(source: str) -> str:
        return _WORD.sub(lambda found: words[found[1]], source)

    return Draft(words["subject"], put_in(default_mjml(path)), put_in(default_text(path)))


def example(shop: Shop, language: str, now: Instant) -> Content:
    """A content that has everything."""
    price = Money(amount=4900, currency=shop.currency)
    item = ShownItem(title="Example product", quantity=2, unit_price=price, total=price, url=shop.url)
    return Content(
        shop=shop,
        language=language,
        locale=next((one for one in shop.languages if one.startswith(language)), language),
        first_name="Alex",
        last_name="Example",
        items=(item, item.model_copy(update={"instead_of": "Another product", "quantity": 1})),
        more_items=1,
        total=price,
        related=(item.model_copy(update={"quantity": 0}),) * 2,
        cart_url=shop.url or "https://example.com/cart",
        code="EXAMPLE-5",
        percent=5,
        code_expires_at=now + timedelta(days=30),
        unsubscribe_url="https://example.com/unsubscribe",
    )


def _checked(shop: Shop, name: TemplateName, draft: Draft, now: Instant) -> Item:
    html = compiled_own(draft.mjml)
    for part, source in (("subject", draft.subject), ("mjml", html), ("text", draft.text)):
        _check(part, source)
    for part, source in (("mjml", html), ("text", draft.text)):
        if _UNSUBSCRIBE not in source:
            remedy = "Put {{ unsubscribe_url }} in it: every message must let its reader unsubscribe."
            raise Refused(part, "It holds no unsubscribe link.", remedy)
    body = {"subject": draft.subject, "mjml": draft.mjml, "html": html, "text": draft.text}
    own = Item(_key(shop, name), now.isoformat(), body)
    content = example(shop, name.language, now)
    variant = content.model_copy(update={"variant": "free_shipping", "code": None, "items": ()})
    for one in (content, variant):
        render_own(own, one, strict=True)
    return own


def _check(part: str, source: str) -> None:
    """Every name and filter must exist, also in branches that the example does not reach."""
    try:
        found = compiled(source, html=False).analyze(include_partials=False)
    except Refused as wrong:
        raise Refused(part, wrong.problem, wrong.remedy) from None
    for root, uses in found.globals.items():
        _must_be(part, root, NAMES)
        for use in uses:
            if len(use.segments) > 1 and NAMES[root]:
                _must_be(part, f"{root}.{use.segments[1]}", [f"{root}.{name}" for name in NAMES[root]])
    for root in found.variables.keys() - found.globals.keys() - found.locals.keys() - {"forloop"}:
        for use in found.variables[root]:
            if len(use.segments) > 1:
                known = [f"{root}.{name}" for name in (*ITEM_NAMES, *_OF_LISTS)]
                _must_be(part, f"{root}.{use.segments[1]}", known)
    for name in found.filters:
        _must_be(part, name, FILTERS)


def _must_be(part: str, name: str, known: Iterable[str]) -> None:
    known = list(known)
    if name not in known:
        raise Refused(part, f"There is no {name!r}.", nearest(name, known))


def _key(shop: Shop, name: TemplateName) -> Key:
    return keys.template(shop.id, name.scenario, name.step, CHANNEL, name.language)
