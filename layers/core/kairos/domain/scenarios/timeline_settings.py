"""What the settings of every timeline have in common."""

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from kairos.domain.criteria.durations import Duration, LastingDuration, parse_duration
from kairos.domain.message import CodeSource
from kairos.domain.scenario import NEVER
from kairos.domain.value import Value

Percent = Annotated[int, Field(ge=1, le=100)]
PoolName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]


def _again(text: str) -> str:
    if text != NEVER:
        parse_duration(text)
    return text


Again = Annotated[str, AfterValidator(_again)]
"""An ISO 8601 duration, or "never"."""


class TimelineSettings(Value):
    """again_after: how long after the beginning of a customer's last run another may begin, "never" for
    once. Waits are counted from the run's beginning: each is of 300 days at most (WaitDuration), and so
    is the whole timeline.
    """

    again_after: Again = NEVER


class CodeSettings(TimelineSettings):
    """Of a timeline that gives discount codes. code_source: "pool", whose codes the shop uploaded, or "shop",
    whose own system makes each. code_pool: which pool, none: no code of a pool. code_valid: 30 days*, from
    the sending. next_code_after: 60 days*, between two codes to one customer.
    """

    code_source: CodeSource = "pool"
    code_pool: PoolName | None = None
    code_valid: LastingDuration = "P30D"
    next_code_after: Duration = "P60D"


CODE_DURATIONS = ("code_valid", "next_code_after")
"""Those of its settings that are lengths of time."""
