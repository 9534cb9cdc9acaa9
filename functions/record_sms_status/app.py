"""Takes in what SNS's delivery logs say of text messages."""

from collections.abc import Mapping
from typing import Any

from kairos import bootstrap
from kairos.adapters.sns_reports import read_sms_log
from kairos.services.reporting import record_report

_LOG = bootstrap.logger()
_REPORTING = bootstrap.reporting()


def handler(event: Mapping[str, Any], _context: object) -> None:
    """Some lines of a log group; what it can't take in now it raises, for the retry."""
    reports = read_sms_log(event["awslogs"]["data"])
    for told in reports:
        record_report(_REPORTING, told)
    _LOG.info("SMS status recorded", extra={"lines": len(reports)})
