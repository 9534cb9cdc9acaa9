"""What a service's refusal tells, beside its code."""

from botocore.exceptions import ClientError

SERVER_ERRORS = 500
"""The first status of those by which a service says that the fault is its own (RFC 9110, 15.6)."""


def status_of(error: ClientError) -> int:
    """The HTTP status, 0 where none is told."""
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
