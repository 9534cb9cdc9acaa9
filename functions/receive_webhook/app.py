"""Receives webhooks and activity: judged by the shop's secret, durable before the answer."""

import functools
import json
import logging
import secrets
import time
from collections.abc import Mapping
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from kairos.adapters.api_gateway import Request, answer, problem, read_request
from kairos.adapters.emf import PrintedCounts
from kairos.adapters.platforms.signatures import SIGNATURES
from kairos.adapters.secrets import RememberedSecrets, SecretsManager
from kairos.domain.errors import Throttled
from kairos.services.receiving import BATCHES_A_SECOND, BATCHES_AT_ONCE, Post, Receiver, Refusal
from kairos.services.token_buckets import TokenBuckets
from kairos.settings import read_settings

MOST_QUEUED = 256 * 1024
"""Bytes of a message. SQS takes 1 MiB, but ten such exceed the 6 MB that Lambda takes in one batch."""

# Shopify waits 5 s in all, so a call that hangs is tried once more and then given back to the shop.
_CONFIG = Config(
    parameter_validation=False,
    connect_timeout=1,
    read_timeout=1.5,
    retries={"mode": "standard", "total_max_attempts": 2},
)
_SQS = boto3.client("sqs", config=_CONFIG)
_SECRETS = boto3.client("secretsmanager", config=_CONFIG)
_COUNTS = PrintedCounts()
_LOG = logging.getLogger("kairos")


def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """A proxy event of API Gateway; answers 200, 401, 404, 413 or 429, and 503 where nothing was kept."""
    request = read_request(event)
    try:
        return _received(request)
    except Refusal as refusal:
        _COUNTS.add("Refused", reason=refusal.reason)
        return problem(refusal.status, refusal.detail, remedy=refusal.remedy, headers=_readable(request))
    except (Throttled, ClientError, BotoCoreError) as failure:
        # The error's name alone: its text may quote what was sent.
        _LOG.error("Nothing was kept: %s", type(failure).__name__)
        _COUNTS.add("NotKept")
        return problem(503, "The delivery could not be kept.", remedy="Send it again.")


def _received(request: Request) -> dict[str, Any]:
    post = Post(request.path["shop"], request.headers, request.query, request.body)
    if request.method == "OPTIONS":
        return answer(204, headers=_receiver().preflight(post))
    if "platform" not in request.path:
        headers = _receiver().activity(post)
        _COUNTS.add("Accepted", platform="activity", shop=post.shop)
        return answer(200, {}, headers)
    platform = request.path["platform"]
    counted = _receiver().webhook(platform, post)
    _COUNTS.add("Accepted" if counted == "accepted" else "Ping", platform=platform, shop=post.shop)
    return answer(200, dict(SIGNATURES[platform].answer))


def _readable(request: Request) -> dict[str, str]:
    """A script may read why it was refused; it learns nothing that a program could not."""
    origin = request.headers.get("origin")
    return {"access-control-allow-origin": origin} if origin and "platform" not in request.path else {}


@functools.cache
def _receiver() -> Receiver:
    manager = SecretsManager(_SECRETS, read_settings().secrets_prefix)
    visitors = TokenBuckets(time.monotonic, BATCHES_A_SECOND, BATCHES_AT_ONCE)
    return Receiver(RememberedSecrets(manager.get, time.monotonic), _enqueue, visitors)


@functools.cache
def _s3() -> Any:
    """Made when the first oversize body comes: few shops ever send one, and every cold start would pay."""
    return boto3.client("s3", config=_CONFIG)


def _enqueue(delivery: Mapping[str, Any]) -> None:
    settings, message = read_settings(), json.dumps(delivery)
    if len(message) > MOST_QUEUED:
        key = f"oversize/{delivery['shop']}/{secrets.token_hex(16)}.json"
        _s3().put_object(Bucket=settings.bucket_name, Key=key, Body=message.encode())
        message = json.dumps({"object": key})
    _SQS.send_message(QueueUrl=settings.record_queue_url, MessageBody=message)
