"""Answers a state machine that asks for a step's message: send, skip, wait or end."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from kairos import bootstrap
from kairos.domain.errors import Refused
from kairos.domain.message import StepRequest
from kairos.services.sending.send import answer

_LOG = bootstrap.logger()
_SENDING = bootstrap.sending()


def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """A StepRequest; answers an Answer, both as JSON. What it can't take in now it raises, for the retry."""
    decided = answer(_SENDING, _request(event))
    _LOG.info(
        "Step answered",
        extra={
            "shop": event["shop"],
            "run": event["run"],
            "step": event["step"],
            "decision": decided.decision,
            "reason": decided.reason,
        },
    )
    return decided.model_dump(mode="json")


def _request(event: Mapping[str, Any]) -> StepRequest:
    try:
        return StepRequest.model_validate(event)
    except ValidationError as wrong:
        first = wrong.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise Refused(field, f"{first['msg']}.", "Give what StepRequest lists.") from None
