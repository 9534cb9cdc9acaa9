"""When a rule is read: the instant, and the shop whose calendar and currency apply."""

from kairos.domain.shop import Shop
from kairos.domain.value import Instant, Value


class Moment(Value):
    """now: by the one clock. shop: for time zone and currency."""

    now: Instant
    shop: Shop
