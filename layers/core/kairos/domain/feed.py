"""Feeds: secret addresses from which other programs read who is in a segment."""

import hashlib
import re
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from kairos.domain.segment import SegmentId
from kairos.domain.value import Instant, Value

FeedFormat = Literal["csv", "json"]
_NAME = re.compile(r"(?P<token>[A-Za-z0-9_-]{43})\.(?P<format>csv|json)")

USUAL_DAYS = 90
MOST_DAYS = 400
"""Days that a feed may live: whoever still needs it makes another, and the forgotten ones close."""


class FeedWish(Value):
    """The feed that is wanted. name: who reads it, for people. days: how long it stays open."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    days: Annotated[int, Field(ge=1, le=MOST_DAYS)] = USUAL_DAYS


class Feed(Value):
    """A feed as it is kept, under its token's hash; never the token."""

    id: str
    shop: str
    segment: SegmentId
    name: str
    created_at: Instant
    expires_at: Instant


class FeedRead(Value):
    """One page that was read. rows: how many members it held. Never who read it, nor whom it named."""

    at: Instant
    format: FeedFormat
    rows: int
    first: bool


def token_hash(token: str) -> str:
    """What a feed is found by: 256 random bits need no salt and no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def read_name(name: str) -> tuple[str, FeedFormat] | None:
    """Token and format of the last part of a feed's address; None where it is none."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    return found["token"], "csv" if found["format"] == "csv" else "json"
