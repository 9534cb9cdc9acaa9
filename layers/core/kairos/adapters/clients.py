"""AWS clients, each built once per process."""

from functools import cache
from typing import Any

import boto3
from botocore.config import Config

_ATTEMPTS = {
    "dynamodb": 4,
    "sqs": 3,
    "s3": 3,
    "events": 3,
    "stepfunctions": 3,
    "secretsmanager": 3,
    "cognito-idp": 2,
    "sesv2": 2,  # read only: what sends has a client of its own
}
"""Calls in all. What we write through these is conditional, the same when repeated, or may be doubled."""


@cache
def client(service: str) -> Any:
    """The client of a service that may be retried; a provider that must not be has a client of its own.

    Parameters are not validated: building a request is most of a webhook's CPU, and types check ours.
    Timeouts are short, since another attempt is cheaper than a function that waits.
    """
    config = Config(
        parameter_validation=False,
        connect_timeout=2,
        read_timeout=6,
        retries={"mode": "standard", "total_max_attempts": _ATTEMPTS[service]},
        tcp_keepalive=True,
    )
    return boto3.client(service, config=config)
