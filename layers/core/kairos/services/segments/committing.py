"""Committing what the engine proposes, under the condition that it was computed from what is still true."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import batched
from typing import NamedTuple

from kairos import keys
from kairos.domain.membership import Finding, Membership, matched_by, next_membership, transitions_of
from kairos.domain.segment import Cause, SegmentId
from kairos.domain.shelf import ShopSegments
from kairos.ports import Item, Key, Put, Write
from kairos.services.segments.evaluating import Evaluating, evaluate
from kairos.services.segments.evaluation import (
    Evaluated,
    OldShelf,
    mark_of,
    membership_put,
    read_membership,
)
from kairos.services.segments.telling import Telling, Told

AT_ONCE = 100
"""Customers whose memberships are read by one call (BatchGetItem takes as many)."""


class Proposal(NamedTuple):
    """What the engine found of one customer. version: of the stored profile that the snapshot's row was made
    of, "" for none. words: the bit set by the layout that the engine was given, 64 segments a word.
    """

    customer: str
    version: str
    words: tuple[int, ...]


class Committed(NamedTuple):
    """What became of the proposals. written: memberships written. decided: customers of whom closures had
    to decide, on fresh facts: take these in place of what was proposed.
    """

    proposed: int
    written: int
    decided: tuple[Evaluated, ...]


def commit(
    parts: Evaluating,
    given: ShopSegments,
    at: datetime,
    proposals: Iterable[Proposal],
    of: str,
    cause: Cause = "time",
) -> Committed:
    """Make the memberships what the engine proposes, and tell what turned.

    given, at: the shelf that the engine computed with, and the moment; segments whose rules or thresholds
    have changed since stay as they are. Nothing is written for a customer whose segments do not change.
    Closures decide, on fresh facts, of customers whose facts are no longer those of the proposal, who
    entered or left a segment since that moment, and of whom time turns a segment that depends on more than
    the stored profile. cause: "time", "import" or "repair", see Finding.

    Killed anywhere and repeated with the same `of`, it writes nothing twice and tells the same again, once
    for each customer proposed again. Any number of proposals may be given: they are taken by the hundred.
    """
    committing = _Committing(parts, given, at, of, cause)
    counts = [committing.take(some) for some in batched(proposals, AT_ONCE, strict=False)]
    if summary := committing.telling.summary():
        parts.events.publish(summary)
    proposed, written = (sum(column) for column in zip(*counts, strict=True)) if counts else (0, 0)
    return Committed(proposed, written, tuple(committing.decided))


class _Committing:
    """One commit."""

    def __init__(self, parts: Evaluating, given: ShopSegments, at: datetime, of: str, cause: Cause) -> None:
        self._parts, self._given, self._at, self._of, self._cause = parts, given, at, of, cause
        self._shop = given.shop.id
        self.telling = Telling(parts.objects, self._shop, of)
        self.decided: list[Evaluated] = []

    def take(self, some: Sequence[Proposal]) -> tuple[int, int]:
        """Commit some proposals and tell of them. Answers how many they were, and how many were written."""
        items = self._parts.items
        shelf = self._parts.load(items, self._given.shop)
        # Memberships before versions: who records facts changes the version before the membership.
        held = items.get_many(keys.membership(self._shop, one.customer) for one in some)
        doubtful = self._outdated(some)
        sound = [one for one in some if one.customer not in doubtful]
        standing, writes = self._apply(shelf, sound, held, doubtful)
        lost = set(map(_place, items.write_each(list(writes.values()))))
        doubtful |= {customer: self._cause for customer, write in writes.items() if _place(write) in lost}
        # Whoever recorded facts meanwhile may have judged them before this was written.
        doubtful |= self._outdated([one for one in sound if one.customer not in doubtful])
        told = [
            Told(customer, moved)
            for customer, after in standing.items()
            if customer not in doubtful
            for moved in transitions_of(after, shelf.layout, {mark_of(self._of, customer)})
        ]
        decided = [
            evaluate(self._parts, shelf, customer, cause, self._of) for customer, cause in doubtful.items()
        ]
        self.decided += decided
        told += [moved for one in decided for moved in one.told]
        if events := self.telling.singly(told):
            self._parts.events.publish(events)
        return len(some), len(writes) - len(lost)

    def _outdated(self, some: Sequence[Proposal]) -> dict[str, Cause]:
        """Those whose facts are no longer what the proposal was made from, and the cause to go by."""
        places = {one.customer: keys.profile(self._shop, one.customer) for one in some}
        versions = self._parts.items.versions(places.values())
        changed = "event" if self._cause == "time" else self._cause
        return {
            one.customer: changed for one in some if versions.get(places[one.customer], "") != one.version
        }

    def _apply(
        self,
        shelf: ShopSegments,
        sound: Sequence[Proposal],
        held: Mapping[Key, Item],
        doubtful: dict[str, Cause],
    ) -> tuple[dict[str, Membership], dict[str, Put]]:
        """The memberships that follow, by customer, and what is to be written; doubtful ones are added."""
        now, positions = self._parts.clock.now(), len(self._given.layout.positions)
        fit = _fit(self._given, shelf)
        standing: dict[str, Membership] = {}
        writes: dict[str, Put] = {}
        for one in sound:
            place = keys.membership(self._shop, one.customer)
            own = held.get(place)
            try:
                before = read_membership(own, shelf)
            except OldShelf:
                doubtful[one.customer] = self._cause
                continue
            matched = matched_by(one.words, self._given.layout) & fit
            mark = f"{mark_of(self._of, one.customer)}.{int(own.version) + 1 if own else 1}"
            finding = Finding(fit, matched, positions, now, self._cause, mark, shelf.moved)
            after, moved = next_membership(before, shelf.layout, finding)
            beyond = any(one.cause == "time" and one.segment in shelf.beyond for one in moved)
            if beyond or before.known > positions or before.turned_since(self._at):
                doubtful[one.customer] = self._cause
                continue
            standing[one.customer] = after or before
            if after is not None:
                writes[one.customer] = membership_put(place, own, after)
        return standing, writes


def _fit(given: ShopSegments, now: ShopSegments) -> frozenset[SegmentId]:
    """The segments of which the engine's answers are still to the point."""
    same_thresholds = given.thresholds == now.thresholds
    return frozenset(
        one
        for one, position in given.layout.current.items()
        if now.layout.current.get(one) == position
        and one in now.rules
        and (same_thresholds or "thresholds" not in now.asked[one])
    )


def _place(write: Write) -> Key:
    return write.item.key if isinstance(write, Put) else write.key
