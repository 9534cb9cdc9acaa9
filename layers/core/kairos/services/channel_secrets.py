"""The secrets of a shop's channels: made or taken, kept in the vault, never shown."""

from collections.abc import Mapping
from typing import Any

from kairos.domain.errors import Refused
from kairos.domain.shop import Shop
from kairos.domain.standard_webhooks import PREFIX, key_of

_SHORTEST, _LONGEST = 24, 64
"""Bytes of a webhook's secret (Standard Webhooks 1.0.0, "Secret/key")."""


def channel_secrets(
    known: Mapping[str, Any], vapid: str | None, outgoing_webhook: str | None, shop: Shop
) -> dict[str, str]:
    """{"vapid", "outgoing_webhook"}, of which a channel that was never set up has none.

    known: the shop's secrets as they are; the others: newly sent ones. Raises Refused naming the field.
    """
    told = {
        "vapid": _vapid(vapid, known, shop),
        "outgoing_webhook": _outgoing_webhook(outgoing_webhook, known, shop),
    }
    return {name: value for name, value in told.items() if value}


def with_public_key(shop: Shop, secrets: Mapping[str, Any]) -> Shop:
    """The shop with the key that browsers subscribe with, whatever it was told to be."""
    settings = shop.channels.web_push
    if settings is None:
        return shop
    # Imported here: its arithmetic lies in a layer of its own, where shops are changed.
    from kairos.adapters.web_push_encryption import public_key_of

    public = settings.model_copy(update={"public_key": public_key_of(secrets["vapid"])})
    channels = shop.channels.model_copy(update={"web_push": public})
    return shop.model_copy(update={"channels": channels})


def _vapid(sent: str | None, known: Mapping[str, Any], shop: Shop) -> str | None:
    held: str | None = sent or known.get("vapid")
    if shop.channels.web_push is None and sent is None:
        return held
    from kairos.adapters.web_push_encryption import new_private_key, public_key_of

    if held is None:
        return new_private_key()
    try:
        public_key_of(held)
    except ValueError:
        remedy = "Send the 32 bytes of a P-256 private key in base64url, or leave it out to have one made."
        raise Refused("secrets.vapid", "It is no private key.", remedy) from None
    return held


def _outgoing_webhook(sent: str | None, known: Mapping[str, Any], shop: Shop) -> str | None:
    held: str | None = sent or known.get("outgoing_webhook")
    remedy = f'Send "{PREFIX}" and base64 of {_SHORTEST} to {_LONGEST} random bytes.'
    if held is None:
        if shop.channels.webhook is not None:
            raise Refused("secrets.outgoing_webhook", "The webhook's receiver needs a secret.", remedy)
        return None
    try:
        fits = held.startswith(PREFIX) and _SHORTEST <= len(key_of(held)) <= _LONGEST
    except ValueError:
        fits = False
    if not fits:
        raise Refused("secrets.outgoing_webhook", "It is not of the form that is needed.", remedy)
    return held
