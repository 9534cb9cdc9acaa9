"""What a report is asked: which period, and by which windows."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from pydantic import TypeAdapter, ValidationError

from kairos.domain.errors import Refused
from kairos.domain.refusing import refused
from kairos.domain.results import Period, ResultSettings
from kairos.domain.shop import Shop
from kairos.domain.value import Instant

USUAL = timedelta(days=90)
"""Before its end a period begins that is not said to begin elsewhere."""

LONGEST = timedelta(days=366 * 5)

WINDOWS = ("clicked_within", "opened_within", "received_within", "compared_for")
"""Settings that a report may be asked to take otherwise, by the parameters of the same names."""

_INSTANT = TypeAdapter(Instant)


def read_period(
    query: Mapping[str, str], now: datetime, usual: timedelta = USUAL, zone: tzinfo = UTC
) -> Period:
    """`from` and `to`: instants with their offset from UTC, or days, of which it takes the zone's beginning.

    usual: how long before its end a period begins that is not said to begin elsewhere. Raises Refused naming
    the parameter.
    """
    end = _instant(query, "to", zone) or now
    start = _instant(query, "from", zone) or end - usual
    if start >= end:
        raise Refused("from", "The period ends before it begins.", "Let `from` be before `to`.")
    if end - start > LONGEST:
        raise Refused("from", "The period is longer than five years.", "Ask for less at once.")
    return Period(start, end)


def _instant(query: Mapping[str, str], name: str, zone: tzinfo) -> datetime | None:
    told = query.get(name)
    if not told:
        return None
    try:
        if len(told) == len("2026-11-22"):
            return datetime.combine(date.fromisoformat(told), time(), zone).astimezone(UTC)
        return _INSTANT.validate_python(told)
    except ValueError:
        # ValidationError is one.
        remedy = 'Give a day such as "2026-11-22", or an instant such as "2026-11-22T08:00:00Z".'
        raise Refused(name, f"{told[:40]!r} is no day and no instant.", remedy) from None


def read_settings(query: Mapping[str, str], shop: Shop) -> ResultSettings:
    """The shop's settings with the windows that were asked for. Raises Refused naming the parameter."""
    asked = {name: query[name] for name in WINDOWS if query.get(name)}
    try:
        return ResultSettings.model_validate(shop.results.model_dump() | asked)
    except ValidationError as wrong:
        raise refused(wrong, ResultSettings) from None
