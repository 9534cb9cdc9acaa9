"""What Lambda hands to a handler beside the event."""

from typing import NamedTuple


class Invocation(NamedTuple):
    """time_left: milliseconds until the function's timeout. aws_request_id: names the invocation."""

    time_left: int = 30_000
    aws_request_id: str = "a-request"

    def get_remaining_time_in_millis(self) -> int:
        """See Lambda's context object."""
        return self.time_left
