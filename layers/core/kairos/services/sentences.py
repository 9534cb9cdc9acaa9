"""Decisions in sentences, in each language that the product speaks."""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_timedelta

from kairos.domain.criteria.durations import exact_seconds
from kairos.domain.errors import Refused
from kairos.domain.shop import Shop
from kairos.domain.why.de import DE
from kairos.domain.why.en import EN
from kairos.domain.why.fr import FR
from kairos.domain.why.it import IT
from kairos.domain.why.words import Words
from kairos.services.sending.decisions import Decision

LANGUAGES: Mapping[str, Words] = {"de": DE, "en": EN, "fr": FR, "it": IT}

_PART = re.compile(r"\[([^\]]*)\]")
_DAY = timedelta(days=1)
_ELIDED = frozenset({8, 11})
"""Days whose Italian name begins with a vowel: "l'8 marzo"."""


class Telling(NamedTuple):
    """In which language, by whose clock, and when it is told (dates of other years name the year)."""

    words: Words
    zone: ZoneInfo
    now: datetime


def telling(shop: Shop, language: str | None, now: datetime) -> Telling:
    """language: as asked for, None for the shop's first that the product speaks. Raises Refused."""
    if language is not None and language not in LANGUAGES:
        raise Refused(
            "language", f"{language[:20]!r} is none of ours.", f"Use one of {', '.join(LANGUAGES)}."
        )
    own = (one.partition("-")[0] for one in shop.languages)
    chosen = language or next((one for one in own if one in LANGUAGES), "en")
    return Telling(LANGUAGES[chosen], shop.zone, now)


def sentence(told: Decision, by: Telling) -> str:
    """What was decided, when and why: "Not sent on 12 March at 14:03: in quiet hours until 08:00 (…)."."""
    words = by.words
    text = _filled(words.leads[told.what], {"at": _at(told.at, by), "reason": reason_text(told, by)})
    return text + (_filled(words.repeated, {"count": str(told.count)}) if told.count > 1 else "")


def reason_text(told: Decision, by: Telling) -> str:
    """The reason alone, as the end of a sentence."""
    went_through, _, left_out = told.reason.partition(": ")
    if went_through == "finished" and left_out:
        inner = reason_text(told.model_copy(update={"reason": left_out}), by)
        return _filled(by.words.finished, {"reason": inner})
    facts = _facts(told, by)
    text = by.words.reasons.get(told.reason, told.reason)
    return _filled(_PART.sub(lambda part: _if_known(part[1], facts), text), facts)


def not_started_sentence(reason: str, by: Telling) -> str:
    """Why something that might have started a run did not."""
    return _filled(by.words.leads["not started"], {"reason": plain_reason(reason, by.words)})


def plain_reason(reason: str, words: Words) -> str:
    """A reason without what one decision adds to it; one that has no words is itself."""
    return _PART.sub("", words.reasons.get(reason, reason))


def _facts(told: Decision, by: Telling) -> dict[str, str]:
    """What texts may name, of what is known."""
    known, words = told.facts, by.words
    zone = _zone(known.get("time_zone"), by.zone)
    facts = {"cap": str(known["cap"])} if known.get("cap") is not None else {}
    if told.until is not None:
        facts["moment"] = _moment(told.until, zone, by)
        near = told.until - told.at < _DAY
        facts["until"] = _dated(words.until if near else words.until_then, told.until, zone, by)
    if isinstance(deadline := known.get("too_late_after"), str):
        facts["deadline"] = _moment(datetime.fromisoformat(deadline), zone, by)
    if isinstance(window := known.get("cap_window"), str):
        facts["window"] = _length(window, by)
    if (channel := known.get("channel")) in words.channels:
        facts["channel"] = words.channels[str(channel)]
    if isinstance(under_way := known.get("under_way"), str):
        facts["under_way"] = under_way
    return facts


def _if_known(part: str, facts: Mapping[str, str]) -> str:
    return part if all(name in facts for name in re.findall(r"\{(\w+)\}", part)) else ""


def _filled(text: str, facts: Mapping[str, str]) -> str:
    return text.format_map(facts)


def _at(at: datetime, by: Telling) -> str:
    return _dated(by.words.at, at, by.zone, by)


def _moment(at: datetime, zone: ZoneInfo, by: Telling) -> str:
    return _dated(by.words.moment, at, zone, by)


def _dated(text: str, at: datetime, zone: ZoneInfo, by: Telling) -> str:
    local = at.astimezone(zone)
    day = _day(local.date(), by)
    article = "l'" if local.day in _ELIDED else "il "
    shown = {"date": day, "il_date": article + day, "time": f"{local:%H:%M}", "zone": zone.key}
    return _filled(text, shown)


def _day(day: date, by: Telling) -> str:
    with_year = day.year != by.now.astimezone(by.zone).year
    locale = by.words.locale
    form = "d. MMMM" if locale.startswith("de") else "d MMMM"
    text = format_date(day, form + (" y" if with_year else ""), locale)
    return f"1er{text[1:]}" if locale.startswith("fr") and day.day == 1 else text


def _length(duration: str, by: Telling) -> str:
    length = timedelta(seconds=exact_seconds(duration))
    unit: Literal["day", "hour"] = "day" if length % _DAY == timedelta() else "hour"
    return format_timedelta(length, granularity=unit, threshold=100_000, locale=by.words.locale)


def _zone(name: object, otherwise: ZoneInfo) -> ZoneInfo:
    return ZoneInfo(name) if isinstance(name, str) else otherwise
