"""What visitors do on the site, kept as one capped item per visitor and day."""

from datetime import date
from typing import Literal

from kairos.domain.cart import CartSnapshot
from kairos.domain.identity import Identities
from kairos.domain.value import Instant, Value, digest

ActivityKind = Literal[
    "page",
    "product",
    "category",
    "search",
    "cart",
    "checkout_step",
    "form",
    "chat",
    "event",
    "identify",
    "support",
]

OFF_SITE: frozenset[ActivityKind] = frozenset({"support"})
"""Done elsewhere (a call, a ticket), so that it is no visit."""

Device = Literal["phone", "tablet", "mac", "windows", "linux"]

MOST_PER_DAY = 500
"""Activities kept per visitor and day; the earliest are kept, so that the cap is blind to arrival order."""


class Activity(Value):
    """One thing a visitor did. target: page address, product or category id, query, form or event name.

    stage: of a form "seen", "started" or "sent"; of a checkout_step the step reached; of a cart "added" or
    "removed"; of support "complaint", where it is one. seconds: visible time on a page. fields: a custom
    event's own values. device: what it was done on.
    """

    id: str
    kind: ActivityKind
    at: Instant
    target: str | None = None
    stage: str | None = None
    seconds: int | None = None
    fields: dict[str, str] | None = None
    device: Device | None = None


class BrowserPush(Value):
    """A browser whose owner asked for notifications on the shop's site. at: when; wording: what they read."""

    endpoint: str
    p256dh: str
    auth: str
    at: Instant
    wording: str | None = None


class ActivityBatch(Value):
    """What the script tag sent at once: activities, the cart as it now stands, and who it says it is.

    identities always holds the visitor id; `verified` tells whether an identify in it was signed.
    identified_at: when the visitor was identified, None where the batch identifies nobody.
    link: the token of a mail's link by which they came; who that is, the store knows.
    push: only where a signed identify says whose browser it is.
    refused: paths of the parts that could not be read and were left out, to be counted.
    """

    kind: str = "activity"
    visitor: str
    updated_at: Instant
    activities: tuple[Activity, ...] = ()
    cart: CartSnapshot | None = None
    identities: Identities = Identities()
    identified_at: Instant | None = None
    link: str | None = None
    push: BrowserPush | None = None
    refused: tuple[str, ...] = ()


class ActivityDay(Value):
    """All activity of one visitor on one day (UTC), earliest first, at most MOST_PER_DAY."""

    day: date
    activities: tuple[Activity, ...] = ()


def add_activities(day: ActivityDay, more: tuple[Activity, ...]) -> ActivityDay:
    """The union by id, capped to the earliest; the same whatever the order and repetition of arrivals.

    A page is told when it is opened, and again with the time for which it was visible: the longest counts.
    """
    told = sorted((*day.activities, *more), key=lambda one: (one.seconds or 0, digest(one.as_json())))
    known = {one.id: one for one in told}
    earliest = sorted(known.values(), key=lambda one: (one.at, one.id))
    return ActivityDay(day=day.day, activities=tuple(earliest[:MOST_PER_DAY]))
