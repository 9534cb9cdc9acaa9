"""The store, in one DynamoDB table."""

import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import batched
from typing import Any

from kairos.adapters.dynamodb.errors import in_our_words
from kairos.adapters.dynamodb.stored import (
    condition_of,
    from_stored,
    key_of,
    operation_of,
    stored_key,
    stored_partition,
    to_stored,
)
from kairos.domain.errors import Conflict, Throttled
from kairos.ports import Check, Item, Key, Put, Write

MOST_KEYS = 100
"""Keys that one BatchGetItem takes (DynamoDB service limits)."""

MOST_WRITES = 100
"""Operations that one TransactWriteItems takes (DynamoDB service limits)."""

MOST_PUTS = 25
"""Puts that one BatchWriteItem takes (DynamoDB service limits)."""

AT_ONCE = 4
"""BatchWriteItem calls under way at the same time: a call is mostly waiting, and more gain nothing."""

WRITERS = 8
"""Single writes under way at the same time; botocore keeps ten connections."""

ROUNDS = 6
"""BatchGetItem calls without any progress before the store counts as throttled."""


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
        with in_our_words():
            answer = self._client.get_item(TableName=self._table, Key=stored_key(key), ConsistentRead=True)
        return from_stored(answer["Item"]) if "Item" in answer else None

    def get_many(self, keys: Iterable[Key]) -> dict[Key, Item]:
        """See ports.Items."""
        found = (from_stored(one) for one in self._got(keys))
        return {item.key: item for item in found}

    def versions(self, keys: Iterable[Key]) -> dict[Key, str]:
        """See ports.Items."""
        return {key_of(one): one["v"]["S"] for one in self._got(keys, ProjectionExpression="pk, sk, v")}

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
            with in_our_words():
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
            with in_our_words():
                self._client.put_item(Item=stored, **asked)
            return
        with in_our_words():
            self._client.delete_item(Key=stored_key(write.key), **asked)

    def write_each(self, writes: Sequence[Write]) -> list[Write]:
        """See ports.Items."""
        with ThreadPoolExecutor(min(WRITERS, max(1, len(writes)))) as pool:
            lost = pool.map(self._is_lost, writes)
            return [write for write, missed in zip(writes, lost, strict=True) if missed]

    def _is_lost(self, write: Write) -> bool:
        try:
            self.write(write)
        except Conflict:
            return True
        return False

    def transact(self, writes: Sequence[Write | Check]) -> None:
        """See ports.Items. A single write goes without a transaction, at half the price."""
        if len(writes) > MOST_WRITES:
            raise ValueError(f"A transaction takes {MOST_WRITES} writes, not {len(writes)}.")
        if len(writes) == 1 and not isinstance(writes[0], Check):
            self.write(writes[0])
        elif writes:
            operations = [operation_of(write, self._table) for write in writes]
            with in_our_words():
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
            with in_our_words():
                left = self._client.batch_write_item(RequestItems=left).get("UnprocessedItems") or {}
            unwritten = len(left.get(self._table, ()))
            stuck = stuck + 1 if unwritten == before else 0
            if stuck >= ROUNDS:
                raise Throttled(f"DynamoDB left {unwritten} items unwritten {ROUNDS} times.")
            if unwritten:
                self._sleep(min(0.05 * 2 ** (stuck + 1), 1.0) * self._jitter())

    def _got(self, keys: Iterable[Key], **how: str) -> Iterator[dict[str, Any]]:
        for some in batched(dict.fromkeys(keys), MOST_KEYS, strict=False):
            yield from self._get_batch(some, **how)

    def _get_batch(self, some: Sequence[Key], **how: str) -> Iterator[dict[str, Any]]:
        """One BatchGetItem and what it left over, asked for again with full jitter while it gets on."""
        wanted = [stored_key(key) for key in some]
        left: dict[str, Any] = {self._table: {"Keys": wanted, "ConsistentRead": True, **how}}
        stuck = 0
        while left:
            with in_our_words():
                answer = self._client.batch_get_item(RequestItems=left)
            got = answer["Responses"].get(self._table, [])
            yield from got
            left = answer.get("UnprocessedKeys") or {}
            stuck = 0 if got else stuck + 1
            if left and stuck >= ROUNDS:
                raise Throttled(f"DynamoDB left {len(left[self._table]['Keys'])} keys unread {ROUNDS} times.")
            if left and stuck:
                self._sleep(min(0.05 * 2**stuck, 1.0) * self._jitter())
