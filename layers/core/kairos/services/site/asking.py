"""What a site is asked: which time, which visits, how much of each list."""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta

from kairos.domain.errors import Refused
from kairos.domain.shop import Shop
from kairos.domain.site.figures import DEVICE_NAMES, VISITORS, Asked
from kairos.engine.site.visits import LONGEST_PATH
from kairos.services.results.asking import read_period

USUAL = timedelta(days=28)
"""Before its end a period begins that is not said to begin elsewhere; four whole weeks, so that all weekdays
weigh the same."""

LIMIT = (1, 100)
STEPS = (2, LONGEST_PATH)


def kept_from(shop: Shop, now: datetime) -> datetime:
    """The beginning of the oldest day (UTC) that is kept whole."""
    day = now.astimezone(UTC).date() - timedelta(days=shop.site_kept_days)
    return datetime.combine(day, time(), UTC)


def read_question(query: Mapping[str, str], shop: Shop, now: datetime) -> Asked:
    """What the parameters ask for. Days are those of the shop's time zone. Raises Refused naming one."""
    period = read_period(query, now, USUAL, shop.zone)
    before = period.start - (period.end - period.start)
    return Asked(
        period.start,
        period.end,
        before if before >= kept_from(shop, now) else None,
        _one_of(query, "device", DEVICE_NAMES),
        _one_of(query, "visitors", VISITORS),
        _number(query, "limit", LIMIT, Asked._field_defaults["limit"]),
        _number(query, "steps", STEPS, Asked._field_defaults["steps"]),
    )


def _one_of(query: Mapping[str, str], name: str, known: tuple[str, ...]) -> str | None:
    told = query.get(name)
    if not told:
        return None
    if told not in known:
        raise Refused(name, f"{told[:40]!r} is none of them.", f"Give one of {', '.join(known)}.")
    return told


def _number(query: Mapping[str, str], name: str, bounds: tuple[int, int], usual: int) -> int:
    told = query.get(name)
    if not told:
        return usual
    least, most = bounds
    if not (told.isdecimal() and told.isascii() and least <= int(told) <= most):
        raise Refused(
            name, f"{told[:40]!r} is out of bounds.", f"Give a whole number from {least} to {most}."
        )
    return int(told)
