"""The providers: they take everything, and note of each call what must hold at that moment."""

from datetime import datetime
from typing import Any, NamedTuple

from kairos.domain.consent import Channel
from kairos.domain.message import LedgerEntry


class Called(NamedTuple):
    """One call of a provider. consented, erased: how it stood with the address, by the simulation's own
    book. codes: codes of the customer that were open besides this message's."""

    message_id: str
    entry: LedgerEntry
    at: datetime
    consented: bool
    erased: bool
    held_out: bool
    codes: tuple[str, ...]


class Provider:
    """Of one channel. note: is told the message that was handed over."""

    def __init__(self, channel: Channel, note: Any) -> None:
        self._channel, self._note = channel, note
        self.taken = 0

    def send(self, message: Any) -> str:
        """See ports.Provider."""
        self.taken += 1
        self._note(self._channel, message)
        return f"{self._channel}-{self.taken}"
