"""What is told of a site, from what was counted. docs/site.md says what each figure is."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from kairos.domain.money import amount_text
from kairos.domain.shop import Shop
from kairos.domain.site.figures import (
    DEVICE_NAMES,
    EXIT,
    FORM,
    FUNNEL,
    LANDING,
    MONEY,
    PATH,
    STEPS,
    TIME,
    VISIT,
    VISITORS,
    WEEKDAYS,
    Asked,
    Figures,
)
from kairos.domain.site.places import Place
from kairos.engine.site.counting import Both, Counted, Counts, Group

_NOTHING = Both(Counts(), Counts())
_HOURS = 24


def answer(
    told: Counted, shop: Shop, asked: Asked, as_of: datetime | None, kept_from: datetime
) -> dict[str, Any]:
    """The site as JSON; amounts in the shop's currency."""
    return _Answer(shop.currency, asked).whole(told) | {
        "from": asked.start.isoformat(),
        "to": asked.end.isoformat(),
        "before_from": asked.before.isoformat() if asked.before else None,
        "as_of": as_of.isoformat() if as_of else None,
        "kept_from": kept_from.isoformat(),
        "currency": shop.currency,
        "timezone": shop.timezone,
        "device": asked.device,
        "visitors": asked.visitors,
    }


class _Answer:
    def __init__(self, currency: str, asked: Asked) -> None:
        self._currency, self._asked = currency, asked

    def whole(self, told: Counted) -> dict[str, Any]:
        return {
            "total": self._row(VISIT, told.visits[Group()]),
            "by_device": self._split(told.visits, VISIT),
            "by_visitors": self._by_visitors(told.visits),
            "funnel": {
                "steps": self._funnel(told.funnel[Group()]),
                "by_device": [
                    {"device": name, "steps": self._funnel(told.funnel[Group(device=name)])}
                    for name in DEVICE_NAMES
                    if Group(device=name) in told.funnel
                ],
                "by_visitors": [
                    {"visitor": name, "steps": self._funnel(told.funnel.get(Group(visitors=name), _NOTHING))}
                    for name in VISITORS
                ],
            },
            "paths": [
                {"path": [one._asdict() for one in path], **self._row(PATH, both)}
                for path, both in _sorted(told.paths, "visits")
            ],
            "exits": self._places(EXIT, told.exits),
            "landings": self._places(LANDING, told.landings),
            "forms": [
                {"form": place.target, **self._row(FORM, both)} for place, both in _sorted(told.forms, "seen")
            ],
            "hours": [
                {"hour": hour, **self._row(TIME, told.hours.get(hour, _NOTHING))} for hour in range(_HOURS)
            ],
            "weekdays": [
                {"weekday": name, **self._row(TIME, told.weekdays.get(number, _NOTHING))}
                for number, name in enumerate(WEEKDAYS)
            ],
            "times": [
                {
                    "weekday": name,
                    "hour": hour,
                    **self._row(TIME, told.times.get(number * _HOURS + hour, _NOTHING)),
                }
                for number, name in enumerate(WEEKDAYS)
                for hour in range(_HOURS)
            ],
        }

    def _row(self, figures: Figures, both: Both) -> dict[str, Any]:
        before = self._told(figures.of(both.before)) if self._asked.before else None
        return {**self._told(figures.of(both.now)), "before": before}

    def _told(self, figures: Mapping[str, Any]) -> dict[str, Any]:
        return {
            name: amount_text(one, self._currency) if name in MONEY else one for name, one in figures.items()
        }

    def _split(self, groups: Mapping[Group, Both], figures: Figures) -> list[dict[str, Any]]:
        """Devices on which there was any visit."""
        return [
            {"device": name, **self._row(figures, groups[Group(device=name)])}
            for name in DEVICE_NAMES
            if Group(device=name) in groups
        ]

    def _by_visitors(self, groups: Mapping[Group, Both]) -> list[dict[str, Any]]:
        return [
            {"visitor": name, **self._row(VISIT, groups.get(Group(visitors=name), _NOTHING))}
            for name in VISITORS
        ]

    def _places(self, figures: Figures, told: Mapping[Place, Both]) -> list[dict[str, Any]]:
        return [
            {**place._asdict(), **self._row(figures, both)} for place, both in _sorted(told, figures.names[0])
        ]

    def _funnel(self, both: Both) -> list[dict[str, Any]]:
        now, before = _funnel_counts(both.now), _funnel_counts(both.before)
        return [
            {"step": step, **self._row(FUNNEL, Both(now[at], before[at]))} for at, step in enumerate(STEPS)
        ]


def _funnel_counts(told: Mapping[str, int]) -> list[Counts]:
    """Of each step: who reached it, which is whoever went as far or further; who went no further, and what
    was in their carts. Whoever ordered has left nowhere."""
    counts = []
    for number in range(1, len(STEPS) + 1):
        reached = sum(told.get(f"visits {one}", 0) for one in range(number, len(STEPS) + 1))
        left = number < len(STEPS)
        counts.append(
            Counts(
                reached=reached,
                carts=sum(told.get(f"visits {one}", 0) for one in range(1, len(STEPS) + 1)),
                left=told.get(f"visits {number}", 0) if left else 0,
                left_value=told.get(f"value {number}", 0) if left else 0,
                left_valued=told.get(f"valued {number}", 0) if left else 0,
            )
        )
    return counts


def _sorted[Key](told: Mapping[Key, Both], by: str) -> Iterable[tuple[Key, Both]]:
    """The most frequent first; of equal ones those whose name comes first."""
    return sorted(told.items(), key=lambda one: (-one[1].now[by], one[0]))
