"""A customer found by what a person knows of them: an address, a number, an id."""

import re
from typing import Literal, get_args

from kairos.domain.errors import Refused
from kairos.domain.identity import IdentityKey, IdentityKind, folded_email, is_e164
from kairos.domain.profile import Profile
from kairos.ports import Items
from kairos.services.customers import load_profile

By = Literal["email", "phone", "id"]
BY: tuple[By, ...] = get_args(By)

CUSTOMER_ID = re.compile(r"[cepv][0-9a-f]{26}")
"""How our own ids read."""

_LONGEST = 200


def by_what(text: str) -> By:
    """What a typed text would be: whoever searches need not say."""
    if "@" in text:
        return "email"
    return "phone" if text.strip().startswith("+") else "id"


def find(items: Items, key: IdentityKey, shop: str, by: By, text: str) -> list[Profile]:
    """The customer, if any. id: ours, or the one that the shop's own system gave.

    Raises Refused for what can be none.
    """
    text = text.strip()
    if by == "id" and CUSTOMER_ID.fullmatch(text):
        found = load_profile(items, shop, text)
        if found is not None:
            return [found]
    kind, value = _identity(by, text)
    found = load_profile(items, shop, key.node(shop, kind, value))
    return [found] if found else []


def _identity(by: By, text: str) -> tuple[IdentityKind, str]:
    if by == "email":
        email = folded_email(text)
        if email is None:
            remedy = 'Ask for one address, such as "?email=ada@example.com" (percent-encoded).'
            raise Refused("email", "The parameter is missing or no e-mail address.", remedy)
        return "email", email
    if by == "phone":
        phone = re.sub(r"[^\d+]", "", text)
        if not is_e164(phone):
            remedy = 'Ask for it in international form, such as "+41791234567" (percent-encoded).'
            raise Refused("phone", "It is no phone number in international form.", remedy)
        return "phone", phone
    if not text or len(text) > _LONGEST:
        raise Refused("id", "It can be no id.", "Send the customer's id, ours or the shop's own.")
    return "platform_id", text
