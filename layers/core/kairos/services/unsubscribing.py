"""Unsubscribing by a link that needs no login: signed, never stored, honoured at once (RFC 8058)."""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Literal, NamedTuple

from pydantic import ValidationError

from kairos import keys
from kairos.domain.consent import Channel, Consent, ConsentState, ConsentStatement
from kairos.domain.errors import Conflict, NotFound
from kairos.domain.identity import IdentityKey
from kairos.domain.shop import Shop
from kairos.domain.value import Value, canonical_json, digest
from kairos.ports import Check, Clock, Item, Items, Key, Put, Unchanged, Write
from kairos.services import customers
from kairos.services.sending import ledger
from kairos.services.shops import load_shop

_PURPOSE = b"unsubscribe\x00"
_TRIES = 8
Source = Literal[
    "unsubscribe page",
    "one-click unsubscribe",
    "unsubscribe page, undone",
    "subscription with the provider",
]


class Token(Value):
    """Who unsubscribes from what, by which message. Names no address, only its keyed hash."""

    shop: str
    channel: Channel
    address_node: str
    message_id: str


class Standing(NamedTuple):
    """What the page shows. granted: messages are sent now. can_undo: they would be again after an undo."""

    shop: Shop
    language: str | None
    granted: bool
    can_undo: bool


def sign(key: IdentityKey, token: Token) -> str:
    """The token as it stands in a link: base64url of its JSON, a dot, its HMAC-SHA256."""
    short = {"s": token.shop, "c": token.channel, "a": token.address_node, "m": token.message_id}
    payload = _encoded(canonical_json(short).encode())
    return f"{payload}.{_signature(key, payload)}"


def verify(key: IdentityKey, text: str) -> Token:
    """The token that this link carries. Raises NotFound for one that we did not sign, whatever it is."""
    payload, _, signature = text.partition(".")
    if not hmac.compare_digest(_bytes(signature), _signature(key, payload).encode()):
        raise NotFound("unsubscribe link", "")
    try:
        told = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return Token(shop=told["s"], channel=told["c"], address_node=told["a"], message_id=told["m"])
    except (binascii.Error, ValueError, KeyError, TypeError, ValidationError):
        raise NotFound("unsubscribe link", "") from None


def one_click_headers(link: str) -> Mapping[str, str]:
    """The two headers of RFC 8058 that let a mail program show its own unsubscribe button."""
    return {"List-Unsubscribe": f"<{link}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def standing(items: Items, token: Token) -> Standing:
    """What is true now. Raises NotFound where the shop is gone."""
    shop = load_shop(items, token.shop)
    if shop is None:
        raise NotFound("shop", token.shop)
    held = items.get(_key(token))
    consent = Consent.model_validate(held.body) if held else Consent()
    return Standing(shop, _language(items, token), consent.granted, _can_undo(consent))


def withdraw(items: Items, clock: Clock, token: Token, source: Source) -> None:
    """No message to this address on this channel from now on. Repeating it changes nothing."""
    _state(items, clock, token, "withdrawn", source)


def undo(items: Items, clock: Clock, token: Token) -> bool:
    """Take back a withdrawal made with us; False where there is nothing that could be restored.

    It restores what the shop had been told, and never grants what the person had not granted before.
    """
    return _state(items, clock, token, "granted", "unsubscribe page, undone")


def _can_undo(consent: Consent) -> bool:
    withdrawn = consent.ours is not None and consent.ours.state == "withdrawn"
    return withdrawn and consent.shop is not None and consent.shop.state == "granted"


def _state(items: Items, clock: Clock, token: Token, state: ConsentState, source: Source) -> bool:
    for _ in range(_TRIES):
        held = items.get(_key(token))
        consent = Consent.model_validate(held.body) if held else Consent()
        if consent.ours is not None and consent.ours.state == state:
            return True
        if state == "granted" and not _can_undo(consent):
            return False
        said = ConsentStatement(
            channel=token.channel,
            address=_address(items, token),
            state=state,
            stated_at=clock.now(),
            source=source,
        )
        changed = consent.model_copy(update={"ours": said})
        version = str(int(held.version) + 1) if held else "1"
        kept = Put(Item(_key(token), version, changed.as_json()), Unchanged(held.version if held else None))
        try:
            items.transact([kept, *(_engagement(items, token, said) if state == "withdrawn" else ())])
        except Conflict:
            continue
        return True
    raise Conflict("This address's consent is being changed by others.")


def _engagement(items: Items, token: Token, said: ConsentStatement) -> list[Write | Check]:
    """That it came of this message, as providers' events are kept; nothing where the message is gone, or its
    customer was erased since it was reserved."""
    held = ledger.load(items, token.shop, token.message_id)
    if held is None:
        return []
    marked = keys.erasure(token.shop, held.entry.customer)
    mark = items.get(marked)
    if ledger.is_marked(mark, held.entry):
        return []
    body = {"kind": "unsubscribe", "at": said.stated_at.isoformat(), "detail": said.source}
    key = keys.engagement(token.shop, token.message_id, digest(body)[:32])
    return [Put(Item(key, "1", body)), Check(marked, Unchanged(mark.version if mark else None))]


def _address(items: Items, token: Token) -> str:
    """The address itself; its keyed hash where the person was erased."""
    identity = items.get(keys.identity(token.shop, token.address_node))
    return str(identity.body["value"]) if identity else token.address_node


def _language(items: Items, token: Token) -> str | None:
    profile = customers.load_profile(items, token.shop, token.address_node)
    return profile.person.language if profile else None


def _key(token: Token) -> Key:
    return keys.consent(token.shop, token.channel, token.address_node)


def _signature(key: IdentityKey, payload: str) -> str:
    return _encoded(hmac.new(key.secret, _PURPOSE + _bytes(payload), hashlib.sha256).digest())


def _bytes(text: str) -> bytes:
    """Whatever stands in an address, also what is no text at all."""
    return text.encode("utf-8", "surrogatepass")


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
