"""DynamoDB's refusals in our own words."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError

from kairos.adapters.refusals import SERVER_ERRORS, status_of
from kairos.domain.errors import Conflict, Throttled, TooLarge, Unavailable

_THROTTLED = frozenset(
    {
        "ProvisionedThroughputExceededException",
        "ThrottlingException",
        "RequestLimitExceeded",
        "ThrottlingError",
    }
    | {"ProvisionedThroughputExceeded"}
)
_UNCLEAR = frozenset({"TransactionInProgressException", "InternalServerError", "ServiceUnavailable"})
_CONFLICTS = frozenset({"ConditionalCheckFailedException", "TransactionConflictException"})
_REASONS = frozenset({"ConditionalCheckFailed", "TransactionConflict"})


@contextmanager
def in_our_words() -> Iterator[None]:
    """Throttled, Conflict, TooLarge and Unavailable for what they mean; anything else passes as it is."""
    try:
        yield
    except ClientError as error:
        code = error.response["Error"]["Code"]
        reasons = {reason.get("Code") for reason in error.response.get("CancellationReasons", ())}
        if code in _CONFLICTS or reasons & _REASONS:
            raise Conflict(f"DynamoDB found an item changed: {code}.") from error
        if code in _THROTTLED or reasons & _THROTTLED:
            raise Throttled(f"DynamoDB asks to slow down: {code}.") from error
        told = error.response["Error"].get("Message", "")
        if "item size" in told.lower():
            raise TooLarge(told) from error
        if code in _UNCLEAR or status_of(error) >= SERVER_ERRORS:
            raise Unavailable(f"DynamoDB gave no answer: {code}.") from error
        raise
    except BotoCoreError as error:
        raise Unavailable(f"DynamoDB gave no answer: {type(error).__name__}.") from error
