"""PrestaShop customers, guests among them, and what they say to the newsletter."""

from datetime import datetime, tzinfo

from kairos.adapters.platforms.fields import Fields
from kairos.adapters.platforms.message import Message
from kairos.adapters.platforms.prestashop import parts
from kairos.domain.consent import ConsentStatement
from kairos.domain.customer import ConsentSnapshot, CustomerSnapshot, PrivacyRequest
from kairos.domain.identity import Identities, folded_email
from kairos.domain.snapshot import Snapshot


def read_customer(message: Message) -> list[Snapshot]:
    """customer.created, customer.updated, and the webservice's customer, which is one in part: it tells
    neither language nor address, and the group by number. `deleted` keeps the row."""
    body = message.body
    customer_id = body.needed_id("id")
    at = parts.updated_at(message)
    if body.flag("deleted"):
        return [_tombstone(customer_id, at)]
    address = body.child("address")
    who = parts.identities(body, body, address)
    return [
        CustomerSnapshot(
            id=customer_id,
            updated_at=at,
            registered_at=None if body.flag("is_guest") else parts.when(message, "date_add"),
            identities=who,
            person=parts.person(body, body, address),
            consents=newsletter(body, who.email, message.shop.zone, at),
            group=body.text("group", "id_default_group"),
            in_part=None if "." in message.topic else True,
        )
    ]


def read_deleted(message: Message) -> list[Snapshot]:
    """customer.deleted tells the id."""
    return [_tombstone(message.body.needed_id("id"), message.told_at)]


def read_erasure(message: Message) -> list[Snapshot]:
    """customer.erased: the GDPR module of the shop was told to forget this person."""
    body = message.body
    who = Identities(platform_id=body.id("id"), email=folded_email(body.text("email")))
    if who.is_empty:
        raise body.missing("id")
    named = who.platform_id or who.email or "request"
    request = PrivacyRequest(request="erase_customer", id=named, updated_at=message.told_at, identities=who)
    return [request]


def read_newsletter_consent(message: Message) -> list[Snapshot]:
    """newsletter.updated: the sign-up block, also of people without an account."""
    body = message.body
    email = folded_email(body.text("email"))
    if email is None:
        raise body.missing("email")
    if not body.has("newsletter"):
        raise body.missing("newsletter")
    at = body.version_time("date", zone=message.shop.zone) or message.told_at
    said = _statement(email, body.flag("newsletter"), at)
    who = Identities(platform_id=body.id("id_customer"), email=email)
    return [ConsentSnapshot(updated_at=at, identities=who, consents=(said,))]


def newsletter(
    customer: Fields, email: str | None, zone: tzinfo, otherwise_at: datetime
) -> tuple[ConsentStatement, ...]:
    """What the customer's `newsletter` says of e-mail; empty where it says nothing.

    PrestaShop sets newsletter_date_add at the first subscription and leaves it for good. So an empty box
    without it is somebody who was never asked, and with it a withdrawal. newsletter_changed_at: when the box
    last changed, as our module saw it.
    """
    if not email or not customer.has("newsletter"):
        return ()
    changed_at = customer.version_time("newsletter_changed_at", zone=zone)
    subscribed_at = customer.version_time("newsletter_date_add", zone=zone)
    if customer.flag("newsletter"):
        return (_statement(email, True, changed_at or subscribed_at or otherwise_at),)
    if changed_at is None and subscribed_at is None:
        return ()
    return (_statement(email, False, changed_at or otherwise_at),)


def _statement(email: str, agreed: bool, at: datetime) -> ConsentStatement:
    return ConsentStatement(
        channel="email",
        address=email,
        state="granted" if agreed else "withdrawn",
        stated_at=at,
        source="prestashop customer",
    )


def _tombstone(customer_id: str, at: datetime) -> CustomerSnapshot:
    who = Identities(platform_id=customer_id)
    return CustomerSnapshot(id=customer_id, updated_at=at, deleted=True, identities=who)
