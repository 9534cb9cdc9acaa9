"""A delivery that could not be recorded, and what may be shown of it."""

import re
from datetime import datetime

from kairos.domain.value import Instant, Value

AGAIN_AND_AGAIN = "failed again and again"
"""The reason of what the queue itself gave up, which names none."""

_ADDRESS = re.compile(r"\S*@\S*")
_NUMBER = re.compile(r"\+?\d[\d ()/.-]{5,}\d")
_QUOTED = re.compile(r"'[^']*'")
_LONGEST = 500
_LATEST = 10**13 - 1
"""Milliseconds of the epoch: what a letter's name counts down from, so that the newest comes first."""


class DeadLetter(Value):
    """What is told of it. name: see name_of. died_at: real time. received_at: likewise, None where the
    message does not say. reason: of a closed list. problem: what was wrong, and what can be done about it.
    topic: what the platform called it, "" where no header says so.
    """

    name: str
    died_at: Instant
    received_at: Instant | None = None
    platform: str = ""
    source: str = ""
    topic: str = ""
    reason: str = AGAIN_AND_AGAIN
    field: str = ""
    problem: str = ""


def name_of(died_at: datetime, message: str) -> str:
    """A name by which letters stand newest first. message: the queue's id."""
    return f"{_LATEST - int(died_at.timestamp() * 1000):013}-{message}"


def masked(text: str) -> str:
    """The text without what may be somebody's: addresses, long numbers, and whatever was quoted of a body.

    Field names and sentences of ours stay; what we suggest stands in double quotes, which stay too.
    """
    text = _QUOTED.sub("'…'", text)
    return _NUMBER.sub("…", _ADDRESS.sub("…@…", text))[:_LONGEST]
