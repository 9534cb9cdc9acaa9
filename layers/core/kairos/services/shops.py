"""Shops: created and changed by one idempotent PUT; their secrets lie in the vault and never come back."""

import json
import re
import secrets as random
from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Any, NamedTuple

from pydantic import StringConstraints

from kairos import keys
from kairos.adapters.platforms.signatures import SIGNATURES, is_pem, is_public_key
from kairos.domain.access import Caller
from kairos.domain.channel_settings import PushSettings
from kairos.domain.errors import Conflict, Forbidden, NotFound, Refused
from kairos.domain.shop import Shop
from kairos.domain.value import Value, canonical_json
from kairos.ports import Item, Items, Put, Secrets, Unchanged
from kairos.services.channel_secrets import channel_secrets, with_public_key
from kairos.services.recording.storing import fact, write_missing
from kairos.services.snapshot.manifests import begin_empty

MOST_PREVIOUS = 2
"""Former webhook secrets that still open."""

RESERVED = frozenset({"shop", "key", "session", "feed", "link", "provider"})
"""No shop's name: stored items of other things begin so."""

_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:\d{1,5})?")


WebhookSecret = Annotated[str, StringConstraints(min_length=4, max_length=2000)]
"""Long enough for a public key of 8192 bits in PEM."""


class ShopSecrets(Value):
    """Secrets that a shop may set; those left out stay as they are.

    webhook: signs the shop's webhooks; a new one keeps the former opening beside it. previous: a former one
    that still opens, null to close all former ones. tag: signs whom the script tag identifies; made at
    creation if left out. api: opens the shop's own API: the access token of Shopify or BigCommerce, consumer
    key and secret of WooCommerce with a colon between; null to forget it.
    vapid: private key of web push, made if left out. outgoing_webhook: signs messages that are posted.
    """

    webhook: WebhookSecret | None = None
    previous: WebhookSecret | None = None
    tag: Annotated[str, StringConstraints(min_length=16, max_length=500)] | None = None
    api: Annotated[str, StringConstraints(pattern=r"^[!-~]{4,500}$")] | None = None
    vapid: Annotated[str, StringConstraints(max_length=100)] | None = None
    outgoing_webhook: Annotated[str, StringConstraints(max_length=200)] | None = None


class ShopWish(Shop):
    """The body of PUT. write_key: as GET showed it; ignored, so that what was read can be sent back."""

    secrets: ShopSecrets = ShopSecrets()
    write_key: str | None = None


class PutResult(NamedTuple):
    """created: there was no such shop before. shown: the shop with its write key, no other secret."""

    created: bool
    shown: dict[str, Any]


def put_shop(
    items: Items, secrets: Secrets, caller: Caller, wish: ShopWish, read: Shop | None = None
) -> PutResult:
    """Create or replace the shop. Raises Refused, Forbidden, Conflict.

    read: the shop that the wish was made of; Conflict where it is another one by now.

    The domain that messages are sent from, the tenant and the applications that they go through are the
    deployment owner's to choose.

    The secret comes first, so that a shop that exists can always receive; repeating the same PUT, also
    after a crash in between, ends the same (its snapshot, if it was not begun, is built from the table).
    A new shop's tag secret is shown this once, as "tag_secret".
    """
    shop = _checked(wish)
    held = items.get(keys.shop(shop.id))
    if read is not None and (held is None or Shop.model_validate(held.body) != read):
        raise Conflict("The shop was changed by somebody else.")
    if held is None and not caller.owns_deployment:
        raise Forbidden("Only the deployment owner's key creates shops.")
    if held is not None and not caller.owns_deployment:
        before = Shop.model_validate(held.body)
        _stays_with_its_domain(before, shop)
        _takes_no_others(before, shop)
    known = secrets.get(shop.id)
    secret = _secret(known or {}, wish.secrets, shop)
    shop = with_public_key(shop, secret)
    secret |= _for_the_tag(shop)
    if secret != known:
        secrets.put(shop.id, secret)
    body = shop.as_json()
    if held is None or held.body != body:
        version = "1" if held is None else str(int(held.version) + 1)
        only_if = Unchanged(None if held is None else held.version)
        items.write(Put(Item(keys.shop(shop.id), version, body), only_if))
    write_missing(items, [fact(keys.listed_shop(shop.id))])
    if held is None:
        begin_empty(items, shop)
    shown = {**shop.model_dump(mode="json"), "write_key": secret["write_key"]}
    if held is None:
        shown["tag_secret"] = secret["tag_secret"]
    return PutResult(held is None, shown)


