"""A message's life in the send ledger, and the answers that choosing the moment can give."""

from typing import Literal

from pydantic import Field

from kairos.domain.consent import Channel
from kairos.domain.value import Instant, Value, digest

LedgerState = Literal["reserved", "calling", "sent", "refused", "unknown"]


class Step(Value):
    """Which message of which run: the key under which it is sent at most once."""

    shop: str
    scenario: str
    run: str
    step: str

    @property
    def message_id(self) -> str:
        """32 hex digits; the provider carries it back in its events."""
        return digest(self.as_json())[:32]


class LedgerEntry(Value):
    """One message. address_key: keyed hash of the address (the address itself is looked up when sending).

    attempts: calls to the provider that it definitely refused for the moment. provider_id: its own id.
    """

    message_id: str
    step: Step
    customer: str
    channel: Channel
    state: LedgerState
    reserved_at: Instant
    calling_at: Instant | None = None
    settled_at: Instant | None = None
    provider_id: str | None = None
    reason: str | None = None
    attempts: int = 0
    code: str | None = None
    code_expires_at: Instant | None = None
    variant: str | None = None
    cause: str | None = None


class Answer(Value):
    """What choosing the moment decided, as the state machine reads it.

    send: reserved and queued. skip: this step is not sent, go on. wait: ask again after `wait_seconds`.
    end: the run is over. reason: why, one of a closed list of texts; facts: what it was decided on.
    """

    decision: Literal["send", "skip", "wait", "end"]
    reason: str
    wait_seconds: int = 0
    message_id: str | None = None
    facts: dict[str, str | int | bool | None] = Field(default_factory=dict)
