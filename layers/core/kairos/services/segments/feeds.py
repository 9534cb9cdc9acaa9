"""Feeds: opened, listed, closed and read. The token is shown once; only its hash is kept."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from kairos import keys
from kairos.domain.errors import NotFound, Refused
from kairos.domain.feed import Feed, FeedFormat, FeedRead, FeedWish, token_hash
from kairos.ports import Clock, Delete, Item, Items, Put, Unchanged

MOST_FEEDS = 20
"""Open feeds of one segment."""

LOGGED = timedelta(days=90)
"""How long a read stays in the log."""

SHOWN_READS = 50


class Opened(NamedTuple):
    """A new feed and its token, which nobody will see again."""

    feed: Feed
    token: str


def open_feed(items: Items, clock: Clock, shop: str, segment: str, wish: FeedWish) -> Opened:
    """Open a feed of the segment. Raises Refused where it has too many."""
    if len(_open(items, clock, shop, segment)) >= MOST_FEEDS:
        raise Refused("name", f"The segment has {MOST_FEEDS} open feeds.", "Close one that nobody reads.")
    token, now = secrets.token_urlsafe(32), clock.now()
    feed = Feed(
        id=secrets.token_hex(8),
        shop=shop,
        segment=segment,
        name=wish.name,
        created_at=now,
        expires_at=now + timedelta(days=wish.days),
    )
    body, hashed = feed.as_json(), token_hash(token)
    items.transact(
        [
            Put(Item(keys.feed(hashed), "1", body), Unchanged(None)),
            Put(Item(keys.feed_pointer(shop, segment, feed.id), "1", {**body, "hash": hashed})),
        ]
    )
    return Opened(feed, token)


def list_feeds(items: Items, clock: Clock, shop: str, segment: str) -> list[dict[str, Any]]:
    """The segment's open feeds, oldest first, each with its latest "reads", newest first."""
    return [
        {**one.as_json(), "reads": _reads(items, shop, one.id)}
        for one in sorted(_open(items, clock, shop, segment), key=lambda one: (one.created_at, one.id))
    ]


def close_feed(items: Items, shop: str, segment: str, feed: str) -> None:
    """The feed answers no more, from now on. Raises NotFound."""
    pointer = items.get(keys.feed_pointer(shop, segment, feed))
    if pointer is None:
        raise NotFound("feed", feed)
    _close(items, pointer)


def close_feeds(items: Items, shop: str, segment: str = "") -> None:
    """Close every feed of the segment; of the shop where none is named. Repeating it changes nothing."""
    prefix = keys.feed_pointer(shop, segment, "").sk if segment else "feed#"
    for pointer in items.query(keys.shop(shop).pk, prefix):
        _close(items, pointer)


def find_feed(items: Items, clock: Clock, token: str) -> Feed | None:
    """The feed of this token; None where there is none, or it is closed or past its time.

    Found by the key of its hash: how long that takes tells nothing of how near a guess was.
    """
    item = items.get(keys.feed(token_hash(token)))
    if item is None:
        return None
    feed = Feed.model_validate(item.body)
    return feed if feed.expires_at > clock.now() else None


def log_read(items: Items, clock: Clock, feed: Feed, told: FeedFormat, rows: int, first: bool) -> None:
    """Keep that a page was read: when, in which format and how long; not by whom, and nobody's name."""
    read = FeedRead(at=clock.now(), format=told, rows=rows, first=first)
    key = keys.feed_read(feed.shop, feed.id, f"{read.at.isoformat()}#{secrets.token_hex(4)}")
    expires = int((read.at + LOGGED).timestamp())
    items.write(Put(Item(key, "1", read.as_json(), expires)))


def _open(items: Items, clock: Clock, shop: str, segment: str) -> list[Feed]:
    now: datetime = clock.now()
    pointers: Sequence[Item] = items.query(keys.shop(shop).pk, keys.feed_pointer(shop, segment, "").sk)
    told = ({name: value for name, value in one.body.items() if name != "hash"} for one in pointers)
    return [feed for one in told if (feed := Feed.model_validate(one)).expires_at > now]


def _close(items: Items, pointer: Item) -> None:
    items.transact([Delete(keys.feed(pointer.body["hash"])), Delete(pointer.key)])


def _reads(items: Items, shop: str, feed: str) -> list[dict[str, Any]]:
    held = items.query(keys.feed_read(shop, feed, "").pk, "read#")
    return [item.body for item in reversed(held)][:SHOWN_READS]
