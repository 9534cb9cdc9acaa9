"""What was sent to a customer, what was put off or left out, and how their runs went: what reports count.

Facts for the snapshot alone: no rule asks for them.
"""

from pydantic import Field

from kairos.domain.consent import Channel
from kairos.domain.message import LedgerState
from kairos.domain.value import Second, Value


class MessageFact(Value):
    """One message of the ledger. step: of the scenario. reason: why it was refused, or is unknown.

    sent_at: when its provider was called, of a message that was taken. delivered_at, bounced_at,
    complained_at, unsubscribed_at: first report of each. opened, clicked: each time that a person did,
    oldest first. code: the discount code in it, as it was given.
    """

    scenario: str
    step: str
    channel: Channel
    state: LedgerState
    reason: str | None = None
    reserved_at: Second
    sent_at: Second | None = None
    delivered_at: Second | None = None
    bounced_at: Second | None = None
    complained_at: Second | None = None
    unsubscribed_at: Second | None = None
    opened: tuple[Second, ...] = ()
    clicked: tuple[Second, ...] = ()
    code: str | None = None


class PassedOver(Value):
    """One decision not to send a step's message, or not yet. at: when it was first decided so.

    deferred: put off to a better moment; False: the step was skipped.
    """

    scenario: str
    step: str
    deferred: bool
    reason: str
    at: Second


class RunCourse(Value):
    """How one run went. reason: why it ended; None while it goes on. held_out: it never began.

    moments: how often its state machine looked, waited or sent, for what it cost.
    """

    scenario: str
    started_at: Second
    ended_at: Second | None = None
    reason: str | None = None
    held_out: bool = False
    moments: int = Field(default=0, ge=0)


class Outreach(Value):
    """All of one customer, each oldest first."""

    messages: tuple[MessageFact, ...] = ()
    passed_over: tuple[PassedOver, ...] = ()
    runs: tuple[RunCourse, ...] = ()
