"""Phones and browsers that a shop registers for its customers, by the API."""

from typing import Annotated, Literal

from pydantic import AfterValidator, StringConstraints

from kairos.domain.errors import NotFound, Refused
from kairos.domain.value import Instant, Value
from kairos.ports import PhoneEndpoints
from kairos.services import endpoints
from kairos.services.endpoints import Registering
from kairos.services.shops import load_shop

_Text = Annotated[str, StringConstraints(min_length=1, max_length=2000)]
_Base64Url = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{16,200}={0,2}$")]
MOST_ENDPOINTS = 20
"""Of one customer: more belong to no person, and each is read with every decision."""


def _pushable(address: str) -> str:
    if not address.startswith(("https://", "http://127.0.0.1:", "http://localhost:")):
        raise ValueError("use the https:// address of the subscription as the browser gave it")
    return address


class SubscriptionKeys(Value):
    """p256dh: the browser's public key. auth: its secret. Both in base64url, as the browser gives them."""

    p256dh: _Base64Url
    auth: _Base64Url


class Subscription(Value):
    """A browser's push subscription (Push API), as JSON.stringify gives it."""

    endpoint: Annotated[str, StringConstraints(max_length=1000), AfterValidator(_pushable)]
    keys: SubscriptionKeys
    expirationTime: float | None = None  # noqa: N815 - the browser's own name


class EndpointWish(Value):
    """A phone or browser whose owner agreed to notifications.

    channel push: platform and token, as the phone gave it to the app. web_push: subscription. at: when the
    person agreed, now where not said. source, wording: where, and to which words.
    """

    channel: Literal["push", "web_push"]
    platform: Literal["ios", "android"] | None = None
    token: Annotated[str, StringConstraints(pattern=r"^[!-~]{8,4096}$")] | None = None
    subscription: Subscription | None = None
    at: Instant | None = None
    source: Annotated[str, StringConstraints(min_length=1, max_length=200)] = "api"
    wording: _Text | None = None


def register_device(
    parts: Registering, phones: PhoneEndpoints, shop: str, node: str, wish: EndpointWish
) -> str:
    """Register it for the customer of `node`; answers its id. It is the shop's word: a withdrawal made with
    us stands. Raises Refused naming the field, NotFound."""
    now = parts.clock.now()
    if wish.at is not None and wish.at > now:
        raise Refused("at", "That time is still to come.", "Send when the person agreed.")
    if len(endpoints.endpoints_of(parts.items, shop, [node])) >= MOST_ENDPOINTS:
        raise Refused("channel", f"The customer has {MOST_ENDPOINTS} endpoints.", "Remove old ones first.")
    value, more = _address(parts, phones, shop, wish)
    return endpoints.register(
        parts, shop, node, wish.channel, value, more, wish.at or now, wish.source, wish.wording, by="shop"
    )


def _address(
    parts: Registering, phones: PhoneEndpoints, shop: str, wish: EndpointWish
) -> tuple[str, dict[str, str]]:
    if wish.channel == "push":
        return _phone(parts, phones, shop, wish), {}
    if wish.subscription is None:
        raise Refused("subscription", "It is missing.", "Send the browser's subscription as it gave it.")
    told = wish.subscription
    return told.endpoint, {"p256dh": told.keys.p256dh, "auth": told.keys.auth}


def _phone(parts: Registering, phones: PhoneEndpoints, shop: str, wish: EndpointWish) -> str:
    if wish.platform is None or wish.token is None:
        field = "token" if wish.token is None else "platform"
        raise Refused(field, "It is missing.", "Send the platform (ios, android) and the phone's token.")
    settings = load_shop(parts.items, shop)
    if settings is None:
        raise NotFound("shop", shop)
    push = settings.channels.push
    application = getattr(push, wish.platform) if push else None
    if application is None:
        remedy = f"Set channels.push.{wish.platform} of the shop to the ARN of its application in SNS."
        raise Refused("platform", f"The shop has no app for {wish.platform}.", remedy)
    return phones.create(application, wish.token)


def remove_device(parts: Registering, phones: PhoneEndpoints, shop: str, node: str, endpoint: str) -> None:
    """Remove it, in SNS too where it is a phone. Raises NotFound."""
    value = endpoints.unregister(parts, shop, node, endpoint)
    if value.startswith("arn:"):
        phones.delete(value)
