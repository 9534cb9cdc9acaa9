"""One delivery: from the queue's text to what becomes of it."""

from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from functools import reduce
from typing import NamedTuple

from kairos import keys
from kairos.domain.activity import ActivityBatch
from kairos.domain.cart import CartSnapshot
from kairos.domain.customer import ConsentSnapshot, CustomerSnapshot, PrivacyRequest
from kairos.domain.delivery import Delivery
from kairos.domain.errors import NotConcerned, NotFetched, Refused, TooLarge
from kairos.domain.identity import Identities, IdentityKey
from kairos.domain.order import OrderSnapshot, RefundSnapshot
from kairos.domain.product import CategorySnapshot, ProductSnapshot
from kairos.domain.segment import Cause
from kairos.domain.shelf import ShopSegments
from kairos.domain.shop import Shop
from kairos.domain.snapshot import Snapshot
from kairos.domain.value import digest
from kairos.ports import Clock, Events, Items, Objects
from kairos.services.fetching.wanted import Wanted
from kairos.services.recording import documents
from kairos.services.recording.activity import keep_longer, record_activity
from kairos.services.recording.browsers import RegisterBrowser, nobody_asks
from kairos.services.recording.consents import record_consents
from kairos.services.recording.documents import Touched
from kairos.services.recording.events import cart_events, carts_naming, carts_proven, order_events
from kairos.services.recording.links import Linked, nodes_named, record_links, settle
from kairos.services.recording.outcome import Done, Outcome
from kairos.services.recording.prices import price_events
from kairos.services.recording.reconciled import SOURCE, Compared, cause_of, compare
from kairos.services.recording.subscribers import keep_record, resolved
from kairos.services.segments import touching
from kairos.services.segments.evaluating import Evaluating, evaluate_nodes
from kairos.services.segments.evaluation import Evaluated
from kairos.services.segments.shelf import Load, load_segments
from kairos.services.segments.telling import events_for
from kairos.services.sending.ledger import real_now
from kairos.services.shops import load_shop
from kairos.services.site.gathering import rows_of
from kairos.services.visit_links import reader

OVER_THE_LIMIT = "activity over the visitor's daily limit"
"""What is counted as dropped of a visitor who did MOST_PER_DAY things today."""

Read = Callable[[Delivery, Shop, Clock], Sequence[Snapshot]]
"""A platform's reader. Raises Unreadable, NotConcerned for a topic that is none of our business, or
NotFetched for a body that tells an id alone."""

ActOn = Callable[[PrivacyRequest, Shop], None]
"""Fulfils a request of privacy law; repeating one does no harm."""

Erase = Callable[[str, Iterable[str], datetime], None]
"""Erases all that is kept at these nodes of the shop; datetime: the time up to which they are erased."""


