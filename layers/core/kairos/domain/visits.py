"""What was done on the site as criteria see it, and the visits that it makes up."""

from collections.abc import Iterable
from datetime import datetime

from kairos.domain.activity import OFF_SITE, Activity, ActivityKind, Device
from kairos.domain.value import Second, Value

VISIT_PAUSE = 30 * 60
"""Seconds without activity after which the next thing done begins a new visit; our own default."""


class ActivityFact(Value):
    """One visitor's day on the site, counted by kind."""

    day: str
    kinds: dict[str, int]


class ActivityAct(Value):
    """One thing done on the site. starts_visit: nothing was done in the half hour before.

    target, stage, seconds, fields: see Activity. device: what it was done on, None where not told.
    """

    at: Second
    kind: ActivityKind
    target: str | None = None
    stage: str | None = None
    seconds: int = 0
    device: Device | None = None
    fields: tuple[tuple[str, str], ...] = ()
    starts_visit: bool = False


def acts_of(activities: Iterable[Activity]) -> tuple[ActivityAct, ...]:
    """The customer's acts, oldest first, with the visits that they make up."""
    acts: list[ActivityAct] = []
    last_seen: datetime | None = None
    for one in sorted(activities, key=lambda one: (one.at, one.id)):
        act = ActivityAct(
            at=one.at,
            kind=one.kind,
            target=one.target,
            stage=one.stage,
            seconds=one.seconds or 0,
            device=one.device,
            fields=tuple(sorted((one.fields or {}).items())),
        )
        if act.kind not in OFF_SITE:
            begins = last_seen is None or (act.at - last_seen).total_seconds() > VISIT_PAUSE
            act, last_seen = act.model_copy(update={"starts_visit": begins}), act.at
        acts.append(act)
    return tuple(acts)
