"""Evaluating customers one by one: closures on fresh facts, a conditional write, and what is told of it."""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from kairos.domain.criteria.asking import Asked
from kairos.domain.segment import Cause
from kairos.domain.shelf import ShopSegments
from kairos.ports import Clock, Events, Items, Objects
from kairos.services.recording.folding import fold
from kairos.services.segments.evaluation import Evaluated, Evaluation, OldShelf
from kairos.services.segments.shelf import Load, load_segments
from kairos.services.segments.telling import tell


class Evaluating(NamedTuple):
    """What evaluating needs. objects: where transitions are kept that the bus is not told one by one.

    load: reads a shop's shelf.
    """

    items: Items
    clock: Clock
    events: Events
    objects: Objects
    load: Load = load_segments


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
    found = [evaluate(parts, shelf, one, cause, of, asks) for one in customers]
    tell(parts.events, parts.objects, shelf.shop.id, of, (told for one in found for told in one.told))
    return found


def evaluate(
    parts: Evaluating,
    shelf: ShopSegments,
    node: str,
    cause: Cause,
    of: str,
    asks: Collection[Asked] | None = None,
) -> Evaluated:
    """As evaluate_customers, but that nothing is told: whoever calls must tell the transitions."""
    try:
        evaluation = Evaluation(parts.items, parts.clock, shelf, cause, of, asks)
        fold(parts.items, shelf.shop.id, node, evaluation)
    except OldShelf:
        shelf = parts.load(parts.items, shelf.shop)
        evaluation = Evaluation(parts.items, parts.clock, shelf, cause, of, asks)
        fold(parts.items, shelf.shop.id, node, evaluation)
    return evaluation.last


def evaluate_nodes(
    parts: Evaluating, shelf: ShopSegments, nodes: Iterable[str], cause: Cause, of: str
) -> dict[str, Evaluated]:
    """Every customer whom one of the nodes is or belongs to, as by `evaluate`; by each of their nodes."""
    done: dict[str, Evaluated] = {}
    for node in sorted(nodes):
        if node not in done:
            found = evaluate(parts, shelf, node, cause, of)
            done.update(dict.fromkeys((node, *found.component.nodes), found))
    return done
