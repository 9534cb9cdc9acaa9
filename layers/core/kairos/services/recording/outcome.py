"""What becomes of a delivery."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple

from kairos.domain.segment import SegmentId
from kairos.domain.site.rows import Row
from kairos.services.fetching.wanted import Wanted
from kairos.services.recording.reconciled import Noted
from kairos.services.segments.touching import Touched


class Done(NamedTuple):
    """What recording has changed. touched: what the snapshot has to be told of. failed: segments whose rules
    could not be answered for somebody, with the kind of error. site: what the site's files are to be told."""

    touched: Touched = Touched()
    failed: Mapping[SegmentId, str] = MappingProxyType({})
    site: tuple[Row, ...] = ()


class Outcome(NamedTuple):
    """What became of a delivery. kind: "dead" goes to the dead letters with reason, field and problem.

    reason: a short, closed text to count by; for a dropped delivery its topic. problem: for people.
    done: what recording it has changed. noted: what reconciling found by it.
    wanted: what the shop's API has to be asked for first.
    """

    kind: Literal["recorded", "dropped", "erased", "dead", "to fetch"]
    reason: str = ""
    field: str = ""
    problem: str = ""
    done: Done = Done()
    noted: tuple[Noted, ...] = ()
    wanted: Wanted | None = None
