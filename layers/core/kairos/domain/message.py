"""A message's life in the send ledger, and the answers that choosing the moment can give."""

from typing import Literal

from pydantic import Field

from kairos.domain.consent import Channel
from kairos.domain.value import Instant, Value, digest

LedgerState = Literal["reserved", "calling", "sent", "refused", "unknown"]

Reason = Literal[
    # send
    "all conditions hold",
    "already reserved",
    # wait
    "webhooks are queued",
    "cart changed lately",
    "quiet hours",
    "public holiday",
    "preferred hour",
    "frequency cap",
    "higher priority first",
    "earlier message first",
    # skip
    "too late",
    "waited too long",
    "no code left",
    "code still open",
    "code given lately",
    "buys without codes",
    "had it already",
    "had one lately",
    "not meant for them",
    "not set up",
    # end
    "erased",
    "switched off",
    "condition not met",
    "cart gone",
    "customer unknown",
    "no address",
    "no consent",
    "suppressed",
    "stopped mailing",
    "run unknown",
    "run ended",
    "broadcast stopped",
    "shop unknown",
]
"""Every reason that choosing the moment can give. docs/sending.md explains each."""

Outcome = Literal[
    "erased",
    "no address",
    "no consent",
    "suppressed",
    "stopped mailing",
    "shop unknown",
    "template failed",
    "channel not set up",
    "text too long",
    "no code to be had",
    "address gone",
    "refused by the provider",
    "provider busy",
    "delivered too late",
    "quiet hours",
    "no answer",
    "bounced",
    "complained",
]
"""Why a message was refused or is unknown; of a sent one, what the provider reported later."""


Variant = Literal["free_shipping"]
CodeSource = Literal["pool", "shop"]
CodeKind = Literal["percent", "free_shipping"]
CodeScope = Literal["all", "collection", "stock"]
Purpose = Literal["marketing", "confirmation", "test"]
"""confirmation: the mail that asks whether somebody really signed up. It needs no consent, for it asks for
one, and counts in no budget; how often an address may get one is limited where it is asked for.
test: a template sent to the shop's own address, to be looked at; it concerns no customer."""


class CodeWish(Value):
    """A discount code that a message must carry. valid_for, pause: seconds.

    source: "pool" takes one that the shop uploaded; "shop" has the shop's own system make one when the
    message is sent. pool: which of them, None where the shop has set none. kind, percent: what it gives.
    scope: what it is good for; collections: ids, where that is "collection". minimum_basket: in the shop's
    currency, in minor units, 0 for none. pause: no code to this customer so long after the last one.
    optional: where there is none to be had, the message goes without.
    """

    source: CodeSource = "pool"
    pool: str | None = None
    kind: CodeKind = "percent"
    percent: int = Field(default=5, ge=1, le=100)
    scope: CodeScope = "all"
    collections: tuple[str, ...] = ()
    minimum_basket: int = Field(default=0, ge=0)
    optional: bool = False
    valid_for: int = Field(default=30 * 86400, gt=0)
    pause: int = Field(default=60 * 86400, ge=0)


class StepRequest(Value):
    """What a state machine asks when a step's message is due.

    channels: where it may be said, the step's favourite first; the customer's own preference goes before.
    only_if: named criteria that must all match. quiet_for: seconds for which the cart must not have
    changed. at_preferred_hour: at the hour of day at which the customer tends to act, where that is known
    and the shop wants it. not_after: seconds from the run's start after which it is too late; None: never.
    last: no step of the run follows this one.
    """

    shop: str
    run: str
    step: str
    channels: tuple[Channel, ...] = Field(default=("email",), min_length=1)
    only_if: tuple[str, ...] = ()
    at_preferred_hour: bool = False
    not_after: int | None = Field(default=None, ge=0)
    quiet_for: int | None = Field(default=None, ge=0)
    code: CodeWish | None = None
    last: bool = False


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
    """One message. address_node: keyed hash of the address (the address itself is looked up when sending).

    code_wish: what the code must be, where there is one. priority: of its scenario, the greater going first.
    attempts: calls to the provider that it definitely refused for the moment. provider_id: its own id.
    called_at: real time of the call (calling_at: by the one clock). code_valid_for: seconds from sending.
    facts: what the decision was made on. broadcast: which one it is of, where it is of one.
    """

    message_id: str
    step: Step
    customer: str
    channel: Channel
    address_node: str
    purpose: Purpose = "marketing"
    priority: int = 0
    state: LedgerState
    reserved_at: Instant
    calling_at: Instant | None = None
    called_at: Instant | None = None
    settled_at: Instant | None = None
    provider_id: str | None = None
    reason: Outcome | None = None
    attempts: int = 0
    code: str | None = None
    code_pool: str | None = None
    code_wish: CodeWish | None = None
    code_valid_for: int | None = None
    code_expires_at: Instant | None = None
    variant: Variant | None = None
    cause: str | None = None
    broadcast: str | None = None
    facts: dict[str, str | int | bool | None] = Field(default_factory=dict)


class Answer(Value):
    """What choosing the moment decided, as the state machine reads it.

    send: reserved and queued. skip: this step is not sent, go on. wait: ask again after `wait_seconds`.
    end: the run is over. reason: why, one of a closed list of texts; facts: what it was decided on.
    """

    decision: Literal["send", "skip", "wait", "end"]
    reason: Reason
    wait_seconds: int = 0
    message_id: str | None = None
    facts: dict[str, str | int | bool | None] = Field(default_factory=dict)
