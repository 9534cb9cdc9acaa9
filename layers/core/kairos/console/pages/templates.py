"""Texts of messages: which are the shop's own, each to be changed, looked at, tried, and put back."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from kairos.adapters.templates import checking, own
from kairos.adapters.templates.names import CHANNELS, TemplateName, parse_name
from kairos.console.asked import Answer, Asked
from kairos.console.flow.definition import machines
from kairos.console.sections import SHOP, Route, Section
from kairos.console.serving_mail import framed, mail
from kairos.console.words import NAMES
from kairos.domain.errors import NotFound, Refused
from kairos.domain.identity import folded_email
from kairos.domain.scenarios.registry import SCENARIOS
from kairos.services.customers import load_profile
from kairos.services.sending.content import RenderedEmail
from kairos.services.sending.previewing import content_for
from kairos.services.sending.testing import send_test

_OPT_IN = "double_opt_in"


def show(asked: Asked) -> Answer:
    """Every step with its channels, in one language."""
    found = own.list_templates(asked.parts.items, asked.here)
    tags = sorted({one["template"].rpartition(".")[2] for one in found})
    language = asked.query.get("language", "")
    language = language if language in tags else _first_language(asked, tags)
    steps: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for one in found:
        scenario, step, channel, tag = one["template"].split(".")
        if tag == language:
            told = {"channel": channel, "own": one["own"], "name": one["template"]}
            steps.setdefault(scenario, {}).setdefault(step, []).append(told)
    listed = [
        (
            scenario,
            [(step, _in_order(steps[scenario][step])) for step in _steps_in_order(scenario, steps[scenario])],
        )
        for scenario in (*SCENARIOS, _OPT_IN)
        if scenario in steps
    ]
    return asked.page(
        "templates.html",
        listed=listed,
        tags=[(one, _tag_name(one)) for one in tags],
        chosen=language,
        own=sum(one["own"] for one in found),
    )


def _first_language(asked: Asked, tags: list[str]) -> str:
    wanted = (asked.language, asked.here.languages[0].split("-")[0], *tags, "en")
    return next(one for one in wanted if one in tags or one == "en")


def _in_order(texts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(texts, key=lambda one: CHANNELS.index(one["channel"]))


def _steps_in_order(scenario: str, steps: Iterable[str]) -> list[str]:
    """As the scenario's definition names them."""
    order = re.findall(r"'step': '(\w+)'", str(machines().get(scenario, "")))
    return sorted(steps, key=lambda one: (order.index(one) if one in order else len(order), one))


def _tag_name(tag: str) -> str:
    language, _, country = tag.partition("-")
    return f"{NAMES[language]} ({country})" if country else NAMES[language]


def show_one(asked: Asked) -> Answer:
    """The editor, beside it what would be sent now."""
    name = _name(asked)
    return _editor(asked, name, own.load_template(asked.parts.items, asked.here, name))


def save(asked: Asked) -> Answer:
    """Checked, compiled and kept; or the editor again with what is wrong at its part."""
    name = _name(asked)
    draft = _draft(asked, name)
    try:
        own.save_template(asked.parts.items, asked.here, name, draft, asked.parts.clock.now())
    except Refused as wrong:
        held = own.load_template(asked.parts.items, asked.here, name)
        return _editor(asked, name, {**draft._asdict(), "own": held["own"]}, wrong)
    return asked.go(f"{asked.at}/templates/{asked.path['template']}", "templates.saved")


def show_mail(asked: Asked) -> Answer:
    """The mail as it would be sent now, for a frame of the editor."""
    return _mail(asked, _name(asked), None)


def show_draft(asked: Asked) -> Answer:
    """The draft as a mail, for the same frame."""
    name = _name(asked)
    return _mail(asked, name, _draft(asked, name))


def preview(asked: Asked) -> Answer:
    """The draft in plain words, or what is wrong with it: a part of the page."""
    name = _name(asked)
    return asked.page("template_preview.html", **_looked_at(asked, name, _draft(asked, name)))


def test(asked: Asked) -> Answer:
    """What is kept goes to an address of the shop's own."""
    name = _name(asked)
    try:
        customer = _customer(asked)
        to = asked.one("to")
        send_test(asked.parts.testing(), asked.here, name.scenario, name.step, name.tag, to, customer)
    except Refused as wrong:
        held = own.load_template(asked.parts.items, asked.here, name)
        return _editor(asked, name, held, untested=f"{wrong.problem} {wrong.remedy}")
    return asked.go(f"{asked.at}/templates/{asked.path['template']}", "templates.tested")


def ask_to_reset(asked: Asked) -> Answer:
    """Asks whether the shop's own text is to be given up."""
    name, back = _name(asked), f"{asked.at}/templates/{asked.path['template']}"
    return asked.page(
        "sure.html",
        title=asked.say("templates.reset_title"),
        text=asked.say("templates.reset_text"),
        button=asked.say("templates.reset"),
        action=f"{back}/reset",
        back=back,
        named=[_title(asked, name), asked.say(f"templates.channel.{name.channel}"), _tag_name(name.tag)],
        typed="",
    )


def reset(asked: Asked) -> Answer:
    """From now on the text in the box is sent."""
    own.remove_template(asked.parts.items, asked.here, _name(asked))
    return asked.go(f"{asked.at}/templates/{asked.path['template']}", "templates.is_reset")


