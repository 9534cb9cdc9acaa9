"""Whether a message that was released in time would still come at a good time if it goes this late."""

from datetime import datetime, timedelta

from kairos.domain.profile import Profile
from kairos.domain.shop import Shop
from kairos.ports import Clock
from kairos.services.sending.standing import hours_for

HANDED_OVER_WITHIN = timedelta(minutes=15)
"""Real time that a queue may take: what goes right before quiet hours may come right after they began."""


def is_out_of_hours(clock: Clock, shop: Shop, profile: Profile | None, reserved_at: datetime) -> bool:
    """Whether the message was held up for so long that it would come in quiet hours or on a holiday."""
    now = clock.now()
    real_now = now + clock.real_elapsed(now)
    allowed = clock.shown(real_now + HANDED_OVER_WITHIN) - clock.shown(real_now)
    return now - reserved_at > allowed and not hours_for(shop, profile).is_open(now)
