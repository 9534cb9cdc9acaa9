"""Tests of a time by a length alone, as levels need them."""

from functools import lru_cache

from kairos.domain.criteria.times import TimeTest


@lru_cache(maxsize=1024)
def within(duration: str) -> TimeTest:
    """Not longer ago than the duration."""
    return TimeTest(within=duration)


@lru_cache(maxsize=1024)
def older_than(duration: str) -> TimeTest:
    """At least so long ago."""
    return TimeTest(older_than=duration)
