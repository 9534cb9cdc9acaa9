"""Putting the past that was played into the stack: items into its table, objects into its bucket.

Nothing is told the queues: what follows from these facts was worked out while they were played.
"""

import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from kairos import keys
from kairos.adapters.dynamodb.items import DynamoItems
from kairos.adapters.s3 import S3Objects
from kairos.domain.identity import IdentityKey
from kairos.services.shops import load_shop
from local.demo_past.playing import Past, Wanted, play
from local.place import STACK_NAME, StackError
from local.running_stack import RunningStack

_AT_ONCE = 4


class Loaded(NamedTuple):
    """What a past came to. items, objects: how many were put; messages: handed over in it."""

    items: int
    objects: int
    messages: int


def load_past(
    stack: RunningStack, shop_id: str, ends: datetime, pool: str, codes: Sequence[str], pictures_url: str
) -> Loaded:
    """Play the past of a shop that has just been made, up to `ends`, and put it in. Raises StackError,
    PastFailed."""
    items = DynamoItems(stack.aws("dynamodb"), stack.told["outputs"]["TableName"])
    shop = load_shop(items, shop_id)
    if shop is None:
        raise StackError(f"There is no shop {shop_id!r} whose past could be played.")
    held = items.get_many([keys.shop(shop_id), keys.listed_shop(shop_id)])
    with tempfile.TemporaryDirectory() as folder:
        past = play(
            Wanted(
                shop, [*held.values()], _identity_key(stack), ends, pool, codes, stack.told["api_url"],
                pictures_url, Path(folder),
            )
        )  # fmt: skip
    _put(stack, items, past)
    return Loaded(len(past.items), len(past.objects), past.messages)


def _put(stack: RunningStack, items: DynamoItems, past: Past) -> None:
    """Objects first: no item leads to one that is not there."""
    files = S3Objects(stack.aws("s3"), stack.told["outputs"]["BucketName"])
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        list(pool.map(lambda one: files.put(*one), past.objects.items()))
    items.put_batch(past.items)


def _identity_key(stack: RunningStack) -> IdentityKey:
    """The deployment's own: people are found under it."""
    told = stack.aws("cloudformation").describe_stack_resource(
        StackName=STACK_NAME, LogicalResourceId="IdentityKey"
    )
    arn = told["StackResourceDetail"]["PhysicalResourceId"]
    held = stack.aws("secretsmanager").get_secret_value(SecretId=arn)
    return IdentityKey(secret=held["SecretString"].encode())
