"""Takes in what the e-mail provider reports."""

from collections.abc import Mapping
from typing import Any

from kairos import bootstrap
from kairos.adapters.ses import read_feedback
from kairos.services.feedback import record

_LOG = bootstrap.logger()
_FEEDBACKS = bootstrap.feedbacks()


def handler(event: Mapping[str, Any], _context: object) -> None:
    """One event of SES by EventBridge; what it can't take in now it raises, for the retry."""
    told = read_feedback(event["detail"])
    if told is None:
        _LOG.info("Not concerned", extra={"kind": event["detail"].get("eventType")})
        return
    record(_FEEDBACKS, told)
    _LOG.info(
        "Feedback recorded", extra={"shop": told.shop, "message_id": told.message_id, "kind": told.kind}
    )