class Recorder(NamedTuple):
    """Records deliveries. act_on: fulfils privacy requests; erase: erases again what came in meanwhile.

    objects: where transitions are kept that the bus is not told one by one. load: the shelf of a shop;
    shelves: those read already, by shop, where they are shared. register: registers a visitor's browser.
    """

    items: Items
    events: Events
    key: IdentityKey
    clock: Clock
    read: Read
    act_on: ActOn
    erase: Erase
    objects: Objects
    load: Load = load_segments
    shelves: dict[str, ShopSegments] | None = None
    register: RegisterBrowser = nobody_asks

    def for_a_batch(self) -> "Recorder":
        """One that reads each shop's segments once."""
        return self._replace(shelves={})

    def record(self, delivery: Delivery) -> Outcome:
        """Record all that the delivery tells. Any error that it raises is transient: deliver it again."""
        shop = load_shop(self.items, delivery.shop)
        if shop is None:
            return Outcome("dead", "unknown shop", "shop", "There is no such shop (any more).")
        try:
            read = [self._followed(delivery, one) for one in self.read(delivery, shop, self.clock)]
            told = tuple(one for one in read if not self._erased(shop.id, one))
            if not told:
                return Outcome("erased")
            cause = cause_of(delivery, told, self.clock)
            noted, told = self._compared(delivery, told)
            done = self.record_all(shop, told, digest(delivery.as_json()), cause) if told else Done()
        except NotConcerned as other:
            return Outcome("dropped", other.topic)
        except NotFetched as named:
            return Outcome("to fetch", wanted=Wanted.of(delivery, named))
        except Refused as wrong:
            return Outcome("dead", "unreadable", wrong.field, f"{wrong.problem} {wrong.remedy}")
        except TooLarge as wrong:
            return Outcome("dead", "too large", "body", str(wrong))
        return Outcome("recorded", done=done, noted=noted)

    def record_all(self, shop: Shop, told: Sequence[Snapshot], of: str, cause: Cause = "event") -> Done:
        """Store every snapshot, fold the profiles that they touch, evaluate their segments, tell the bus.

        of: names the occasion; the same when it is repeated, see segment.Transition. cause: why segments
        change by it.
        """
        done = [self._store(shop, one) for one in told]
        for one in told:
            # An erasure that began after it was looked for may have passed by what was stored since, and
            # taken the pointers to it: with these back in place it finds everything.
            if erased := self._erased(shop.id, one):
                with suppress(NotConcerned):
                    self._store(shop, one)
                self.erase(shop.id, erased, max(erased.values()))
        touched = reduce(Touched.and_, (one for one, _ in done), Touched())
        found = self._evaluate(shop, touched.nodes, of, cause)
        known = {node: one.component for node, one in found.items()}
        customers = {one.customer: one for one in found.values() if not one.component.is_anonymous}
        moved = [each for one in customers.values() for each in one.told]
        changed = events_for(self.objects, shop.id, of, moved)
        proven = carts_proven(found[one.joined].profile for _, one in done if one.joined)
        changed += cart_events(self.items, shop.id, touched.carts | proven, known)
        changed += order_events(self.items, shop.id, touched.orders, known)
        changed += price_events(
            self.items, shop.id, (one for one in told if isinstance(one, ProductSnapshot))
        )
        if changed:
            self.events.publish(changed)
        for one, (_, linked) in zip(told, done, strict=True):
            settle(self.items, linked)
            if isinstance(one, ActivityBatch) and one.push:
                self.register(shop, linked.nodes[0], one.push)
        products = frozenset(one.id for one in told if isinstance(one, ProductSnapshot))
        failed = {one: error for each in customers.values() for one, error in each.failed.items()}
        joined = any(linked.joined or linked.attached for _, linked in done)
        site = rows_of(shop, self.key, told, touched.orders, found, self.clock.now(), joined)
        return Done(touching.Touched(frozenset(customers), products), failed, site)

    def _compared(self, delivery: Delivery, told: Sequence[Snapshot]) -> Compared:
        if delivery.source != SOURCE:
            return Compared((), tuple(told))
        return compare(self.items, delivery.shop, self.key, told, real_now(self.clock))

    def _evaluate(self, shop: Shop, nodes: Collection[str], of: str, cause: Cause) -> dict[str, Evaluated]:
        if not nodes:
            return {}
        parts = Evaluating(self.items, self.clock, self.events, self.objects, self.load)
        return evaluate_nodes(parts, self._shelf(shop), nodes, cause, of)

    def _shelf(self, shop: Shop) -> ShopSegments:
        shared = {} if self.shelves is None else self.shelves
        if shop.id not in shared or shared[shop.id].shop != shop:
            shared[shop.id] = self.load(self.items, shop)
        return shared[shop.id]

    def _store(self, shop: Shop, told: Snapshot) -> tuple[Touched, Linked]:
        """Who is who first, also by an old telling; then consents, then the document."""
        match told:
            case PrivacyRequest():
                self.act_on(told, shop)
                return Touched(), Linked()
            case ProductSnapshot():
                return documents.store_product(self.items, shop.id, told), Linked()
            case CategorySnapshot():
                return documents.store_category(self.items, shop.id, told), Linked()
            case RefundSnapshot():
                return documents.store_refund(self.items, shop.id, told), Linked()
            case ActivityBatch():
                return self._store_activity(shop.id, told)
        linked, touched = self._link(shop.id, told.identities, told.updated_at)
        touched = touched.and_(Touched(record_consents(self.items, shop.id, self.key, told.consents)))
        return touched.and_(self._store_document(shop.id, told, linked.nodes)), linked

    def _store_document(
        self,
        shop: str,
        told: OrderSnapshot | CartSnapshot | CustomerSnapshot | ConsentSnapshot,
        nodes: tuple[str, ...],
    ) -> Touched:
        match told:
            case OrderSnapshot():
                return documents.store_order(self.items, shop, told, nodes)
            case CartSnapshot():
                return documents.store_cart(self.items, shop, told, nodes)
            case CustomerSnapshot():
                return documents.store_customer(self.items, shop, self.key, told, nodes)
            case ConsentSnapshot():
                keep_record(self.items, shop, self.key, told)
                return Touched()

    def _store_activity(self, shop: str, told: ActivityBatch) -> tuple[Touched, Linked]:
        visitor = self.key.node(shop, "visitor", told.visitor)
        anonymous = Identities(visitor=told.visitor, verified=False)
        said = (
            told.identities.model_copy(update={"visitor": told.visitor}) if told.identified_at else anonymous
        )
        linked, touched = self._link(shop, said, told.identified_at or told.updated_at)
        has_room = record_activity(self.items, shop, visitor, told.activities)
        if not (has_room or told.cart or told.identified_at):
            raise NotConcerned(OVER_THE_LIMIT)
        touched = touched.and_(Touched(nodes=frozenset({visitor})))
        if told.cart is None:
            return touched, linked
        # One batch comes from one browser: its cart is whose the batch says it is.
        cart = told.cart.model_copy(update={"identities": said})
        touched = touched.and_(Touched(record_consents(self.items, shop, self.key, cart.consents)))
        return touched.and_(documents.store_cart(self.items, shop, cart, linked.nodes)), linked

    def _followed(self, delivery: Delivery, told: Snapshot) -> Snapshot:
        """The batch with whom its link of a mail names; as of nobody, where it names nobody any more.

        Likewise a deleted record of consent with whom it named. Raises NotConcerned where it named nobody.
        """
        if isinstance(told, ConsentSnapshot):
            return resolved(self.items, delivery.shop, told)
        if not isinstance(told, ActivityBatch) or told.link is None:
            return told
        # When it came in: the browser's own clock would keep an old link valid for ever.
        received_at = self.clock.shown(delivery.received_at)
        who = reader(self.items, self.key, delivery.shop, told.link, received_at)
        if who is None:
            return told.model_copy(update={"link": None, "identified_at": None})
        return told.model_copy(update={"identities": who.model_copy(update={"visitor": told.visitor})})

    def _link(self, shop: str, identities: Identities, at: datetime) -> tuple[Linked, Touched]:
        """Who is who; and what else changes where a phone or visitor has become somebody's."""
        linked = record_links(self.items, shop, self.key, identities, at)
        for node in linked.attached:
            if node[0] == "v":
                keep_longer(self.items, shop, node)
        carts = carts_naming(self.items, shop, linked.attached)
        nodes = {*linked.nodes, *linked.formers, *documents.owners_of_carts(self.items, shop, carts)}
        return linked, Touched(nodes=frozenset(nodes), carts=frozenset(carts))

    def _erased(self, shop: str, told: Snapshot) -> dict[str, datetime]:
        """The nodes it names that were erased at or after the time that it tells of, and when."""
        identities: Identities | None = getattr(told, "identities", None)
        if identities is None or isinstance(told, PrivacyRequest):
            return {}
        nodes = nodes_named(identities, shop, self.key)
        marks = self.items.get_many(keys.erasure(shop, node) for node in nodes)
        times = {
            node: datetime.fromisoformat(marks[key].body["at"])
            for node in nodes
            if (key := keys.erasure(shop, node)) in marks
        }
        return {node: at for node, at in times.items() if at >= told.updated_at}
