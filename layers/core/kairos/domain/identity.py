"""Who a customer is: identities, the nodes that they become, and the customer that linked nodes are.

Every identity (platform id, e-mail, phone, visitor id) is a node with an id of its own, derived from a
keyed hash, so that it can stand in an execution's history without telling who it is. A platform id and
a verified e-mail stated together are linked for good: linked nodes are one customer. Links only ever
grow, so the customer that results never depends on the order in which deliveries arrive. Its id is the
least of its nodes, platform ids before e-mails. Phone numbers and visitor ids never link: each is
attached to the one node that named it last.
"""

import hashlib
import hmac
import re
from collections.abc import Iterable
from string import ascii_lowercase, ascii_uppercase
from typing import Literal

from kairos.domain.value import Value

IdentityKind = Literal["platform_id", "email", "phone", "visitor"]

_LETTER: dict[IdentityKind, str] = {"platform_id": "c", "email": "e", "phone": "p", "visitor": "v"}
_RANK = "cepv"
_IN_LOWER_CASE = str.maketrans(ascii_uppercase, ascii_lowercase)
_LONGEST_EMAIL = 254
"""Characters (RFC 5321, 4.5.3.1.3, less the angle brackets)."""

_NAME = r"""[^\s@"(),:;<>\[\\\]\x00-\x1f\x7f]+"""
"""What separates addresses in a header is no part of one: else a message would go to several."""

_EMAIL = re.compile(rf"{_NAME}@{_NAME}\.{_NAME}")
_PHONE = re.compile(r"^\+[1-9]\d{6,14}$")


class Identities(Value):
    """What one delivery says about who it is from; e-mail case-folded, phone E.164, None where absent.

    verified: a signed source stands behind it (a platform's webhook, a signed identify).
    """

    platform_id: str | None = None
    email: str | None = None
    phone: str | None = None
    visitor: str | None = None
    verified: bool = True

    @property
    def is_empty(self) -> bool:
        """No identity at all: no customer."""
        return not (self.platform_id or self.email or self.phone or self.visitor)


class IdentityKey(Value):
    """The deployment's secret under which identities are hashed."""

    secret: bytes

    def node(self, shop: str, kind: IdentityKind, value: str) -> str:
        """The node's id: a letter for the kind and 26 hex digits; the same value in another shop differs."""
        message = f"{shop}\x00{kind}\x00{value}".encode()
        return _LETTER[kind] + hmac.new(self.secret, message, hashlib.sha256).hexdigest()[:26]


def folded_email(text: str | None) -> str | None:
    """The address as an identity: trimmed, A to Z in lower case; None where it is not just one address.

    Other letters stay as they are: folded, "weiß@" would be "weiss@", and a Kelvin sign a K, each of them
    somebody else's address. Quoted names (RFC 5321) are taken for none, for nobody has one.
    """
    address = (text or "").strip().translate(_IN_LOWER_CASE)
    return address if len(address) <= _LONGEST_EMAIL and _EMAIL.fullmatch(address) else None


def is_e164(phone: str) -> bool:
    """Whether the number is in international form, +491701234567."""
    return bool(_PHONE.match(phone))


def customer_id(nodes: Iterable[str]) -> str:
    """The customer's id: the least node, platform ids first, then e-mails, phones, visitors."""
    return min(nodes, key=lambda node: (_RANK.index(node[0]), node))


def linking_nodes(identities: Identities, shop: str, key: IdentityKey) -> list[str]:
    """The nodes that are one customer by this statement, strongest first; empty if none is named."""
    nodes = []
    if identities.platform_id:
        nodes.append(key.node(shop, "platform_id", identities.platform_id))
    if identities.email and identities.verified:
        nodes.append(key.node(shop, "email", identities.email))
    return nodes
