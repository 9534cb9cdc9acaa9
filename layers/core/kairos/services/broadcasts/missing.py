"""Which of the latest broadcasts decided nothing for a customer, and why."""

from collections.abc import Collection
from typing import Any

from kairos.domain.broadcast import Broadcast, broadcast_of
from kairos.ports import Items
from kairos.services.broadcasts.store import listed, many
from kairos.services.sentences import Telling, not_started_sentence

MOST_LOOKED_AT = 20
"""Broadcasts: some weeks of a busy shop."""

NOT_AMONG_THEM = "not among its members"
NOT_YET = "its turn has not come"
STOPPED = "broadcast stopped"


def not_reached(
    items: Items, shop: str, causes: Collection[str], scenario: str | None, by: Telling
) -> list[dict[str, Any]]:
    """[{"broadcast", "scenario", "name", "at", "reason", "sentence"}], the latest first.

    causes: of the customer's runs, as members too. scenario: None for all.
    """
    reached = {broadcast_of(cause) for cause in causes}
    named = [one.id for one in listed(items, shop) if scenario in (None, one.scenario)]
    left = [one for one in many(items, shop, named[:MOST_LOOKED_AT]) if one.id not in reached]
    return [
        {
            "broadcast": one.id,
            "scenario": one.scenario,
            "name": one.name,
            "at": one.at.isoformat(),
            "reason": reason,
            "sentence": not_started_sentence(reason, by),
        }
        for one in left
        if not one.starts_runs
        for reason in [_reason(one)]
    ]


def _reason(of: Broadcast) -> str:
    if of.state == "done":
        return NOT_AMONG_THEM
    return STOPPED if of.state == "stopped" else NOT_YET
