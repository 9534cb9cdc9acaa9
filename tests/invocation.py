"""What Lambda hands to a handler beside the event."""

from typing import NamedTuple


class Invocation(NamedTuple):
    """time_left: milliseconds until the function's timeout."""

    time_left: int = 30_000

    def get_remaining_time_in_millis(self) -> int:
        """See Lambda's context object."""
        return self.time_left
