"""A broadcast: one execution that pages an audience into a paced queue, each member decided for alone."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from kairos.domain.consent import Channel
from kairos.domain.errors import Refused
from kairos.domain.message import CodeKind
from kairos.domain.run import Run, run_id
from kairos.domain.segment import SegmentId
from kairos.domain.sending_rules import Country
from kairos.domain.value import Instant, Value, digest

CAUSE = "broadcast:"

TOLD = "told"
"""The audience that the shop named itself."""

ENTRY = "entry:"
"""How audiences begin that are a timeline's backlog, by the way in."""

MOST_NAMED = 1_000
"""Customers that one request may name; more are a segment."""

State = Literal["planned", "counting", "running", "stopped", "done"]
OVER: frozenset[State] = frozenset({"stopped", "done"})

BroadcastId = Annotated[str, StringConstraints(pattern=r"^b[0-9a-f]{26}$")]
CustomerId = Annotated[str, StringConstraints(pattern=r"^[cepv][0-9a-f]{26}$")]


def broadcast_id(shop: str, *of: str) -> str:
    """The id of the one broadcast that there is of this ("season", "christmas", "2026-12-25")."""
    return f"b{digest([shop, *of])[:26]}"


class Subject(Value):
    """What a broadcast is about. product: its id; old_price: in minor units, before it got cheaper.

    occasion: its id; names: what it is called by language; day: of the calendar. countries: of those who are
    greeted; none: of all.
    """

    product: str | None = None
    old_price: int | None = None
    occasion: str | None = None
    names: dict[str, str] = Field(default_factory=dict)
    day: str | None = None
    countries: tuple[Country, ...] = ()


class Audience(Value):
    """Whom the shop named: a segment, or customers (kept apart, for they may be many); neither where the
    scenario's own rules find them."""

    segment: SegmentId | None = None
    customers: int = 0

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if self.segment is not None and self.customers:
            raise ValueError("names a segment and customers; send one of them")
        return self


class Stage(Value):
    """One audience after the other. audience: "told" for whom the shop named, else one that the scenario
    names, or "entry:NAME" for a backlog. after: the setting that says how long after the beginning."""

    audience: str
    after: str | None = None


class BroadcastCode(Value):
    """The discount code that the message carries. percent, valid_for: names of settings; a percentage that
    is not set means no code."""

    kind: CodeKind = "percent"
    percent: str = "code_percent"
    valid_for: str = "code_valid"
    optional: bool = True


class Form(Value):
    """What the state machine's table says: the message, where it may be said, and to whom in which order.

    step: None where members begin a run of a timeline in place of getting a message.
    """

    stages: tuple[Stage, ...] = Field(min_length=1)
    step: str | None = None
    channels: tuple[Channel, ...] = ("email",)
    at_preferred_hour: bool = False
    code: BroadcastCode | None = None


class Counts(Value):
    """What became of those queued so far. waiting: deferred, and asked again. left_out: by reason."""

    queued: int = 0
    sent: int = 0
    waiting: int = 0
    holdout: int = 0
    earlier: int = 0
    left_out: dict[str, int] = Field(default_factory=dict)

    def plus(self, other: Mapping[str, int]) -> "Counts":
        """With a batch's outcomes: "sent", "waiting", "holdout", "earlier", else why they were left out."""
        known = {"sent", "waiting", "holdout", "earlier"}
        told: dict[str, Any] = {name: getattr(self, name) + other.get(name, 0) for name in known}
        reasons = dict(self.left_out)
        for reason, number in other.items():
            if reason not in known:
                reasons[reason] = reasons.get(reason, 0) + number
        return self.model_copy(update={**told, "left_out": reasons})


class Broadcast(Value):
    """One broadcast of a shop. settings, holdout_percent: as they were when it was made.

    at: when it is due. size: of the first audience, once counted. form: from the machine's table, once it
    began. stage: which of its stages; began_at: when that began; cursor: the last member queued, paged: none
    is left in it. batches: how many were queued. execution: which of its executions goes on (a resumed one
    has another), confirmed: up to which they were started for certain; requeued: which of
    them last queued again what the one before it had left. draining_since: when nobody was left but those
    queued. looked_at: when those deferred were
    last all asked. looks_next_at: when its execution means to look again. resumed_at: the last time.
    """

    id: BroadcastId
    shop: str
    scenario: str
    name: str | None = None
    audience: Audience = Audience()
    subject: Subject = Subject()
    settings: dict[str, Any] = Field(default_factory=dict)
    holdout_percent: int = 0
    pace: int = Field(ge=1)
    created_at: Instant
    at: Instant
    state: State = "planned"
    reason: str | None = None
    size: int | None = None
    counts: Counts = Counts()
    form: Form | None = None
    stage: int = 0
    began_at: Instant | None = None
    cursor: str = ""
    paged: bool = False
    batches: int = 0
    execution: int = 0
    confirmed: int = 0
    requeued: int = 0
    draining_since: Instant | None = None
    looked_at: Instant | None = None
    looks_next_at: Instant | None = None
    resumed_at: Instant | None = None
    started_at: Instant | None = None
    ended_at: Instant | None = None

    @property
    def plan(self) -> Form:
        """The table by which it goes. Raises Refused before it began."""
        if self.form is None:
            raise Refused("form", f"Broadcast {self.id} has not begun.", "Let its state machine begin it.")
        return self.form

    @property
    def is_over(self) -> bool:
        """Nobody gets it now."""
        return self.state in OVER

    @property
    def starts_runs(self) -> bool:
        """Its members begin a run each; else they get a message."""
        return self.form is not None and self.form.step is None

    @property
    def execution_name(self) -> str:
        """Of the execution that goes on."""
        return f"{self.id}-{self.execution}"


class Batch(Value):
    """Members that one message of the queue stands for, as far as they are not decided for yet.

    began_at: of their stage. queued_at: when they were first queued. stage: which. again: they were deferred,
    and are asked anew. done: all were decided for. outcomes: how many of each, as far as not counted yet.
    """

    members: tuple[str, ...]
    began_at: Instant
    queued_at: Instant
    stage: int = 0
    again: bool = False
    done: bool = False
    outcomes: dict[str, int] = Field(default_factory=dict)


def cause_of(broadcast: str, customer: str) -> str:
    """What causes the run of one member, which nobody registers: it follows from these two."""
    return f"{CAUSE}{broadcast}:{customer}"


def broadcast_of(cause: str | None) -> str | None:
    """The broadcast whose member's run has this cause; None for any other cause."""
    return cause.split(":")[1] if cause and cause.startswith(CAUSE) else None


def member_run_id(shop: str, scenario: str, broadcast: str, customer: str) -> str:
    """The run under which a member's message and decisions are kept."""
    return run_id(shop, scenario, cause_of(broadcast, customer))


def member_run(of: Broadcast, customer: str, began_at: datetime) -> Run:
    """The member's run, which stands in no registry. began_at: of their stage."""
    return Run(
        shop=of.shop,
        scenario=of.scenario,
        cause=cause_of(of.id, customer),
        customer=customer,
        registered_at=began_at,
        state="started",
        settings=of.settings,
    )
