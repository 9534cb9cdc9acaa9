"""The profile, folded from what is stored, and stored where it changed."""

from collections.abc import Iterable, Mapping
from contextlib import suppress

from kairos import keys
from kairos.domain.errors import Conflict
from kairos.domain.profile import Profile
from kairos.ports import Delete, Item, Items, Put, Unchanged, Write
from kairos.services.customers import Component, profile_of, resolve
from kairos.services.recording.storing import ROUNDS


def fold_all(items: Items, shop: str, nodes: Iterable[str]) -> None:
    """Fold the profile of every customer whom one of the nodes is or belongs to."""
    done: set[str] = set()
    for node in sorted(nodes):
        if node not in done:
            done.update(fold(items, shop, node).nodes)


def fold(items: Items, shop: str, node: str) -> Component:
    """Make the stored profile of one customer equal to the fold of their items.

    The stored version is read before the items, and a write holds only if it is still that version.
    After a write all is read again, until the fold equals what is stored: only so is a worker that read
    early and wrote late sure to mend what it overwrote. Raises Conflict when it never comes to rest.
    """
    for _ in range(ROUNDS):
        component = resolve(items, shop, node)
        held = _held(items, shop, component)
        # A visitor nobody knows has no profile: there would be one write for each page of each passer-by.
        profile = None if component.is_anonymous else profile_of(items, shop, component)
        changes = _changes(shop, component, held, profile)
        if not changes:
            return component
        with suppress(Conflict):
            for change in changes:
                items.write(change)
    raise Conflict(f"A profile was changed by others {ROUNDS} times in a row.")


def _held(items: Items, shop: str, component: Component) -> dict[str, Item]:
    """The profiles stored at the nodes of the customer, by node."""
    found = items.get_many(keys.profile(shop, node) for node in component.nodes)
    return {node: found[key] for node in component.nodes if (key := keys.profile(shop, node)) in found}


def _changes(
    shop: str, component: Component, held: Mapping[str, Item], profile: Profile | None
) -> list[Write]:
    """The profile at the customer's id where it changed; none at the others, whose links lead there."""
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
