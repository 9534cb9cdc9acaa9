"""Which template is meant: scenario, step, channel, language and country."""

import re
from typing import NamedTuple, get_args

from kairos.adapters.templates.box import LANGUAGES, words_file
from kairos.adapters.templates.composing import source_of
from kairos.domain.consent import Channel
from kairos.domain.errors import NotFound

CHANNELS: tuple[Channel, ...] = ("email", "sms", "push", "web_push", "webhook")
"""Those that messages with a template of ours go out on."""

_PART = re.compile(r"[a-z][a-z0-9_]*")
_LANGUAGE = re.compile(r"([a-z]{2})(?:-([A-Z]{2}))?")


class TemplateName(NamedTuple):
    """Which template: "abandoned_cart.reminder_1.email.de-CH". country: None for wherever they live."""

    scenario: str
    step: str
    language: str
    channel: Channel = "email"
    country: str | None = None

    @property
    def tag(self) -> str:
        """The language as the name says it: "de", "de-CH"."""
        return f"{self.language}-{self.country}" if self.country else self.language


def parse_name(text: str) -> TemplateName:
    """The template of that name; without a channel, the e-mail. Raises NotFound for what does not exist."""
    scenario, _, rest = text.partition(".")
    step, _, rest = rest.partition(".")
    channel, _, tag = rest.rpartition(".")
    language = _LANGUAGE.fullmatch(tag)
    told = channel or "email"
    if language is None or language[1] not in LANGUAGES or told not in channels_of(scenario, step):
        raise NotFound("template", text)
    known: Channel = next(one for one in get_args(Channel) if one == told)
    return TemplateName(scenario, step, language[1], known, language[2])


def channels_of(scenario: str, step: str) -> tuple[Channel, ...]:
    """The channels for which the box has a text of this step; none where there is no such step."""
    if not (_PART.fullmatch(scenario) and _PART.fullmatch(step)):
        return ()
    if source_of(scenario, step, "mjml") is None:
        return ()
    short = words_file("en")["short"].get(scenario, {}).get(step)
    return CHANNELS if short else ("email",)


def all_steps() -> list[tuple[str, str]]:
    """Every (scenario, step) that the box has a template for, sorted."""
    found = words_file("en")
    return sorted(
        (scenario, step)
        for scenario, steps in found.items()
        if isinstance(steps, dict)
        for step in steps
        if channels_of(scenario, step)
    )
