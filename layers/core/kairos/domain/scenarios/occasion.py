"""occasion: a birthday, an anniversary, any date on the profile.

Figures with a star are our own defaults (the sources give none); each is a setting of the shop.
"""

from typing import Annotated

from pydantic import Field

from kairos.domain.criteria.criterion import Text
from kairos.domain.criteria.durations import WaitDuration
from kairos.domain.criteria.rule import parse_rule
from kairos.domain.moment import Moment
from kairos.domain.profile import Profile
from kairos.domain.scenario import Entry, NamedCriterion, RuleJson, Scenario, Shown
from kairos.domain.scenarios.named import NOBODY
from kairos.domain.scenarios.timeline_settings import CODE_DURATIONS, Again, CodeSettings, Percent

DateNames = Annotated[tuple[Text, ...], Field(max_length=10)]


class OccasionSettings(CodeSettings):
    """dates: fields of the profile that hold dates which return every year, the birthday alone*; once: those
    that come but once (a wedding to be), none*. days_before: 0*, how early. send_after: 9 hours*, from when
    that day begins at the shop. code_percent: 10*, where the shop has codes for it; else the wishes come
    without. again_after: 7 days*, from one of several dates to the next.
    """

    again_after: Again = "P7D"
    dates: DateNames = ("birthday",)
    once: DateNames = ()
    days_before: Annotated[int, Field(ge=0, le=60)] = 0
    send_after: WaitDuration = "PT9H"
    code_percent: Percent = 10


def _near(settings: OccasionSettings) -> RuleJson | None:
    """None where the shop names no date."""
    near = [_date(settings, one, recurring) for one, recurring in _dates(settings)]
    return {"any": near} if near else None


def _dates(settings: OccasionSettings) -> list[tuple[str, bool]]:
    """Each field, and whether its day returns."""
    return [*((one, True) for one in settings.dates), *((one, False) for one in settings.once)]


def _date(settings: OccasionSettings, name: str, recurring: bool) -> RuleJson:
    when = {"next_days": settings.days_before} if settings.days_before else {"today": True}
    return {"kind": "date_field", "name": name, **when, **({} if recurring else {"recurring": False})}


def _day_is_near(_cause: str, settings: OccasionSettings) -> RuleJson:
    # Settings that name no date any more end what waits: nothing is near.
    return _near(settings) or NOBODY


def _whose_day(profile: Profile, settings: OccasionSettings, moment: Moment) -> Shown:
    near = (
        name
        for name, recurring in _dates(settings)
        if parse_rule(_date(settings, name, recurring)).matches(profile, moment)
    )
    return Shown(occasion=next(near, None))


OCCASION = Scenario(
    name="occasion",
    title="Occasion",
    settings=OccasionSettings,
    durations=("send_after", *CODE_DURATIONS),
    criteria={"day_is_near": NamedCriterion(_day_is_near, "the day is near", "the day is over")},
    entries={"day": Entry(_near, from_midnight=True)},
    shows=_whose_day,
    priority=62,
)
