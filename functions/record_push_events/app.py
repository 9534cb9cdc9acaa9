"""Takes in what SNS tells of phones: notifications that failed, endpoints that are gone."""

from collections.abc import Mapping
from typing import Any

from kairos import bootstrap
from kairos.adapters.sns_reports import read_push_event
from kairos.services.reporting import record_push_event

_LOG = bootstrap.logger()
_REPORTING = bootstrap.reporting()
_GENUINE = bootstrap.genuine_notification()


def handler(event: Mapping[str, Any], _context: object) -> None:
    """A batch of the topic's messages; what it can't take in now it raises, for the retry."""
    for record in event["Records"]:
        told = read_push_event(record["Sns"]) if _GENUINE(record["Sns"]) else None
        if told is None:
            _LOG.warning("Not taken", extra={"topic": record["Sns"].get("TopicArn")})
            continue
        record_push_event(_REPORTING, told)
        _LOG.info("Push event recorded", extra={"kind": told.kind})
