"""A batch of things to be fetched: each thing once, and no shop's outage holds up another's."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any, NamedTuple, Protocol

from pydantic import ValidationError

from kairos.domain.delivery import Delivery
from kairos.domain.errors import Refused
from kairos.domain.shop import Shop
from kairos.ports import (
    NOT_ASKED,
    Counts,
    Items,
    NotRead,
    Objects,
    Queue,
    ShopDocument,
    ShopReader,
    WaitingQueue,
)
from kairos.services.fetching.queueing import enqueue
from kairos.services.fetching.wanted import GIVEN_UP_AFTER, LONGEST_WAIT, Wanted
from kairos.services.recording.messages import QueuedMessage
from kairos.services.shop_access import Readable, open_reader
from kairos.services.shops import load_shop

_LEAVE_IT = ("", "Nothing is to be set: what the shop's system holds there can't be taken.")

REMEDIES = {
    "answer too big": _LEAVE_IT,
    "nothing to be asked for": _LEAVE_IT,
    "status 5": ("api", "Wait until the shop's system answers again, then replay this letter."),
    "no answer": ("api", "Wait until the shop's system answers again, then replay this letter."),
    "left alone": ("api", "Wait until the shop's system answers again, then replay this letter."),
    "token": ("secrets.api", "Send a token that may read orders, customers, products and carts."),
    "secret": ("secrets.api", "Send the token as the shop's system shows it, without blanks or line ends."),
    "no access": ("api", "Send the address of the shop's API as `api`, and its token as `secrets.api`."),
    "": ("api", "Look at the address of the shop's API, and at what the shop's system holds."),
}
"""By how the reason begins: the setting to look at, and what to do about it."""

_SHORTEST = timedelta(seconds=1)

YOUNG = timedelta(minutes=15)
"""What a webhook named so lately, and the shop does not know, is asked for once more before it counts as
deleted: the webhook may have come before the shop's own API knew. Our own default."""

NOT_THERE = "not there yet"

SHARE = timedelta(seconds=30)
"""Of a batch for one shop: one that answers slowly holds up no other's."""

AFTER_ITS_SHARE = timedelta(seconds=30)
NO_TIME = "no time"


class ById(Protocol):
    """See adapters.platforms.platform.ById."""

    @property
    def named(self) -> Callable[[str, str, datetime | None], ShopDocument]: ...

    @property
    def gone(self) -> Callable[[str, str], ShopDocument]: ...


class Documents(NamedTuple):
    """What the shop's platform makes of what was read. of: a delivery, read then, with Wanted.told_at.

    by_id: what it tells of a thing by its id.
    """

    of: Callable[[Shop, ShopDocument, datetime, datetime | None], Delivery]
    by_id: Callable[[Shop], ById]


_Group = tuple[Wanted, list[str]]
"""What is wanted, and the ids of the messages that want it."""


