"""Storing what rows tell, many at a time: what reads the same however often it is written in batches, what
others write too under conditions."""

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from datetime import datetime
from typing import NamedTuple

from kairos import keys
from kairos.domain.customer import CustomerSnapshot
from kairos.domain.identity import Identities, IdentityKey
from kairos.domain.order import OrderSnapshot
from kairos.domain.snapshot import sortable, version_of
from kairos.ports import Item, Items, Key
from kairos.services.codes.redemption import code_pointers
from kairos.services.customers import told_at
from kairos.services.importing.batches import put_all, put_newer_all
from kairos.services.importing.consents import store_consents
from kairos.services.importing.links import Statement, attach_phones, facts_of
from kairos.services.recording.documents import record_node
from kairos.services.recording.links import nodes_named
from kairos.services.recording.storing import fact, remember

Erase = Callable[[str, Iterable[str], datetime], None]
"""Erases all that is kept at these nodes of the shop; datetime: the time up to which they are erased."""


class Told(NamedTuple):
    """One snapshot and its first line. rows: how many tell it. nodes: whom it names, strongest first."""

    snapshot: OrderSnapshot | CustomerSnapshot
    line: int
    rows: int
    nodes: tuple[str, ...]


class Stored(NamedTuple):
    """touched: nodes whose customers are to be folded anew. marks: to delete once these were noted.

    kept: how many snapshots are about people who were not erased. too_large: those of them that no item can
    hold. erased: rows about people who were.
    """

    touched: frozenset[str]
    kept: int
    marks: tuple[Key, ...] = ()
    too_large: tuple[Told, ...] = ()
    erased: int = 0


