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


def refuse_empty_time(older_than: str | None, within: str | None) -> None:
    """Raises ValueError where nothing is older than the one duration and yet within the other."""
    if older_than is None or within is None:
        return
    older, newer = parse_duration(older_than), parse_duration(within)
    surely = older.months >= newer.months and older.rest >= newer.rest
    days = older.months * _SHORTEST_MONTH - newer.months * _LONGEST_MONTH
    if surely or days * 86_400 + (older.rest - newer.rest).total_seconds() > _CHANGE_OF_CLOCKS:
        raise ValueError(
            f"nothing is older_than {older_than} and within {within}; let older_than be the shorter one"
        )


def refuse_empty_days(first_day: date | None, last_day: date | None) -> None:
    """Raises ValueError where the days end before they begin."""
    if first_day is not None and last_day is not None and first_day > last_day:
        raise ValueError(f"first_day {first_day} is after last_day {last_day}; exchange them")
