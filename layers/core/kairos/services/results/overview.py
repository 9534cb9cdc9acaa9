"""What happened at a shop of late, and whether its addresses are well kept."""

from datetime import datetime, time, timedelta
from typing import NamedTuple

from kairos.domain.results import Period
from kairos.domain.shop import Shop
from kairos.engine.overview import NOTHING, Overview, overview
from kairos.ports import Clock
from kairos.services.snapshot.reading import Snapshots

JUDGED = timedelta(days=30)
"""Over so long bounces and complaints are reckoned: a day's few mails say nothing."""

COMPLAINTS = 0.003
"""Gmail's and Yahoo's line: senders stay below 0.3 % (Gmail, Email sender guidelines)."""

BOUNCES = 0.05
"""Amazon SES puts an account under review from here on (SES developer guide, Reputation metrics)."""


class Lately(NamedTuple):
    """since: when yesterday began at the shop. day: since then; month: of the last JUDGED."""

    since: datetime
    as_of: datetime
    day: Overview
    month: Overview

    @property
    def bounce_rate(self) -> float | None:
        """Of the month's mails, a part of 1; None where there were none."""
        mails = self.month.total("mails")
        return self.month.total("bounced") / mails if mails else None

    @property
    def complaint_rate(self) -> float | None:
        """Likewise."""
        mails = self.month.total("mails")
        return self.month.total("complained") / mails if mails else None


def lately(snapshots: Snapshots, clock: Clock, shop: Shop) -> Lately:
    """Since yesterday, and over the last month. Raises NotBuilt, SnapshotBroken."""
    now = clock.now()
    manifest, partitions = snapshots.open_all(shop)
    since = began_yesterday(now, shop)
    end = now + timedelta(seconds=1)
    windows = shop.results.seconds
    day, month = NOTHING, NOTHING
    for one in partitions:
        day = day.plus(overview(one, Period(since, end), windows))
        month = month.plus(overview(one, Period(now - JUDGED, end), windows))
    return Lately(since, manifest.as_of(now) or now, day, month)


def began_yesterday(now: datetime, shop: Shop) -> datetime:
    """Midnight before the last one, by the shop's calendar."""
    today = now.astimezone(shop.zone).date()
    return datetime.combine(today - timedelta(days=1), time(), shop.zone)
