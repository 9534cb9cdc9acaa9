"""What follows from one customer's facts: which segments they are in, and what is to be written of it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from kairos import keys
from kairos.domain.criteria.asking import Asked
from kairos.domain.errors import Conflict
from kairos.domain.judging import Judgement, judge
from kairos.domain.membership import (
    Finding,
    Membership,
    as_body,
    next_membership,
    segments_of,
    transitions_of,
    united,
)
from kairos.domain.profile import Profile
from kairos.domain.segment import Cause, SegmentId, Transition
from kairos.domain.shelf import ShopSegments
from kairos.domain.value import digest
from kairos.ports import Clock, Delete, Item, Items, Key, Put, Unchanged, Write
from kairos.services.customers import Component, KnownCustomer
from kairos.services.segments.standing import with_standing
from kairos.services.segments.telling import Told

MOST_TOGETHER = 100
"""Writes of one transaction (ports.Items); what is left of a merge of more is written with the next."""


class Evaluated(NamedTuple):
    """What is true of one customer. component: who they are; profile: with all that rules ask for, None:
    there is no such customer (any more). version: of the stored profile, "" for none.

    due: when time alone may next change the membership, None for never. transitions: those that this
    occasion made, be it in an earlier attempt. failed: segments that stay as they are, because their rules
    could not be answered, with the kind of error.
    """

    component: Component
    profile: Profile | None
    version: str
    membership: Membership
    due: datetime | None
    transitions: tuple[Transition, ...]
    failed: Mapping[SegmentId, str] = MappingProxyType({})

    @property
    def customer(self) -> str:
        """Their id as it now is."""
        return self.component.customer

    @property
    def told(self) -> list[Told]:
        """What there is to tell of them."""
        return [Told(self.customer, moved) for moved in self.transitions]


class OldShelf(Conflict):
    """The membership was written by a later layout than that of the shelf: read the shelf again."""


class Evaluation:
    """What a fold writes also: the membership that follows from the facts (see folding.Also).

    last: what it found when it was last asked; once the fold has come to rest, what is stored.
    """

    last: Evaluated

    def __init__(
        self,
        items: Items,
        clock: Clock,
        shelf: ShopSegments,
        cause: Cause,
        of: str,
        asks: Collection[Asked] | None = None,
    ) -> None:
        self._items, self._clock = items, clock
        self._shelf, self._cause, self._of = shelf, cause, of
        self._asks = shelf.asks if asks is None else asks
        self._rested: tuple[Profile | None, Sequence[Item]] | None = None

    def __call__(self, known: KnownCustomer, profile: Profile | None) -> Sequence[Write]:
        """See folding.Also. Facts that were judged already, with nothing to write, are not judged again.

        Raises OldShelf.
        """
        stored = [item for item in known.held if item.key.sk == "membership"]
        if self._rested == (profile, stored):
            self.last = self.last._replace(version=_version(known))
            return ()
        writes = self._judge(known, profile, stored) if profile else self._remove(known, stored)
        self._rested = None if writes else (profile, stored)
        return writes

    def _remove(self, known: KnownCustomer, stored: Sequence[Item]) -> list[Write]:
        """Nobody is in no segment; nor is that told, for there is nobody to tell it of."""
        self.last = Evaluated(known.component, None, "", Membership(), None, ())
        return [Delete(item.key, Unchanged(item.version)) for item in stored]

    def _judge(self, known: KnownCustomer, profile: Profile, stored: Sequence[Item]) -> list[Write]:
        shelf, customer = self._shelf, known.component.customer
        place = keys.membership(shelf.shop.id, customer)
        own = next((item for item in stored if item.key == place), None)
        before = united([read_membership(item, shelf) for item in stored], shelf.layout)
        facts, catalogue = with_standing(self._items, shelf.shop, known, profile, self._asks)
        now = self._clock.now()
        told = judge(shelf, facts, catalogue, segments_of(before, shelf.layout), now)
        mark = f"{mark_of(self._of, customer)}.{int(own.version) + 1 if own else 1}"
        judged = shelf.rules.keys() - told.failed.keys()
        known_now = len(shelf.layout.positions)
        finding = Finding(judged, told.matched, known_now, now, self._cause, mark, shelf.moved)
        after, _ = next_membership(before, shelf.layout, finding)
        self._found(known, facts, after or before, told)
        others = [item for item in stored if item.key != place]
        if after is None and not others:
            return []
        writes: list[Write] = [membership_put(place, own, after or before)]
        writes += [Delete(item.key, Unchanged(item.version)) for item in others]
        return writes[:MOST_TOGETHER]

    def _found(self, known: KnownCustomer, facts: Profile, held: Membership, told: Judgement) -> None:
        marks = {mark_of(self._of, node) for node in known.component.nodes}
        made = transitions_of(held, self._shelf.layout, marks)
        self.last = Evaluated(known.component, facts, _version(known), held, told.due, made, told.failed)


def _version(known: KnownCustomer) -> str:
    """Of the stored profile."""
    held = known.stored_profiles.get(known.component.customer)
    return held.version if held else ""


def read_membership(item: Item | None, shelf: ShopSegments) -> Membership:
    """What is stored of a customer; who has no membership yet is in no segment. Raises OldShelf."""
    held = Membership.model_validate(item.body) if item else Membership()
    if held.known > len(shelf.layout.positions):
        raise OldShelf
    return held


def mark_of(of: str, customer: str) -> str:
    """16 hex digits that say in a transition which occasion noticed it, and of whom."""
    return digest([of, customer])[:16]


def membership_put(place: Key, own: Item | None, held: Membership) -> Put:
    """The write of the membership, if nobody wrote it since it was read. own: as it was read."""
    version = str(int(own.version) + 1) if own else "1"
    return Put(Item(place, version, as_body(held)), Unchanged(own.version if own else None))
