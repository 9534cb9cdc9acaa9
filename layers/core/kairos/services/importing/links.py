"""Who is who, for many tellings at once: by the rules of recording, in as few calls as possible."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import batched
from typing import NamedTuple

from kairos import keys
from kairos.domain.errors import Conflict
from kairos.domain.identity import Identities, IdentityKey
from kairos.ports import Item, Items, Key, Put, Unchanged
from kairos.services.importing.batches import AT_ONCE
from kairos.services.recording.links import Attached, attached_after, link_facts, record_links


class Statement(NamedTuple):
    """What one telling says about who is who. nodes: all that it names, strongest first."""

    identities: Identities
    at: datetime
    nodes: tuple[str, ...]


class Moved(NamedTuple):
    """What attaching phones has changed. touched: nodes whose customers are to be folded anew.

    settled: marks to delete once that was noted.
    """

    touched: frozenset[str] = frozenset()
    settled: tuple[Key, ...] = ()


def facts_of(shop: str, key: IdentityKey, told: Iterable[Identities]) -> dict[Key, Item]:
    """Identities, links and ways back: items that read the same whoever writes them."""
    return {item.key: item for one in told for item in link_facts(one, shop, key)}


def attach_phones(items: Items, shop: str, key: IdentityKey, told: Sequence[Statement], again: bool) -> Moved:
    """Attach each phone by the newest statement about it; to be called after their facts were written.

    Phones that belong to nobody yet, or stay with whom they belong to, are attached a hundred at a time; one
    that moves goes the careful way of recording, since it leaves somebody. again: this was begun before, so
    that a move may have been made and nobody told: then all go that way.
    """
    newest = _newest(told)
    held = items.get_many(keys.attached_to(shop, phone) for phone in newest)
    simple: list[tuple[Put, Statement]] = []
    careful: list[Statement] = []
    for phone, one in newest.items():
        place = keys.attached_to(shop, phone)
        known = held.get(place)
        wanted = attached_after(place, known, Attached(node=one.nodes[0], verified=True), one.at)
        stays = known is None or known.body["node"] == one.nodes[0]
        if again or not stays:
            careful.append(one)
        elif wanted is not None:
            simple.append((Put(wanted, Unchanged(known.version if known else None)), one))
    for some in batched(simple, AT_ONCE, strict=False):
        try:
            items.transact([put for put, _ in some])
        except Conflict:  # one of them has become somebody else's meanwhile
            careful += [one for _, one in some]
    linked = [record_links(items, shop, key, one.identities, one.at) for one in careful]
    return Moved(
        frozenset(former for one in linked for former in one.formers),
        tuple(mark for one in linked for mark in one.settled),
    )


def _newest(told: Sequence[Statement]) -> dict[str, Statement]:
    """For each phone that belongs to somebody, the newest statement."""
    newest: dict[str, Statement] = {}
    for one in told:
        phone = next((node for node in one.nodes[1:] if node[0] == "p"), None)
        if phone is not None and (phone not in newest or newest[phone].at <= one.at):
            newest[phone] = one
    return newest
