"""The closed registry of shop platforms, and the one way from a delivery to snapshots."""

import base64
import binascii
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from pydantic import ValidationError

from kairos.adapters.platforms import (
    activity,
    bigcommerce,
    cloudcart,
    generic,
    magento,
    prestashop,
    shopify,
    woocommerce,
)
from kairos.adapters.platforms.envelope import Envelope
from kairos.adapters.platforms.fields import Fields, clean, parse_json
from kairos.adapters.platforms.message import Message, Reader
from kairos.adapters.platforms.times import Times
from kairos.domain.delivery import Delivery
from kairos.domain.errors import NotConcerned, Refused, Unreadable
from kairos.domain.shop import Shop
from kairos.domain.snapshot import Snapshot
from kairos.ports import Clock, ShopDocument


class ById(NamedTuple):
    """What a platform tells of a thing by its topic and id. named: at a real time, so that it is fetched.

    gone: that the shop has it no more, as the platform tells that it was deleted.
    """

    named: Callable[[str, str, datetime | None], ShopDocument]
    gone: Callable[[str, str], ShopDocument]


class Platform(NamedTuple):
    """What one platform posts.

    topics: a reader for each topic that concerns us; others are NotConcerned. topic_headers: lower-case
    names of the header that tells the topic; none where every body is read alike, by the reader of "".
    told_at_headers: of the one that tells when it happened. open: takes the wrapper off a parsed body; what
    topic the wrapper tells holds where no header does. topic_starts: what is left off a topic's beginning.
    by_id: for platforms whose webhooks tell ids alone.
    """

    topics: Mapping[str, Reader]
    topic_headers: tuple[str, ...] = ()
    told_at_headers: tuple[str, ...] = ()
    open: Callable[[Any], Envelope] | None = None
    topic_starts: tuple[str, ...] = ()
    by_id: ById | None = None

    def read(self, delivery: Delivery, shop: Shop, clock: Clock) -> list[Snapshot]:
        """The snapshots that the delivery tells, in the order in which they are to be recorded.

        Raises Unreadable (naming field, problem and remedy) for what can't be understood, NotConcerned
        for a topic that is none of our business, NotFetched for a body of ids alone whose thing has to be
        fetched, and nothing else, whatever the body holds.
        """
        topic = self._named(_header(delivery, self.topic_headers) or "")
        if self.topic_headers and not topic and self.open is None:
            raise Unreadable(self.topic_headers[0], "is missing.", "Post webhooks from the platform itself.")
        if topic or self.open is None:
            self._reader(topic)  # what is none of our business is not even opened
        return _only_unreadable(lambda: self._read(topic, delivery, shop, clock))

    def _read(self, topic: str, delivery: Delivery, shop: Shop, clock: Clock) -> list[Snapshot]:
        parsed = parse_json(_raw(delivery))
        opened = self.open(parsed) if self.open else Envelope("", parsed)
        topic = topic or self._named(opened.topic)
        if self.topic_headers and not topic:
            remedy = "Send the header, or a body that tells its topic."
            raise Unreadable(self.topic_headers[0], "is missing.", remedy)
        reader = self._reader(topic)
        times = Times(clock, delivery.received_at)
        told_at = times.version(_header(delivery, self.told_at_headers), "triggered-at header")
        told_at = told_at or times.version(opened.told_at, "the time of the delivery")
        message = Message(
            topic=topic,
            body=Fields(opened.body, times, opened.path),
            shop=shop,
            headers=delivery.headers,
            told_at=told_at or times.received_at,
        )
        return reader(message)

    def _reader(self, topic: str) -> Reader:
        reader = self.topics.get(topic)
        if reader is None:
            raise NotConcerned(topic)
        return reader

    def _named(self, topic: str) -> str:
        name = topic.lower()
        for start in self.topic_starts:
            name = name.removeprefix(start)
        return name


