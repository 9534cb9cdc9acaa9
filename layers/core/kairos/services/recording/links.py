"""Who is who: identities, the links between them, and what phones and visitors belong to."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from kairos import keys
from kairos.domain.errors import Conflict
from kairos.domain.identity import Identities, IdentityKey, IdentityKind, linking_nodes
from kairos.domain.snapshot import version_of
from kairos.domain.value import Value, digest
from kairos.ports import Delete, Item, Items, Key, Put, Unchanged
from kairos.services.recording.storing import ROUNDS, fact, write_missing

_KINDS: tuple[IdentityKind, ...] = ("platform_id", "email", "phone", "visitor")


class Attached(Value):
    """The node that a phone or visitor belongs to; verified: a signed source said so.

    Kept is the newest statement with its time, and beside it, as `signed`, the node that the newest signed
    one named: a later claim without signature may move a visitor, but takes nothing from what is proven.
    """

    node: str
    verified: bool


class Linked(NamedTuple):
    """nodes: all that the statement names, strongest first. attached: those that it attaches to another.

    formers: nodes that lost one of these, to be folded too. settled: what to delete once that is done.
    joined: the strongest node, where the statement makes others one customer with it: by a link, or by a
    phone, which brings its visitors along.
    """

    nodes: tuple[str, ...] = ()
    attached: tuple[str, ...] = ()
    formers: tuple[str, ...] = ()
    settled: tuple[Key, ...] = ()
    joined: str | None = None


def nodes_named(identities: Identities, shop: str, key: IdentityKey) -> dict[str, IdentityKind]:
    """Each node that the statement names, strongest first, with its kind; an unverified e-mail too."""
    told = {kind: getattr(identities, kind) for kind in _KINDS}
    return {key.node(shop, kind, value): kind for kind, value in told.items() if value}


def record_links(items: Items, shop: str, key: IdentityKey, identities: Identities, at: datetime) -> Linked:
    """Store what the statement, made at `at`, says about who is who. Repeating it changes nothing.

    Only a signed source links, and only it attaches a phone: else anybody could take a stranger's number
    away by typing it. An unsigned statement attaches nothing but the visitor that made it.
    """
    named = nodes_named(identities, shop, key)
    targets = _targets(named, identities.verified)
    write_missing(items, link_facts(identities, shop, key))
    moved: list[Key] = []
    for node, target in targets.items():
        moved += _attach(items, shop, node, Attached(node=target, verified=identities.verified), at)
    formers = tuple(sorted({one.sk.rpartition("#")[2] for one in moved}))
    linking = linking_nodes(identities, shop, key) if identities.verified else []
    joins = len(linking) > 1 or any(node[0] == "p" for node in targets)
    return Linked(tuple(named), tuple(targets), formers, tuple(moved), linking[0] if joins else None)


def link_facts(identities: Identities, shop: str, key: IdentityKey) -> list[Item]:
    """The identities that the statement names, their links, and the ways back to what it attaches."""
    named = nodes_named(identities, shop, key)
    linking = linking_nodes(identities, shop, key) if identities.verified else []
    wanted = [
        fact(keys.identity(shop, node), {"kind": kind, "value": getattr(identities, kind)})
        for node, kind in named.items()
    ]
    for one, other in pairwise(linking):
        wanted += [fact(keys.link(shop, one, other)), fact(keys.link(shop, other, one))]
    targets = _targets(named, identities.verified)
    return wanted + [fact(keys.attachment(shop, target, node)) for node, target in targets.items()]


def settle(items: Items, linked: Linked) -> None:
    """Forget the moves whose former nodes have been folded."""
    for key in linked.settled:
        items.write(Delete(key))


def _targets(named: dict[str, IdentityKind], verified: bool) -> dict[str, str]:
    """For each phone and visitor named: the strongest other node, to which it is attached."""
    strong = [node for node, kind in named.items() if kind in {"platform_id", "email"}]
    phones = [node for node, kind in named.items() if kind == "phone"]
    visitors = [node for node, kind in named.items() if kind == "visitor"]
    targets = {phone: strong[0] for phone in phones if strong and verified}
    targets.update({visitor: (strong + phones)[0] for visitor in visitors if strong or phones})
    return targets


def _attach(items: Items, shop: str, node: str, said: Attached, at: datetime) -> Sequence[Key]:
    """Attach by the newest statement. Returns the marks of this statement's moves that are not settled.

    The mark is written before the move, under the statement's own name: so a crash after the move leaves
    word of whose profile is still to be folded, and nobody but this statement's redelivery removes it.
    """
    key, statement = keys.attached_to(shop, node), digest(version_of(at, said))[:16]
    for _ in range(ROUNDS):
        held = items.get(key)
        wanted = attached_after(key, held, said, at)
        if wanted is None:
            break
        if held is not None and held.body["node"] != wanted.body["node"]:
            items.write(Put(fact(keys.moved(shop, node, statement, held.body["node"]))))
        with suppress(Conflict):
            items.write(Put(wanted, Unchanged(held.version if held else None)))
            break
    else:
        raise Conflict(f"The attachment of a node was changed by others {ROUNDS} times in a row.")
    if held is None:
        return []
    prefix = keys.moved(shop, node, statement, "").sk
    return [item.key for item in items.query(keys.node(shop, node), prefix)]


def attached_after(key: Key, held: Item | None, said: Attached, at: datetime) -> Item | None:
    """The attachment once this was said; None where it stays as it is. Its version is those of both."""
    version = version_of(at, said)
    newest, _, signed = held.version.partition("/") if held else ("", "", "")
    body = dict(held.body) if held else {}
    if version > newest:
        newest, body = version, {**body, **said.as_json(), "at": at.isoformat()}
    if said.verified and version > signed:
        signed, body = version, {**body, "signed": said.node}
    after = f"{newest}/{signed}"
    return None if held and held.version == after else Item(key, after, body)
