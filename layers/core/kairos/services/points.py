"""A customer's points, read from what is kept of them; and redeeming them."""

from collections.abc import Iterable, Sequence
from typing import Annotated, Any, NamedTuple

from pydantic import Field, StringConstraints

from kairos import keys
from kairos.domain.errors import Conflict, NotFound, Refused
from kairos.domain.points import Ledger, Redemption, ledger_of
from kairos.domain.shop import Shop
from kairos.domain.value import Value
from kairos.ports import Check, Clock, Item, Items, Key, Put, Queue, Unchanged, Write
from kairos.services.customers import KnownCustomer, not_erased, read_customer
from kairos.services.segments.touching import Touched, tell_snapshot

MOST_AT_ONCE = 10_000_000
"""Points of one redemption."""

_TRIES = 8
_MOST_NODES = 45

_PREFIX = "points#"


class RedemptionWish(Value):
    """Points to give for something. id: the shop's own for it, so that repeating it redeems but once."""

    points: Annotated[int, Field(ge=1, le=MOST_AT_ONCE)]
    what: Annotated[str, StringConstraints(min_length=1, max_length=200)] = Field(alias="for")
    id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:-]{1,64}$")]


class Redeeming(NamedTuple):
    """What redeeming needs. changed: where the snapshot is told whose points changed."""

    items: Items
    clock: Clock
    changed: Queue


def points_of(shop: Shop, known: KnownCustomer) -> Ledger:
    """The customer's ledger, from what was read of them."""
    if not shop.points.enabled:
        return Ledger()
    return ledger_of(known.recorded.orders, redemptions_of(known.held), shop.points, shop.currency)


def balance(items: Items, shop: Shop, customer: str) -> int:
    """The customer's balance, read afresh; without any read where points are off."""
    if not shop.points.enabled:
        return 0
    return points_of(shop, read_customer(items, shop.id, customer)).balance


def redemptions_of(held: Iterable[Item]) -> list[Redemption]:
    """The redemptions among what is kept at a customer's nodes."""
    return [Redemption.model_validate(item.body) for item in held if item.key.sk.startswith(_PREFIX)]


def show_points(items: Items, shop: Shop, customer: str) -> dict[str, Any]:
    """{"enabled", "balance", "debt", "entries"}, newest first. Raises NotFound: nothing is kept of them."""
    known = _known(items, shop, customer)
    return {"enabled": shop.points.enabled, **_shown(points_of(shop, known))}


def redeem(parts: Redeeming, shop: Shop, customer: str, wish: RedemptionWish) -> dict[str, Any]:
    """Spend points; answers {"redemption", "balance", "debt"}. The same id again answers the same.

    Two at once never spend the same points: each writes the counter of redemptions at every node of the
    customer, on condition that nobody wrote it since the points were counted. Raises Refused where there
    are too few, or where the id was used for something else; NotFound; Conflict after _TRIES.
    """
    if not shop.points.enabled:
        raise Refused("points", "This shop has no points.", "Switch them on in the shop's settings.")
    for _ in range(_TRIES):
        known = _known(parts.items, shop, customer)
        ledger = points_of(shop, known)
        done = next((one for one in redemptions_of(known.held) if one.id == wish.id), None)
        if done is not None:
            _same(done, wish)
            return {"redemption": _told(done), "balance": ledger.balance, "debt": ledger.debt}
        if wish.points > ledger.balance:
            problem = f"{wish.points} are more than the balance of {ledger.balance}."
            raise Refused("points", problem, "Redeem no more than the balance.")
        made = Redemption(id=wish.id, points=wish.points, what=wish.what, at=parts.clock.now())
        try:
            parts.items.transact(_writes(shop.id, known, made))
        except Conflict:
            continue
        told = frozenset({known.component.customer})
        tell_snapshot(parts.changed, shop.id, Touched(told))
        after = ledger.sum - made.points
        return {"redemption": _told(made), "balance": max(after, 0), "debt": max(-after, 0)}
    raise Conflict("The customer's points are being redeemed by others.")


def _known(items: Items, shop: Shop, customer: str) -> KnownCustomer:
    known = read_customer(items, shop.id, customer)
    if known.profile is None:
        raise NotFound("customer", customer)
    return known


def _writes(shop: str, known: KnownCustomer, made: Redemption) -> Sequence[Write | Check]:
    """At every node, since two customers may become one between the reading and the writing; if nobody
    erased them in between."""
    customer = known.component.customer
    named = [node for node in known.component.nodes if node[0] != "v"][:_MOST_NODES]
    counters = {item.key: item for item in known.held if item.key.sk == "redeemed"}
    places = [keys.points_spent(shop, node) for node in (named or [customer])]
    place = keys.points_redeemed(shop, customer, made.id)
    return [
        Put(Item(place, "1", made.as_json()), Unchanged(None)),
        *(_counted(counters.get(key), key) for key in places),
        *not_erased(shop, known, named or [customer]),
    ]


def _counted(held: Item | None, key: Key) -> Put:
    number = int(held.version) + 1 if held else 1
    return Put(Item(key, str(number), {"redemptions": number}), Unchanged(held.version if held else None))


def _same(done: Redemption, wish: RedemptionWish) -> None:
    if (done.points, done.what) != (wish.points, wish.what):
        problem = "Another redemption has this id."
        raise Refused("id", problem, "Send what was sent before, or a new id.")


def _told(one: Redemption) -> dict[str, Any]:
    return {"id": one.id, "points": one.points, "for": one.what, "at": one.at.isoformat()}


def _shown(ledger: Ledger) -> dict[str, Any]:
    entries = [{"id": one.id, **one.as_json()} for one in reversed(ledger.entries)]
    return {"balance": ledger.balance, "debt": ledger.debt, "entries": entries}
