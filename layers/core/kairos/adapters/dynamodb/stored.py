"""How an item looks in the table, and how a condition reads there."""

import json
import zlib
from typing import Any

from kairos.domain.errors import TooLarge
from kairos.domain.value import canonical_json
from kairos.ports import Check, Delete, Item, Key, Newer, Put, Unchanged, Write

COMPRESS_ABOVE = 4_000
"""Bytes of body text. A write unit is 1 KiB, and days of activity and long profiles shrink to a fifth;
what is shorter stays readable in the console."""

LARGEST = 400_000
"""Bytes of one item's body; DynamoDB takes 400 KiB with names, keys and the rest."""


MOST_PARTITION, MOST_SORT = 2048, 1024
"""Bytes of a partition key and of a sort key (DynamoDB service limits)."""


def stored_key(key: Key) -> dict[str, Any]:
    """The primary key. Raises TooLarge where DynamoDB would refuse it, whatever is then done with it."""
    if len(key.sk.encode()) > MOST_SORT:
        raise TooLarge(f"A sort key takes {MOST_SORT} bytes; {key.sk[:40]!r}… is longer.")
    return {"pk": stored_partition(key.pk), "sk": {"S": key.sk}}


def stored_partition(pk: str) -> dict[str, str]:
    """The partition key. Raises TooLarge like stored_key."""
    if len(pk.encode()) > MOST_PARTITION:
        raise TooLarge(f"A partition key takes {MOST_PARTITION} bytes; {pk[:40]!r}… is longer.")
    return {"S": pk}


def to_stored(item: Item) -> dict[str, Any]:
    """The item's attributes. Raises TooLarge where even the compressed body does not fit."""
    text = canonical_json(item.body)
    raw = text.encode()
    body: dict[str, Any] = {"S": text}
    if len(raw) > COMPRESS_ABOVE:
        packed = zlib.compress(raw, 6)
        if len(packed) > LARGEST:
            raise TooLarge(f"The body of {item.key.sk!r} has {len(packed)} bytes even compressed.")
        body = {"B": packed}
    stored = {**stored_key(item.key), "v": {"S": item.version}, "body": body}
    if item.expires_at is not None:
        stored["expires_at"] = {"N": str(item.expires_at)}
    return stored


def key_of(stored: dict[str, Any]) -> Key:
    """The key among these attributes."""
    return Key(stored["pk"]["S"], stored["sk"]["S"])


def from_stored(stored: dict[str, Any]) -> Item:
    """The item of these attributes."""
    body = stored["body"]
    text = body["S"] if "S" in body else zlib.decompress(body["B"]).decode()
    expires_at = stored.get("expires_at")
    return Item(
        key=key_of(stored),
        version=stored["v"]["S"],
        body=json.loads(text),
        expires_at=int(expires_at["N"]) if expires_at else None,
    )


def condition_of(write: Write | Check) -> dict[str, Any]:
    """The parameters that make the write hold only under its condition; none without one."""
    match write.only_if:
        case None:
            return {}
        case Unchanged(version=None):
            return {"ConditionExpression": "attribute_not_exists(pk)"}
        case Unchanged(version=str(version)):
            return {"ConditionExpression": "v = :v", "ExpressionAttributeValues": {":v": {"S": version}}}
        case Newer() if isinstance(write, Put):
            return {
                "ConditionExpression": "attribute_not_exists(pk) OR v < :v",
                "ExpressionAttributeValues": {":v": {"S": write.item.version}},
            }
    raise ValueError(f"{write.only_if} is no condition of {type(write).__name__}.")


def operation_of(write: Write | Check, table: str) -> dict[str, Any]:
    """The write as one of a transaction's operations."""
    conditioned = {"TableName": table, **condition_of(write)}
    if isinstance(write, Put):
        return {"Put": {**conditioned, "Item": to_stored(write.item)}}
    kind = "Delete" if isinstance(write, Delete) else "ConditionCheck"
    return {kind: {**conditioned, "Key": stored_key(write.key)}}
