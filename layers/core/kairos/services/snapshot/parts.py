"""What the services of the snapshot need, put together."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import NamedTuple

from kairos.engine.local_files import LocalFiles
from kairos.ports import Counts, Sweep
from kairos.services.segments.evaluating import Evaluating
from kairos.services.snapshot.feeding import Feeding
from kairos.services.snapshot.reading import Snapshots


class Watch(NamedTuple):
    """Real time. now: what it is; has_time: whether so many seconds of work may still be begun."""

    now: Callable[[], datetime]
    has_time: Callable[[int], bool]


class Recomputing(NamedTuple):
    """What recomputing needs. on_error: is told in which step of which shop something failed, and by what.

    on_difference: is told of which customers of a shop the snapshot said something else than the table.
    """

    feeding: Feeding
    evaluating: Evaluating
    snapshots: Snapshots
    local: LocalFiles
    sweep: Sweep
    counts: Counts
    watch: Watch
    on_error: Callable[[str, str, Exception], None]
    on_difference: Callable[[str, Collection[str]], None]
