"""Who the members on one page are, and which of their addresses may be handed on: read afresh each time."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from kairos import keys
from kairos.domain.consent import Channel, Consent
from kairos.domain.identity import IdentityKey, IdentityKind
from kairos.ports import Items, Key


class Contact(NamedTuple):
    """A customer by name and address. email, phone: None where there is none, or it may not be handed on.

    last_order: when the last order that counts was placed, None where there is none.
    """

    customer: str
    email: str | None = None
    phone: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    last_order: datetime | None = None


class Contacts(NamedTuple):
    """What reading contacts of a shop needs."""

    items: Items
    key: IdentityKey
    shop: str

    def of(self, customers: Sequence[str]) -> list[Contact]:
        """The customers as they now stand, in the order given; who is gone or being erased is left out."""
        profiles = self.items.get_many(keys.profile(self.shop, one) for one in customers)
        marks = self.items.get_many(keys.erasure(self.shop, one) for one in customers)
        erasing = {key for key, item in marks.items() if item.body.get("nodes")}
        return [
            _contact(one, item.body)
            for one in customers
            if (item := profiles.get(keys.profile(self.shop, one)))
            and keys.erasure(self.shop, one) not in erasing
        ]

    def mailable(self, customers: Sequence[str]) -> list[Contact]:
        """Those with an e-mail address that has consented to messages and is not suppressed."""
        found = [one for one in self.of(customers) if one.email]
        standing = self._standing("email", ((one.email, "email") for one in found if one.email))
        return [one._replace(phone=None) for one in found if standing.get(one.email or "")]

    def advertisable(self, customers: Sequence[str]) -> list[Contact]:
        """Those who agreed to advertising, with the addresses for which they did.

        Who withdrew it for one of their addresses withdrew it for all.
        """
        found = self.of(customers)
        named: list[tuple[str, IdentityKind]] = []
        for one in found:
            named += [(one.email, "email")] if one.email else []
            named += [(one.phone, "phone")] if one.phone else []
        standing = self._standing("advertising", named)
        told = [
            one._replace(
                email=one.email if standing.get(one.email or "") else None,
                phone=one.phone if standing.get(one.phone or "") else None,
            )
            for one in found
            if False not in (standing.get(one.email or ""), standing.get(one.phone or ""))
        ]
        return [one for one in told if one.email or one.phone]

    def _standing(
        self, channel: Channel, addresses: Iterable[tuple[str, IdentityKind]]
    ) -> Mapping[str, bool]:
        """Whether each address has consented and is not suppressed; no entry where nothing was said."""
        nodes = {address: self.key.node(self.shop, kind, address) for address, kind in addresses}
        held = self.items.get_many(
            place
            for node in nodes.values()
            for place in (_consent(self.shop, channel, node), _suppression(self.shop, channel, node))
        )
        told: dict[str, bool] = {}
        for address, node in nodes.items():
            if _suppression(self.shop, channel, node) in held:
                told[address] = False
            elif item := held.get(_consent(self.shop, channel, node)):
                told[address] = Consent.model_validate(item.body).granted
        return told


def _consent(shop: str, channel: Channel, node: str) -> Key:
    return keys.consent(shop, channel, node)


def _suppression(shop: str, channel: Channel, node: str) -> Key:
    return keys.suppression(shop, channel, node)


def _contact(customer: str, profile: Mapping[str, Any]) -> Contact:
    """From a stored profile, reading no more of it than this."""
    person = profile.get("person", {})
    orders = profile.get("orders", ())
    placed = next((one["placed_at"] for one in reversed(orders) if one["counts"]), None)
    return Contact(
        customer,
        profile.get("email"),
        profile.get("phone"),
        person.get("first_name"),
        person.get("last_name"),
        datetime.fromisoformat(placed) if placed else None,
    )


def masked(contact: Contact) -> Contact:
    """As much of it as tells customers apart, for who may count them but not write to them."""
    name, _, domain = (contact.email or "").partition("@")
    return contact._replace(
        email=f"{name[:1]}…@{domain}" if domain else None,
        phone=f"…{contact.phone[-2:]}" if contact.phone else None,
        last_name=f"{contact.last_name[:1]}…" if contact.last_name else None,
    )
