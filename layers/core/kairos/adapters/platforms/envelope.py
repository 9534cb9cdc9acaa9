"""What some platforms wrap their bodies in: it is taken off before a reader sees the body."""

from typing import Any, NamedTuple


class Envelope(NamedTuple):
    """One opened wrapper. topic: as told within, "" where nothing is. path: where the body stands in it.

    told_at: when it happened as the wrapper tells it, None where it does not.
    """

    topic: str
    body: Any
    path: str = ""
    told_at: Any = None
