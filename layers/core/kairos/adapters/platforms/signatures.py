"""Who may post: signatures of webhooks over their raw bytes, and which headers are worth keeping.

Imported by the function that receives webhooks, so it needs nothing beyond the standard library.
"""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any, NamedTuple

OLDEST, NEWEST = timedelta(days=3), timedelta(minutes=5)
"""How old, and how far ahead, a Standard Webhooks timestamp may be. BigCommerce repeats a delivery for 48
hours ("Webhooks overview"), and does not say whether it dates each attempt anew: to refuse one would lose it,
and to take an old one again does no harm, since a body of ids alone makes us ask what is true now."""


class Signature(NamedTuple):
    """How one platform signs. headers: names that carry the base64 HMAC-SHA256 of the raw body, lower case.

    kept: names, lower case, of the headers that a delivery is judged by later. ping: the body of the
    platform's unsigned test call, None where it has none. standard: the signatures, with blanks between, are
    those of Standard Webhooks 1.0.0, which cover id and time beside the body. plain: the headers hold the
    secret itself, for a platform that signs nothing. rsa_headers: names that carry a base64 RSA signature,
    judged by secrets that are public keys in PEM, and by no others. answer: what the platform wants to read.
    """

    headers: tuple[str, ...]
    kept: tuple[str, ...]
    ping: re.Pattern[bytes] | None = None
    standard: bool = False
    plain: bool = False
    rsa_headers: tuple[str, ...] = ()
    answer: Mapping[str, str] = MappingProxyType({})


_SHOPIFY_KEPT = ("topic", "webhook-id", "event-id", "triggered-at", "api-version", "shop-domain", "test")

SIGNATURES: dict[str, Signature] = {
    # Newer deliveries come without "X-" (shopify.dev, "Deliver webhooks through HTTPS").
    "shopify": Signature(
        headers=("x-shopify-hmac-sha256", "shopify-hmac-sha256"),
        kept=tuple(f"{start}shopify-{name}" for start in ("x-", "") for name in _SHOPIFY_KEPT),
    ),
    "woocommerce": Signature(
        headers=("x-wc-webhook-signature",),
        kept=tuple(f"x-wc-webhook-{name}" for name in ("topic", "resource", "event", "id", "delivery-id")),
        ping=re.compile(rb"webhook_id=\d{1,20}"),
    ),
    "bigcommerce": Signature(headers=("webhook-signature",), kept=("webhook-id",), standard=True),
    # Our own module (integrations/prestashop): PrestaShop itself posts nothing.
    "prestashop": Signature(headers=("x-kairos-signature",), kept=("x-kairos-topic", "x-kairos-delivery")),
    # CloudCart signs nothing: it sends the API key that the webhook was made with, and headers of the shop's
    # own (cloudcart/platform-wiki, "Webhooks — authentication & custom headers").
    "cloudcart": Signature(
        headers=("x-cloudcart-apikey", "x-kairos-secret"), kept=("x-kairos-topic",), plain=True
    ),
    # By a module or action of the shop's with our HMAC, or by Commerce's own webhooks with its key pair
    # (developer.adobe.com/commerce/extensibility/webhooks, "Webhooks signature verification", "Responses").
    "magento": Signature(
        headers=("x-kairos-signature",),
        kept=("x-kairos-topic", "x-adobe-event-code", "x-kairos-delivery"),
        rsa_headers=("x-adobe-commerce-webhook-signature",),
        answer=MappingProxyType({"op": "success"}),
    ),
    "generic": Signature(headers=("x-kairos-signature",), kept=("x-kairos-delivery",)),
}
"""All platforms that can post, by the name in the webhook's address."""


def _lower(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items() if value is not None}


def is_signed(
    platform: str,
    headers: Mapping[str, str],
    body: bytes,
    secrets: Sequence[str],
    now: datetime | None = None,
) -> bool:
    """Whether the raw body bears a signature under any of the secrets (old and new during rotation).

    headers: as they came, names in any case. now: real time, the clock's if left out. False for an unknown
    platform, an absent or malformed signature, an empty secret, and a time too far from now. Takes the same
    time whatever the signature's first wrong character.
    """
    rule, told = SIGNATURES.get(platform), _lower(headers)
    if rule is None or (rule.standard and not _in_time(told, now or datetime.now(UTC))):
        return False
    texts = [told[name].strip() for name in rule.headers if name in told]
    given = [one for text in texts for one in (text.split() if rule.standard else [text])][:MOST_SIGNATURES]
    sign = _standard_signature if rule.standard else _secret_itself if rule.plain else _body_signature
    # A public key is known to everybody, in whatever form: whoever signs with it as a secret proves nothing.
    expected = [sign(secret, told, body) for secret in secrets if secret and not is_pem(secret)]
    # Every pair is compared before any is judged, so that time tells nothing of which secret fits.
    fitting = [
        hmac.compare_digest(one.encode("utf-8", "replace"), other.encode())
        for one in given
        for other in expected
        if other
    ]
    return any(fitting) or _is_signed_by_key(rule, told, body, secrets)


MOST_SIGNATURES = 10
"""Of one delivery; Standard Webhooks states several while a secret is changed."""


