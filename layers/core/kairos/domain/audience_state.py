"""What a reader of hashed lists was given so far, and what has to be told to bring it up to date."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from pydantic import Field

from kairos.domain.audience import Identifiers
from kairos.domain.value import Value


class Given(Value):
    """One member as the reader has them. at: since when.

    dropped: they bought since, and were taken off; while buyers are dropped they stay off for as long as
    they are in the segment.
    """

    customer: str
    email: str | None = None
    phone: str | None = None
    at: datetime
    dropped: bool = False

    @property
    def identifiers(self) -> Identifiers:
        """What the network was given."""
        return Identifiers(self.email, self.phone)


class Wanted(NamedTuple):
    """One who is in the audience now. last_order: when they last bought."""

    customer: str
    identifiers: Identifiers
    last_order: datetime | None


class Step(NamedTuple):
    """What brings a stretch of the audience up to date. after: what the reader then has of it."""

    add: list[Identifiers]
    remove: list[Identifiers]
    after: list[Given]


def bring_up_to_date(
    given: Iterable[Given], wanted: Iterable[Wanted], now: datetime, drop_buyers: bool
) -> Step:
    """given: what the reader has; wanted: who is in the audience; both of the same stretch of customers.

    Who left, withdrew or was erased is removed by what the network was once given for them; so is, if
    drop_buyers, who bought after they were given to it.
    """
    before = {one.customer: one for one in given}
    step = Step([], [], [])
    for one in wanted:
        held = before.pop(one.customer, None)
        if held is None or (held.dropped and not drop_buyers):
            step.add.append(one.identifiers)
            step.after.append(_given(one, now))
        elif held.dropped:
            step.after.append(held)
        elif drop_buyers and one.last_order is not None and one.last_order > held.at:
            step.remove.append(held.identifiers)
            step.after.append(Given(customer=one.customer, at=held.at, dropped=True))
        else:
            if held.identifiers != one.identifiers:
                step.remove.append(held.identifiers)
                step.add.append(one.identifiers)
            step.after.append(_given(one, held.at))
    step.remove.extend(one.identifiers for one in before.values() if not one.dropped)
    return step


def _given(one: Wanted, at: datetime) -> Given:
    email, phone = one.identifiers
    return Given(customer=one.customer, email=email, phone=phone, at=at)


class Stretch(Value):
    """Where in the bucket it lies what the reader has of the customers up to this id ("": to the end)."""

    upto: str
    object: str


class Reading(Value):
    """One read of the whole audience, page by page. id: "" for the one before the first."""

    id: str = ""
    stretches: tuple[Stretch, ...] = ()

    @property
    def is_done(self) -> bool:
        """Whether its last page was given out."""
        return bool(self.stretches) and self.stretches[-1].upto == ""

    def overlapping(self, after: str, upto: str) -> tuple[Stretch, ...]:
        """The stretches with customers behind `after` and up to `upto` ("": to the end)."""
        found, begins = [], ""
        for one in self.stretches:
            if (one.upto == "" or one.upto > after) and (upto == "" or begins < upto):
                found.append(one)
            begins = one.upto
        return tuple(found)

    def next_end(self, after: str) -> str:
        """Where the stretch ends that goes on behind `after`, "" for the end."""
        return next((one.upto for one in self.stretches if one.upto > after), "")


class ReaderState(Value):
    """base: what the reader says it has. next: what it is being given, or was and has not said so yet."""

    base: Reading = Field(default_factory=Reading)
    next: Reading = Field(default_factory=Reading)


def objects_of(*readings: Reading) -> set[str]:
    """Every object that these need."""
    return {one.object for reading in readings for one in reading.stretches}
