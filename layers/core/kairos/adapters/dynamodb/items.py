"""The store, in one DynamoDB table."""

import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import batched
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from kairos.adapters.dynamodb.stored import (
    condition_of,
    from_stored,
    operation_of,
    stored_key,
    stored_partition,
    to_stored,
)
from kairos.adapters.refusals import SERVER_ERRORS, status_of
from kairos.domain.errors import Conflict, Throttled, TooLarge, Unavailable
from kairos.ports import Check, Item, Key, Put, Write

MOST_KEYS = 100
"""Keys that one BatchGetItem takes (DynamoDB service limits)."""

MOST_WRITES = 100
"""Operations that one TransactWriteItems takes (DynamoDB service limits)."""

MOST_PUTS = 25
"""Puts that one BatchWriteItem takes (DynamoDB service limits)."""

AT_ONCE = 4
"""BatchWriteItem calls under way at the same time: a call is mostly waiting, and more gain nothing."""

ROUNDS = 6
"""BatchGetItem calls without any progress before the store counts as throttled."""

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


class DynamoItems:
    """See ports.Items. sleep takes seconds; jitter answers a share between 0 and 1."""

    def __init__(
        self,
        client: Any,
        table: str,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._client = client
        self._table = table
        self._sleep = sleep
        self._jitter = jitter

    def get(self, key: Key) -> Item | None:
        """See ports.Items."""
        with _errors():
            answer = self._client.get_item(TableName=self._table, Key=stored_key(key), ConsistentRead=True)
        return from_stored(answer["Item"]) if "Item" in answer else None

    def get_many(self, keys: Iterable[Key]) -> dict[Key, Item]:
        """See ports.Items."""
        found: dict[Key, Item] = {}
        for some in batched(dict.fromkeys(keys), MOST_KEYS, strict=False):
            found.update(self._get_batch(some))
        return found

    def query(self, pk: str, prefix: str = "", limit: int | None = None) -> list[Item]:
        """See ports.Items."""
        asked: dict[str, Any] = {
            "TableName": self._table,
            "ConsistentRead": True,
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": {":pk": stored_partition(pk)},
        }
        if prefix:
            asked["KeyConditionExpression"] += " AND begins_with(sk, :prefix)"
            asked["ExpressionAttributeValues"][":prefix"] = {"S": prefix}
        found: list[Item] = []
        while limit is None or len(found) < limit:
            if limit is not None:
                asked["Limit"] = limit - len(found)
            with _errors():
                page = self._client.query(**asked)
            found += map(from_stored, page["Items"])
            if "LastEvaluatedKey" not in page:
                break
            asked["ExclusiveStartKey"] = page["LastEvaluatedKey"]
        return found

    def write(self, write: Write) -> None:
        """See ports.Items."""
        asked = {"TableName": self._table, **condition_of(write)}
        if isinstance(write, Put):
            stored = to_stored(write.item)
            with _errors():
                self._client.put_item(Item=stored, **asked)
            return
        with _errors():
            self._client.delete_item(Key=stored_key(write.key), **asked)

    def transact(self, writes: Sequence[Write | Check]) -> None:
        """See ports.Items. A single write goes without a transaction, at half the price."""
        if len(writes) > MOST_WRITES:
            raise ValueError(f"A transaction takes {MOST_WRITES} writes, not {len(writes)}.")
        if len(writes) == 1 and not isinstance(writes[0], Check):
            self.write(writes[0])
        elif writes:
            operations = [operation_of(write, self._table) for write in writes]
            with _errors():
                self._client.transact_write_items(TransactItems=operations)

    def put_batch(self, items: Iterable[Item]) -> None:
        """See ports.Items."""
        stored = {item.key: to_stored(item) for item in items}
        batches = list(batched(stored.values(), MOST_PUTS, strict=False))
        if len(batches) == 1:
            self._put_some(batches[0])
        elif batches:
            with ThreadPoolExecutor(min(AT_ONCE, len(batches))) as pool:
                list(pool.map(self._put_some, batches))

    def _put_some(self, some: Sequence[dict[str, Any]]) -> None:
        """One BatchWriteItem and what it left over, written again with full jitter while it gets on."""
        left: dict[str, Any] = {self._table: [{"PutRequest": {"Item": stored}} for stored in some]}
        stuck = 0
        while left:
            before = len(left[self._table])
            with _errors():
                left = self._client.batch_write_item(RequestItems=left).get("UnprocessedItems") or {}
            unwritten = len(left.get(self._table, ()))
            stuck = stuck + 1 if unwritten == before else 0
            if stuck >= ROUNDS:
                raise Throttled(f"DynamoDB left {unwritten} items unwritten {ROUNDS} times.")
            if unwritten:
                self._sleep(min(0.05 * 2 ** (stuck + 1), 1.0) * self._jitter())

    def _get_batch(self, some: Sequence[Key]) -> dict[Key, Item]:
        """One BatchGetItem and what it left over, asked for again with full jitter while it gets on."""
        found: dict[Key, Item] = {}
        left: dict[str, Any] = {
            self._table: {"Keys": [stored_key(key) for key in some], "ConsistentRead": True}
        }
        stuck = 0
        while left:
            with _errors():
                answer = self._client.batch_get_item(RequestItems=left)
            got = [from_stored(stored) for stored in answer["Responses"].get(self._table, [])]
            found.update({item.key: item for item in got})
            left = answer.get("UnprocessedKeys") or {}
            stuck = 0 if got else stuck + 1
            if left and stuck >= ROUNDS:
                raise Throttled(f"DynamoDB left {len(left[self._table]['Keys'])} keys unread {ROUNDS} times.")
            if left and stuck:
                self._sleep(min(0.05 * 2**stuck, 1.0) * self._jitter())
        return found


@contextmanager
def _errors() -> Iterator[None]:
    """DynamoDB's refusals in our own words; anything else passes as it is."""
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