def _body_signature(secret: str, _told: Mapping[str, str], body: bytes) -> str:
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def _secret_itself(secret: str, _told: Mapping[str, str], _body: bytes) -> str:
    return secret


_PUBLIC_KEY = re.compile(
    r"\s*-----BEGIN PUBLIC KEY-----[A-Za-z0-9+/=\s]+-----END PUBLIC KEY-----\s*", re.ASCII
)


def is_pem(secret: str) -> bool:
    """Whether it is a key or certificate in PEM (RFC 7468), of any kind: no secret to make an HMAC with."""
    return "-----BEGIN" in secret


def is_public_key(secret: str) -> bool:
    """Whether it is a public key as signatures are verified with: SubjectPublicKeyInfo (RFC 7468, 13)."""
    return _PUBLIC_KEY.fullmatch(secret) is not None


def _is_signed_by_key(rule: Signature, told: Mapping[str, str], body: bytes, secrets: Sequence[str]) -> bool:
    """Whether a public key verifies a signature of the body's base64, as Commerce's webhooks sign."""
    given = [told[name].strip() for name in rule.rsa_headers if name in told]
    public_keys = [secret for secret in secrets if is_public_key(secret)]
    if not given or not public_keys:
        return False
    # Imported here: it needs a library, and every other platform's cold start would pay for that.
    from kairos.adapters.platforms.rsa_signatures import verifies

    signed = base64.b64encode(body)
    return any(verifies(key, one, signed) for key in public_keys for one in given)


def _standard_signature(secret: str, told: Mapping[str, str], body: bytes) -> str:
    """Empty for a secret of no use. BigCommerce's key is the client secret's own bytes ("HTTPS webhooks")."""
    named = [told.get(name, "").encode("utf-8", "replace") for name in ("webhook-id", "webhook-timestamp")]
    try:
        in_base64 = secret.startswith("whsec_")
        told_key = secret.removeprefix("whsec_")
        key = base64.b64decode(told_key, validate=True) if in_base64 else secret.encode()
    except ValueError:
        return ""
    return (
        "v1," + base64.b64encode(hmac.new(key, b".".join((*named, body)), hashlib.sha256).digest()).decode()
    )


def _in_time(told: Mapping[str, str], now: datetime) -> bool:
    seconds = told.get("webhook-timestamp", "")
    if not re.fullmatch(r"\d{1,11}", seconds, re.ASCII) or not told.get("webhook-id"):
        return False
    return now - OLDEST <= datetime.fromtimestamp(int(seconds), UTC) <= now + NEWEST


def kept_headers(platform: str, headers: Mapping[str, str]) -> dict[str, str]:
    """Those headers, names in lower case, that the adapter needs to judge the delivery."""
    rule, told = SIGNATURES.get(platform), _lower(headers)
    return {name: told[name] for name in rule.kept if name in told} if rule else {}


def is_ping(platform: str, headers: Mapping[str, str], body: bytes) -> bool:
    """Whether this is the platform's unsigned test call: to be answered 200 and not queued.

    WooCommerce posts the form body `webhook_id=12`, without topic and signature, when a webhook is
    saved; any answer but 200 is shown as an error and keeps the webhook from delivering (WC_Webhook::
    deliver_ping). The call tells nothing and changes nothing, so there is nothing to protect by a 401.
    """
    rule = SIGNATURES.get(platform)
    if rule is None or rule.ping is None or not rule.ping.fullmatch(body.strip()):
        return False
    told = _lower(headers)
    return not any(name in told for name in (*rule.headers, *rule.kept[:1]))


IDENTIFY_HEADER = "x-kairos-identify"
"""The header of an activity delivery that tells, once the receiver has judged it: verified or unverified."""

_SIGNED_FIELDS = ("email", "platform_id", "phone")


def identify_signature(visitor: str, identify: Mapping[str, Any], secret: str) -> str:
    """The signature that a shop's server computes for a visitor who is logged in: 64 hex digits.

    HMAC-SHA256, under the shop's tag secret, of visitor, e-mail, platform id and phone as they are sent,
    joined by line feeds, trailing empty ones left off: "visitor\\nemail" where only the e-mail is told.
    """
    told = [visitor, *(str(identify.get(name) or "") for name in _SIGNED_FIELDS)]
    message = "\n".join(told).rstrip("\n")
    return hmac.new(secret.encode(), message.encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def identify_is_signed(body: bytes, secrets: Sequence[str]) -> bool:
    """Whether the activity body identifies its visitor under a signature of the shop's server.

    body: raw bytes of the activity request. False where it identifies nobody or is not readable.
    """
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return False
    identify = told.get("identify") if isinstance(told, dict) else None
    if not isinstance(identify, dict):
        return False
    visitor, given = told.get("visitor"), identify.get("signature")
    values = [visitor, given, *(identify.get(name) or "" for name in _SIGNED_FIELDS)]
    if not visitor or not all(isinstance(one, str) and "\n" not in one for one in values):
        return False
    claimed = str(given).strip().lower().encode("utf-8", "replace")
    expected = [identify_signature(visitor, identify, secret).encode() for secret in secrets if secret]
    fitting = [hmac.compare_digest(claimed, one) for one in expected]
    return any(fitting)
