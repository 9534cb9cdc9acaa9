"""The figures of a site, and how they follow from what is counted. docs/site.md defines each."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple, get_args

from kairos.domain.cart import CheckoutStep
from kairos.domain.codes import DEVICES

STEPS: tuple[str, ...] = (*get_args(CheckoutStep), "order")
"""Of the checkout, in their order."""

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DEVICE_NAMES = ("unknown", *DEVICES)
VISITORS = ("new", "returning")


class Figures(NamedTuple):
    """names: in the order in which they are told. shares: which of them is a share, of what in what."""

    names: tuple[str, ...]
    shares: Mapping[str, tuple[str, str]]

    def of(self, counted: Mapping[str, int]) -> dict[str, int | float | None]:
        """The figures of what was counted; a share of nothing is None."""
        return {
            name: _share(counted, *self.shares[name]) if name in self.shares else counted.get(name, 0)
            for name in self.names
        }


VISIT = Figures(
    (
        "visits", "visitors", "new_visits", "views", "seconds", "bounces", "bounce_share", "converted",
        "conversion", "orders", "revenue", "foreign_orders",
    ),
    {"bounce_share": ("bounces", "visits"), "conversion": ("converted", "visits")},
)  # fmt: skip
FUNNEL = Figures(
    ("reached", "share", "left", "left_share", "left_value", "left_valued"),
    {"share": ("reached", "carts"), "left_share": ("left", "reached")},
)
PATH = Figures(
    ("visits", "share", "converted", "conversion"),
    {"share": ("visits", "wandering"), "conversion": ("converted", "visits")},
)
EXIT = Figures(("exits", "views", "share"), {"share": ("exits", "views")})
LANDING = Figures(
    ("entries", "share", "bounces", "bounce_share", "converted", "conversion"),
    {
        "share": ("entries", "all_entries"),
        "bounce_share": ("bounces", "entries"),
        "conversion": ("converted", "entries"),
    },
)
FORM = Figures(
    ("seen", "started", "sent", "started_share", "sent_share"),
    {"started_share": ("started", "seen"), "sent_share": ("sent", "started")},
)
TIME = Figures(("visits", "converted", "conversion"), {"conversion": ("converted", "visits")})

MONEY = frozenset({"revenue", "left_value"})
"""Those figures that are amounts: minor units of the shop's currency, told as decimal texts."""

_DIGITS = 6


PARAMETERS = ("from", "to", "device", "visitors", "limit", "steps")
"""By which a site is asked."""


class Asked(NamedTuple):
    """Which visits are asked about: those that began from `start` on, before `end`.

    before: where the time that is compared with begins, which ends at `start`; None where not all of it is
    kept. device, visitors: of DEVICE_NAMES, VISITORS; None for all. limit: rows of each list. steps: places
    of a path.
    """

    start: datetime
    end: datetime
    before: datetime | None
    device: str | None = None
    visitors: str | None = None
    limit: int = 10
    steps: int = 5


def _share(counted: Mapping[str, int], part: str, whole: str) -> float | None:
    of = counted.get(whole, 0)
    return round(counted.get(part, 0) / of, _DIGITS) if of else None
