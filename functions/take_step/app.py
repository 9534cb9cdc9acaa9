"""Does what is due of a timeline, and says what its state machine waits for."""

from collections.abc import Mapping
from typing import Any

from kairos import bootstrap
from kairos.services.stepping import read_timeline, take_step

_LOG = bootstrap.logger()
_SENDING = bootstrap.sending()
_TAG = bootstrap.tagging()


def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """A Timeline; answers Next, both as JSON. What it can't do now it raises, for the retry."""
    timeline = read_timeline(event)
    told = take_step(_SENDING, timeline, _TAG)
    _LOG.info(
        "Timeline followed",
        extra={
            "shop": timeline.shop,
            "run": timeline.run,
            "step": told.step,
            "decision": told.decision,
            "reason": told.reason,
        },
    )
    return told.model_dump(mode="json")
