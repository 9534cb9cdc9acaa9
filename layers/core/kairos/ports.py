"""The small protocols that services need; adapters fulfil them, tests fake them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal, NamedTuple, Protocol

from kairos.domain.event import Event


class Key(NamedTuple):
    """partition and sort key of a stored item (see kairos.keys for the layout)."""

    pk: str
    sk: str


class Item(NamedTuple):
    """One stored item. version: what conditions compare, as text. body: JSON-ready.

    expires_at: epoch seconds after which the store may drop it, None for never.
    """

    key: Key
    version: str
    body: dict[str, Any]
    expires_at: int | None = None


class Unchanged(NamedTuple):
    """Only if the stored item has exactly this version; None: only if there is none."""

    version: str | None


class Newer(NamedTuple):
    """Only if nothing is stored, or what is stored has a lesser version than the item to put."""


Condition = Unchanged | Newer | None


class Put(NamedTuple):
    """Write the whole item if the condition holds."""

    item: Item
    only_if: Condition = None


class Delete(NamedTuple):
    """Remove the item if the condition holds; absent is fine without a condition."""

    key: Key
    only_if: Unchanged | None = None


class Check(NamedTuple):
    """In a transaction: the item must still have this version (None: still be absent)."""

    key: Key
    only_if: Unchanged


Write = Put | Delete


class Items(Protocol):
    """The store. Every read is consistent. Throttling raises Throttled after the adapter's own patience."""

    def get(self, key: Key) -> Item | None:
        """The item, or None."""

    def get_many(self, keys: Iterable[Key]) -> dict[Key, Item]:
        """Those of the keys that exist; any number of keys, repeated ones allowed."""

    def versions(self, keys: Iterable[Key]) -> dict[Key, str]:
        """The versions of those of the keys that exist; their bodies are left where they are."""

    def query(self, pk: str, prefix: str = "", limit: int | None = None) -> list[Item]:
        """All items of the partition whose sort key starts with `prefix`, in sort-key order."""

    def write(self, write: Write) -> None:
        """One conditional write. Raises Conflict where the condition does not hold."""

    def write_each(self, writes: Sequence[Write]) -> list[Write]:
        """Every write by itself, in no order; answers those whose condition did not hold.

        Whatever it raises, some of them may be done.
        """

    def transact(self, writes: Sequence[Write | Check]) -> None:
        """All or nothing, at most 100. Raises Conflict where any condition does not hold."""

    def put_batch(self, items: Iterable[Item]) -> None:
        """Put any number of items, each by itself, in no order, without conditions; of equal keys the last.

        For items that one writer alone writes, or that read the same whoever writes them. Whatever it
        raises, some of them may be written: put them all again.
        """


class Sweep(Protocol):
    """Finds what no key leads to. It reads the whole table: for erasing, building and comparing alone."""

    def page(
        self, start: str, after: str | None, part: int = 0, parts: int = 1
    ) -> tuple[list[Key], str | None]:
        """Some keys whose partition begins with `start`, and where to go on (None: that was all).

        part, parts: of so many equal parts of the table this one, counted from 0.
        """


class Clock(Protocol):
    """The one clock. In AWS it tells real time; on a laptop it runs ahead with the wait scale."""

    def now(self) -> datetime:
        """The time that rules, records and messages go by, in UTC."""

    def shown(self, real: datetime) -> datetime:
        """A real instant (a shop's timestamp) as this clock shows it; the same text always maps alike."""

    def real_elapsed(self, since: datetime) -> timedelta:
        """Real time passed since a real instant (an infrastructure timestamp)."""


class Events(Protocol):
    """The bus."""

    def publish(self, events: Sequence[Event]) -> None:
        """Publish all; every entry's result is checked; raises if any was not taken."""


class Objects(Protocol):
    """Blobs by key."""

    def put(self, key: str, body: bytes, content_type: str = "application/json") -> None:
        """Write the whole object."""

    def get(self, key: str) -> bytes:
        """The object; raises NotFound."""

    def delete(self, key: str) -> None:
        """Remove it; absent is fine."""


class StoredObject(NamedTuple):
    """An object as a listing shows it. written_at: real time."""

    key: str
    size: int
    written_at: datetime


class Files(Objects, Protocol):
    """Blobs that are files on the local disk, too."""

    def fetch(self, key: str, path: Path) -> None:
        """Write the object to a local file; raises NotFound."""

    def store(self, key: str, path: Path) -> None:
        """Write the local file to the object, whole or not at all."""

    def listed(self, prefix: str) -> Iterator[StoredObject]:
        """Every object whose key starts so, in the keys' order."""


class Uploads(Protocol):
    """Files that people send and fetch themselves, by addresses that open for a while."""

    def address_to_send(self, key: str, lasts: timedelta) -> str:
        """Where to PUT the file."""

    def address_to_fetch(self, key: str, lasts: timedelta, name: str) -> str:
        """Where to GET the file, to be saved under this name."""

    def size(self, key: str) -> int | None:
        """Its bytes; None where it has not been sent."""


