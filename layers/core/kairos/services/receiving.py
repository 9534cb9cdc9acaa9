"""Receiving: judge a webhook or a batch of activity by its shop's secret, and make it durable.

Of a webhook nothing is parsed here. Light: no pydantic model is imported (what is written is a
domain.delivery.Delivery, as plain JSON), since a webhook's bill is its cold start.
"""

import base64
import hmac
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple, Protocol

from kairos.adapters.platforms import signatures
from kairos.services.token_buckets import TokenBuckets

MOST_WEBHOOK = 4 * 1024 * 1024
"""Bytes: in base64, with its envelope, this still fits the 6 MB of a Lambda invocation."""

MOST_ACTIVITY = 256 * 1024
"""Bytes: the script tag sends small batches; sendBeacon itself stops at 64 kB."""

BATCHES_A_SECOND, BATCHES_AT_ONCE = 1.0, 30
"""Of one visitor. The tag sends one every two seconds at most; the rest of a runaway is told to wait."""

_VISITOR = re.compile(rb'"visitor"\s*:\s*"([A-Za-z0-9._:-]{16,128})"')
_SHOP_ID = re.compile(r"[a-z0-9][a-z0-9-]{1,38}[a-z0-9]")


class Refusal(Exception):
    """One of the four refusals. reason: what it is counted by."""

    def __init__(self, status: int, reason: str, detail: str, remedy: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.detail = detail
        self.remedy = remedy


class Post(NamedTuple):
    """A webhook or a batch of activity as it came in. headers: lower-case names; query: its parameters."""

    shop: str
    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes


class Verdict(NamedTuple):
    """What a shop's secret says of a post; true where it may pass. ping: a test call, nothing to keep."""

    refusal: Refusal | None = None
    ping: bool = False
    identify: str | None = None

    def __bool__(self) -> bool:
        return self.refusal is None


class Secrets(Protocol):
    """See adapters.secrets.RememberedSecrets."""

    def judge(self, shop: str, opens: Callable[[Mapping[str, Any]], Verdict]) -> Verdict | None:
        """What `opens` says of the shop's secret; None where there is no such shop."""


class Receiver:
    """enqueue: takes a delivery, and returns only when it is durable. visitors: how often each may post."""

    def __init__(
        self, secrets: Secrets, enqueue: Callable[[Mapping[str, Any]], None], visitors: TokenBuckets
    ) -> None:
        self._secrets = secrets
        self._enqueue = enqueue
        self._visitors = visitors

    def webhook(self, platform: str, post: Post) -> str:
        """Queue a webhook. Returns what it is counted as: "accepted" or "ping". Raises Refusal."""
        _fits(post.body, MOST_WEBHOOK)
        verdict = self._judge(post.shop, lambda secret: _judge_webhook(secret, platform, post))
        if verdict.ping:
            return "ping"
        kept = signatures.kept_headers(platform, post.headers)
        self._enqueue(_delivery(post, platform, "webhook", kept))
        return "accepted"

    def activity(self, post: Post) -> dict[str, str]:
        """Queue a batch of the script tag. Returns the headers that its browser wants. Raises Refusal."""
        _fits(post.body, MOST_ACTIVITY)
        verdict = self._judge(post.shop, lambda secret: _judge_activity(secret, post))
        self._paced(post)
        told = {signatures.IDENTIFY_HEADER: verdict.identify} if verdict.identify else {}
        self._enqueue(_delivery(post, "activity", "activity", told))
        return cors_headers(post.headers.get("origin"))

    def preflight(self, post: Post) -> dict[str, str]:
        """The headers that let a browser of an allowed origin post. Raises Refusal."""
        self._judge(post.shop, lambda secret: _judge_origin(secret, post))
        return cors_headers(post.headers.get("origin"))

    def _paced(self, post: Post) -> None:
        named = _VISITOR.search(post.body)
        if named and not self._visitors.take(f"{post.shop}:{named[1].decode()}"):
            raise Refusal(429, "rate", "This visitor sends too much at once.", "Send it again in a minute.")

    def _judge(self, shop: str, opens: Callable[[Mapping[str, Any]], Verdict]) -> Verdict:
        verdict = self._secrets.judge(shop, opens) if is_shop_id(shop) else None
        if verdict is None:
            raise Refusal(404, "shop", "There is no such shop.", "Create the shop, or mend the address.")
        if verdict.refusal is not None:
            raise verdict.refusal
        return verdict


def is_shop_id(text: str) -> bool:
    """Whether a shop may be named so: nothing else is looked for in the vault."""
    return _SHOP_ID.fullmatch(text) is not None


def cors_headers(origin: str | None) -> dict[str, str]:
    """What a browser at this origin needs to see (WHATWG Fetch, CORS protocol); none without an origin.

    sendBeacon posts with credentials, so they are allowed by name; no cookie of ours exists to be sent.
    """
    if origin is None:
        return {}
    return {
        "access-control-allow-origin": origin,
        "access-control-allow-credentials": "true",
        "access-control-allow-methods": "POST",
        "access-control-allow-headers": "content-type, x-kairos-write-key",
        "access-control-max-age": "86400",
        "vary": "origin",
    }


def _judge_webhook(secret: Mapping[str, Any], platform: str, post: Post) -> Verdict:
    # Generic JSON beside the shop's own platform: WooCommerce, for one, has no webhook for carts.
    if platform not in {secret["platform"], "generic"}:
        remedy = "Post to the platform that the shop was set up with, or to generic."
        return Verdict(Refusal(404, "platform", "The shop is on another platform.", remedy))
    if signatures.is_ping(platform, post.headers, post.body):
        return Verdict(ping=True)
    if signatures.is_signed(platform, post.headers, post.body, _secrets_of(secret)):
        return Verdict()
    detail = "The signature is missing or does not match the body."
    return Verdict(Refusal(401, "signature", detail, "Sign the raw body with the shop's webhook secret."))


def _judge_activity(secret: Mapping[str, Any], post: Post) -> Verdict:
    key = post.query.get("key") or post.headers.get("x-kairos-write-key") or ""
    if not hmac.compare_digest(key.encode("utf-8", "replace"), str(secret["write_key"]).encode()):
        remedy = "Send the shop's write key in the parameter key or the header x-kairos-write-key."
        return Verdict(Refusal(401, "write key", "The write key is missing or not this shop's.", remedy))
    allowed = _judge_origin(secret, post)
    if not allowed or b'"identify"' not in post.body:
        return allowed
    signed = signatures.identify_is_signed(post.body, [secret["tag_secret"]])
    return Verdict(identify="verified" if signed else "unverified")


def _judge_origin(secret: Mapping[str, Any], post: Post) -> Verdict:
    """Programs send no origin, and a shop that names none allows all: the write key is the gate."""
    origin, allowed = post.headers.get("origin"), secret.get("allowed_origins") or ()
    if origin is None or not allowed or origin in allowed:
        return Verdict()
    remedy = "Add the origin to the shop's allowed_origins."
    return Verdict(Refusal(401, "origin", "The shop does not allow this origin.", remedy))


def _secrets_of(secret: Mapping[str, Any]) -> list[str]:
    return [secret["current"], *secret.get("previous", ())]


def _fits(body: bytes, most: int) -> None:
    if len(body) > most:
        detail = f"The body has {len(body)} bytes; at most {most} are taken."
        raise Refusal(413, "size", detail, "Send less at once.")


def _delivery(post: Post, platform: str, source: str, headers: Mapping[str, str]) -> dict[str, Any]:
    return {
        "shop": post.shop,
        "platform": platform,
        "source": source,
        "headers": dict(headers),
        "body": base64.b64encode(post.body).decode(),
        "received_at": datetime.now(UTC).isoformat(),
    }
