"""What the settings of every broadcast have in common."""

from typing import Annotated

from pydantic import Field

from kairos.domain.criteria.durations import ExactLastingDuration
from kairos.domain.value import Value

MOST_A_MINUTE = 6_000
"""Members; what a table that is paid by use takes, and a mail provider's usual limit of 100 a second."""


class BroadcastSettings(Value):
    """ends_after: 3 days*, after which who still waits for a better moment is left out as too late; counted
    from when they were queued, or from when the broadcast was resumed. pace: members a minute, 1,000*."""

    ends_after: ExactLastingDuration = "P3D"
    pace: Annotated[int, Field(ge=1, le=MOST_A_MINUTE)] = 1_000