class Store(NamedTuple):
    """Stores for one shop. again: it was begun before, and may be there in part (see attach_phones).

    written: facts that are known to be stored, and linked: statements whose facts are, so that each is
    written once.
    """

    items: Items
    key: IdentityKey
    shop: str
    erase: Erase
    again: bool
    written: set[Key]
    linked: set[Identities]

    def named(self, snapshot: OrderSnapshot | CustomerSnapshot, line: int, rows: int) -> Told:
        """The snapshot with the nodes that it names."""
        return Told(snapshot, line, rows, tuple(nodes_named(snapshot.identities, self.shop, self.key)))

    def store(self, told: Sequence[Told]) -> Stored:
        """Store all of them, of one kind. Repeating it changes nothing; whoever was erased stays so."""
        gone = self._erased(told)
        kept = [one for one in told if not _since(one, gone)]
        documents = [(one, self._document(one)) for one in kept]
        held = self.items.get_many(item.key for _, item in documents)
        news = [(one, item) for one, item in documents if not _is_same(held.get(item.key), item)]
        changed = [(one, item) for one, item in news if not _is_newer(held.get(item.key), item)]
        # An older telling tells who is who all the same.
        self._write_facts({one.snapshot.identities for one, _ in news}, changed)
        fresh = kept if self.again else [one for one, _ in news]
        moved = attach_phones(self.items, self.shop, self.key, [_statement(one) for one in fresh], self.again)
        consents = (said for one in fresh for said in one.snapshot.consents)
        store_consents(self.items, self.shop, self.key, consents)
        # Documents last: what is stored of them tells that all the rest is.
        self._note_former_owners(changed, held)
        too_large = self._write_documents(changed)
        owners = self._traced_owners(fresh)
        self._erase_again(kept)
        erased = sum(one.rows for one in told) - sum(one.rows for one in kept)
        touched = moved.touched.union(owners, (one.nodes[0] for one in kept))
        return Stored(touched, len(kept), moved.settled, too_large, erased)

    def _document(self, one: Told) -> Item:
        """Where the snapshot is kept, and how."""
        if isinstance(one.snapshot, OrderSnapshot):
            place = keys.imported_order(self.shop, one.snapshot.id)
            body = {"nodes": list(one.nodes), "snapshot": one.snapshot.as_json()}
            # No hash: of two files that tell the same time, the one that was sent last counts.
            return Item(place, f"{sortable(one.snapshot.updated_at)}#", body)
        node = record_node(self.shop, self.key, one.snapshot)
        version = version_of(one.snapshot.updated_at, one.snapshot)
        return Item(keys.customer_record(self.shop, node), version, one.snapshot.as_json())

    def _write_facts(self, said: Set[Identities], changed: Sequence[tuple[Told, Item]]) -> None:
        """Who is who, and the pointers to orders, so that no document is ever without them."""
        facts = facts_of(self.shop, self.key, said - self.linked)
        missing = [item for key, item in facts.items() if key not in self.written]
        pointers = [pointer for one, _ in changed for pointer in self._pointers(one)]
        self.items.put_batch([*missing, *pointers])
        self.written.update(facts)
        self.linked.update(said)

    def _pointers(self, one: Told) -> list[Item]:
        """What leads to an order from its customer and its codes; a record lies with the customer itself."""
        if not isinstance(one.snapshot, OrderSnapshot):
            return []
        pointer = fact(keys.order_pointer(self.shop, one.nodes[0], one.snapshot.id))
        return [pointer, *code_pointers(self.shop, one.snapshot)]

    def _note_former_owners(self, changed: Sequence[tuple[Told, Item]], held: Mapping[Key, Item]) -> None:
        """Where a former import gave the order to somebody else: leave word in its trace of whom to fold."""
        for one, item in changed:
            former = held[item.key].body["nodes"][:1] if _is_order(one) and item.key in held else []
            if former and former[0] != one.nodes[0]:
                remember(self.items, keys.order_trace(self.shop, one.snapshot.id), nodes=former)

    def _traced_owners(self, told: Sequence[Told]) -> set[str]:
        """Whom the orders were given to before; to be read after the documents, as in recording."""
        wanted = [keys.order_trace(self.shop, one.snapshot.id) for one in told if _is_order(one)]
        traces = self.items.get_many(wanted).values()
        return {node for trace in traces for node in trace.body.get("nodes", ())}

    def _write_documents(self, changed: Sequence[tuple[Told, Item]]) -> tuple[Told, ...]:
        """Imports alone write such orders; recording writes records too. Answers what is too large."""
        wanted = [item for _, item in changed]
        ours = all(_is_order(one) for one, _ in changed)
        refused = put_all(self.items, wanted) if ours else put_newer_all(self.items, wanted)
        return tuple(one for one, item in changed if item.key in refused)

    def _erased(self, told: Sequence[Told]) -> Mapping[str, datetime]:
        """Of the nodes named those that were erased, and up to when."""
        nodes = {node for one in told for node in one.nodes}
        marks = self.items.get_many(keys.erasure(self.shop, node) for node in nodes)
        return {
            node: datetime.fromisoformat(marks[key].body["at"])
            for node in (nodes if marks else ())
            if (key := keys.erasure(self.shop, node)) in marks
        }

    def _erase_again(self, kept: Sequence[Told]) -> None:
        """An erasure that began after it was looked for may have passed by what was stored since, and taken
        the pointers to it: with these back in place it finds everything."""
        gone = self._erased(kept)
        for one in kept if gone else ():
            if since := _since(one, gone):
                self.items.put_batch(self._pointers(one))
                self.erase(self.shop, one.nodes, since)


def _since(one: Told, gone: Mapping[str, datetime]) -> datetime | None:
    """When somebody whom it names was erased, at or after the time that it tells of."""
    times = [gone[node] for node in one.nodes if node in gone and gone[node] >= one.snapshot.updated_at]
    return max(times, default=None)


def _is_order(one: Told) -> bool:
    return isinstance(one.snapshot, OrderSnapshot)


def _statement(one: Told) -> Statement:
    return Statement(one.snapshot.identities, one.snapshot.updated_at, one.nodes)


def _is_same(held: Item | None, item: Item) -> bool:
    """Whether the same is stored; for a record, whose file may tell no time, whenever it was told."""
    if held is None:
        return False
    return _timeless(held) == _timeless(item) if item.key.sk == "customer" else held.body == item.body


def _timeless(item: Item) -> dict[str, object]:
    return {name: value for name, value in item.body.items() if name != "updated_at"}


def _is_newer(held: Item | None, item: Item) -> bool:
    """Whether what is stored is of a later time. At equal times a file that was sent anew counts."""
    return held is not None and told_at(held) > told_at(item)
