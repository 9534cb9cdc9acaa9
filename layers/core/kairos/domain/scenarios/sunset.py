"""sunset: a recipient opens nothing any more; a last call, and then no more e-mails.

Figures with a star are our own defaults (the sources give none); each is a setting of the shop.
"""

from typing import Any

from kairos.domain.criteria.durations import WaitDuration
from kairos.domain.scenario import Entry, NamedCriterion, RuleJson, Scenario
from kairos.domain.scenarios.timeline_settings import Again, TimelineSettings

SLEEPING: RuleJson = {"kind": "engagement", "any_of": ["sleeping"]}


class SunsetSettings(TimelineSettings):
    """call_after: at once*, from when somebody counts as sleeping (the shop's level `sleeping_after`).
    stop_after: 14 days*, from the last call; who could not be sent that is mailed on.
    again_after: 180 days*.
    """

    again_after: Again = "P180D"
    call_after: WaitDuration = "PT0S"
    stop_after: WaitDuration = "P14D"


def _asleep(_settings: SunsetSettings) -> RuleJson:
    return SLEEPING


def _still_asleep(_cause: str, _settings: Any) -> RuleJson:
    """A click without an open: pictures are blocked, but somebody is there."""
    clicked = {"kind": "clicked", "window": {"within": "P30D"}}
    return {"all": [SLEEPING, {"not": clicked}]}


SUNSET = Scenario(
    name="sunset",
    title="Sunset",
    settings=SunsetSettings,
    durations=("call_after", "stop_after"),
    criteria={"still_asleep": NamedCriterion(_still_asleep, "opens nothing", "opened or clicked")},
    entries={"asleep": Entry(_asleep)},
    priority=10,
)