def load_shop(items: Items, shop: str) -> Shop | None:
    """The shop's settings, None where it is gone."""
    item = items.get(keys.shop(shop))
    return _validated(canonical_json(item.body)) if item else None


@lru_cache(maxsize=64)
def _validated(told: str) -> Shop:
    """To judge all settings takes thirty times what it takes to see that they are as before."""
    return Shop.model_validate(json.loads(told))


def show_shop(items: Items, secrets: Secrets, caller: Caller, shop_id: str) -> dict[str, Any]:
    """The shop's settings; to its owner also the write key, which is public anyway. Raises NotFound."""
    shop = load_shop(items, shop_id)
    if shop is None:
        raise NotFound("shop", shop_id)
    shown = shop.model_dump(mode="json")
    if caller.role == "owner":
        shown["write_key"] = (secrets.get(shop_id) or {}).get("write_key")
    return shown


def _stays_with_its_domain(held: Shop, wish: Shop) -> None:
    """The account may hold the verified domains of many shops: none may send in the name of another."""
    before, after = (one.sender.email.rpartition("@")[2].lower() for one in (held, wish))
    if before != after:
        problem = f"This key may change the address within {before} only."
        raise Refused(
            "sender.email", problem, "Ask the deployment's owner to move the shop to another domain."
        )


def _takes_no_others(held: Shop, wish: Shop) -> None:
    """The account holds the tenants and applications of many shops, and whoever is named there is reached
    by messages, or has the reputation."""
    before, after = _of_the_account(held), _of_the_account(wish)
    for field, told in after.items():
        if told is not None and told != before[field]:
            remedy = "Ask the deployment's owner to set it."
            raise Refused(field, "This key may not choose it: it belongs to the whole account.", remedy)


def _of_the_account(shop: Shop) -> dict[str, str | None]:
    push = shop.channels.push or PushSettings()
    return {
        "channels.email.tenant": shop.channels.email.tenant,
        "channels.push.ios": push.ios,
        "channels.push.android": push.android,
    }


def _checked(wish: ShopWish) -> Shop:
    if wish.id in RESERVED:
        raise Refused("id", f"{wish.id!r} is a reserved name.", "Choose another one.")
    if wish.platform not in SIGNATURES:
        known = ", ".join(sorted(SIGNATURES))
        raise Refused("platform", f"{wish.platform!r} is no known platform.", f"Send one of {known}.")
    for at, origin in enumerate(wish.allowed_origins):
        if not _ORIGIN.fullmatch(origin):
            remedy = 'Send scheme and host as browsers do, such as "https://shop.example.com".'
            raise Refused(f"allowed_origins[{at}]", f"{origin!r} is no origin.", remedy)
    _keys_are_public(wish.secrets)
    return Shop.model_validate(wish.model_dump(exclude={"secrets", "write_key"}))


def _keys_are_public(told: ShopSecrets) -> None:
    for name, secret in (("webhook", told.webhook), ("previous", told.previous)):
        if secret and is_pem(secret) and not is_public_key(secret):
            remedy = 'Send the public key alone, from "-----BEGIN PUBLIC KEY-----" to its last line.'
            raise Refused(f"secrets.{name}", "A key in PEM, but no public key of that form.", remedy)


def _secret(known: Mapping[str, Any], wish: ShopSecrets, shop: Shop) -> dict[str, Any]:
    """What receiving needs to know of the shop, so that one read of the vault is enough."""
    current = wish.webhook or known.get("current")
    if current is None:
        remedy = "Send the secret that the platform signs webhooks with."
        raise Refused("secrets.webhook", "A new shop needs a webhook secret.", remedy)
    former = [known["current"], *known["previous"]] if known else []
    if "previous" in wish.model_fields_set:
        former = [wish.previous] if wish.previous else []
    former = [one for one in dict.fromkeys(former) if one != current][:MOST_PREVIOUS]
    opens_api = wish.api if "api" in wish.model_fields_set else known.get("api")
    return {
        **({"api": opens_api} if opens_api else {}),
        **channel_secrets(known, wish.vapid, wish.outgoing_webhook, shop),
        "platform": shop.platform,
        "current": current,
        "previous": former,
        "write_key": known.get("write_key") or random.token_urlsafe(18),
        "tag_secret": wish.tag or known.get("tag_secret") or random.token_urlsafe(32),
        "allowed_origins": list(shop.allowed_origins),
    }


def _for_the_tag(shop: Shop) -> dict[str, str | None]:
    """What the script tag is given beside the write key; none of it is secret."""
    settings = shop.channels.web_push
    return {"push_key": settings.public_key} if settings else {}
