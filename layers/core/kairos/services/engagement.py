"""What was reported about one message, less what machines did with it."""

from collections.abc import Iterable
from datetime import datetime
from typing import get_args

from kairos.domain.machine_opens import Act, Reported, by_people
from kairos.ports import Item


def people_only(events: Iterable[Item]) -> list[tuple[str, datetime]]:
    """(kind, when) of each stored event (keys.engagement) but the opens and clicks of machines."""
    told = [(item.body, datetime.fromisoformat(item.body["at"])) for item in events]
    acts = [
        Reported(body["kind"], at, body.get("detail"), bool(body.get("machine")))
        for body, at in told
        if body["kind"] in get_args(Act)
    ]
    others = [(str(body["kind"]), at) for body, at in told if body["kind"] not in get_args(Act)]
    delivered = min((at for kind, at in others if kind == "delivery"), default=None)
    return [*others, *((one.kind, one.at) for one in by_people(acts, delivered))]
