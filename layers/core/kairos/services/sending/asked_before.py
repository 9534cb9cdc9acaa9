"""What was answered to a step before: since when it waits, and what it waited for already."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from kairos.services.sending.decisions import Decision, Kept

_FORGOTTEN_AFTER = timedelta(hours=1)
"""A step that did not ask again so long after its time holds up no other: its branch has died."""

_AFTER_IT = timedelta(minutes=1)


class AskedBefore(NamedTuple):
    """deferred_at: when it was first deferred; yielded_at: when it first yielded to a higher priority.

    waited_for_hour: it waited for the customer's hour, and that came. held_until: until when an earlier
    step of the run, which waits itself, holds it up.
    """

    deferred_at: datetime | None = None
    yielded_at: datetime | None = None
    waited_for_hour: bool = False
    held_until: datetime | None = None


def asked_before(kept: Sequence[Kept], step: str, now: datetime) -> AskedBefore:
    """kept: what was decided for the run, oldest first. Of two steps that asked first is the earlier one."""
    told = [one.decision for one in kept if one.decision.step is not None]
    own = [one for one in told if one.step == step and one.what == "deferred"]
    for_hour = [one.until for one in own if one.reason == "preferred hour" and one.until is not None]
    return AskedBefore(
        deferred_at=min((one.at for one in own), default=None),
        yielded_at=min((one.at for one in own if one.reason == "higher priority first"), default=None),
        waited_for_hour=any(until <= now for until in for_hour),
        held_until=_held_until(told, step, now),
    )


def _held_until(told: Sequence[Decision], step: str, now: datetime) -> datetime | None:
    first: dict[str | None, datetime] = {}
    last: dict[str | None, Decision] = {}
    for one in told:
        first.setdefault(one.step, one.at)
        last[one.step] = one
    began = first.get(step, now)
    holding = [
        one.until
        for name, one in last.items()
        if name != step
        and first[name] < began
        and one.what == "deferred"
        and one.until is not None
        and now < one.until + _FORGOTTEN_AFTER
    ]
    return max(*holding, now) + _AFTER_IT if holding else None
