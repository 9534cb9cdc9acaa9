"""Orders, carts, visits and inquiries."""

from collections.abc import Iterable, Iterator
from itertools import pairwise

from kairos.domain.activity import OFF_SITE
from kairos.domain.order import Order
from kairos.domain.support import SupportContact
from kairos.domain.timeline import Entry
from kairos.domain.visits import ActivityAct, acts_of
from kairos.services.timeline.parts import Looked, money

_OVER = frozenset({"cancelled", "failed", "refunded"})


def orders(looked: Looked) -> Iterator[Entry]:
    """Placed, refunded in part or whole, cancelled."""
    for order in looked.known.recorded.orders:
        if not order.snapshot.deleted:
            yield from _of_order(order)


def _of_order(order: Order) -> Iterator[Entry]:
    told = order.snapshot
    currency = told.amounts.currency
    named = {"order": told.id, "number": told.number or None, "currency": currency}
    yield Entry(
        kind="order",
        id=f"order:{told.id}:placed",
        at=told.placed_at,
        what="placed",
        told={
            **named,
            "total": money(told.amounts.total, currency),
            "status": told.status,
            "counts": order.counts,
            "codes": list(told.codes) or None,
            "test": told.test or None,
        },
    )
    for refund in order.refunds:
        yield Entry(
            kind="order",
            id=f"order:{told.id}:refund:{refund.id}",
            at=max(refund.refunded_at, told.placed_at),
            what="refunded",
            told={**named, "amount": money(refund.amount, currency)},
        )
    if told.status in _OVER and not (told.status == "refunded" and order.refunds):
        at = max(told.updated_at, told.placed_at)
        yield Entry(kind="order", id=f"order:{told.id}:over", at=at, what=told.status, told=named)


def carts(looked: Looked) -> Iterator[Entry]:
    """Each cart once, at its last change."""
    for cart in looked.known.recorded.carts:
        what = "ordered" if cart.ordered else "left" if cart.lines else "emptied"
        told = {
            "cart": cart.key,
            "items": sum(line.quantity for line in cart.lines),
            "total": money(cart.total, cart.currency),
            "currency": cart.currency,
            "step": cart.step,
        }
        yield Entry(kind="cart", id=f"cart:{cart.key}", at=cart.changed_at, what=what, told=told)


def activity(looked: Looked) -> Iterator[Entry]:
    """Each visit once, at its beginning, with what was done in it."""
    acts = [act for act in acts_of(looked.known.recorded.acts) if act.kind not in OFF_SITE]
    begins = [at for at, act in enumerate(acts) if act.starts_visit]
    for begin, end in pairwise([*begins, len(acts)]):
        yield _visit(acts[begin:end])


def _visit(acts: list[ActivityAct]) -> Entry:
    done: dict[str, int] = {}
    for act in acts:
        done[act.kind] = done.get(act.kind, 0) + 1
    told = {
        "until": acts[-1].at.isoformat(),
        "done": done,
        "seconds": sum(act.seconds for act in acts) or None,
        "devices": sorted({act.device for act in acts if act.device}) or None,
    }
    begun = acts[0].at
    return Entry(kind="activity", id=f"visit:{begun.isoformat()}", at=begun, what="visited", told=told)


def support(looked: Looked) -> Iterable[Entry]:
    """Inquiries that the help desk told, and those that came as activities."""
    contacts = [SupportContact.model_validate(item.body) for item in looked.held("support#")]
    for one in contacts:
        told = {"contact": one.id, "channel": one.channel, "subject": one.subject}
        yield Entry(kind="support", id=f"support:{one.id}", at=one.at, what=_asked(one.complaint), told=told)
    known = {one.act.id for one in contacts}
    for act in looked.known.recorded.acts:
        if act.kind == "support" and act.id not in known:
            complained = act.stage == "complaint"
            yield Entry(kind="support", id=f"support:act:{act.id}", at=act.at, what=_asked(complained))


def _asked(complained: bool) -> str:
    return "complained" if complained else "asked"