class Queue(Protocol):
    """One queue."""

    def send(self, body: Mapping[str, Any], attributes: Mapping[str, str] | None = None) -> None:
        """Enqueue one JSON message; returns only when it is durable."""


class WaitingQueue(Queue, Protocol):
    """One queue, which holds messages back."""

    def send_later(self, body: Mapping[str, Any], wait: timedelta) -> None:
        """Like send, but the message is not handed out before `wait` has passed: 15 minutes at most."""


class Executions(Protocol):
    """The state machines."""

    def start(self, scenario: str, name: str, given: Mapping[str, Any]) -> None:
        """Start the scenario's machine under this name; already running with that name is success."""


class Email(NamedTuple):
    """A rendered e-mail. headers: extra ones (List-Unsubscribe); tags: come back in the provider's events.

    tenant: under whose reputation it is sent, where the provider keeps them apart.
    """

    sender: str
    reply_to: str | None
    to: str
    subject: str
    html: str
    text: str
    headers: Mapping[str, str]
    tags: Mapping[str, str]
    tenant: str | None = None


class Sms(NamedTuple):
    """A text message. to: E.164. sender_id: what it is said to come from, where the country allows it.

    kind: SNS's SMSType. max_price: US dollars that one message may cost, as text; None for the account's.
    """

    to: str
    text: str
    sender_id: str | None
    kind: Literal["Promotional", "Transactional"]
    max_price: str | None


class Push(NamedTuple):
    """A notification on a phone. endpoint: ARN of its endpoint. url: opened by a tap. ttl: seconds."""

    endpoint: str
    title: str
    text: str
    url: str | None
    image: str | None
    message_id: str
    ttl: int = 86400


class Vapid(NamedTuple):
    """Who a push service is told the sender is (RFC 8292). Keys: P-256, in base64url without padding.

    private: the 32 bytes of the scalar; public: the uncompressed point. contact: mailto:… or https://….
    """

    private: str
    public: str
    contact: str


class WebPush(NamedTuple):
    """A notification of a browser. endpoint, p256dh, auth: its subscription (Push API). ttl: seconds.

    at: epoch seconds of real time, from which the sender's signature is valid.
    """

    endpoint: str
    p256dh: str
    auth: str
    title: str
    text: str
    url: str | None
    image: str | None
    message_id: str
    ttl: int
    vapid: Vapid
    at: int


class OutgoingWebhook(NamedTuple):
    """A signed POST to a provider of other channels. headers: with the signature and the message's id."""

    url: str
    body: bytes
    headers: Mapping[str, str]


class Provider[Message](Protocol):
    """Whoever carries one channel's messages. One attempt per call; never retries by itself."""

    def send(self, message: Message) -> str | None:
        """The provider's message id, where it has one. Raises NotSent, else the outcome is unclear."""


class PhoneEndpoints(Protocol):
    """Where phones are registered for notifications."""

    def create(self, application: str, token: str) -> str:
        """The endpoint of the phone with this token, made or enabled again. Raises Refused, Throttled."""

    def delete(self, arn: str) -> None:
        """Remove it; absent is fine."""


