"""newsletter: once a month, knowledge and brand news to whoever takes e-mails; no promotion, so no code.

It goes only where its content was prepared. Figures with a star are our own defaults.
"""

from calendar import monthrange
from datetime import UTC, date, datetime, time
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Field

from kairos.domain.broadcast import Subject
from kairos.domain.scenario import RuleJson, Scenario
from kairos.domain.scenarios.broadcast_settings import BroadcastSettings


class NewsletterSettings(BroadcastSettings):
    """day: of the month, the 1st*; where the month lacks it, its last. hour: of the shop's clock, 9*."""

    day: Annotated[int, Field(ge=1, le=31)] = 1
    hour: Annotated[int, Field(ge=0, le=23)] = 9


def due_at(settings: NewsletterSettings, year: int, month: int, zone: ZoneInfo) -> datetime:
    """When the newsletter of that month is due."""
    day = min(settings.day, monthrange(year, month)[1])
    return datetime.combine(date(year, month, day), time(settings.hour), zone).astimezone(UTC)


def _subscribers(_settings: NewsletterSettings, _subject: Subject) -> RuleJson:
    return {"kind": "accepts_marketing", "channel": "email"}


NEWSLETTER = Scenario(
    name="newsletter",
    title="Newsletter",
    settings=NewsletterSettings,
    durations=("ends_after",),
    criteria={},
    priority=5,
    audiences={"subscribers": _subscribers},
)
