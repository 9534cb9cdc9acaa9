"""Until when a message waits that may go, but not now: what holds it up, and when it would go."""

from datetime import datetime, timedelta
from typing import NamedTuple

from kairos.domain.criteria.durations import exact_seconds
from kairos.domain.message import Reason
from kairos.services.sending.allowed_hours import spread
from kairos.services.sending.budget import cap_of, free_again_at
from kairos.services.sending.facts import Facts, wanted_frequency

_ASK_FOR_RIVALS = timedelta(hours=12)
"""How often a message asks again whether what goes before it has ended."""

_LEAST, _MOST = timedelta(minutes=1), timedelta(hours=6)
"""Between two looks at an earlier step that is reserved."""


class Deferral(NamedTuple):
    """Why not now, and when."""

    reason: Reason
    until: datetime


def deferral(facts: Facts) -> Deferral | None:
    """What holds the message up, and the moment at which it may go; None where that is now.

    The reason is the first of: an earlier step, the cap, priority, quiet hours, a holiday, the hour. The
    moment is one at which none of them is known to hold it up any more.
    """
    blocked = _earlier_step(facts) or _budget(facts)
    at = blocked.until if blocked else facts.now
    reason: Reason | None = blocked.reason if blocked else None
    open_at = facts.hours.first_open(at)
    if open_at != at:
        reason = reason or ("public holiday" if facts.hours.on_holiday(at) else "quiet hours")
    chosen = _at_their_hour(facts, open_at)
    if chosen != open_at:
        reason = reason or "preferred hour"
    if reason is None:
        return None
    return Deferral(reason, _spread(facts, chosen, chosen != open_at))


def in_time(facts: Facts, at: datetime) -> bool:
    """Whether the step may still go then: by its `not_after`, which codes don't mind."""
    return facts.deadline is None or at <= facts.deadline


def _earlier_step(facts: Facts) -> Deferral | None:
    """Steps never overtake: an earlier one that is still reserved, or waits itself, goes first.

    What is reserved for so long that it will not be sent any more holds nothing up.
    """
    waits = [
        _later_look(facts, entry.reserved_at)
        for entry in facts.budget.entries
        if entry.step.run == facts.request.run
        and entry.step.step != facts.request.step
        and entry.state == "reserved"
        and entry.reserved_at > facts.late_since
    ]
    if facts.asked.held_until is not None and facts.now < facts.asked.held_until:
        waits.append(facts.asked.held_until)
    return Deferral("earlier message first", max(waits)) if waits else None


def _later_look(facts: Facts, reserved_at: datetime) -> datetime:
    pause = min(max(facts.now - reserved_at, _LEAST), _MOST)
    return facts.now + min(pause, reserved_at - facts.late_since)


def _budget(facts: Facts) -> Deferral | None:
    rules = facts.shop.sending
    if facts.standing.delivered < rules.free_until_delivered:
        return None
    cap = cap_of(rules, facts.level, wanted_frequency(facts))
    if (free_at := free_again_at(facts.budget, cap, facts.now)) is not None:
        return Deferral("frequency cap", free_at)
    left = cap.messages - len(facts.budget.within(cap, facts.now))
    if not facts.rivals or left > rules.places_for_priority:
        return None
    began = facts.asked.yielded_at or facts.now
    ends = began + timedelta(seconds=exact_seconds(rules.yield_for))
    return (
        Deferral("higher priority first", min(ends, facts.now + _ASK_FOR_RIVALS))
        if facts.now < ends
        else None
    )


def _at_their_hour(facts: Facts, at: datetime) -> datetime:
    """The same, or the hour at which the customer tends to act: waited for once, and never too long."""
    if facts.standing.hour is None or facts.asked.waited_for_hour:
        return at
    found = facts.hours.at_hour(at, facts.standing.hour)
    return found if found is not None and in_time(facts, found) else at


def _spread(facts: Facts, at: datetime, for_the_hour: bool) -> datetime:
    def fits(one: datetime) -> bool:
        kept = not for_the_hour or facts.hours.hour_of(one) == facts.standing.hour
        return kept and facts.hours.is_open(one) and in_time(facts, one)

    return spread(
        at, facts.step.message_id, timedelta(seconds=exact_seconds(facts.shop.sending.spread)), fits
    )