class NotSent(Exception):
    """A definite refusal: nothing was sent. for_now: may be tried again later (throttled).

    gone: the address has ceased to exist (a phone's disabled endpoint, a browser's 404 or 410).
    """

    def __init__(self, reason: str, for_now: bool, gone: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.for_now = for_now
        self.gone = gone


class NewCode(NamedTuple):
    """A discount code that a shop shall make, good for one use. code: its text.

    collections: ids of those that it is good for, none for everything. minimum: least basket, a decimal text
    in the shop's currency. starts_at, ends_at: real time.
    """

    code: str
    kind: Literal["percent", "free_shipping"]
    percent: int
    collections: Sequence[str]
    minimum: str | None
    starts_at: datetime
    ends_at: datetime


class ShopCodes(Protocol):
    """A shop's own API, as far as it makes discount codes. One attempt per call, of bounded time."""

    def make(self, wanted: NewCode) -> Literal["made", "exists"]:
        """Make the code; "exists": the shop has one of this text. Raises NotMade."""


class ShopOrders(Protocol):
    """A shop's own API, as far as it marks orders. One attempt per call, of bounded time."""

    def tag(self, order: str, tag: str) -> None:
        """Put the tag to the order of this id. Raises NotMade."""


class ShopApi(ShopCodes, ShopOrders, Protocol):
    """All that a shop's own API is asked for."""


class NotMade(Exception):
    """The shop's API did not say that it did what it was asked for, to make a code or to tag an order.

    reason: a few words, never what it answered.

    for_now: may be asked again (busy, out of order, no answer).
    """

    def __init__(self, reason: str, for_now: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.for_now = for_now


class ShopDocument(NamedTuple):
    """One thing that a shop's API told, in the form in which the platform's own webhook would have posted it.

    topic: the webhook's, as the platform names it. body: raw JSON, for the platform's reader.
    """

    topic: str
    body: bytes


class ChangedPage(NamedTuple):
    """Some documents, oldest change first. next: the cursor to go on with, None where that was all.

    unread: ids of those that can't be read, however often they are asked for; they are passed by.
    """

    documents: Sequence[ShopDocument]
    next: str | None
    unread: Sequence[str] = ()


Changeable = Literal["orders", "customers", "products"]


class ShopReader(Protocol):
    """A shop's own API, as far as it is read. One attempt per request, of bounded time and size."""

    def changed(
        self, kind: Changeable, since: datetime, until: datetime, cursor: str | None = None
    ) -> ChangedPage:
        """What was made or changed from `since` to `until` (real time, both included), oldest change first.

        cursor: `next` of the page before. What changes while the pages are read may be told twice, and is
        never left out. Raises NotRead.
        """

    def fetch(self, topic: str, thing: str) -> ShopDocument | None:
        """The thing of this id that the topic tells of, as it is now; None where it is gone.

        Raises NotRead.
        """


NOT_ASKED = "left alone"
"""The reason of a NotRead where the shop was not asked at all, for another thing's sake."""


class NotRead(Exception):
    """The shop's API did not tell what it was asked.

    reason: a few words, never what it answered. for_now: may be asked again (busy, out of order, no answer),
    not before `after`, where the shop says how long it wants to be left alone.
    """

    def __init__(self, reason: str, for_now: bool, after: timedelta | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.for_now = for_now
        self.after = after


class Secrets(Protocol):
    """Secrets by name under the deployment's prefix."""

    def get(self, name: str) -> dict[str, Any] | None:
        """The secret's JSON, None if there is none."""

    def put(self, name: str, value: Mapping[str, Any]) -> None:
        """Create or replace."""

    def delete(self, name: str) -> None:
        """Remove for good; absent is fine."""


class Counts(Protocol):
    """Counted things, for metrics: never with personal data."""

    def add(self, name: str, amount: int = 1, **labels: str) -> None:
        """Add to a metric."""


class SignedIn(NamedTuple):
    """Somebody whose password was right. person: their id, which never changes. groups: see domain.access."""

    person: str
    email: str
    groups: tuple[str, ...]


class PasswordWanted(NamedTuple):
    """The password was right, but has to be replaced first. session: what the next step is to name."""

    email: str
    session: str


class WrongPassword(Exception):
    """No such person, another password, or one that is locked: which of them is told to nobody."""


class WeakPassword(Exception):
    """The new password does not do."""


class People(Protocol):
    """The directory of those who may sign in."""

    def sign_in(self, email: str, password: str) -> SignedIn | PasswordWanted:
        """Raises WrongPassword, Throttled."""

    def choose_password(self, email: str, password: str, session: str) -> SignedIn:
        """The new password in the place of the first one. Raises WrongPassword, WeakPassword, Throttled."""

    def groups(self, person: str) -> tuple[str, ...] | None:
        """The person's groups as they are now; None where they may not sign in any more."""


class Known(NamedTuple):
    """Somebody in the directory. invited: a first password was sent, and not replaced yet."""

    person: str
    email: str
    invited: bool


class Directory(Protocol):
    """The same directory, for who says who may sign in. Every call may raise Throttled."""

    def members(self, group: str) -> list[Known]:
        """Everybody in the group who may sign in; nobody where there is no such group."""

    def invite(self, email: str) -> Known:
        """The person of this address; who is new, or has not signed in yet, is sent a first password."""

    def renew(self, email: str) -> None:
        """A first password in the place of the one that this person of the directory had, by e-mail."""

    def put_in(self, person: str, group: str) -> None:
        """Into the group, which is made if need be; being there is success."""

    def take_out(self, person: str, group: str) -> None:
        """Out of the group; not being there is success."""


class SenderIdentity(NamedTuple):
    """What the provider of mail knows of a domain or address. dkim: how its check of the signing records
    stands; tokens: the names of these, dkim_zone: where they point to. mail_from: the domain that bounces go
    to, None where the provider's own is used.
    """

    verified: bool
    dkim: Literal["good", "waiting", "failed", "off"]
    tokens: tuple[str, ...]
    dkim_zone: str
    mail_from: str | None
    mail_from_state: Literal["good", "waiting", "failed", "off"]
    region: str


class SenderIdentities(Protocol):
    """The provider of mail, as far as it says from whom it would send."""

    def show(self, name: str) -> SenderIdentity | None:
        """Of a domain or an address; None where it knows neither. Raises Unavailable."""


class Names(Protocol):
    """The DNS."""

    def texts(self, name: str) -> list[str]:
        """The TXT records of the name, none where it has none. Raises Unavailable."""