def variant(asked: Asked) -> Answer:
    """On to the text for one country."""
    name, country = _name(asked), asked.query.get("country", "").strip().upper()
    told = f"{name.scenario}.{name.step}.{name.channel}.{name.language}"
    try:
        parse_name(f"{told}-{country}")
    except NotFound:
        held = own.load_template(asked.parts.items, asked.here, name)
        return _editor(asked, name, held, no_country=asked.say("templates.no_country"))
    return asked.go(f"{asked.at}/templates/{told}-{country}")


def _editor(
    asked: Asked,
    name: TemplateName,
    held: Mapping[str, Any],
    wrong: Refused | None = None,
    untested: str = "",
    no_country: str = "",
) -> Answer:
    base = f"{name.scenario}.{name.step}"
    listed = [one["template"] for one in own.list_templates(asked.parts.items, asked.here)]
    siblings = [one for one in listed if one.startswith(f"{base}.")]
    tags = sorted({one.rpartition(".")[2] for one in siblings} | {name.tag})
    why = f"{wrong.problem} {wrong.remedy}" if wrong else ""
    at = wrong.field.partition(".")[0].partition("[")[0] if wrong else ""
    # An sms is its text alone.
    parts = ["text"] if name.channel == "sms" else [one for one in held if one != "own"]
    answer = asked.page(
        "template.html",
        400 if wrong or untested or no_country else 200,
        code=asked.path["template"],
        named=name,
        title=_title(asked, name),
        held=held,
        parts=parts,
        wrong={at: why} if at in parts else {},
        elsewhere=why if at not in parts else "",
        untested=untested,
        no_country=no_country,
        channels=[(one, f"{base}.{one}.{name.tag}") for one in CHANNELS if _has(siblings, one)],
        tags=[(_tag_name(one), f"{base}.{name.channel}.{one}", one == name.tag) for one in tags],
        customer=asked.one("customer"),
        to=asked.one("to") or asked.email,
        steps_scenario=name.scenario if name.scenario in SCENARIOS else "",
        **_looked_at(asked, name, None),
    )
    return framed(answer)


def _has(siblings: list[str], channel: str) -> bool:
    return any(one.split(".")[2] == channel for one in siblings)


def _title(asked: Asked, name: TemplateName) -> str:
    return asked.say(f"steps.{name.scenario}.{name.step}")


def _looked_at(
    asked: Asked, name: TemplateName, draft: checking.Draft | checking.ShortDraft | None
) -> dict[str, Any]:
    """What a preview shows. refused: why there is none."""
    try:
        told, refused = _rendered(asked, name, draft), ""
    except Refused as wrong:
        told, refused = None, f"{wrong.problem} {wrong.remedy}"
    kind = "mail" if isinstance(told, RenderedEmail) else name.channel
    return {"rendered": told, "refused": refused, "kind": kind}


def _mail(asked: Asked, name: TemplateName, draft: checking.Draft | checking.ShortDraft | None) -> Answer:
    if name.channel != "email":
        raise NotFound("template", asked.path["template"])
    try:
        told = _rendered(asked, name, draft)
    except Refused:
        return mail(asked.page("template_no_mail.html", 400))
    return mail(Answer(200, told.html if isinstance(told, RenderedEmail) else ""))


def _rendered(asked: Asked, name: TemplateName, draft: checking.Draft | checking.ShortDraft | None) -> Any:
    items, now = asked.parts.items, asked.parts.clock.now()
    key = asked.parts.segments().key
    content = content_for(items, key, asked.here, now, name.tag, _customer(asked))
    return own.preview(items, name, draft, content, now)


def _customer(asked: Asked) -> str | None:
    """The customer that was named, by address or id; None: an example. Raises Refused for nobody."""
    told = asked.one("customer")
    if not told:
        return None
    email = folded_email(told)
    node = asked.parts.segments().key.node(asked.here.id, "email", email) if email else told
    profile = load_profile(asked.parts.items, asked.here.id, node)
    if profile is None:
        raise Refused("customer", asked.say("templates.nobody"), asked.say("templates.nobody_remedy"))
    return profile.id


def _name(asked: Asked) -> TemplateName:
    return parse_name(asked.path["template"])


def _draft(asked: Asked, name: TemplateName) -> checking.Draft | checking.ShortDraft:
    parts = checking.Draft._fields if name.channel == "email" else checking.ShortDraft._fields
    # A browser ends lines with CR LF (HTML, "constructing the entry list").
    return _draft_of(name, {part: asked.one(part).replace("\r\n", "\n") for part in parts})


def _draft_of(name: TemplateName, told: Mapping[str, Any]) -> checking.Draft | checking.ShortDraft:
    if name.channel == "email":
        return checking.Draft(*(told[part] for part in checking.Draft._fields))
    return checking.ShortDraft(*(told[part] for part in checking.ShortDraft._fields))


_ONE = f"{SHOP}/templates/{{template}}"

SECTION = Section(
    "templates",
    (
        Route("GET", f"{SHOP}/templates", "reader", show),
        Route("GET", _ONE, "reader", show_one),
        Route("POST", _ONE, "marketer", save),
        Route("GET", f"{_ONE}/mail", "reader", show_mail),
        Route("POST", f"{_ONE}/mail", "marketer", show_draft),
        Route("POST", f"{_ONE}/preview", "marketer", preview),
        Route("POST", f"{_ONE}/test", "marketer", test),
        Route("GET", f"{_ONE}/reset", "marketer", ask_to_reset),
        Route("POST", f"{_ONE}/reset", "marketer", reset),
        Route("GET", f"{_ONE}/variant", "marketer", variant),
    ),
    icon="M4 6h16v12H4zM4 7l8 6 8-6",
)
