"""The profile, folded from what is stored, and stored where it changed."""

from collections.abc import Callable, Sequence
from contextlib import suppress

from kairos import keys
from kairos.domain.errors import Conflict
from kairos.domain.profile import Profile
from kairos.ports import Delete, Item, Items, Put, Unchanged, Write
from kairos.services.customers import Component, KnownCustomer, read_customer
from kairos.services.recording.storing import ROUNDS

Also = Callable[[KnownCustomer, Profile | None], Sequence[Write]]
"""What else follows from a customer's items and the profile that they add up to (None: no customer): writes,
each conditional on what was read, to be done together; none where all stands as it should."""


def fold(items: Items, shop: str, node: str, also: Also | None = None) -> Component:
    """Make the stored profile of one customer equal to the fold of their items, and what else follows.

    A write holds only if the stored version is still the one read. After a write all is read again, until
    the fold equals what is stored: so a worker that read early and wrote late mends what it overwrote, and
    one that dies before has not acknowledged its delivery. Raises Conflict when it never comes to rest.
    """
    for _ in range(ROUNDS):
        known = read_customer(items, shop, node)
        # A visitor nobody knows has no profile: there would be one write for each page of each passer-by.
        profile = None if known.component.is_anonymous else known.profile
        changes = _changes(shop, known, profile)
        more = also(known, profile) if also else ()
        if not changes and not more:
            return known.component
        with suppress(Conflict):
            for change in changes:
                items.write(change)
            items.transact(more)
    raise Conflict(f"A profile was changed by others {ROUNDS} times in a row.")


def _changes(shop: str, known: KnownCustomer, profile: Profile | None) -> list[Write]:
    """The profile at the customer's id where it changed; none at the others, whose links lead there."""
    component, held = known.component, known.stored_profiles
    changes: list[Write] = []
    stored = held.get(component.customer)
    if profile is not None:
        body = profile.as_json()
        if stored is None or stored.body != body:
            version = str(int(stored.version) + 1) if stored else "1"
            item = Item(keys.profile(shop, component.customer), version, body)
            changes.append(Put(item, Unchanged(stored.version if stored else None)))
    for node, item in held.items():
        if profile is None or node != component.customer:
            changes.append(Delete(item.key, Unchanged(item.version)))
    return changes
