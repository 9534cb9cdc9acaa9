"""Messages to many: campaigns made here, the next newsletter, and those that start by themselves."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from kairos.adapters.templates import own
from kairos.adapters.templates.names import parse_name
from kairos.api import read_as
from kairos.console import campaign_form
from kairos.console.asked import Answer, Asked
from kairos.console.campaign_form import Posted
from kairos.console.flow.telling import Telling
from kairos.console.pages.segments import names_of
from kairos.console.sections import SHOP, Route, Section
from kairos.console.serving_mail import framed, mail
from kairos.console.words import NAMES
from kairos.domain.campaign_content import CampaignContent
from kairos.domain.errors import NotFound, NotReady, Refused
from kairos.domain.scenarios import newsletter as newsletters_rules
from kairos.domain.scenarios import registry
from kairos.services.broadcasts import newsletters, running, showing
from kairos.services.broadcasts.making import make_campaign
from kairos.services.broadcasts.wishes import CampaignWish, NewsletterContent
from kairos.services.codes.pools import pools
from kairos.services.results.showing import show_report
from kairos.services.scenarios import show_scenario
from kairos.services.sending.content import RenderedEmail
from kairos.services.sending.previewing import content_for

KINDS = ("campaign", "newsletter", "launch_announcement", "season", "price_drop")
_GOING = ("planned", "counting", "running")


def show(asked: Asked) -> Answer:
    """All of a kind, the newest first."""
    kind = asked.query.get("kind", "")
    kind = kind if kind in KINDS else "campaign"
    told = showing.show_many(asked.parts.items, asked.here.id, kind, asked.query.get("cursor"))
    return asked.page(
        "campaigns.html",
        kind=kind,
        kinds=KINDS,
        found=[_row(asked, one) for one in told["broadcasts"]],
        cursor=told["cursor"],
        standing=None if kind == "campaign" else show_scenario(asked.parts.items, asked.here, kind),
    )


def show_new(asked: Asked) -> Answer:
    """The form, empty, or as a campaign before it was."""
    return _form(asked, campaign_form.empty(asked.here.languages, asked.query.get("segment", "")))


def make(asked: Asked) -> Answer:
    """Whom it would reach; confirmed, it goes."""
    posted = campaign_form.read(asked.here.languages, asked.form)
    if asked.one("do") == "back":
        return _form(asked, posted)
    confirmed = asked.one("do") == "send"
    try:
        wish = read_as(CampaignWish, {**campaign_form.wish(posted, asked.here.zone), "confirm": confirmed})
        told = make_campaign(asked.parts.making(), asked.here.id, wish)
    except Refused as wrong:
        return _form(asked, posted, wrong)
    except (NotFound, NotReady) as why:
        refused = asked.say(f"campaigns.{'choose' if isinstance(why, NotFound) else 'not_ready'}")
        return _form(asked, posted, Refused("segment", refused, ""))
    if confirmed:
        return asked.go(f"{asked.at}/campaigns/{told.answer['id']}", "campaigns.made")
    return asked.page(
        "campaign_count.html",
        told=told.answer,
        posted=posted,
        hidden=campaign_form.hidden(asked.form),
        segment=names_of(asked).get(posted.segment, posted.segment),
        at_time=wish.at,
    )


def show_mail(asked: Asked) -> Answer:
    """The campaign that is being written, as a mail in one language, for a frame of the form."""
    posted = campaign_form.read(asked.here.languages, asked.form)
    language = asked.one("look") or posted.texts[0].language
    text = next((one for one in posted.texts if one.language == language), posted.texts[0])
    step = ("newsletter", "news") if asked.one("of") == "newsletter" else ("campaign", "message")
    try:
        content = read_as(CampaignContent, {"heading": asked.say("campaigns.heading"), **text.content()})
        return mail(Answer(200, _rendered(asked, step, language, content)))
    except Refused:
        return mail(asked.page("template_no_mail.html", 400))


def _rendered(asked: Asked, step: tuple[str, str], language: str, written: CampaignContent) -> str:
    items, now = asked.parts.items, asked.parts.clock.now()
    name = parse_name(f"{step[0]}.{step[1]}.email.{language}")
    content = content_for(items, asked.parts.segments().key, asked.here, now, name.tag, None)
    told = own.preview(items, name, None, content.model_copy(update={"campaign": written}), now)
    return told.html if isinstance(told, RenderedEmail) else ""


def show_one(asked: Asked) -> Answer:
    """One broadcast: how far it is, what it says, and what came of it."""
    told = showing.show_one(asked.parts.items, asked.here.id, asked.path["campaign"])
    return asked.page("campaign.html", **_seen(asked, told), content=_content(told))


def show_progress(asked: Asked) -> Answer:
    """How far it is: a part of the page."""
    told = showing.show_one(asked.parts.items, asked.here.id, asked.path["campaign"])
    return asked.page("campaign_progress.html", **_seen(asked, told))


def _content(told: Mapping[str, Any]) -> list[tuple[str, str, Mapping[str, Any]]]:
    return [(code, NAMES.get(code, code), one) for code, one in told["content"].items()]


def _seen(asked: Asked, told: dict[str, Any]) -> dict[str, Any]:
    row = _row(asked, told)
    by = Telling(asked.say, asked.formats, asked.language)
    left = sorted(told["counts"]["left_out"].items(), key=lambda one: -int(one[1]))
    return {
        "one": row,
        "left_out": [(by.reason(reason), many) for reason, many in left],
        "ended": by.reason(told["reason"]) if told["reason"] else "",
        "results": _results(asked, told),
    }


def _results(asked: Asked, told: Mapping[str, Any]) -> dict[str, Any] | None:
    """The report of the time from its start until the next of its kind. None before it began.

    A report is a scenario's: whatever else of the kind went in this time is counted with it, and `others`
    says how many that were.
    """
    if not told["started_at"]:
        return None
    scenario = registry.scenario(told["scenario"])
    if not scenario.is_broadcast:
        return None
    began = datetime.fromisoformat(told["started_at"])
    many = showing.show_many(asked.parts.items, asked.here.id, scenario.name, None)["broadcasts"]
    starts = sorted(
        datetime.fromisoformat(one["started_at"])
        for one in many
        if one["started_at"] and one["id"] != told["id"]
    )
    following = next((one for one in starts if one > began), None)
    period = {"from": began.isoformat()} | ({"to": following.isoformat()} if following else {})
    others = [one for one in many if one["id"] != told["id"] and _overlaps(one, began, following)]
    try:
        report = show_report(asked.parts.results(), asked.here.id, scenario, period, asked.language)
    except (NotReady, Refused):
        return None
    return {**report, "others": len(others)}


def _overlaps(other: Mapping[str, Any], began: datetime, following: datetime | None) -> bool:
    """Whether another may have sent messages in this time, too."""
    if not other["started_at"] or (
        following is not None and datetime.fromisoformat(other["started_at"]) >= following
    ):
        return False
    return not other["ended_at"] or datetime.fromisoformat(other["ended_at"]) > began


def ask_to_stop(asked: Asked) -> Answer:
    """Asks whether it is to be stopped, and says how far it is."""
    told = showing.show_one(asked.parts.items, asked.here.id, asked.path["campaign"])
    back = f"{asked.at}/campaigns/{told['id']}"
    progress = told["progress"]
    return asked.page(
        "sure.html",
        title=asked.say("campaigns.stop_title"),
        text=asked.say("campaigns.stop_text"),
        button=asked.say("campaigns.stop"),
        action=f"{back}/stop",
        back=back,
        named=[
            _row(asked, told)["called"],
            asked.say("campaigns.decided", n=progress["decided"], of=progress["of"] or 0),
        ],
        typed="",
    )


def stop(asked: Asked) -> Answer:
    """Nobody is sent it from now on."""
    told = showing.show_one(asked.parts.items, asked.here.id, asked.path["campaign"])
    running.stop_run(asked.parts.making().executing, asked.here.id, told["scenario"], told["id"])
    return asked.go(f"{asked.at}/campaigns/{told['id']}", "campaigns.stopped")


def resume(asked: Asked) -> Answer:
    """It goes on where it stood."""
    told = showing.show_one(asked.parts.items, asked.here.id, asked.path["campaign"])
    running.resume_broadcast(asked.parts.making().executing, asked.here.id, told["scenario"], told["id"])
    return asked.go(f"{asked.at}/campaigns/{told['id']}", "campaigns.resumed")


def show_newsletter(asked: Asked) -> Answer:
    """What was prepared for the next one, and when that goes."""
    prepared = newsletters.show_prepared(asked.parts.items, asked.here.id)
    posted = campaign_form.stored(asked.here.languages, prepared["content"] or {})
    return _newsletter(asked, posted, prepared)


def prepare_newsletter(asked: Asked) -> Answer:
    """Kept for the next one."""
    posted = campaign_form.read(asked.here.languages, asked.form)
    try:
        wish = read_as(NewsletterContent, {"content": campaign_form.contents(posted)})
    except Refused as wrong:
        prepared = newsletters.show_prepared(asked.parts.items, asked.here.id)
        return _newsletter(asked, posted, prepared, wrong)
    newsletters.prepare(asked.parts.items, asked.parts.clock, asked.here.id, wish)
    return asked.go(f"{asked.at}/newsletter", "campaigns.prepared")


def _newsletter(
    asked: Asked, posted: Posted, prepared: Mapping[str, Any], wrong: Refused | None = None
) -> Answer:
    standing = show_scenario(asked.parts.items, asked.here, "newsletter")
    answer = asked.page(
        "newsletter.html",
        400 if wrong else 200,
        texts=campaign_form.views(posted, wrong),
        names=NAMES,
        prepared=prepared,
        standing=standing,
        goes_at=_next(asked, standing),
        wrong=campaign_form.elsewhere(wrong),
        of="newsletter",
        articles=campaign_form.MOST_ARTICLES,
    )
    return framed(answer)


def _next(asked: Asked, standing: Mapping[str, Any]) -> datetime:
    """When the next newsletter is due."""
    rules = registry.scenario("newsletter").recall_settings(standing["settings"])
    now = asked.parts.clock.now()
    local = now.astimezone(asked.here.zone)
    later = (local.year + local.month // 12, local.month % 12 + 1)
    due = [
        newsletters_rules.due_at(rules, *month, asked.here.zone)
        for month in ((local.year, local.month), later)
    ]
    return next(at for at in (*due, due[-1]) if at > now or at == due[-1])


def _form(asked: Asked, posted: Posted, wrong: Refused | None = None) -> Answer:
    names = sorted(names_of(asked).items(), key=lambda one: one[1].casefold())
    answer = asked.page(
        "campaign_new.html",
        400 if wrong else 200,
        posted=posted,
        texts=campaign_form.views(posted, wrong),
        names=NAMES,
        segments=names,
        pools=[
            one["pool"] for one in pools(asked.parts.items, asked.here.id, asked.here.discounts.warn_below)
        ],
        fields=campaign_form.at_fields(wrong),
        wrong=campaign_form.elsewhere(wrong),
        of="campaign",
        zone=asked.here.zone.key,
        articles=0,
    )
    return framed(answer)


def _row(asked: Asked, told: dict[str, Any]) -> dict[str, Any]:
    """A broadcast as the pages show it. called: its name, else what it is about."""
    subject, names = told["subject"], names_of(asked)
    occasion = subject["names"].get(asked.language) or subject["occasion"]
    written = next((one["heading"] for one in told.get("content", {}).values()), "")
    called = told["name"] or written or occasion or subject["product"]
    called = called or asked.say(f"scenario_names.{told['scenario']}")
    segment = told["audience"]["segment"]
    counts, progress = told["counts"], told["progress"]
    return {
        **told,
        "called": called,
        "to": names.get(segment, segment) if segment else "",
        "goes": told["state"] in _GOING,
        "share": min(progress["decided"] / progress["of"], 1) if progress["of"] else 0,
        "left": sum(counts["left_out"].values()),
    }


_ONE = f"{SHOP}/campaigns/{{campaign}}"

SECTION = Section(
    "campaigns",
    (
        Route("GET", f"{SHOP}/campaigns", "reader", show),
        Route("GET", f"{SHOP}/new-campaign", "marketer", show_new),
        Route("POST", f"{SHOP}/new-campaign", "marketer", make),
        Route("POST", f"{SHOP}/campaign-mail", "marketer", show_mail),
        Route("GET", _ONE, "reader", show_one),
        Route("GET", f"{_ONE}/progress", "reader", show_progress),
        Route("GET", f"{_ONE}/stop", "marketer", ask_to_stop),
        Route("POST", f"{_ONE}/stop", "marketer", stop),
        Route("POST", f"{_ONE}/resume", "marketer", resume),
        Route("GET", f"{SHOP}/newsletter", "reader", show_newsletter),
        Route("POST", f"{SHOP}/newsletter", "marketer", prepare_newsletter),
    ),
    icon="M4 10v4h3l7 4V6L7 10zM17 9a4 4 0 0 1 0 6",
)
