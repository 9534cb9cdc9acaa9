"""What customers of the tests do on the site and with messages."""

from datetime import timedelta
from typing import Any

from kairos.domain.profile import EngagementFact
from kairos.domain.visits import ActivityAct
from tests.unit.criteria.people import NOW

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


def act(kind: str, target: str | None = None, ago: timedelta = timedelta(), **fields: Any) -> ActivityAct:
    told = {"at": NOW - ago, "kind": kind, "target": target}
    return ActivityAct.model_validate({**told, **fields})


def event(name: str, ago: timedelta = timedelta(), **fields: str) -> ActivityAct:
    return act("event", name, ago, fields=tuple(sorted(fields.items())))


def became(
    kind: str, ago: timedelta = timedelta(), late: timedelta = timedelta(), **fields: Any
) -> EngagementFact:
    """What became of a message sent so long ago; late: so long after it was sent."""
    told = {
        "kind": kind,
        "sent_at": NOW - ago,
        "at": NOW - ago + late,
        "scenario": "abandoned_cart",
        "message": "reminder_1",
    }
    return EngagementFact.model_validate({**told, **fields})
