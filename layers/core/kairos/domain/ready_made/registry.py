"""The closed registry of ready-made segments: a new one is a few lines in its family's file."""

from collections.abc import Mapping
from functools import lru_cache

from kairos.domain.errors import NotFound
from kairos.domain.levels import Levels
from kairos.domain.ready_made.buyers import BUYERS
from kairos.domain.ready_made.people import PEOPLE
from kairos.domain.ready_made.prices import PRICES
from kairos.domain.ready_made.prospects import PROSPECTS
from kairos.domain.ready_made.ready_made import ReadyMade
from kairos.domain.ready_made.recipients import RECIPIENTS
from kairos.domain.segment import Segment

READY_MADE: Mapping[str, ReadyMade] = {
    one.id: one for one in (*BUYERS, *PRICES, *PROSPECTS, *RECIPIENTS, *PEOPLE)
}
"""Every ready-made segment, templates too, by id."""


_DEFAULTS = Levels()


@lru_cache(maxsize=64)
def ready_made_segments(levels: Levels = _DEFAULTS) -> Mapping[str, Segment]:
    """Those that every shop has as they are, by id; templates are none before they are copied.

    levels: the shop's, by which some of them go.
    """
    return {one.id: one.segment(levels) for one in READY_MADE.values() if not one.is_template}


def ready_made(segment: str) -> ReadyMade:
    """The ready-made segment of that id. Raises NotFound."""
    if segment not in READY_MADE:
        raise NotFound("ready-made segment", segment)
    return READY_MADE[segment]