class Fetching(NamedTuple):
    """What fetching needs. connect: speaks to a shop's API with its secret. Raises NotRead.

    record: the queue of deliveries. again: our own. dead_letters: for what the shop refuses for good.
    on_error: is told each transient error of our own, for the log.
    """

    items: Items
    secrets: Readable
    connect: Callable[[Shop, str], ShopReader]
    documents: Documents
    objects: Objects
    record: Queue
    again: WaitingQueue
    dead_letters: Queue
    counts: Counts
    on_error: Callable[[str, Exception], None]

    def fetch(
        self, messages: Sequence[QueuedMessage], now: Callable[[], datetime], enough_time: Callable[[], bool]
    ) -> list[str]:
        """Fetch what there is time for, the shops in turn; what there is none for goes back to the queue.

        Returns the ids of the messages that have to be delivered again. now: real time.
        """
        failed: list[str] = []
        batch = self._replace(secrets=_ReadOnce(self.secrets))
        spent: dict[str, timedelta] = {}
        for wanted, ids in _in_turn(self._groups(messages)):
            began = now()
            try:
                if spent.get(wanted.shop, timedelta()) < SHARE and enough_time():
                    batch._fetch(wanted, now)
                else:
                    # As it came: a message that SQS itself brings again counts as one that failed.
                    self.again.send_later(wanted.as_json(), AFTER_ITS_SHARE)
                    self.counts.add("FetchedLater", shop=wanted.shop, reason=NO_TIME)
            except Exception as error:
                self.on_error(", ".join(ids), error)
                failed += ids
            spent[wanted.shop] = spent.get(wanted.shop, timedelta()) + (now() - began)
        return failed

    def _groups(self, messages: Sequence[QueuedMessage]) -> list[_Group]:
        groups: dict[tuple[str, str, str], _Group] = {}
        for message in messages:
            wanted = self._opened(message)
            if wanted is None:
                continue
            known, ids = groups.get(wanted.what, (wanted, []))
            groups[wanted.what] = known.and_(wanted), [*ids, message.id]
        return list(groups.values())

    def _opened(self, message: QueuedMessage) -> Wanted | None:
        try:
            return Wanted.model_validate(message.as_json)
        except ValidationError:
            told = {"reason": "no wish", "problem": "The message is not as record_events writes it."}
            self.dead_letters.send(message.as_json, told)
            self.counts.add("Unfetched", reason="no wish")
            return None

    def _fetch(self, wanted: Wanted, now: Callable[[], datetime]) -> None:
        shop = load_shop(self.items, wanted.shop)
        if shop is None:
            self.counts.add("Unfetched", shop=wanted.shop, reason="unknown shop")
            return
        try:
            by_id = self.documents.by_id(shop)
        except Refused:
            # The shop has moved to another platform since, which knows nothing of this id.
            self.counts.add("Unfetched", shop=shop.id, reason="another platform")
            return
        try:
            told = open_reader(self.secrets, self.connect, shop).fetch(wanted.topic, wanted.thing)
            if told is None and wanted.attempts == 0 and now() - wanted.received_at < YOUNG:
                raise NotRead(NOT_THERE, for_now=True)
        except NotRead as refusal:
            self._put_off(shop, wanted, refusal, now())
            return
        if told is None:
            # Dated by now, since the shop said so now; it beats whatever was told of it before.
            told, at, received = by_id.gone(wanted.topic, wanted.thing), None, now()
        else:
            at, received = wanted.told_at, wanted.received_at
        enqueue(self.objects, self.record, self.documents.of(shop, told, received, at))
        self.counts.add("Fetched", shop=shop.id, topic=wanted.topic)

    def _put_off(self, shop: Shop, wanted: Wanted, refusal: NotRead, now: datetime) -> None:
        """Back to the queue for a while, or to the dead letters: what passes is never given up in a hurry."""
        since = wanted.failing_since or now
        if not refusal.for_now or now - since > GIVEN_UP_AFTER:
            self._bury(shop, wanted, refusal)
            return
        asked = refusal.reason != NOT_ASKED
        wait = max(refusal.after or wanted.wait, _SHORTEST)
        later = wanted.model_copy(update={"attempts": wanted.attempts + asked, "failing_since": since})
        self.again.send_later(later.as_json(), min(wait, LONGEST_WAIT))
        self.counts.add("FetchedLater", shop=wanted.shop, reason=refusal.reason)

    def _bury(self, shop: Shop, wanted: Wanted, refusal: NotRead) -> None:
        """As the webhook that named it: recorded again, it is fetched again."""
        field, remedy = next(told for start, told in REMEDIES.items() if refusal.reason.startswith(start))
        problem = f"{wanted.topic} was not fetched: {refusal.reason}. {remedy}"
        told = {"reason": refusal.reason, "field": field, "problem": problem, "shop": wanted.shop}
        webhook = self.documents.by_id(shop).named(wanted.topic, wanted.thing, wanted.told_at)
        delivery = self.documents.of(shop, webhook, wanted.received_at, None)
        self.dead_letters.send(delivery.as_json(), _sendable(told))
        self.counts.add("Unfetched", shop=wanted.shop, reason=refusal.reason)


def _in_turn(groups: Sequence[_Group]) -> list[_Group]:
    """One of each shop, then the next of each."""
    place: Counter[str] = Counter()
    turns = []
    for wanted, ids in groups:
        turns.append((place[wanted.shop], (wanted, ids)))
        place[wanted.shop] += 1
    return [group for _, group in sorted(turns, key=itemgetter(0))]


class _ReadOnce:
    """See ports.Secrets, of which no more is needed: the vault is paid by the question."""

    def __init__(self, secrets: Readable) -> None:
        self._secrets = secrets
        self._read: dict[str, dict[str, Any] | None] = {}

    def get(self, name: str) -> dict[str, Any] | None:
        """See ports.Secrets."""
        if name not in self._read:
            self._read[name] = self._secrets.get(name)
        return self._read[name]


def _sendable(told: dict[str, str]) -> dict[str, str]:
    """As attributes of a message: a topic may hold what SQS does not take."""
    return {name: re.sub(r"[^\x20-\x7e]", "?", value)[:256] for name, value in told.items()}
