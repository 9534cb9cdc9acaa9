"""The runs of a customer as a member of broadcasts: on no record, they follow from both ids."""

from collections.abc import Iterable, Iterator

from kairos.domain.broadcast import Broadcast, member_run
from kairos.domain.run import Run
from kairos.ports import Items
from kairos.services.broadcasts.store import listed, many


def member_runs(
    items: Items, shop: str, nodes: Iterable[str], most: int | None = None, scenario: str | None = None
) -> Iterator[Run]:
    """Those that there may be: of each node in each broadcast that sends messages, the newest first.

    most: of so many broadcasts, None for all. scenario: of this one, None for all.
    """
    known = sorted(set(nodes))
    named = [one.id for one in listed(items, shop) if scenario in (None, one.scenario)][:most]
    for broadcast in many(items, shop, named):
        if _sends(broadcast):
            for node in known:
                yield member_run(broadcast, node, broadcast.started_at or broadcast.at)


def _sends(broadcast: Broadcast) -> bool:
    """A timeline's release starts runs, which stand in the registry."""
    return broadcast.form is not None and not broadcast.starts_runs
