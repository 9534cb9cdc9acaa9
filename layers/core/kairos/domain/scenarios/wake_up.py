"""wake_up: a sleeping recipient opens or clicks again; a surprise within the hour.

Figures with a star are our own defaults (the sources give none); each is a setting of the shop.
"""

from kairos.domain.criteria.durations import LastingDuration, WaitDuration
from kairos.domain.scenario import Entry, NamedCriterion, RuleJson, Scenario
from kairos.domain.scenarios.sunset import SLEEPING
from kairos.domain.scenarios.timeline_settings import CODE_DURATIONS, Again, CodeSettings, Percent


class WakeUpSettings(CodeSettings):
    """surprise_after: 30 minutes*, so that it comes within the hour*. awake_within: 3 days*, since they
    opened or clicked. code_percent: 10*, where the shop has codes for it; else the surprise comes without.
    again_after: 180 days*.
    """

    again_after: Again = "P180D"
    surprise_after: WaitDuration = "PT30M"
    awake_within: LastingDuration = "P3D"
    code_percent: Percent = 10


def _asleep(_settings: WakeUpSettings) -> RuleJson:
    return SLEEPING


def _clicks_asleep(settings: WakeUpSettings) -> RuleJson:
    """Who blocks pictures is never seen to open: they go on sleeping, but click."""
    clicked = {"kind": "clicked", "window": {"within": settings.awake_within}}
    return {"all": [SLEEPING, clicked]}


def _answered_lately(_cause: str, settings: WakeUpSettings) -> RuleJson:
    lately = {"window": {"within": settings.awake_within}}
    return {"any": [{"kind": "opened", **lately}, {"kind": "clicked", **lately}]}


WAKE_UP = Scenario(
    name="wake_up",
    title="Wake-up",
    settings=WakeUpSettings,
    durations=("surprise_after", "awake_within", *CODE_DURATIONS),
    criteria={
        "answered_lately": NamedCriterion(_answered_lately, "opened or clicked", "opened and clicked nothing")
    },
    entries={"opened": Entry(_asleep, on_leaving=True), "clicked": Entry(_clicks_asleep)},
    starts_if=("answered_lately",),
    priority=58,
)
