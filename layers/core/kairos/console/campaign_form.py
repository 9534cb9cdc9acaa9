"""What a marketer writes for many, as the fields of a form: a text for each language of the shop."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from kairos.domain.errors import Refused

Form = Mapping[str, list[str]]

PARTS = ("heading", "subject", "text", "button_text", "button_url", "image")
ARTICLE = ("title", "text", "url", "image")
MOST_ARTICLES = 3
"""That the form has room for at once; a newsletter may have ten, by the API."""

_PLACE = re.compile(r"content\.(?P<language>[a-z]{2})(?:\.articles\[(?P<article>\d+)\])?(?:\.(?P<part>\w+))?")
_FIELDS = frozenset({"segment", "name", "at", "code_percent", "code_source", "code_pool", "pace"})


class Text(NamedTuple):
    """One language. told: what stands in each field; articles: likewise of each."""

    language: str
    told: Mapping[str, str]
    articles: tuple[Mapping[str, str], ...] = ()

    def content(self) -> dict[str, Any]:
        """As a CampaignContent is written; what is empty is left out."""
        articles = [{name: one for name, one in each.items() if one} for each in self.articles]
        written = [one for one in articles if one]
        told: dict[str, Any] = {name: one for name, one in self.told.items() if one}
        return told | ({"articles": written} if written else {})


class Posted(NamedTuple):
    """The form as it was filled in. at: date and time by the shop's clock, "" for now."""

    texts: tuple[Text, ...]
    segment: str = ""
    name: str = ""
    at: str = ""
    code_percent: str = ""
    code_source: str = ""
    code_pool: str = ""
    pace: str = ""


class Field(NamedTuple):
    """One field of a text. wrong: why it was refused."""

    name: str
    part: str
    value: str
    wrong: str = ""


class View(NamedTuple):
    """One language's fields. filled: whether anything is written in it."""

    language: str
    fields: tuple[Field, ...]
    articles: tuple[tuple[Field, ...], ...]
    filled: bool


def empty(languages: Sequence[str], segment: str) -> Posted:
    """A form for the shop's languages ("de-CH" is "de")."""
    return Posted(tuple(Text(one, {}) for one in _languages(languages)), segment)


def stored(languages: Sequence[str], contents: Mapping[str, Mapping[str, Any]]) -> Posted:
    """The form as something is kept."""
    texts = []
    for language in dict.fromkeys([*_languages(languages), *contents]):
        told = contents.get(language, {})
        articles = tuple({name: one.get(name) or "" for name in ARTICLE} for one in told.get("articles", ()))
        texts.append(Text(language, {name: told.get(name) or "" for name in PARTS}, articles))
    return Posted(tuple(texts))


def read(languages: Sequence[str], form: Form) -> Posted:
    """The form as it was sent."""
    posted = {name.partition(":")[2].partition(":")[0] for name in form if name.startswith("text:")}
    shown = [one for one in sorted(posted) if re.fullmatch("[a-z]{2}", one)]
    texts = tuple(_text(one, form) for one in dict.fromkeys([*_languages(languages), *shown]))
    return Posted(texts, *(_first(form, name) for name in Posted._fields[1:]))


def _text(language: str, form: Form) -> Text:
    told = {name: _first(form, f"text:{language}:{name}") for name in PARTS}
    articles = tuple(
        {name: _first(form, f"text:{language}:article{number}:{name}") for name in ARTICLE}
        for number in range(10)
    )
    return Text(language, told, tuple(one for one in articles if any(one.values())))


def contents(posted: Posted) -> dict[str, Any]:
    """By language what is written; a language without a word is left out."""
    return {one.language: one.content() for one in posted.texts if one.content()}


def wish(posted: Posted, zone: ZoneInfo) -> dict[str, Any]:
    """As a CampaignWish is written. Raises Refused for a time that is none."""
    told: dict[str, Any] = {
        name: getattr(posted, name) for name in ("segment", "name", "code_pool") if getattr(posted, name)
    }
    told |= {
        name: int(text) if (text := getattr(posted, name)).isdecimal() else text
        for name in ("code_percent", "pace")
        if getattr(posted, name)
    }
    if posted.code_source and posted.code_percent:
        told["code_source"] = posted.code_source
    if posted.at:
        told["at"] = _instant(posted.at, zone)
    return {**told, "content": contents(posted)}


def _instant(told: str, zone: ZoneInfo) -> str:
    try:
        return datetime.fromisoformat(told).replace(tzinfo=zone).isoformat()
    except ValueError:
        remedy = "Choose a day and a time, or leave it empty to send at once."
        raise Refused("at", f"{told[:40]!r} is no day and time.", remedy) from None


def views(posted: Posted, wrong: Refused | None) -> list[View]:
    """The form's fields by language, each with what is wrong with it."""
    place = _PLACE.fullmatch(wrong.field) if wrong else None
    why = f"{wrong.problem} {wrong.remedy}" if wrong and place else ""
    return [_view(one, place, why) for one in posted.texts]


def _view(text: Text, place: re.Match[str] | None, why: str) -> View:
    mine = place if place and place["language"] == text.language else None

    def fields(
        prefix: str, names: Sequence[str], told: Mapping[str, str], article: str | None
    ) -> Iterator[Field]:
        for name in names:
            hit = mine and mine["article"] == article and (mine["part"] or "heading") == name
            yield Field(f"text:{text.language}:{prefix}{name}", name, told.get(name, ""), why if hit else "")

    rows = [*text.articles, *({} for _ in range(max(MOST_ARTICLES - len(text.articles), 1)))]
    articles = tuple(
        tuple(fields(f"article{number}:", ARTICLE, one, str(number))) for number, one in enumerate(rows[:10])
    )
    return View(text.language, tuple(fields("", PARTS, text.told, None)), articles, bool(text.content()))


def at_fields(wrong: Refused | None) -> dict[str, str]:
    """What is wrong with the fields beside the texts."""
    name = wrong.field.removeprefix("settings.").partition("[")[0] if wrong else ""
    return {name: f"{wrong.problem} {wrong.remedy}".strip()} if wrong and name in _FIELDS else {}


def elsewhere(wrong: Refused | None) -> str:
    """What is wrong with no field of the form."""
    if wrong is None or at_fields(wrong) or _PLACE.fullmatch(wrong.field):
        return ""
    return f"{wrong.problem} {wrong.remedy}"


def hidden(form: Form) -> list[tuple[str, str]]:
    """All that was filled in, to be sent once more."""
    left_out = {"csrf", "do", "look", "of"}
    return [(name, one) for name, values in form.items() if name not in left_out for one in values]


def _languages(told: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(one.split("-")[0] for one in told))


def _first(form: Form, name: str) -> str:
    return form.get(name, [""])[0].replace("\r\n", "\n").strip()
