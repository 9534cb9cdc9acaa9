"""From all that is recorded for a customer to the profile, whatever the order in which it came."""

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from kairos.domain.activity import Activity
from kairos.domain.answer import FormAnswer
from kairos.domain.cart import Cart
from kairos.domain.customer import CustomerSnapshot
from kairos.domain.identity import Identities
from kairos.domain.order import Order
from kairos.domain.person import Person
from kairos.domain.profile import Profile, SurveyFact
from kairos.domain.purchases import cart_fact, order_fact
from kairos.domain.value import digest
from kairos.domain.visits import ActivityFact, acts_of

_PersonField = Literal["first_name", "last_name", "language", "birthday", "gender", "address"]
_FIELDS: tuple[_PersonField, ...] = (
    "first_name",
    "last_name",
    "language",
    "birthday",
    "gender",
    "address",
)


def fold_person(newest_first: Iterable[Person]) -> Person:
    """Each field from the newest statement that has it."""
    told = list(newest_first)
    fields = {name: next((getattr(p, name) for p in told if getattr(p, name)), None) for name in _FIELDS}
    attributes: dict[str, str] = {}
    for person in reversed(told):
        attributes.update(person.attributes)
    return Person(**fields, attributes=attributes)


class Recorded(NamedTuple):
    """All that is kept for one customer, in any order. carts and orders as they now stand.

    answers: what the person said of themselves on our pages; it goes before whatever others say of them.

    known_as: what signed sources linked or attached to the customer, for where no record names it.
    """

    customers: Sequence[CustomerSnapshot] = ()
    orders: Sequence[Order] = ()
    carts: Sequence[Cart] = ()
    activity: Sequence[ActivityFact] = ()
    acts: Sequence[Activity] = ()
    known_as: Identities = Identities()
    answers: Sequence[FormAnswer] = ()


def _newest_first(
    answers: Sequence[FormAnswer],
    customers: Sequence[CustomerSnapshot],
    carts: Sequence[Cart],
    orders: Sequence[Order],
) -> list[Person]:
    """Every statement about the person: their own answers first, then the platform's records, then orders
    and carts; each kind newest first.
    """
    records = sorted(customers, key=lambda one: (one.updated_at, one.id), reverse=True)
    passing = [(order.snapshot.updated_at, order.snapshot.id, order.snapshot.person) for order in orders]
    passing += [(cart.changed_at, cart.key, cart.person) for cart in carts]
    passing.sort(key=lambda one: (one[0], one[1]), reverse=True)
    # A record's time is that of any change in it, and says nothing of when the person stated a field.
    last_order = max((one.snapshot.placed_at for one in orders if one.counts), default=None)
    own_words = [one.person_since(last_order) for one in reversed(answers)]
    return own_words + [one.person for one in records] + [one[2] for one in passing]


def fold_profile(customer: str, nodes: Sequence[str], recorded: Recorded) -> Profile | None:
    """The profile that these items add up to, in whatever order they are given; None if they are none."""
    customers, orders, carts, activity, acts, known_as, _ = recorded
    answers = sorted(recorded.answers, key=lambda one: (one.at, digest(one.as_json())))
    signed_up = [one for one in answers if one.identities]
    alive = sorted((one for one in customers if not one.deleted), key=lambda c: (c.updated_at, c.id))
    kept = [order for order in orders if not order.snapshot.deleted]
    if not alive and not kept and not carts and not activity and not signed_up:
        return None
    told = [
        *((o.snapshot.updated_at, o.snapshot.id, o.snapshot.identities) for o in kept),
        *((c.changed_at, c.key, c.identities) for c in carts),
    ]
    identities = [i for _, _, i in sorted(told, key=lambda one: (one[0], one[1]), reverse=True)]
    identities = [*(one.identities for one in reversed(alive)), *identities]
    identities += [*(one.identities for one in reversed(signed_up) if one.identities), known_as]
    # Where the shop asks for no confirmation, an address that signed up is mailed, though nothing proves it.
    typed = next((one.identities.email for one in reversed(signed_up) if one.identities), None)
    registered = [one.registered_at for one in alive if one.registered_at]
    seen = registered + [o.snapshot.placed_at for o in kept] + [c.changed_at for c in carts]
    seen += [one.at for one in signed_up]
    newest = alive[-1] if alive else None
    return Profile(
        id=customer,
        nodes=tuple(sorted(nodes)),
        email=next((i.email for i in identities if i.email and i.verified), typed),
        phone=next((i.phone for i in identities if i.phone and i.verified), None),
        platform_id=next((i.platform_id for i in identities if i.platform_id), None),
        person=fold_person(_newest_first(answers, alive, carts, kept)),
        registered_at=min(registered, default=None),
        first_seen_at=min(seen, default=None),
        tags=newest.tags if newest else (),
        group=newest.group if newest else None,
        acquisition=next((one.acquisition for one in alive if one.acquisition), None)
        or _signed_up(signed_up),
        wanted_frequency=next(
            (one.wanted_frequency for one in reversed(answers) if one.wanted_frequency), None
        ),
        orders=tuple(sorted(map(order_fact, kept), key=lambda one: (one.placed_at, one.id))),
        carts=tuple(sorted(map(cart_fact, carts), key=lambda one: (one.changed_at, one.key))),
        activity=tuple(sorted(activity, key=lambda one: one.day)),
        acts=acts_of(acts),
        surveys=tuple(SurveyFact(at=one.at, score=one.score) for one in answers if one.score is not None),
    )


def _signed_up(answers: Sequence[FormAnswer]) -> str | None:
    """Where somebody came from who is known by our own form."""
    return "newsletter" if answers else None
