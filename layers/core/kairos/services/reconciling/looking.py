"""One shop's turn: some pages of what changed, each on the queue before the state says that it was read."""

from collections.abc import Callable
from contextlib import suppress
from typing import Literal, NamedTuple

from kairos.adapters.shop_apis.asking import TOKEN_REFUSED, TOO_BIG
from kairos.adapters.shop_apis.reading import NO_API
from kairos.domain.errors import Conflict
from kairos.domain.reconciliation import (
    FIRST_WAIT,
    KINDS,
    Kind,
    Reconciliation,
    Window,
    after_page,
    at_address,
    finished,
    from_its_beginning,
    hindered,
    next_window,
    without_access,
)
from kairos.domain.shop import Shop
from kairos.ports import NOT_ASKED, Clock, Counts, Items, NotRead, ShopDocument, ShopReader
from kairos.services.reconciling.standing import Standing
from kairos.services.sending.ledger import real_now
from kairos.services.shop_access import NO_ACCESS
from kairos.services.shops import load_shop

PAGES_A_TURN = 4
"""Then another shop has its turn."""

NOTHING_TO_READ = frozenset({NO_ACCESS, NO_API})
"""Reasons of a shop that need nobody's attention: it has chosen so."""

Turn = Literal["done", "more"]


class Reconciling(NamedTuple):
    """What reconciling needs. open_reader: a shop's API, to be read; raises NotRead. enqueue: puts a document
    of a shop on the RecordQueue, and returns only when it is durable. has_time: for one page more.

    on_error: is told the shop and what failed on our side. on_refusal: the shop, and why it can't be read.
    """

    items: Items
    clock: Clock
    counts: Counts
    open_reader: Callable[[Shop], ShopReader]
    enqueue: Callable[[Shop, ShopDocument], None]
    has_time: Callable[[], bool]
    on_error: Callable[[str, Exception], None]
    on_refusal: Callable[[str, NotRead], None]


def look(given: Reconciling, shop_id: str) -> Turn:
    """Read some pages of the shop; "more": it has not come to its end, and may go on at once.

    Of two who look at the same shop at once, the slower one leaves it to the other; a page may then have been
    queued twice. Raises what the store or the queue raise: what is read by then stays read.
    """
    shop = load_shop(given.items, shop_id)
    if shop is not None:
        with suppress(Conflict):
            return _Look(given, shop).turn()
    return "done"


class _Look:
    """One turn. told: the state as it was saved last."""

    def __init__(self, given: Reconciling, shop: Shop) -> None:
        self._given, self._shop = given, shop
        self._began = real_now(given.clock)
        self._standing = Standing(given.items, shop.id)
        self._told = at_address(self._standing.told, shop.api_address or "", self._began)
        self._pages = 0

    def turn(self) -> Turn:
        """See look. Raises Conflict."""
        if self._shop.api_address is None:
            self._save(without_access(self._standing.told, self._began))
            return "done"
        due_at = self._told.due_at
        # Before the shop is asked: one so slow that the function is ended has its next turn after the others.
        self._save(self._told.model_copy(update={"due_at": self._began + FIRST_WAIT}))
        try:
            is_done = self._read_all()
        except Exception:  # no finally: whose function is ended keeps the later turn
            self._save(self._told.model_copy(update={"due_at": due_at}))
            raise
        if not is_done:
            self._save(self._told.model_copy(update={"due_at": due_at}))
        return "done" if is_done else "more"

    def _read_all(self) -> bool:
        """Whether the turn came to an end: all is read, or the shop can't be. Raises Conflict."""
        kind: Kind = KINDS[0]
        try:
            reader = self._given.open_reader(self._shop)
            for kind in KINDS:
                if not self._read(reader, kind):
                    return False
        except NotRead as refusal:
            self._save(self._after_refusal(kind, refusal))
            return True
        self._save(finished(self._told, self._began, self._shop.reconcile_minutes))
        return True

    def _read(self, reader: ShopReader, kind: Kind) -> bool:
        """Whether all of this kind is read that had settled when the turn began. Raises NotRead, Conflict."""
        while window := next_window(self._told.progress(kind), self._began):
            if self._pages == PAGES_A_TURN or not self._given.has_time():
                return False
            page = reader.changed(kind, window.since, window.until, window.cursor)
            for document in page.documents:
                self._given.enqueue(self._shop, document)
            for one in page.unread:
                self._given.counts.add("ReconciliationHindered", shop=self._shop.id, reason=TOO_BIG)
                self._given.on_refusal(self._shop.id, NotRead(f"{TOO_BIG}: {kind} {one}", for_now=False))
            self._pages += 1
            further = after_page(self._told.progress(kind), window, page.next)
            self._save(self._told.with_progress(kind, further))
        return True

    def _after_refusal(self, kind: Kind, refusal: NotRead) -> Reconciliation:
        now = real_now(self._given.clock)
        if refusal.reason in NOTHING_TO_READ:
            return without_access(self._standing.told, now)
        if refusal.reason == NOT_ASKED:
            return self._told.model_copy(update={"due_at": now + (refusal.after or FIRST_WAIT)})
        self._given.counts.add("ReconciliationHindered", shop=self._shop.id, reason=refusal.reason[:64])
        progress, told = self._told.progress(kind), refusal.reason
        if refusal.for_now:
            return hindered(self._told, told, False, refusal.after, now)
        if told.startswith(TOKEN_REFUSED) or not _is_begun(progress.window):
            self._given.on_refusal(self._shop.id, refusal)
            return hindered(self._told, told, True, None, now)
        # A cursor that is refused has grown too old: the window is read anew, and its documents told again.
        anew = self._told.with_progress(kind, from_its_beginning(progress))
        return hindered(anew, told, False, None, now)

    def _save(self, told: Reconciliation) -> None:
        self._standing.save(told)
        self._told = told


def _is_begun(window: Window | None) -> bool:
    return window is not None and window.cursor is not None
