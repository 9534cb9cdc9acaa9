"""A shop's own templates: shown, saved, previewed."""

from typing import Any

from kairos import keys
from kairos.adapters.templates.box import LANGUAGES
from kairos.adapters.templates.checking import Draft, ShortDraft, checked
from kairos.adapters.templates.engine import TemplateRenderer, default_text, render_own
from kairos.adapters.templates.mjml import default_mjml
from kairos.adapters.templates.names import TemplateName, all_steps, channels_of
from kairos.adapters.templates.short import default_short, render_own_short
from kairos.adapters.templates.words import put_in_words, sentences
from kairos.domain.shop import Shop
from kairos.domain.value import Instant
from kairos.ports import Delete, Item, Items, Key, Put
from kairos.services.sending.content import Content, Rendered
from kairos.services.sending.example import example, lifelike


def save_template(
    items: Items, shop: Shop, name: TemplateName, draft: Draft | ShortDraft, now: Instant
) -> dict[str, Any]:
    """Check, compile and keep it; answers what was stored. Raises Refused naming the part and the remedy."""
    body = checked(name, draft, example(shop, name.language, name.country, now))
    items.write(Put(Item(_key(shop, name), now.isoformat(), body)))
    return body


def load_template(items: Items, shop: Shop, name: TemplateName) -> dict[str, Any]:
    """The draft's parts and "own": the shop's, else the one in the box as a start for an own one."""
    start = starting_point(name)
    item = items.get(_key(shop, name))
    if item is not None:
        return {part: item.body[part] for part in start._fields} | {"own": True}
    return start._asdict() | {"own": False}


def remove_template(items: Items, shop: Shop, name: TemplateName) -> None:
    """Forget the shop's own; absent is fine."""
    items.write(Delete(_key(shop, name)))


def list_templates(items: Items, shop: Shop) -> list[dict[str, Any]]:
    """Every template of the box for the languages of the shop, and its own variants: {"template", "own"}."""
    prefix = keys.template(shop.id, "", "", "", "").sk.rstrip("#") + "#"
    own = {
        item.key.sk.removeprefix(prefix).replace("#", ".")
        for item in items.query(keys.shop(shop.id).pk, prefix)
    }
    languages = dict.fromkeys(one.split("-")[0] for one in shop.languages if one.split("-")[0] in LANGUAGES)
    boxed = {
        f"{scenario}.{step}.{channel}.{language}"
        for scenario, step in all_steps()
        for channel in channels_of(scenario, step)
        for language in (languages or ("en",))
    }
    return [{"template": name, "own": name in own} for name in sorted(boxed | own)]


def preview(
    items: Items, name: TemplateName, draft: Draft | ShortDraft | None, content: Content, now: Instant
) -> Rendered:
    """The draft, else what would be sent now, filled with this content. Raises Refused."""
    content = lifelike(content, name.scenario, name.step)
    if draft is None:
        return TemplateRenderer(items)(name.scenario, name.step, name.channel, content)
    body = checked(name, draft, example(content.shop, name.language, name.country, now))
    if isinstance(draft, ShortDraft):
        return render_own_short(body, name.channel, content)
    return render_own(body, content)


def starting_point(name: TemplateName) -> Draft | ShortDraft:
    """The template in the box, its sentences put in, as a shop would have written it."""
    if name.channel != "email":
        told = default_short(name.language, name.scenario, name.step, name.channel)
        return ShortDraft(told["title"], told["text"], told["url"])
    mjml, text = default_mjml(name.scenario, name.step), default_text(name.scenario, name.step)
    step = (name.language, name.scenario, name.step)
    return Draft(sentences(*step)["subject"], put_in_words(mjml, *step), put_in_words(text, *step))


def _key(shop: Shop, name: TemplateName) -> Key:
    return keys.template(shop.id, name.scenario, name.step, name.channel, name.tag)
