"""How far a shop's own API has been asked for what was missed: one sure point for each kind of document.

All times are real ones: a shop dates its changes by its own clock, which runs at no other pace.
"""

from datetime import datetime, timedelta
from typing import Literal

from kairos.domain.value import Instant, Value

Kind = Literal["orders", "customers"]
KINDS: tuple[Kind, ...] = ("orders", "customers")

Found = Literal["missing", "newer", "known"]
"""What reconciling found of a document: nobody had told us of it; only an older telling was known; or nothing
new."""

SETTLING = timedelta(minutes=5)
"""What changed so lately is left to the next look: its webhook may still be on its way, and platforms show
a change in their lists some time after they date it. Our own default."""

OVERLAP = timedelta(minutes=10)
"""How far before the sure point each look begins: together with SETTLING, how far a shop's clock may be
behind ours without anything being passed by. Our own default."""

LONGEST_WINDOW = timedelta(days=1)
"""Asked for at once; what comes after a long outage is sure day by day."""

FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=5), timedelta(hours=1)
"""Before a shop that is out of order is asked again: twice as long each time."""

REFUSED_WAIT = timedelta(days=1)
REFUSED_TIMES = 7
"""A shop that refuses for good is asked daily, this often, since rights may be given to the same token; then
not again until its settings are saved or somebody asks for it."""


class Window(Value):
    """A stretch of time that is being read. cursor: where the reader goes on, None at its beginning."""

    since: Instant
    until: Instant
    cursor: str | None = None


class Progress(Value):
    """Of one kind. sure: whatever changed until then is on the queue. window: what is being read."""

    sure: Instant
    window: Window | None = None


class Obstacle(Value):
    """Why a shop could not be read. since: for how long. lasting: it is not a matter of time."""

    reason: str
    since: Instant
    lasting: bool


class Reconciliation(Value):
    """Of one shop. api: the address that is asked, None: it has given us no access.

    due_at: when to look next, None: not before its settings are saved or somebody asks. done_at: when all
    was last read to its end. failures: in a row.
    """

    api: str | None = None
    connected_at: Instant | None = None
    orders: Progress | None = None
    customers: Progress | None = None
    due_at: Instant | None = None
    done_at: Instant | None = None
    failures: int = 0
    obstacle: Obstacle | None = None

    def progress(self, kind: Kind) -> Progress:
        """How far it is. Only of a shop that has given access."""
        told = self.orders if kind == "orders" else self.customers
        if told is None:
            raise ValueError(f"{kind} of a shop without access")
        return told

    def with_progress(self, kind: Kind, told: Progress) -> "Reconciliation":
        """Likewise, once it is further."""
        return self.model_copy(update={kind: told})


def begun(api: str, now: datetime) -> Reconciliation:
    """Of a shop that has just given access: from now on, as after a look. What was before is for imports."""
    start = Progress(sure=now - SETTLING)
    return Reconciliation(api=api, connected_at=now, orders=start, customers=start, due_at=now)


def at_address(told: Reconciliation | None, api: str, now: datetime) -> Reconciliation:
    """Of a shop that gives access at this address, whatever was known of it.

    At another address, or with access given again, it goes on from what is sure: an address is mended because
    nothing could be read at the former one. What stood in the way, and cursors, were the former one's.
    """
    if told is None or told.orders is None or told.customers is None:
        return begun(api, now)
    if told.api == api:
        return told
    kept: dict[str, Progress] = {kind: Progress(sure=told.progress(kind).sure) for kind in KINDS}
    return told.model_copy(update={"api": api, "due_at": now, "failures": 0, "obstacle": None, **kept})


def without_access(told: Reconciliation | None, now: datetime) -> Reconciliation:
    """Of a shop that has given none, or takes it back; what was sure of it stays so.

    Looked at again daily, since a new version may speak its platform.
    """
    gone = {"api": None, "due_at": now + REFUSED_WAIT, "failures": 0, "obstacle": None}
    return (told or Reconciliation()).model_copy(update=gone)


def next_window(told: Progress, now: datetime) -> Window | None:
    """What to read next: what was begun, else what has settled since; None where that is nothing."""
    if told.window is not None:
        return told.window
    until = min(told.sure + LONGEST_WINDOW, now - SETTLING)
    return Window(since=told.sure - OVERLAP, until=until) if until > told.sure else None


def after_page(told: Progress, read: Window, cursor: str | None) -> Progress:
    """Once a page of the window is on the queue. cursor: where the next one begins, None: there is none."""
    if cursor is None:
        return Progress(sure=max(told.sure, read.until))
    return told.model_copy(update={"window": read.model_copy(update={"cursor": cursor})})


def from_its_beginning(told: Progress) -> Progress:
    """The window once more: its cursor leads nowhere any longer."""
    if told.window is None:
        return told
    return told.model_copy(update={"window": told.window.model_copy(update={"cursor": None})})


def finished(told: Reconciliation, began: datetime, minutes: int) -> Reconciliation:
    """Once all that had settled was read. began: when the look did; minutes: between two looks."""
    due_at = began + timedelta(minutes=minutes)
    return told.model_copy(update={"done_at": began, "due_at": due_at, "failures": 0, "obstacle": None})


def hindered(
    told: Reconciliation, reason: str, lasting: bool, after: timedelta | None, now: datetime
) -> Reconciliation:
    """Once the shop could not be read. after: for how long it wants to be left alone, where it says so."""
    known = told.obstacle
    goes_on = known is not None and known.lasting == lasting
    failures = told.failures + 1 if goes_on else 1
    since = known.since if known is not None and goes_on else now
    return told.model_copy(
        update={
            "failures": failures,
            "obstacle": Obstacle(reason=reason, since=since, lasting=lasting),
            "due_at": _again_at(failures, lasting, after, now),
        }
    )


def _again_at(failures: int, lasting: bool, after: timedelta | None, now: datetime) -> datetime | None:
    if lasting:
        return now + REFUSED_WAIT if failures <= REFUSED_TIMES else None
    if after is not None:
        return now + after
    return now + min(FIRST_WAIT * (1 << min(failures - 1, 10)), LONGEST_WAIT)
