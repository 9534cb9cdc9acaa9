"""What stands in the address of a form: which one it is, and a signature that says who may open it.

    preferences.TOKEN   questionnaire.TOKEN   survey.TOKEN     the unsubscribe token of a message
    sign_up.SHOP.SIGNATURE                                     the shop's own form, for everybody
    confirm.PAYLOAD.SIGNATURE                                  from the mail that asks to confirm a sign-up

Whoever holds a message's unsubscribe token was sent that message: the same token opens the forms that are
about its reader, each named in front of it.
"""

import base64
import binascii
import hashlib
import hmac
import json
from typing import Literal, NamedTuple

from kairos.domain.errors import NotFound
from kairos.domain.identity import IdentityKey
from kairos.domain.value import canonical_json
from kairos.ports import Items
from kairos.services import unsubscribing
from kairos.services.short_links import lengthen
from kairos.services.unsubscribing import Token

Personal = Literal["preferences", "questionnaire", "survey"]
PERSONAL: tuple[Personal, ...] = ("preferences", "questionnaire", "survey")

_PURPOSE = b"form\x00"


class OfPerson(NamedTuple):
    """A form about the reader of a message. link: the token alone, which unsubscribes, too."""

    form: Personal
    reader: Token
    link: str


class OfShop(NamedTuple):
    """The shop's sign-up form."""

    shop: str


class OfSignUp(NamedTuple):
    """The page on which a sign-up is confirmed. message_id: of the mail that led there."""

    shop: str
    address_node: str
    message_id: str


FormToken = OfPerson | OfShop | OfSignUp


def sign_up_token(key: IdentityKey, shop: str) -> str:
    """The end of the address of the shop's sign-up form; always the same."""
    return f"sign_up.{shop}.{_signature(key, f'sign_up.{shop}')}"


def confirm_token(key: IdentityKey, told: OfSignUp) -> str:
    """The end of the address that confirms this sign-up."""
    short = canonical_json({"s": told.shop, "a": told.address_node, "m": told.message_id})
    payload = _encoded(short.encode())
    return f"confirm.{payload}.{_signature(key, f'confirm.{payload}')}"


def read_token(key: IdentityKey, text: str) -> FormToken:
    """What the end of a form's address says. Raises NotFound for one that we did not sign."""
    form, _, rest = text.partition(".")
    for personal in PERSONAL:
        if form == personal:
            return OfPerson(personal, unsubscribing.verify(key, rest), rest)
    payload, _, signature = rest.rpartition(".")
    known = _signature(key, f"{form}.{payload}")
    if form not in {"sign_up", "confirm"} or not hmac.compare_digest(_bytes(signature), known.encode()):
        raise NotFound("form", "")
    return OfShop(payload) if form == "sign_up" else _of_sign_up(payload)


def find_token(items: Items, key: IdentityKey, text: str) -> FormToken:
    """The same, also of an address in a text message, which is short. Raises NotFound."""
    form, _, rest = text.partition(".")
    return read_token(key, f"{form}.{lengthen(items, rest)}")


def _of_sign_up(payload: str) -> OfSignUp:
    try:
        told = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return OfSignUp(str(told["s"]), str(told["a"]), str(told["m"]))
    except (binascii.Error, ValueError, KeyError, TypeError):
        raise NotFound("form", "") from None


def _signature(key: IdentityKey, signed: str) -> str:
    return _encoded(hmac.new(key.secret, _PURPOSE + _bytes(signed), hashlib.sha256).digest())


def _bytes(text: str) -> bytes:
    """Whatever stands in an address, also what is no text at all."""
    return text.encode("utf-8", "surrogatepass")


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
