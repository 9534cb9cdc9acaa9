"""What rules ask of a customer beyond the stored profile: read with it, in as few calls as can be."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, get_args

from kairos import keys
from kairos.domain.catalogue import Catalogue, product_fact
from kairos.domain.consent import Channel
from kairos.domain.criteria.asking import Asked
from kairos.domain.habits import habits_of
from kairos.domain.message import LedgerEntry
from kairos.domain.product import ProductSnapshot
from kairos.domain.profile import EngagementFact, EngagementKind, Profile, RunFact
from kairos.domain.run import Run
from kairos.domain.shop import Shop
from kairos.ports import Item, Items, Key
from kairos.services.broadcasts.members import members_among
from kairos.services.consents import accepted, addresses_of, consents_of, devices_of
from kairos.services.customers import KnownCustomer
from kairos.services.engagement import people_only
from kairos.services.points import points_of
from kairos.services.segments.outreach import Sent, outreach_of

EVERYTHING: frozenset[Asked] = frozenset(get_args(Asked))

_OF_RUNS: frozenset[Asked] = frozenset({"runs", "outreach"})
_OF_MESSAGES: frozenset[Asked] = frozenset({"engagement", "outreach"})

_REACHED_BY: dict[str, Channel] = {"email": "email", "phone": "sms", "platform_id": "webhook"}
"""By the kind of address; phones and browsers are addresses of their own."""

_REPORTED: dict[str, EngagementKind] = {
    "delivery": "delivered",
    "open": "opened",
    "click": "clicked",
    "bounce": "bounced",
    "complaint": "complained",
    "unsubscribe": "unsubscribed",
}
"""What the events of a message are called, and what they mean to rules."""


def with_standing(
    items: Items, shop: Shop, known: KnownCustomer, profile: Profile, asks: Collection[Asked] = EVERYTHING
) -> tuple[Profile, Catalogue]:
    """The customer's profile with what is never stored in it, and the catalogue of their own products.

    profile: the fold of `known`. asks: what will be asked for; the rest may stay empty. Memberships are
    filled by whoever knows the layout. What the shop's customers never did costs no call: in most, one
    reads it all.
    """
    wanted = _Wanted(shop.id, known, profile, frozenset(asks))
    held = items.get_many(wanted.keys)
    update: dict[str, Any] = {
        "accepts": accepted(wanted.consents, held),
        "reachable": tuple(
            sorted({channel for key, channel in wanted.suppressions.items() if key not in held})
        ),
        "lists": wanted.lists,
        "points": points_of(shop, known).balance if "points" in asks else 0,
    }
    runs = [Run.model_validate(held[key].body) for key in wanted.runs if key in held]
    sent = [_sent(items, held[key]) for key in wanted.messages if key in held]
    update |= {"runs": _runs(runs), "engagement": _engagement(sent)}
    if "outreach" in asks:
        update["outreach"] = outreach_of(items, sent, runs, members_among(shop.id, known.held))
    products = (ProductSnapshot.model_validate(held[key].body) for key in wanted.products if key in held)
    filled = profile.model_copy(update=update)
    if "habits" in asks:
        filled = _with_habits(filled, shop)
    return filled, Catalogue({one.id: product_fact(one) for one in products})


def _with_habits(profile: Profile, shop: Shop) -> Profile:
    """profile: with the engagement, by which the preferred channel is told."""
    habits = habits_of(profile, shop.zone)
    return profile.model_copy(
        update={
            "preferred_channel": habits.channel,
            "preferred_hour": habits.hour,
            "preferred_weekday": habits.weekday,
        }
    )


class _Wanted:
    """The keys of what is to be read."""

    def __init__(self, shop: str, known: KnownCustomer, profile: Profile, asks: frozenset[Asked]) -> None:
        identities = {item.key: item for item in known.held if item.key.sk == "identity"}
        devices = devices_of(known.held)
        self.consents = consents_of(shop, profile, identities, devices) if "accepts" in asks else {}
        self.suppressions: dict[Key, Channel] = {}
        if "reachable" in asks:
            self.suppressions = {
                keys.suppression(shop, _REACHED_BY[kind], node): _REACHED_BY[kind]
                for kind, node in addresses_of(shop, profile, identities).items()
                if kind in _REACHED_BY
            } | {keys.suppression(shop, channel, node): channel for channel, node in devices}
        named = _Named(known.held)
        self.lists = named("list#")
        self.runs = [keys.run(shop, one) for one in named("run#")] if asks & _OF_RUNS else []
        self.messages = [keys.message(shop, one) for one in named("send#")] if asks & _OF_MESSAGES else []
        own = sorted(products_of(profile)) if "catalogue" in asks else []
        self.products = [keys.product(shop, one) for one in own]

    @property
    def keys(self) -> Iterable[Key]:
        """All of them."""
        return (*self.consents, *self.suppressions, *self.runs, *self.messages, *self.products)


class _Named:
    """What the pointers among these items name, each once, sorted."""

    def __init__(self, held: Iterable[Item]) -> None:
        self._sort_keys = sorted({item.key.sk for item in held})

    def __call__(self, prefix: str) -> tuple[str, ...]:
        """By prefix of the sort key."""
        return tuple(one.removeprefix(prefix) for one in self._sort_keys if one.startswith(prefix))


def products_of(profile: Profile) -> set[str]:
    """Ids of the products that the customer ordered, put into a cart or looked at."""
    found = {product for order in profile.orders for product in order.product_ids}
    found |= {product for cart in profile.carts for product in cart.product_ids}
    return found | {act.target for act in profile.acts if act.kind == "product" and act.target}


def _runs(runs: Iterable[Run]) -> tuple[RunFact, ...]:
    facts = [
        RunFact(
            scenario=run.scenario,
            started_at=run.registered_at,
            ended_at=(run.ended_at or run.registered_at) if run.state == "ended" else None,
        )
        for run in runs
    ]
    return tuple(sorted(facts, key=lambda one: (one.started_at, one.scenario)))


def _sent(items: Items, held: Item) -> Sent:
    """The message with what was reported of it; of one that nobody took there is nothing."""
    entry = LedgerEntry.model_validate(held.body)
    return Sent(entry, items.query(held.key.pk, "event#") if entry.state == "sent" else ())


def _engagement(messages: Iterable[Sent]) -> tuple[EngagementFact, ...]:
    """What became of each message that was sent: the first event of each kind."""
    facts = [fact for one in messages for fact in _of_message(one.entry, one.events)]
    return tuple(sorted(facts, key=lambda one: (one.at, one.sent_at, one.kind, one.scenario, one.message)))


def _of_message(entry: LedgerEntry, events: Iterable[Item]) -> Iterable[EngagementFact]:
    first: dict[EngagementKind, datetime] = {}
    for told, at in people_only(events):
        kind = _REPORTED.get(told)
        if kind is not None:
            first[kind] = min(at, first.get(kind, at))
    return (
        EngagementFact(
            kind=kind,
            sent_at=entry.calling_at or entry.reserved_at,
            at=at,
            scenario=entry.step.scenario,
            message=entry.step.step,
            channel=entry.channel,
        )
        for kind, at in first.items()
    )
