"""Ranges that nothing can lie in, found when a rule is read: such a rule would match nobody."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from kairos.domain.criteria.durations import parse_duration

_SHORTEST_MONTH, _LONGEST_MONTH = 28, 31
_CHANGE_OF_CLOCKS = 3600
_STRICT = ("more_than", "less_than")


def refuse_empty_range(bounds: Mapping[str, Decimal | int | None], whole: bool) -> None:
    """Raises ValueError where no number passes all bounds (at_least, at_most, more_than, less_than, equals).

    whole: numbers are whole and not below 0.
    """
    told = {name: Decimal(bound) for name, bound in bounds.items() if bound is not None}
    floors = [(bound, name) for name, bound in told.items() if name in ("at_least", "more_than", "equals")]
    ceilings = [(bound, name) for name, bound in told.items() if name in ("at_most", "less_than", "equals")]
    if whole and told.get("less_than") == 0:
        raise ValueError("no number is less_than 0; use at_most 0 for none")
    for floor, low in floors:
        for ceiling, high in ceilings:
            strict = (low in _STRICT) + (high in _STRICT)
            # Of whole numbers, those between two strict bounds begin one above and end one below.
            least = max(strict - 1, 0) if whole else 0
            if floor + least > ceiling or (strict and floor + least == ceiling):
                raise ValueError(
                    f"no number is {low} {bounds[low]} and {high} {bounds[high]}; widen the range"
                )


def refuse_empty_time(older_than: str | None, within: str | None, days_ago: int | None) -> None:
    """Raises ValueError where nothing is older than the one duration and yet within the other.

    Or, happened on the calendar day so many days ago, is so old or so new.
    """
    if older_than is not None and within is not None and _surely_no_shorter(older_than, within):
        raise ValueError(
            f"nothing is older_than {older_than} and within {within}; let older_than be the shorter one"
        )
    if days_ago is None:
        return
    # Around a day lie up to 24 hours more or fewer, and once in a while a zone leaves out a whole day.
    if within is not None and _surely_no_shorter(f"P{max(days_ago - 2, 0)}D", within):
        raise ValueError(f"nothing of exactly_days_ago {days_ago} is within {within}; leave one out")
    if older_than is not None and _surely_no_shorter(older_than, f"P{days_ago + 2}D"):
        raise ValueError(f"nothing of exactly_days_ago {days_ago} is older_than {older_than}; leave one out")


def _surely_no_shorter(one: str, other: str) -> bool:
    """Whether, counted from any moment, the one duration is at least as long as the other."""
    longer, shorter = parse_duration(one), parse_duration(other)
    if longer.months >= shorter.months and longer.rest >= shorter.rest:
        return True
    days = longer.months * _SHORTEST_MONTH - shorter.months * _LONGEST_MONTH
    return days * 86_400 + (longer.rest - shorter.rest).total_seconds() > _CHANGE_OF_CLOCKS


def refuse_empty_days(first_day: date | None, last_day: date | None) -> None:
    """Raises ValueError where the days end before they begin."""
    if first_day is not None and last_day is not None and first_day > last_day:
        raise ValueError(f"no day is from first_day {first_day} to last_day {last_day}; exchange them")
