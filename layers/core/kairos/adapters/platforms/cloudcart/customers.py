"""CloudCart customers, and its subscribers, who need no account."""

from datetime import datetime

from kairos.adapters.platforms import people
from kairos.adapters.platforms.cloudcart import parts
from kairos.adapters.platforms.fields import Fields
from kairos.adapters.platforms.message import Message
from kairos.domain.consent import Channel, ConsentStatement
from kairos.domain.customer import ConsentSnapshot, CustomerSnapshot
from kairos.domain.errors import NotConcerned
from kairos.domain.identity import Identities, folded_email
from kairos.domain.person import Person
from kairos.domain.snapshot import Snapshot


def read_customer(message: Message) -> list[Snapshot]:
    """customer.created, customer.updated: the whole record, of guests too."""
    body = message.body
    customer_id = body.needed_id("id")
    at = parts.updated_at(message)
    home = parts.child(body, "shipping_address", "billing_address", "address")
    group = parts.child(body, "group")
    email = folded_email(body.text("email"))
    return [
        CustomerSnapshot(
            id=customer_id,
            updated_at=at,
            registered_at=parts.when(message, "date_added", "created_at"),
            identities=Identities(platform_id=customer_id, email=email, phone=parts.phone(body, home)),
            person=Person(
                first_name=body.text("first_name"),
                last_name=body.text("last_name"),
                language=people.language(body.text("language", "locale")),
                address=parts.place(home),
            ),
            consents=marketing(body, email, at),
            group=(group.text("name") if group else None) or body.text("group_id"),
        )
    ]


def read_deleted(message: Message) -> list[Snapshot]:
    """customer.deleted: the record as it was; its id counts."""
    customer_id = message.body.needed_id("id")
    who = Identities(platform_id=customer_id)
    return [CustomerSnapshot(id=customer_id, updated_at=message.told_at, deleted=True, identities=who)]


def read_subscriber_consent(message: Message) -> list[Snapshot]:
    """subscriber.created, subscriber.updated. Consent stands in the channels; without, nothing is said."""
    body = message.body
    at = parts.updated_at(message)
    said = [one for told in parts.children(body, "channels") if (one := _of_channel(told, body, at))]
    if not said:
        raise NotConcerned(f"{message.topic} (no channels)")
    addresses: dict[Channel, str] = {one.channel: one.address for one in said}
    who = Identities(
        platform_id=body.id("customer_id"), email=addresses.get("email"), phone=addresses.get("sms")
    )
    return [ConsentSnapshot(updated_at=at, identities=who, consents=tuple(said))]


def marketing(customer: Fields, email: str | None, at: datetime) -> tuple[ConsentStatement, ...]:
    """What a customer's `marketing` says of e-mail; empty where it is not told."""
    agreed = parts.said(customer, "marketing")
    return (_statement("email", email, agreed, at, "customer"),) if email and agreed is not None else ()


def _of_channel(told: Fields, subscriber: Fields, at: datetime) -> ConsentStatement | None:
    kind = (told.text("channel") or "").lower()
    agreed = parts.said(told, "marketing")
    identifier = told.text("channel_identifier")
    channel: Channel = "email" if kind == "email" else "sms"
    country = people.country(subscriber.text("country"))
    address = folded_email(identifier) if kind == "email" else people.phone(identifier, country)
    if kind not in ("email", "phone") or agreed is None or not address:
        return None
    return _statement(channel, address, agreed, at, "subscriber")


def _statement(channel: Channel, address: str, agreed: bool, at: datetime, source: str) -> ConsentStatement:
    return ConsentStatement(
        channel=channel,
        address=address,
        state="granted" if agreed else "withdrawn",
        stated_at=at,
        source=f"cloudcart {source}",
    )
