"""Evaluating customers one by one: closures on fresh facts, a conditional write, and what is told of it."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from kairos import keys
from kairos.domain.criteria.asking import Asked
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
from kairos.domain.segment import Cause, Transition
from kairos.domain.shelf import ShopSegments
from kairos.domain.value import digest
from kairos.ports import Clock, Delete, Events, Item, Items, Key, Objects, Put, Unchanged, Write
from kairos.services.customers import Component, KnownCustomer
from kairos.services.recording.folding import fold
from kairos.services.segments.shelf import Load, load_segments
from kairos.services.segments.standing import with_standing
from kairos.services.segments.telling import Told, tell

MOST_TOGETHER = 100
"""Writes of one transaction (ports.Items); what is left of a merge of more is written with the next."""


class Evaluating(NamedTuple):
    """What evaluating needs. objects: where transitions are kept that the bus is not told one by one.

    load: reads a shop's shelf.
    """

    items: Items
    clock: Clock
    events: Events
    objects: Objects
    load: Load = load_segments


class Evaluated(NamedTuple):
    """What is true of one customer. component: who they are; profile: with all that rules ask for, None:
    there is no such customer (any more). version: of the stored profile, "" for none.

    due: when time alone may next change the membership, None for never. transitions: those that this
    occasion made, be it in an earlier attempt.
    """

    component: Component
    profile: Profile | None
    version: str
    membership: Membership
    due: datetime | None
    transitions: tuple[Transition, ...]

    @property
    def customer(self) -> str:
        """Their id as it now is."""
        return self.component.customer

    @property
    def told(self) -> list[Told]:
        """What there is to tell of them."""
        return [Told(self.customer, moved) for moved in self.transitions]


def evaluate_customer(
    parts: Evaluating, shelf: ShopSegments, customer: str, cause: Cause, of: str
) -> Evaluated:
    """One customer evaluated, and told; see evaluate_customers."""
    return evaluate_customers(parts, shelf, (customer,), cause, of)[0]


def evaluate_customers(
    parts: Evaluating,
    shelf: ShopSegments,
    customers: Iterable[str],
    cause: Cause,
    of: str,
    asks: Collection[Asked] | None = None,
) -> list[Evaluated]:
    """Make the stored profile and the membership of each customer what their recorded facts say, and tell it.

    customers: ids, or any of their nodes. cause: what to say of changes that neither a new rule nor moved
    thresholds explain. of: names the occasion; repeated with the same after a crash, it tells what it told
    before under the same ids. asks: what to read beyond the stored profile, None for what the rules ask.
    Raises Conflict where a customer is being changed by others all the time.
    """
    found = [evaluate(parts.items, parts.clock, shelf, one, cause, of, asks) for one in customers]
    tell(parts.events, parts.objects, shelf.shop.id, of, (told for one in found for told in one.told))
    return found


def evaluate(
    items: Items,
    clock: Clock,
    shelf: ShopSegments,
    node: str,
    cause: Cause,
    of: str,
    asks: Collection[Asked] | None = None,
) -> Evaluated:
    """As evaluate_customers, but that nothing is told: whoever calls must tell the transitions."""
    evaluation = Evaluation(items, clock, shelf, cause, of, asks)
    fold(items, shelf.shop.id, node, evaluation)
    return evaluation.last


def evaluate_nodes(
    items: Items, clock: Clock, shelf: ShopSegments, nodes: Iterable[str], cause: Cause, of: str
) -> dict[str, Evaluated]:
    """Every customer whom one of the nodes is or belongs to, as by `evaluate`; by each of their nodes."""
    done: dict[str, Evaluated] = {}
    for node in sorted(nodes):
        if node not in done:
            found = evaluate(items, clock, shelf, node, cause, of)
            done.update(dict.fromkeys((node, *found.component.nodes), found))
    return done


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
        """See folding.Also. Facts that were judged already, with nothing to write, are not judged again."""
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
        before = united([Membership.model_validate(item.body) for item in stored], shelf.layout)
        facts, catalogue = with_standing(self._items, shelf.shop, known, profile, self._asks)
        now = self._clock.now()
        told = judge(shelf, facts, catalogue, segments_of(before, shelf.layout), now)
        mark = f"{mark_of(self._of, customer)}.{int(own.version) + 1 if own else 1}"
        finding = Finding(
            shelf.rules, told.matched, len(shelf.layout.positions), now, self._cause, mark, shelf.moved
        )
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
        self.last = Evaluated(known.component, facts, _version(known), held, told.due, made)


def _version(known: KnownCustomer) -> str:
    """Of the stored profile."""
    held = known.stored_profiles.get(known.component.customer)
    return held.version if held else ""


def mark_of(of: str, customer: str) -> str:
    """16 hex digits that say in a transition which occasion noticed it, and of whom."""
    return digest([of, customer])[:16]


def membership_put(place: Key, own: Item | None, held: Membership) -> Put:
    """The write of the membership, if nobody wrote it since it was read. own: as it was read."""
    version = str(int(own.version) + 1) if own else "1"
    return Put(Item(place, version, as_body(held)), Unchanged(own.version if own else None))
