"""One delivery, opened: what the readers of all platforms are given."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import NamedTuple

from kairos.adapters.platforms.fields import Fields
from kairos.domain.shop import Shop
from kairos.domain.snapshot import Snapshot


class Message(NamedTuple):
    """topic: as the platform names it. told_at: when the platform says it happened, else our receipt.

    headers: lower-case names. All times are as our clock shows them.
    """

    topic: str
    body: Fields
    shop: Shop
    headers: Mapping[str, str]
    told_at: datetime


Reader = Callable[[Message], list[Snapshot]]
"""Turns one opened delivery into snapshots. Raises Unreadable or NotConcerned."""
