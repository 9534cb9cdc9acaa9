"""The runs of a customer as a member of broadcasts: in no registry, each pointed to from the customer."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from kairos import keys
from kairos.domain.broadcast import broadcast_of, cause_of
from kairos.domain.run import Run
from kairos.domain.value import Instant, Value
from kairos.ports import Item, Put

MEMBER = "member#"
"""What the sort keys of these pointers begin with."""


class _Told(Value):
    """What a pointer tells of the run. at: as registered_at. passed_over: see Member."""

    broadcast: str
    scenario: str
    at: Instant
    ended_at: Instant | None = None
    reason: str | None = None
    passed_over: bool = False


class Member(NamedTuple):
    """A member's run, without settings, which stand at the broadcast. passed_over: whether its message was
    ever put off or left out, so that its decisions tell of it."""

    run: Run
    passed_over: bool

    @property
    def broadcast(self) -> str:
        """Whose member."""
        return broadcast_of(self.run.cause) or ""


def pointed_at(run: Run, passed_over: bool) -> Put:
    """The write that keeps a member's run at its customer; it comes with or before what is decided for it, so
    that nothing is kept to which nothing leads. Repeated, it is kept as it then stands."""
    told = _Told(
        broadcast=broadcast_of(run.cause) or "",
        scenario=run.scenario,
        at=run.registered_at,
        ended_at=run.ended_at,
        reason=run.reason,
        passed_over=passed_over,
    )
    return Put(Item(keys.member_pointer(run.shop, run.customer, run.id), "1", told.as_json()))


def ended_as(run: Run, reason: str, at: datetime) -> Run:
    """The member's run once it is over."""
    return run.model_copy(update={"state": "ended", "reason": reason, "ended_at": at})


def members_among(shop: str, held: Iterable[Item]) -> Iterator[Member]:
    """Those whose pointers are among the items held at a customer's nodes."""
    for item in held:
        if item.key.sk.startswith(MEMBER):
            told, customer = _Told.model_validate(item.body), item.key.pk.rpartition("#")[2]
            over: dict[str, Any] = {"state": "started" if told.ended_at is None else "ended"}
            run = Run(
                shop=shop,
                scenario=told.scenario,
                cause=cause_of(told.broadcast, customer),
                customer=customer,
                registered_at=told.at,
                settings={},
                reason=told.reason,
                ended_at=told.ended_at,
                **over,
            )
            yield Member(run, told.passed_over)
