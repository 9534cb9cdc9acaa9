"""season: a greeting some days before what the customer's country celebrates.

Figures with a star are our own defaults; the calendar (see season_calendar) is the shop's to change.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Self
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from kairos.domain.broadcast import Subject
from kairos.domain.occasions import Occasion
from kairos.domain.scenario import RuleJson, Scenario
from kairos.domain.scenarios.broadcast_settings import BroadcastSettings
from kairos.domain.scenarios.season_calendar import OCCASIONS


class SeasonSettings(BroadcastSettings):
    """days_before: 3*, from the greeting to the day. hour: of the shop's clock, 9*. occasions: the whole
    calendar; what is left out of it is not greeted."""

    days_before: Annotated[int, Field(ge=0, le=60)] = 3
    hour: Annotated[int, Field(ge=0, le=23)] = 9
    occasions: Annotated[tuple[Occasion, ...], Field(max_length=100)] = OCCASIONS

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        ids = [one.id for one in self.occasions]
        if len(ids) != len(set(ids)):
            raise ValueError("occasions name one id twice; give each its own")
        return self


def due_at(settings: SeasonSettings, day: date, zone: ZoneInfo) -> datetime:
    """When the greeting for that day is due."""
    told = datetime.combine(day - timedelta(days=settings.days_before), time(settings.hour), zone)
    return told.astimezone(UTC)


def _in_these_countries(_settings: SeasonSettings, subject: Subject) -> RuleJson:
    return {"kind": "country", "any_of": list(subject.countries)}


SEASON = Scenario(
    name="season",
    title="Season's greetings",
    settings=SeasonSettings,
    durations=("ends_after",),
    criteria={},
    priority=10,
    audiences={"celebrating": _in_these_countries},
)
