"""Shopify customers: records, deletion, and consents that change by themselves."""

from kairos.adapters.platforms import people
from kairos.adapters.platforms.message import Message
from kairos.adapters.platforms.shopify import buyers, consents
from kairos.domain.customer import ConsentSnapshot, CustomerSnapshot
from kairos.domain.identity import Identities, folded_email
from kairos.domain.person import Person
from kairos.domain.snapshot import Snapshot


def read_customer(message: Message) -> list[Snapshot]:
    """customers/create, update, enable, disable: the whole record."""
    body = message.body
    customer_id = body.needed_id("id")
    updated_at = body.version_time("updated_at") or message.told_at
    tags = tuple(tag for part in (body.text("tags") or "").split(",") if (tag := part.strip()))
    return [
        CustomerSnapshot(
            id=customer_id,
            updated_at=updated_at,
            registered_at=body.time("created_at"),
            identities=Identities(
                platform_id=customer_id,
                email=buyers.first_email(body),
                phone=buyers.first_phone(body, body.child("default_address")),
            ),
            person=Person(
                first_name=body.text("first_name"),
                last_name=body.text("last_name"),
                language=people.language(body.text("locale")),
                address=buyers.home(body, *body.children("addresses")[:1]),
            ),
            consents=consents.of_customer(body, updated_at),
            tags=tags,
            # The themes' sign-up form makes a customer of whoever subscribes, tagged "newsletter".
            acquisition="newsletter" if "newsletter" in tags else None,
        )
    ]


def read_deleted(message: Message) -> list[Snapshot]:
    """customers/delete tells the id."""
    customer_id = message.body.needed_id("id")
    who = Identities(platform_id=customer_id)
    return [CustomerSnapshot(id=customer_id, updated_at=message.told_at, deleted=True, identities=who)]


def read_email_consent(message: Message) -> list[Snapshot]:
    """customers_email_marketing_consent/update."""
    body = message.body
    email = folded_email(body.text("email_address", "email"))
    told = body.child("email_marketing_consent")
    if told is None:
        raise body.missing("email_marketing_consent")
    who = Identities(platform_id=body.id("customer_id", "id"), email=email)
    at = told.version_time("consent_updated_at") or message.told_at
    said = consents.statement(told, "email", email, at)
    return [ConsentSnapshot(updated_at=at, identities=who, consents=said)]


def read_sms_consent(message: Message) -> list[Snapshot]:
    """customers_marketing_consent/update, which is about SMS."""
    body = message.body
    number = people.phone(body.text("phone"), None)
    told = body.child("sms_marketing_consent")
    if told is None:
        raise body.missing("sms_marketing_consent")
    who = Identities(platform_id=body.id("customer_id", "id"), phone=number)
    at = told.version_time("consent_updated_at") or message.told_at
    said = consents.statement(told, "sms", number, at)
    return [ConsentSnapshot(updated_at=at, identities=who, consents=said)]