PLATFORMS: dict[str, Platform] = {
    "shopify": Platform(
        topics=shopify.TOPICS,
        topic_headers=("x-shopify-topic", "shopify-topic"),
        told_at_headers=("x-shopify-triggered-at", "shopify-triggered-at"),
    ),
    "woocommerce": Platform(topics=woocommerce.TOPICS, topic_headers=("x-wc-webhook-topic",)),
    "prestashop": Platform(
        topics=prestashop.TOPICS, topic_headers=("x-kairos-topic",), open=prestashop.opened
    ),
    "magento": Platform(
        topics=magento.TOPICS,
        topic_headers=("x-kairos-topic", "x-adobe-event-code"),
        open=magento.opened,
        topic_starts=magento.TOPIC_STARTS,
    ),
    "cloudcart": Platform(topics=cloudcart.TOPICS, topic_headers=("x-kairos-topic",), open=cloudcart.opened),
    "bigcommerce": Platform(
        topics=bigcommerce.TOPICS,
        topic_headers=("x-kairos-topic",),
        told_at_headers=(bigcommerce.TOLD_AT_HEADER,),
        open=bigcommerce.opened,
        by_id=ById(bigcommerce.named, bigcommerce.gone),
    ),
    "generic": Platform(topics=generic.TOPICS),
    "activity": Platform(topics=activity.TOPICS),
}
"""By the name in the webhook's address; "activity" is what the script tag posts."""


def read_delivery(delivery: Delivery, shop: Shop, clock: Clock) -> list[Snapshot]:
    """What any delivery tells, by its platform.

    Raises Unreadable, NotConcerned or NotFetched, like Platform.read.
    """
    platform = PLATFORMS.get(delivery.platform)
    if platform is None:
        known = ", ".join(sorted(PLATFORMS))
        raise Unreadable("platform", f"{delivery.platform!r} is not known.", f"Use one of {known}.")
    return platform.read(delivery, shop, clock)


def delivery_of(
    shop: Shop, document: ShopDocument, received_at: datetime, told_at: datetime | None = None
) -> Delivery:
    """What the shop's API told, as if its platform had posted it. received_at: when it was read, real time.

    told_at: real time of the webhook that led to it, for platforms that have a header for it.
    """
    platform = PLATFORMS[shop.platform]
    headers = dict.fromkeys(platform.topic_headers[:1], document.topic)
    if told_at is not None:
        headers |= dict.fromkeys(platform.told_at_headers[:1], told_at.isoformat())
    body = base64.b64encode(document.body).decode()
    return Delivery(
        shop=shop.id,
        platform=shop.platform,
        source="fetched",
        headers=headers,
        body=body,
        received_at=received_at,
    )


def by_id(shop: Shop) -> ById:
    """How the shop's platform tells of things by their ids. Raises Refused where it tells whole documents."""
    told = PLATFORMS[shop.platform].by_id
    if told is None:
        raise Refused("platform", "tells whole documents.", "Nothing of it is to be fetched.")
    return told


def _header(delivery: Delivery, names: tuple[str, ...]) -> str | None:
    told = (clean(delivery.headers.get(name, "")) for name in names)
    return next((one for one in told if one), None)


def _raw(delivery: Delivery) -> bytes:
    try:
        return base64.b64decode(delivery.body, validate=True)
    except (binascii.Error, ValueError) as wrong:
        raise Unreadable("body", "is not base64.", "Queue the raw body, base64-encoded.") from wrong


def _only_unreadable(read: Callable[[], list[Snapshot]]) -> list[Snapshot]:
    """What `read` returns; a value that the domain refuses becomes Unreadable, naming its field."""
    try:
        return read()
    except Unreadable:
        raise
    except Refused as wrong:
        raise Unreadable(wrong.field, wrong.problem, wrong.remedy) from wrong
    except ValidationError as wrong:
        first = wrong.errors(include_url=False, include_input=False)[0]
        field = clean(".".join(str(part) for part in first["loc"])) or "body"
        raise Unreadable(field, f"{first['msg']}.", "Send the field as the platform defines it.") from wrong
