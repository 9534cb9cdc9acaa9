"""A shop's levels: the defaults, or such that the few customers of a test reach all of them."""

from collections.abc import Mapping, Sequence

from pydantic import ValidationError

from kairos.domain.levels import Levels
from tests.agreement.chance import Chance

_LENGTHS = ("P1D", "P7D", "P30D", "P90D", "P180D", "P1M", "P3M", "P6M", "P12M", "P365D", "P2Y")
_FIGURES: Mapping[str, Sequence[int]] = {
    "engagement_delivered": (1, 2),
    "super_active_percent": (1, 33, 50, 100),
    "withdrawing_intervals": (1, 2, 3),
    "heavy_orders": (2, 3, 4),
    "average_orders": (1, 2, 3),
    "unhappy_below": (20, 35, 50),
    "very_satisfied_from": (50, 55, 60),
    "full_price_orders": (1, 2),
}


def draw_levels(chance: Chance) -> Levels:
    """Levels that do not contradict each other."""
    if chance.likely(0.3):
        return Levels()
    while True:
        told = {
            name: chance.one(_FIGURES.get(name, _LENGTHS))
            for name in Levels.model_fields
            if name in _FIGURES or name.endswith(("_window", "_within", "_after", "_before"))
        }
        try:
            return Levels.model_validate(told)
        except ValidationError:
            continue
